//! Who may ask PostgreSQL now: as many at a time as there are connections, and of those who change one account only some.
//!
//! Whoever waits, waits here, where it costs nothing: not on a thread of their own, which the allocator would keep memory for, and
//! not with a connection in their hands, which others want. Changes of one account go one after another in PostgreSQL, so that
//! more than a few at a time would only keep connections from everybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use keyhall_domain::id::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Waits;
use crate::error::StoreError;

/// At least so many change one account at a time, so that one who is slow does not stop all.
const FEWEST_WRITERS: usize = 2;

/// One account's writers have at most this part of the connections.
const WRITERS_PART: usize = 4;

/// Lets in who may ask.
#[derive(Debug)]
pub(crate) struct Admission {
    connections: Arc<Semaphore>,
    writers: Mutex<HashMap<AccountId, Weak<Semaphore>>>,
    writers_per_account: usize,
    patience: Duration,
    waits: Waits,
}

/// Somebody who was let in; their place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// How long they may still wait for the connection itself.
    pub(crate) patience: Duration,
    _connection: OwnedSemaphorePermit,
    _writer: Option<OwnedSemaphorePermit>,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
#[error("all connections were in use for {} seconds", .0.as_secs())]
struct CrowdedError(Duration);

impl Admission {
    /// Admission to so many connections, for whoever waits no longer than `patience`.
    pub(super) fn new(connections: u32, patience: Duration, waits: Waits) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX);
        Self {
            connections: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))),
            writers: Mutex::default(),
            writers_per_account: (connections / WRITERS_PART).max(FEWEST_WRITERS),
            patience,
            waits,
        }
    }

    /// Waits for a place; of who changes an account, for one among those too.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there was none for too long.
    pub(crate) async fn enter(&self, account: Option<AccountId>) -> Result<Admitted, StoreError> {
        let began = Instant::now();
        let writers = account.map(|account| self.writers(account));
        let places = async {
            let writer = match writers {
                Some(writers) => Some(writers.acquire_owned().await.map_err(StoreError::unexpected)?),
                None => None,
            };
            let connection =
                self.connections.clone().acquire_owned().await.map_err(StoreError::unexpected)?;
            Ok::<_, StoreError>((writer, connection))
        };
        let admitted = timeout(self.patience, places).await;
        self.waits.add(began.elapsed());
        let Ok(places) = admitted else {
            self.waits.add_timeout();
            return Err(StoreError::unavailable(CrowdedError(self.patience)));
        };
        let (writer, connection) = places?;
        let patience = self.patience.saturating_sub(began.elapsed());
        Ok(Admitted { patience, _connection: connection, _writer: writer })
    }

    /// The places of those who change an account. Accounts that nobody changes any more are forgotten.
    fn writers(&self, account: AccountId) -> Arc<Semaphore> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = writers.get(&account).and_then(Weak::upgrade) {
            return present;
        }
        if writers.len() == writers.capacity() {
            writers.retain(|_, places| places.strong_count() > 0);
        }
        let places = Arc::new(Semaphore::new(self.writers_per_account));
        writers.insert(account, Arc::downgrade(&places));
        places
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn admission(connections: u32) -> Admission {
        Admission::new(connections, Duration::from_millis(50), Waits::default())
    }

    #[tokio::test]
    async fn whoever_changes_one_account_leaves_room_for_everybody_else() {
        let admission = admission(16);
        let [busy, other] = [AccountId::generate(Timestamp::now()), AccountId::generate(Timestamp::now())];
        let mut inside = Vec::new();
        for _ in 0..4 {
            inside.push(admission.enter(Some(busy)).await.unwrap());
        }
        assert!(matches!(admission.enter(Some(busy)).await, Err(StoreError::Unavailable(_))));
        assert!(admission.enter(Some(other)).await.is_ok());
        assert!(admission.enter(None).await.is_ok());
        inside.pop();
        assert!(admission.enter(Some(busy)).await.is_ok());
    }

    #[tokio::test]
    async fn there_are_no_more_inside_than_connections() {
        let admission = admission(2);
        let inside = [admission.enter(None).await.unwrap(), admission.enter(None).await.unwrap()];
        assert!(matches!(admission.enter(None).await, Err(StoreError::Unavailable(_))));
        drop(inside);
        assert!(admission.enter(None).await.is_ok());
    }

    #[tokio::test]
    async fn accounts_that_nobody_changes_any_more_are_forgotten() {
        let admission = admission(2);
        for _ in 0..10_000 {
            drop(admission.enter(Some(AccountId::generate(Timestamp::now()))).await.unwrap());
        }
        assert!(admission.writers.lock().unwrap().len() < 100);
    }
}
