//! What became of an event that does not follow the one before it. That something is wrong is certain by then; this is about
//! the word for it.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::Link;
use super::chain::{Stored, load_events};
use super::verify::{BATCH, FaultKind};
use crate::error::StoreError;

/// The word for the event `odd`, which stands next to `link` and does not follow it.
pub(super) fn diagnose(
    connection: &mut PgConnection,
    chain: Uuid,
    link: &Link,
    odd: &Stored,
) -> Result<FaultKind, StoreError> {
    if let Some(before) = find_rightful(connection, chain, link)? {
        // The event that belongs here stands elsewhere: does this one belong there?
        let exchanged = before.is_some_and(|before| odd.would_follow(&before));
        return Ok(if exchanged { FaultKind::Reordered } else { FaultKind::Inserted });
    }
    // If one was taken out and the rest moved up, the next one follows this one in the place after its own.
    let next = load_events(connection, chain, odd.sequence, 1)?;
    let moved = odd.link().map(|link| Link { sequence: link.sequence + 1, ..link });
    let is_gap = moved.is_some_and(|moved| next.iter().any(|next| next.would_follow(&moved)));
    Ok(if is_gap { FaultKind::Removed } else { FaultKind::Changed })
}

/// Looks through the rest of the chain for the event that follows `link`. If it is there: the link that whoever belongs into
/// its place has to follow.
fn find_rightful(
    connection: &mut PgConnection,
    chain: Uuid,
    link: &Link,
) -> Result<Option<Option<Link>>, StoreError> {
    let mut previous: Option<Link> = None;
    let mut read = link.sequence + 1;
    loop {
        let batch = load_events(connection, chain, read, BATCH)?;
        for stored in &batch {
            if stored.would_follow(link) {
                // Next to the gap, the event before that place is the rightful one itself.
                let itself = stored.link().map(|found| Link { sequence: link.sequence + 1, ..found });
                return Ok(Some(previous.or(itself)));
            }
            previous = stored.link();
        }
        match batch.last() {
            Some(last) => read = last.sequence,
            None => return Ok(None),
        }
    }
}
