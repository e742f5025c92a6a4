//! A proof is one decision; it is not kept for later.

use keyhall_domain::authz::ReadAccount;
use keyhall_storage::Granted;

fn keep(proof: &Granted<ReadAccount>) -> Granted<ReadAccount> {
    Granted::clone(proof)
}

fn main() {}
