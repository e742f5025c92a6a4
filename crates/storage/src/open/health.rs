//! Whether the store can serve.

use diesel::prelude::*;

use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Whether PostgreSQL answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        self.reading(|connection| {
            diesel::sql_query("SELECT 1").execute(connection)?;
            Ok(())
        })
        .await
    }
}
