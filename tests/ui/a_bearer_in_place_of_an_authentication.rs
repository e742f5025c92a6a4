//! A bearer can be written down by anybody; a credential that was verified cannot.

use keyhall_domain::authz::{Bearer, ReadAccount, ThisAccount};
use keyhall_storage::{Granted, Store, StoreError};

async fn grant(store: &Store, bearer: Bearer) -> Result<Granted<ReadAccount>, StoreError> {
    store.authorize::<ReadAccount>(bearer, ThisAccount).await
}

fn main() {}
