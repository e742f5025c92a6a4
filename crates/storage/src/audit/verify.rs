//! Verifying a chain: every hash made anew from the stored event, in the order of the chain, a batch at a time.
//!
//! A chain begins at its signed anchor, or with its first event, and ends at its signed head. The first thing that is wrong is
//! told, with its place and, as far as what is left can show it, its kind.

use std::cmp::Ordering;

use diesel::pg::PgConnection;
use keyhall_domain::audit::{AuditEvent, Object};
use uuid::Uuid;

use super::chain::{Head, Stored, load_anchor, load_events, load_head};
use super::diagnose::diagnose;
use super::{Chain, Link, Seal};
use crate::error::StoreError;

/// How many events are in memory at once.
pub(super) const BATCH: i64 = 1000;

/// What an account's chain begins with, whoever made the account.
const ORIGINS: [&str; 2] = ["account.create", "account.import"];

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The event is not the one that was hashed.
    Changed,
    /// The event that belongs here is not there.
    Removed,
    /// The event that belongs here stands elsewhere, and another one of this chain here.
    Reordered,
    /// An event stands here that was never written.
    Inserted,
    /// The chain's head was not written by Keyhall.
    HeadMoved,
    /// The note on what was dropped was not written by Keyhall.
    AnchorForged,
    /// The chain is not the one of which a hash was noted down before.
    CheckpointContradicted,
}

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub sequence: i64,
    /// What.
    pub kind: FaultKind,
}

/// What was found in a chain.
#[derive(Debug, Clone)]
pub struct ChainReport {
    /// How many events were verified.
    pub events: i64,
    /// The last event that was dropped after its time; 0 when none was.
    pub dropped: i64,
    /// The last event that was verified.
    pub last: Checkpoint,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
}

/// An event of a chain and its hash: what it is worth keeping elsewhere, since nobody can make another chain that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The event's place.
    pub sequence: i64,
    /// The event's hash.
    pub hash: [u8; 32],
}

impl FaultKind {
    /// The kind's name, for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::Inserted => "inserted",
            Self::HeadMoved => "head-moved",
            Self::AnchorForged => "anchor-forged",
            Self::CheckpointContradicted => "checkpoint-contradicted",
        }
    }
}

/// Verifies a chain, in a transaction that sees one moment of it.
pub(crate) fn verify(
    connection: &mut PgConnection,
    seal: &Seal,
    chain: Chain,
    noted: Option<Checkpoint>,
) -> Result<ChainReport, StoreError> {
    let id = chain.id();
    let head = load_head(connection, seal, id)?;
    let anchor = load_anchor(connection, seal, id)?;
    let begin = anchor.as_ref().map_or(Link::GENESIS, |anchor| anchor.link);
    let end = head.as_ref().filter(|head| head.is_signed).map_or(i64::MAX, |head| head.link.sequence);
    let mut walk = Walk { chain, noted, end, link: begin, events: 0 };
    let fault = match (&head, &anchor) {
        (None, _) => Some(Fault { sequence: 1, kind: FaultKind::Removed }),
        (_, Some(anchor)) if !anchor.is_signed => {
            Some(Fault { sequence: anchor.link.sequence, kind: FaultKind::AnchorForged })
        }
        (Some(head), _) => match walk.follow(connection, id)? {
            None => at_the_end(&walk.link, head).or_else(|| walk.is_beyond()),
            fault => fault,
        },
    };
    let last = Checkpoint { sequence: walk.link.sequence, hash: walk.link.hash };
    Ok(ChainReport { events: walk.events, dropped: begin.sequence, last, fault })
}

/// How far the verification has come.
struct Walk {
    chain: Chain,
    noted: Option<Checkpoint>,
    /// What a signed head says to be the last event.
    end: i64,
    link: Link,
    events: i64,
}

impl Walk {
    /// Follows the links, to the last event or the first fault.
    fn follow(&mut self, connection: &mut PgConnection, id: Uuid) -> Result<Option<Fault>, StoreError> {
        if let Some(fault) = self.contradiction() {
            return Ok(Some(fault));
        }
        // From the very beginning, whatever the anchor says: what was dropped must not be there again.
        let mut read = i64::MIN;
        loop {
            let batch = load_events(connection, id, read, BATCH)?;
            for stored in &batch {
                if let Some(kind) = self.step(connection, id, stored)? {
                    let sequence = stored.sequence.min(self.link.sequence + 1);
                    return Ok(Some(Fault { sequence, kind }));
                }
                if let Some(fault) = self.contradiction() {
                    return Ok(Some(fault));
                }
            }
            match batch.last() {
                Some(last) if batch.len() as u64 == BATCH.unsigned_abs() => read = last.sequence,
                _ => return Ok(None),
            }
        }
    }

    /// Goes on to the next event, or says what is wrong with it.
    fn step(
        &mut self,
        connection: &mut PgConnection,
        id: Uuid,
        stored: &Stored,
    ) -> Result<Option<FaultKind>, StoreError> {
        match stored.link() {
            _ if stored.sequence <= self.link.sequence => Ok(Some(FaultKind::Inserted)),
            _ if self.link.sequence == self.end => Ok(Some(FaultKind::Inserted)),
            _ if stored.sequence > self.link.sequence + 1 => Ok(Some(FaultKind::Removed)),
            Some(next) if stored.follows(&self.link) => {
                if next.sequence == 1 && !self.begins_with(stored.event.as_ref()) {
                    return Ok(Some(FaultKind::Removed));
                }
                (self.link, self.events) = (next, self.events + 1);
                Ok(None)
            }
            _ => diagnose(connection, id, &self.link, stored).map(Some),
        }
    }

    /// Whether this can be a chain's first event: an account's is the making of the account, so that a chain that was removed
    /// as a whole does not begin anew unnoticed.
    fn begins_with(&self, event: Option<&AuditEvent>) -> bool {
        match self.chain {
            Chain::Deployment => true,
            Chain::Account(account) => event.is_some_and(|event| {
                event.object == Some(Object::Account(account)) && ORIGINS.contains(&event.action.as_str())
            }),
        }
    }

    /// Whether the event that was just reached is another than the one that was noted down.
    fn contradiction(&self) -> Option<Fault> {
        let noted = self.noted.filter(|noted| noted.sequence == self.link.sequence)?;
        (noted.hash != self.link.hash)
            .then_some(Fault { sequence: noted.sequence, kind: FaultKind::CheckpointContradicted })
    }

    /// Whether an event was noted down that the chain does not reach any more.
    fn is_beyond(&self) -> Option<Fault> {
        let noted = self.noted.filter(|noted| noted.sequence > self.link.sequence)?;
        Some(Fault { sequence: noted.sequence, kind: FaultKind::CheckpointContradicted })
    }
}

/// Whether the last event is the one that the head says.
fn at_the_end(last: &Link, head: &Head) -> Option<Fault> {
    let (sequence, kind) = match (head.is_signed, last.sequence.cmp(&head.link.sequence)) {
        (false, _) => (head.link.sequence, FaultKind::HeadMoved),
        (true, Ordering::Less) => (last.sequence + 1, FaultKind::Removed),
        (true, Ordering::Greater) => (last.sequence, FaultKind::AnchorForged),
        (true, Ordering::Equal) if last.hash != head.link.hash => (last.sequence, FaultKind::Changed),
        (true, Ordering::Equal) => return None,
    };
    Some(Fault { sequence, kind })
}
