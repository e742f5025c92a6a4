//! Nobody but storage makes a proof.

use keyhall_domain::authz::ReadAccount;
use keyhall_storage::Granted;

fn forge<T>(held: T) -> Granted<ReadAccount> {
    Granted(held)
}

fn main() {}
