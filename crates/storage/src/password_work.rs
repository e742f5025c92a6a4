//! Password hashing, bounded: each hash takes 19 MiB and a core, so that a flood of sign-ins must not take them all.
//!
//! It has threads of its own, as many as hashes may run at a time. On the shared blocking threads, which are many, the
//! allocator would keep a hash's memory for each thread that ever made one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use keyhall_credential::password::{
    HashingError, NewPassword, Password, PasswordError, PasswordHash, PasswordHasher, PasswordParameters,
    Verdict, WeakPasswordError,
};
use keyhall_domain::violation::Violations;
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::open::PasswordFigures;

/// How many wait for each that runs; whoever comes then is told to come back.
const WAITING_PER_RUNNING: usize = 16;

/// How long a thread waits for work before it gives its memory back.
const REST_AFTER: Duration = Duration::from_secs(10);

/// Hashes and verifies passwords, a few at a time. The threads end with it.
#[derive(Debug)]
pub(crate) struct PasswordWork {
    jobs: mpsc::Sender<Job>,
    present: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    refused: AtomicU64,
    most_present: usize,
    verified: Arc<AtomicU64>,
}

/// One piece of work for whichever thread is free.
type Job = Box<dyn FnOnce(&mut PasswordHasher) + Send>;

/// Counts one until it is dropped.
#[derive(Debug)]
struct Presence(Arc<AtomicUsize>);

impl PasswordWork {
    /// Work for `concurrency` passwords at a time.
    pub(crate) fn new(parameters: &PasswordParameters, concurrency: usize) -> Result<Self, StoreError> {
        let concurrency = concurrency.max(1);
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..concurrency {
            let mut hasher = PasswordHasher::new(parameters.clone()).map_err(StoreError::unexpected)?;
            let queue = queue.clone();
            let thread = std::thread::Builder::new().name("password".to_owned());
            thread.spawn(move || work(&queue, &mut hasher)).map_err(StoreError::unexpected)?;
        }
        Ok(Self {
            jobs,
            present: Arc::default(),
            verified: Arc::default(),
            running: Arc::default(),
            refused: AtomicU64::default(),
            most_present: concurrency.saturating_mul(WAITING_PER_RUNNING),
        })
    }

    /// The hash of a password that somebody chose, or what is too weak about it. To judge it costs as much as to hash it, so
    /// both count as one.
    async fn choose(
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

    /// The hash of a password that was typed into a field, or what is wrong with it, in the name of that field.
    pub(crate) async fn choose_in_field(
        &self,
        field: &str,
        password: Result<Password, PasswordError>,
        words: Vec<String>,
    ) -> Result<Result<PasswordHash, Violations>, StoreError> {
        let password = match password {
            Ok(password) => password,
            Err(error) => return Ok(Err(Violations::one(field, error.to_string()))),
        };
        Ok(self.choose(password, words).await?.map_err(|weak| {
            let message = format!("is too easy to guess. {}", weak.advice);
            Violations::one(field, message.trim_end())
        }))
    }

    /// The hash of a password that was generated.
    pub(crate) async fn hash(&self, password: Arc<NewPassword>) -> Result<PasswordHash, StoreError> {
        self.run(move |hasher| hasher.hash(&password)).await
    }

    /// The hash of a password that was just verified, with the parameters in force.
    pub(crate) async fn rehash(&self, password: Arc<Password>) -> Result<PasswordHash, StoreError> {
        self.run(move |hasher| hasher.rehash(&password)).await
    }

    /// Whether the password has the hash. Without a hash the work is the same, and the answer no; what cannot be a password at
    /// all (by its length) is nobody's, known or not, and costs nothing.
    pub(crate) async fn verify(
        &self,
        password: Option<Arc<Password>>,
        hash: Option<PasswordHash>,
    ) -> Result<Verdict, StoreError> {
        let verified = self.verified.clone();
        let count = move || verified.fetch_add(1, Ordering::Relaxed);
        self.run(move |hasher| match (password, hash) {
            (Some(password), Some(hash)) => {
                count();
                hasher.verify(&password, &hash)
            }
            (Some(password), None) => {
                count();
                let decoy = hasher.decoy().clone();
                hasher.verify(&password, &decoy).map(|_| Verdict::Mismatch)
            }
            (None, _) => Ok(Verdict::Mismatch),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PasswordHasher) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (presence, running) = (self.enter()?, self.running.clone());
        let (answer, answered) = oneshot::channel();
        let job = move |hasher: &mut PasswordHasher| {
            // A caller who went away before the work began has made room; one who goes later has not until it is done.
            if !answer.is_closed() {
                let (running, _) = Presence::of(&running);
                let result = work(hasher);
                drop((running, presence));
                // Whoever asked may be gone; then nobody wants to know.
                let _ = answer.send(result);
            }
        };
        self.jobs.send(Box::new(job)).map_err(|_| StoreError::unexpected("the password threads are gone"))?;
        answered.await.map_err(StoreError::unexpected)?.map_err(StoreError::unexpected)
    }

    fn enter(&self) -> Result<Presence, StoreError> {
        let (presence, before) = Presence::of(&self.present);
        if before < self.most_present {
            return Ok(presence);
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::Busy)
    }

    /// How busy it is.
    pub(crate) fn figures(&self) -> PasswordFigures {
        let running = self.running.load(Ordering::Acquire);
        PasswordFigures {
            running,
            waiting: self.present.load(Ordering::Acquire).saturating_sub(running),
            refused: self.refused.load(Ordering::Relaxed),
            verified: self.verified.load(Ordering::Relaxed),
        }
    }
}

impl Presence {
    /// One more, and how many there were before.
    fn of(count: &Arc<AtomicUsize>) -> (Self, usize) {
        let before = count.fetch_add(1, Ordering::AcqRel);
        (Self(count.clone()), before)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Does one job after another until nobody can bring any more. Of the threads one waits at a time, and the others for its turn;
/// whoever waits in vain for a while gives its memory back.
fn work(queue: &Mutex<mpsc::Receiver<Job>>, hasher: &mut PasswordHasher) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(REST_AFTER);
        match next {
            Ok(job) => job(hasher),
            Err(RecvTimeoutError::Timeout) => hasher.rest(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
