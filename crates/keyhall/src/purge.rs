//! Clearing away what has ended, every few minutes, for as long as the server runs.

use std::time::Duration;

use actix_web::rt::{spawn, time};
use keyhall_storage::Store;
use keyhall_storage::open::Purged;

/// How long after the start the first purge is, so that a start has nothing but requests to care for.
const FIRST: Duration = Duration::from_secs(60);

/// How much time is between two purges.
const PAUSE: Duration = Duration::from_secs(300);

/// Begins to purge, again and again. It ends with the runtime; a batch that is under way ends first.
pub(crate) fn begin(store: Store) {
    // Nobody waits for it.
    drop(spawn(async move {
        time::sleep(FIRST).await;
        loop {
            match store.purge().await {
                Ok(purged) => tell(&purged),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "could not purge"),
            }
            time::sleep(PAUSE).await;
        }
    }));
}

fn tell(purged: &Purged) {
    for (what, count) in &purged.removed {
        tracing::info!(what, count, "purged");
    }
    for chain in &purged.tampered {
        let chain = chain.map_or_else(|| "deployment".to_owned(), |account| account.to_string());
        tracing::error!(chain, "the audit was tampered with; see `keyhall admin audit verify`");
    }
}
