//! How busy the store is: numbers without names, for whoever runs Keyhall.

use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use crate::error::StoreError;
use crate::schema::mails;
use crate::store::Store;

/// How long the queue's figures wait for a connection; whoever asks for figures does not queue with those who work.
const PATIENCE: Duration = Duration::from_millis(500);

/// How busy the store is now, and has been since its start.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// The connections to PostgreSQL.
    pub connections: ConnectionFigures,
    /// The hashing of passwords.
    pub passwords: PasswordFigures,
}

/// How busy the connections are.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionFigures {
    /// The most that there may be.
    pub most: u32,
    /// How many are at work.
    pub in_use: u32,
    /// How many are open and have nothing to do.
    pub idle: u32,
    /// How many times one was handed out.
    pub checkouts: u64,
    /// How long those who got one waited for it, all together.
    pub waited: Duration,
    /// How many waited in vain.
    pub timeouts: u64,
}

/// How busy the threads are that hash passwords.
#[derive(Debug, Clone, Copy)]
pub struct PasswordFigures {
    /// How many passwords are being hashed.
    pub running: usize,
    /// How many wait for a thread.
    pub waiting: usize,
    /// How many were refused because too many waited.
    pub refused: u64,
    /// How many hashes were computed to verify passwords: one for each attempt, whether or not the address is known.
    pub verified: u64,
}

/// The mail that is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailQueue {
    /// How much there is.
    pub waiting: i64,
    /// How long the oldest has waited; nothing when there is none.
    pub oldest: Option<Duration>,
    /// How many were given up since the start.
    pub given_up: u64,
}

impl Store {
    /// How busy this process is. Asks nobody and waits for nothing.
    pub fn figures(&self) -> Figures {
        Figures { connections: self.connections().figures(), passwords: self.passwords().figures() }
    }

    /// The mail that is still to be sent, where it can be told soon.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no connection at once, or the last question is not answered yet.
    pub async fn mail_queue(&self) -> Result<MailQueue, StoreError> {
        // It goes into the work, which goes on when nobody waits for it any more.
        let turn = self.figures_turn().try_acquire_owned().map_err(StoreError::unavailable)?;
        let (connections, now) = (self.connections().clone(), self.clock().now());
        let given_up = self.mails_given_up().load(Ordering::Relaxed);
        let asked = tokio::task::spawn_blocking(move || {
            let mut connection = connections.get_within(PATIENCE)?;
            let (waiting, oldest): (i64, Option<jiff_diesel::Timestamp>) =
                mails::table.select((count_star(), min(mails::created_at))).first(&mut connection)?;
            drop(turn);
            let age = |since: jiff_diesel::Timestamp| now.duration_since(since.to_jiff());
            let oldest = oldest.map(|since| Duration::try_from(age(since)).unwrap_or_default());
            Ok(MailQueue { waiting, oldest, given_up })
        });
        asked.await.map_err(StoreError::unexpected)?
    }
}
