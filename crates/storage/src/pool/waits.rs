//! How long requests wait for a connection, and how often in vain.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::r2d2::HandleEvent;
use diesel::r2d2::event::{CheckoutEvent, TimeoutEvent};

/// Counts, since the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waits(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    checkouts: AtomicU64,
    microseconds: AtomicU64,
    timeouts: AtomicU64,
}

impl Waits {
    /// How many connections were handed out.
    pub(crate) fn checkouts(&self) -> u64 {
        self.0.checkouts.load(Ordering::Relaxed)
    }

    /// How long those who got them waited, all together.
    pub(crate) fn waited(&self) -> Duration {
        Duration::from_micros(self.0.microseconds.load(Ordering::Relaxed))
    }

    /// How many waited in vain.
    pub(crate) fn timeouts(&self) -> u64 {
        self.0.timeouts.load(Ordering::Relaxed)
    }

    /// Somebody waited so long.
    pub(super) fn add(&self, waited: Duration) {
        let microseconds = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.0.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// Somebody waited in vain.
    pub(super) fn add_timeout(&self) {
        self.0.timeouts.fetch_add(1, Ordering::Relaxed);
    }
}

impl HandleEvent for Waits {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.0.checkouts.fetch_add(1, Ordering::Relaxed);
        self.add(event.duration());
    }

    fn handle_timeout(&self, _: TimeoutEvent) {
        self.add_timeout();
    }
}
