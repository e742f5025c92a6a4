//! Nobody but storage says who somebody is.

use keyhall_domain::authz::Bearer;
use keyhall_storage::Authenticated;

fn forge(bearer: Bearer) -> Authenticated {
    Authenticated(bearer)
}

fn main() {}
