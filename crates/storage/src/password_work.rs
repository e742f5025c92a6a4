//! Password hashing, bounded: each hash takes 19 MiB and a core, so that a flood of sign-ins must not take them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyhall_credential::password::{
    HashingError, NewPassword, Password, PasswordHash, PasswordHasher, PasswordParameters, Verdict,
    WeakPasswordError,
};
use tokio::sync::Semaphore;

use crate::error::StoreError;

/// How many wait for each that runs; whoever comes then is told to come back.
const WAITING_PER_RUNNING: usize = 16;

/// Hashes and verifies passwords, a few at a time.
#[derive(Debug)]
pub(crate) struct PasswordWork {
    hasher: Arc<PasswordHasher>,
    running: Arc<Semaphore>,
    present: Arc<AtomicUsize>,
    most_present: usize,
}

/// Counts one who runs or waits, until it is dropped.
#[derive(Debug)]
struct Presence(Arc<AtomicUsize>);

impl PasswordWork {
    /// Work for `concurrency` passwords at a time.
    pub(crate) fn new(parameters: PasswordParameters, concurrency: usize) -> Result<Self, StoreError> {
        let concurrency = concurrency.max(1);
        Ok(Self {
            hasher: Arc::new(PasswordHasher::new(parameters).map_err(StoreError::unexpected)?),
            running: Arc::new(Semaphore::new(concurrency)),
            present: Arc::default(),
            most_present: concurrency.saturating_mul(WAITING_PER_RUNNING),
        })
    }

    /// The hash of a password that somebody chose, or what is too weak about it. To judge it costs as much as to hash it, so
    /// both count as one.
    pub(crate) async fn choose(
        &self,
        password: Password,
        words: Vec<String>,
    ) -> Result<Result<PasswordHash, WeakPasswordError>, StoreError> {
        self.run(move |hasher| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match NewPassword::check(password, &words) {
                Ok(password) => hasher.hash(&password).map(Ok),
                Err(weak) => Ok(Err(weak)),
            }
        })
        .await
    }

    /// The hash of a password that was generated.
    pub(crate) async fn hash(&self, password: Arc<NewPassword>) -> Result<PasswordHash, StoreError> {
        self.run(move |hasher| hasher.hash(&password)).await
    }

    /// The hash of a password that was just verified, with the parameters in force.
    pub(crate) async fn rehash(&self, password: Arc<Password>) -> Result<PasswordHash, StoreError> {
        self.run(move |hasher| hasher.rehash(&password)).await
    }

    /// Whether the password has the hash. Without a hash, or a password that could be anybody's, the work is the same and the
    /// answer no.
    pub(crate) async fn verify(
        &self,
        password: Option<Arc<Password>>,
        hash: Option<PasswordHash>,
    ) -> Result<Verdict, StoreError> {
        self.run(move |hasher| match (password, hash) {
            (Some(password), Some(hash)) => hasher.verify(&password, &hash),
            (Some(password), None) => hasher.verify(&password, hasher.decoy()).map(|_| Verdict::Mismatch),
            (None, _) => Ok(Verdict::Mismatch),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PasswordHasher) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let presence = self.enter()?;
        let permit = self.running.clone().acquire_owned().await.map_err(StoreError::unexpected)?;
        let hasher = self.hasher.clone();
        // The permit moves into the work: a caller who goes away does not make room for another before it is done.
        let task = tokio::task::spawn_blocking(move || {
            let result = work(&hasher);
            drop((permit, presence));
            result
        });
        task.await.map_err(StoreError::unexpected)?.map_err(StoreError::unexpected)
    }

    fn enter(&self) -> Result<Presence, StoreError> {
        let before = self.present.fetch_add(1, Ordering::AcqRel);
        let presence = Presence(self.present.clone());
        if before >= self.most_present { Err(StoreError::Busy) } else { Ok(presence) }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
