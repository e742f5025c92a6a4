//! To forget the check does not compile.

use keyhall_domain::account::Account;
use keyhall_storage::{Store, StoreError};

async fn account(store: &Store) -> Result<Account, StoreError> {
    store.read_account().await
}

fn main() {}
