//! Transactions: how every use case reads and writes.
//!
//! Two ways in with a proof ([`Store::read`], [`Store::write`]), and one without for [`crate::open`]
//! ([`Store::write_as`]). Whoever changes something says what ([`Done`]), and the transaction writes the audit event itself,
//! last. A transaction that loses against another (serialization failure, deadlock) is tried again, bounded; a read is tried
//! once more when its connection turns out to be broken.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::audit::{Actor, Change, Deed, Object};
use keyhall_domain::authz::{Action, Bearer, Decision, ScopeRef, decide_action};
use keyhall_domain::id::AccountId;
use uuid::Uuid;

use crate::audit::{self, Chain, Entry, Seal};
use crate::authenticate::reload;
use crate::clock::Clock;
use crate::error::{Conflict, Refused, StoreError, Unauthenticated};
use crate::granted::{Granted, Held};
use crate::locate::{Find, Locate};
use crate::pool;
use crate::schema::accounts;
use crate::store::Store;

/// How often a transaction is tried that loses against another.
const TRIES: u32 = 5;

/// An open transaction of one action: the connection, the time, and what was granted.
pub(crate) struct Tx<'c, A: Action> {
    /// The connection, inside the transaction.
    pub(crate) connection: &'c mut PgConnection,
    /// The time: of the transaction's beginning, or, once [`Tx::reconfirm`] has waited for its lock, of then.
    pub(crate) now: Timestamp,
    clock: &'c Clock,
    held: Held<A>,
}

/// What a use case did: its result, and what is to be written down.
#[derive(Debug)]
pub(crate) struct Done<T> {
    value: T,
    record: Record,
    actor: Option<Actor>,
    further: Vec<(Chain, &'static str, Change)>,
}

/// What is to be written down.
#[derive(Debug)]
enum Record {
    Nothing,
    Change(Change),
    Refused(RefusedDeed),
}

/// What was refused, and why, in a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefusedDeed {
    /// To what it would have been done, as far as that is known.
    pub(crate) object: Option<Object>,
    /// Why.
    pub(crate) reason: &'static str,
}

impl<T> Done<T> {
    /// Something changed.
    pub(crate) fn changed(value: T, change: Change) -> Self {
        Self::new(value, Record::Change(change))
    }

    /// Everything was as it was asked for already: no event.
    pub(crate) fn unchanged(value: T) -> Self {
        Self::new(value, Record::Nothing)
    }

    /// It was refused, and that is worth an event of its own. The transaction commits, so nothing else may have been done.
    pub(crate) fn refused(value: T, refused: RefusedDeed) -> Self {
        Self::new(value, Record::Refused(refused))
    }

    /// Who did it, where that was found out on the way.
    pub(crate) fn by(self, actor: Actor) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// The same deed changed this too, and that is an event of its own, perhaps in another chain.
    pub(crate) fn and(mut self, chain: Chain, action: &'static str, change: Change) -> Self {
        self.further.push((chain, action, change));
        self
    }

    /// What came of it.
    pub(crate) fn value(&self) -> &T {
        &self.value
    }

    /// What was changed; nothing where nothing was, or where it was refused.
    pub(crate) fn object(&self) -> Option<Object> {
        match &self.record {
            Record::Change(change) => Some(change.object),
            Record::Nothing | Record::Refused(_) => None,
        }
    }

    /// The same deed with another result.
    pub(crate) fn map<U>(self, result: impl FnOnce(T) -> U) -> Done<U> {
        let Self { value, record, actor, further } = self;
        Done { value: result(value), record, actor, further }
    }

    /// Writes the events, last, and hands out the result. The chains are locked in their own order, so that no two transactions
    /// wait for each other's.
    fn record(
        self,
        connection: &mut PgConnection,
        (chain, clock, seal): (Chain, &Clock, &Seal),
        deed: &Deed,
        action: &'static str,
    ) -> Result<T, StoreError> {
        let deed = Deed { actor: self.actor.unwrap_or(deed.actor), ..deed.clone() };
        let mut entries: BTreeMap<Chain, Vec<Entry<'_>>> = BTreeMap::new();
        match self.record {
            Record::Nothing => {}
            Record::Change(change) => {
                entries.entry(chain).or_default().push(Entry::success(&deed, action, change));
            }
            Record::Refused(refused) => {
                let entry = Entry::refused(&deed, action, refused.object, refused.reason);
                entries.entry(chain).or_default().push(entry);
            }
        }
        for (chain, action, change) in self.further {
            entries.entry(chain).or_default().push(Entry::success(&deed, action, change));
        }
        for (chain, entries) in entries {
            audit::append(connection, chain, (clock, seal), entries)?;
        }
        Ok(self.value)
    }

    fn new(value: T, record: Record) -> Self {
        Self { value, record, actor: None, further: Vec::new() }
    }
}

impl<A: Action> Tx<'_, A> {
    /// Who asks, as of the grant; after [`Tx::reconfirm`], as of now.
    pub(crate) fn bearer(&self) -> &Bearer {
        &self.held.bearer
    }

    /// What the action was granted for.
    pub(crate) fn scope(&self) -> &A::Scope {
        &self.held.scope
    }

    /// The bearer's account, as the database has it.
    pub(crate) fn account(&self) -> Uuid {
        self.held.bearer.account.into()
    }

    /// Locks the account, then decides again with the bearer's rights as they are now.
    ///
    /// A grant is a decision at one moment; what changes people and their rights must hold at the moment of the change.
    /// Everything that does so takes this lock first, so that such changes of one account happen one after another.
    pub(crate) fn reconfirm(&mut self) -> Result<(), StoreError>
    where
        A::Scope: Locate,
    {
        match lock_account(self.connection, self.held.bearer.account) {
            // The operator has deleted it, and the bearer with it.
            Err(StoreError::NotFound) => return Err(StoreError::unauthenticated(Unauthenticated::Unknown)),
            locked => locked?,
        }
        self.now = self.clock.now();
        let mut bearer = reload(self.connection, &self.held.bearer, self.now)?;
        let place = self.held.scope.find(&mut bearer, self.connection)?;
        let at = ScopeRef { account: bearer.account, place };
        match decide_action::<A>(&bearer, &at) {
            Decision::Allowed(_) => {
                self.held.bearer = Arc::new(bearer);
                Ok(())
            }
            Decision::Refused(refusal) => Err(StoreError::Refused(Refused::Unauthorized(refusal))),
        }
    }
}

impl Store {
    /// Reads, in a transaction that cannot write.
    pub(crate) async fn read<A: Action, T: Send + 'static>(
        &self,
        grant: &Granted<A>,
        work: impl Fn(&mut Tx<'_, A>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (held, clock) = (grant.held(), self.clock().clone());
        self.reading(move |connection| {
            connection.build_transaction().read_only().run(|connection| {
                work(&mut Tx { connection, now: clock.now(), clock: &clock, held: held.clone() })
            })
        })
        .await
    }

    /// Writes, and writes the audit event of what changed in the same transaction.
    pub(crate) async fn write<A: Action, T: Send + 'static>(
        &self,
        grant: &Granted<A>,
        work: impl Fn(&mut Tx<'_, A>) -> Result<Done<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let held = grant.held();
        let (deed, account) = (Deed::of(&held.bearer), held.bearer.account);
        let written = self.written(deed, A::NAME, move |connection, clock| {
            let done = work(&mut Tx { connection, now: clock.now(), clock, held: held.clone() })?;
            Ok((done, Chain::Account(account)))
        });
        self.changing(account, written).await
    }

    /// Writes for whoever needs no grant, which is [`crate::open`] alone; the same event, in the same transaction. The work
    /// takes the time from the clock once it has its locks.
    pub(crate) async fn write_as<T: Send + 'static>(
        &self,
        deed: Deed,
        action: &'static str,
        work: impl Fn(&mut PgConnection, &Clock) -> Result<(Done<T>, Chain), StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(self.written(deed, action, work)).await
    }

    /// The same for the operator, who waits for as long as it takes: to be told of an outage while the work goes on and is done in
    /// the end would be worse.
    pub(crate) async fn write_as_operator<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl Fn(&mut PgConnection, &Clock) -> Result<(Done<T>, Chain), StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking_at_length(self.written(Deed::by_operator(), action, work)).await
    }

    /// The work in a transaction that writes its events down, last.
    fn written<T, W>(
        &self,
        deed: Deed,
        action: &'static str,
        work: W,
    ) -> impl FnOnce(&mut pool::Connection) -> Result<T, StoreError> + Send + use<T, W>
    where
        T: Send,
        W: Fn(&mut PgConnection, &Clock) -> Result<(Done<T>, Chain), StoreError> + Send,
    {
        let (clock, seal) = (self.clock().clone(), self.audit_seal());
        move |connection| {
            retry(|| {
                connection.transaction(|connection| {
                    let (done, chain) = work(connection, &clock)?;
                    done.record(connection, (chain, &clock, &seal), &deed, action)
                })
            })
        }
    }
}

/// Locks an account against every other change of people and rights in it.
pub(crate) fn lock_account(connection: &mut PgConnection, account: AccountId) -> Result<(), StoreError> {
    accounts::table
        .find(Uuid::from(account))
        .select(accounts::id)
        .for_no_key_update()
        .first::<Uuid>(connection)?;
    Ok(())
}

/// Tries again what lost against another transaction.
pub(crate) fn retry<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut tries = 1;
    loop {
        match work() {
            Err(StoreError::Conflict(Conflict::Concurrent)) if tries < TRIES => tries += 1,
            result => return result,
        }
    }
}
