//! Transactions begin inside storage.

use keyhall_domain::authz::ReadAccount;
use keyhall_storage::{Granted, Store, StoreError};

async fn read(store: &Store, proof: &Granted<ReadAccount>) -> Result<(), StoreError> {
    store.read(proof, |_| Ok(())).await
}

fn main() {}
