//! Transactions begin inside storage.

use keyhall_domain::authz::CreateProject;
use keyhall_storage::{Granted, Store, StoreError};

async fn write(store: &Store, proof: &Granted<CreateProject>) -> Result<(), StoreError> {
    store.write(proof, |_| unreachable!()).await
}

fn main() {}
