//! Requests that may be sent again: what was made for one is answered once more within a day, and not made again.
//!
//! The record is written by the very transaction that makes the object, so a crash leaves both or none, and what was refused
//! is not remembered. Two at once: whoever does not get the advisory lock of the key is told that the other one still runs;
//! the primary key stands behind it. Before anything is answered again, the right to make it is decided again. An answer
//! that held a secret is not kept: sent again, the request is told the id of what it made.

use aws_lc_rs::digest::{Context, SHA256};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use jiff::SignedDuration;
use keyhall_domain::audit::Object;
use keyhall_domain::authz::Action;
use keyhall_domain::idempotency::IdempotencyKey;
use serde::Serialize;
use uuid::Uuid;

use crate::audit::{object, object_columns};
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::locate::Locate;
use crate::schema::idempotency_records;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// How long a key stands for its request.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// One sending of a request that may be sent again: digests of how its sender calls it, and of what it says.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    name: [u8; 32],
    body: [u8; 32],
}

/// Something that was made, by this request or when it was sent before.
#[derive(Debug)]
pub struct Creation<T> {
    /// What was made.
    pub object: Object,
    /// What is to be answered.
    pub answer: CreationAnswer<T>,
}

/// What is answered to whoever had something made.
#[derive(Debug)]
pub enum CreationAnswer<T> {
    /// It was made now.
    Made(T),
    /// It was made before: the JSON that was answered then, byte for byte.
    Replayed(Vec<u8>),
}

/// What was made for an attempt before.
struct Earlier {
    object: Object,
    answer: Option<Vec<u8>>,
}

impl Attempt {
    /// An attempt at a request with this key. Bodies are the same when their bytes are.
    pub fn new(key: &IdempotencyKey, method: &str, path: &str, body: &[u8]) -> Self {
        let name = digest(&[method.as_bytes(), path.as_bytes(), key.as_str().as_bytes()]);
        Self { name, body: digest(&[body]) }
    }
}

impl Store {
    /// Makes something with [`Store::write`], once for all attempts at a request. The account is locked and the bearer's right
    /// decided again ([`Tx::reconfirm`]) before the work begins.
    pub(crate) async fn create<A: Action, T: Serialize + Send + 'static>(
        &self,
        grant: &Granted<A>,
        attempt: Option<Attempt>,
        work: impl Fn(&mut Tx<'_, A>) -> Result<Done<T>, StoreError> + Send + 'static,
    ) -> Result<Creation<T>, StoreError>
    where
        A::Scope: Locate,
    {
        self.write(grant, move |tx| match begin(tx, attempt)? {
            Some(Earlier { object, answer: Some(answer) }) => {
                Ok(Done::unchanged(Creation { object, answer: CreationAnswer::Replayed(answer) }))
            }
            Some(Earlier { object, answer: None }) => Err(StoreError::Conflict(Conflict::MadeBefore(object))),
            None => {
                let done = work(tx)?;
                let object = done.object().ok_or_else(|| StoreError::unexpected("nothing was made"))?;
                let answer = serde_json::to_vec(done.value()).map_err(StoreError::unexpected)?;
                remember(tx, attempt, object, Some(answer))?;
                Ok(done.map(|made| Creation { object, answer: CreationAnswer::Made(made) }))
            }
        })
        .await
    }

    /// The same for what is answered with a secret: nothing of the answer is kept.
    ///
    /// # Errors
    /// [`Conflict::MadeBefore`] when it was made by an earlier attempt.
    pub(crate) async fn create_secret<A: Action, T: Send + 'static>(
        &self,
        grant: &Granted<A>,
        attempt: Option<Attempt>,
        work: impl Fn(&mut Tx<'_, A>) -> Result<Done<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        A::Scope: Locate,
    {
        self.write(grant, move |tx| {
            if let Some(earlier) = begin(tx, attempt)? {
                return Err(StoreError::Conflict(Conflict::MadeBefore(earlier.object)));
            }
            let done = work(tx)?;
            let object = done.object().ok_or_else(|| StoreError::unexpected("nothing was made"))?;
            remember(tx, attempt, object, None)?;
            Ok(done)
        })
        .await
    }

    /// What was made for an earlier attempt, for whoever has to know before the work begins because something outside goes before
    /// it. The right was decided with the grant; [`Store::create`] has the last word.
    ///
    /// # Errors
    /// [`Conflict::KeyReused`] when the key stands for a request with another body.
    pub(crate) async fn find_made<A: Action, T: Send + 'static>(
        &self,
        grant: &Granted<A>,
        attempt: Option<Attempt>,
    ) -> Result<Option<Creation<T>>, StoreError> {
        let Some(attempt) = attempt else { return Ok(None) };
        self.read(grant, move |tx| {
            let key = key_digest(tx, attempt);
            match find(tx, &key, attempt)? {
                Some(Earlier { object, answer: Some(answer) }) => {
                    Ok(Some(Creation { object, answer: CreationAnswer::Replayed(answer) }))
                }
                Some(Earlier { object, answer: None }) => {
                    Err(StoreError::Conflict(Conflict::MadeBefore(object)))
                }
                None => Ok(None),
            }
        })
        .await
    }
}

/// Begins to make something, and says what was made for this attempt before.
///
/// The lock of the key is only tried, never waited for, so its place before the account's makes no deadlock.
fn begin<A: Action>(tx: &mut Tx<'_, A>, attempt: Option<Attempt>) -> Result<Option<Earlier>, StoreError>
where
    A::Scope: Locate,
{
    let Some(attempt) = attempt else { return tx.reconfirm().map(|()| None) };
    let key = key_digest(tx, attempt);
    if !try_lock(tx, &key)? {
        return Err(StoreError::Conflict(Conflict::KeyInUse));
    }
    tx.reconfirm()?;
    find(tx, &key, attempt)
}

fn try_lock<A: Action>(tx: &mut Tx<'_, A>, key: &[u8; 32]) -> Result<bool, StoreError> {
    let number = key.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let locked = sql::<Bool>("pg_try_advisory_xact_lock(").bind::<BigInt, _>(number).sql(")");
    Ok(diesel::select(locked).get_result(tx.connection)?)
}

fn find<A: Action>(
    tx: &mut Tx<'_, A>,
    key: &[u8; 32],
    attempt: Attempt,
) -> Result<Option<Earlier>, StoreError> {
    type Row = (Vec<u8>, String, Uuid, Option<Vec<u8>>);
    let (_, principal) = stored::principal_columns(tx.bearer().id());
    let row: Option<Row> = idempotency_records::table
        .find((tx.account(), principal, key.as_slice()))
        .filter(idempotency_records::expires_at.gt(stored::time(tx.now)))
        .select((
            idempotency_records::body_digest,
            idempotency_records::object_type,
            idempotency_records::object_id,
            idempotency_records::answer,
        ))
        .first(tx.connection)
        .optional()?;
    let Some((body, kind, id, answer)) = row else { return Ok(None) };
    if body != attempt.body {
        return Err(StoreError::Conflict(Conflict::KeyReused));
    }
    Ok(Some(Earlier { object: object(&kind, id)?, answer }))
}

/// Writes down what was made, in the place of what the key stood for until it expired.
fn remember<A: Action>(
    tx: &mut Tx<'_, A>,
    attempt: Option<Attempt>,
    object: Object,
    answer: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let Some(attempt) = attempt else { return Ok(()) };
    let key = key_digest(tx, attempt);
    let (_, principal) = stored::principal_columns(tx.bearer().id());
    let (object_type, object_id) = object_columns(object);
    let expired = idempotency_records::table
        .find((tx.account(), principal, key.as_slice()))
        .filter(idempotency_records::expires_at.le(stored::time(tx.now)));
    diesel::delete(expired).execute(tx.connection)?;
    diesel::insert_into(idempotency_records::table)
        .values((
            idempotency_records::account_id.eq(tx.account()),
            idempotency_records::principal_id.eq(principal),
            idempotency_records::key_digest.eq(key.as_slice()),
            idempotency_records::body_digest.eq(attempt.body.as_slice()),
            idempotency_records::object_type.eq(object_type),
            idempotency_records::object_id.eq(object_id),
            idempotency_records::answer.eq(answer),
            idempotency_records::created_at.eq(stored::time(tx.now)),
            idempotency_records::expires_at.eq(stored::time(tx.now + LIFETIME)),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// The digest of principal, method, path and key: the same key of two principals are two.
fn key_digest<A: Action>(tx: &Tx<'_, A>, attempt: Attempt) -> [u8; 32] {
    let (_, principal) = stored::principal_columns(tx.bearer().id());
    digest(&[principal.as_bytes(), &attempt.name])
}

/// SHA-256 over the parts and their lengths, so that no two lists of parts have one digest.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}
