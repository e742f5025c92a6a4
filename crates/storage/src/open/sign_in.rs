//! Signing in: an e-mail address and a password for a session in one account.
//!
//! An unknown address costs the same work and gets the same answer as a wrong password; failures are counted for both
//! ([`super::lock_out`]). What else there is to say (that the member is suspended, which accounts there are) is said only after
//! the password was right ([`choice`]).

mod choice;

use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::password::{Password, PasswordHash, Verdict};
use keyhall_credential::secret::SessionSecret;
use keyhall_domain::audit::{Actor, Change, Deed, Object};
use keyhall_domain::authz::Origin;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, SessionId, UserId};
use keyhall_domain::session::Session;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Chain;
use crate::error::{Conflict, StoreError, Unauthenticated};
use crate::open::lock_out::Attempted;
use crate::schema::{sessions, users};
use crate::session::SessionRow;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, RefusedDeed};
pub(super) use choice::reason;
use choice::{Choice, choose, load_memberships};

const ACTION: &str = "session.create";

/// Who wants to sign in, and where to.
#[derive(Debug)]
pub struct Credentials {
    /// The address.
    pub email: Email,
    /// The password; `None` when what was sent cannot be anybody's.
    pub password: Option<Password>,
    /// The account; needed by who is in several.
    pub account: Option<AccountId>,
}

/// A session that was just begun: the only moment at which its secret is known.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its secret, to be shown once.
    pub secret: SessionSecret,
}

/// A user who may or may not be who they say.
struct KnownUser {
    id: UserId,
    hash: Option<PasswordHash>,
}

/// A user whose password was right, and the hash that says so.
struct Proven {
    user: UserId,
    hash: PasswordHash,
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// [`Unauthenticated::Password`] for a wrong password or an unknown address alike; [`Unauthenticated::Standing`] when the
    /// member may not speak; [`Conflict::SeveralAccounts`] when the account has to be said; [`Conflict::PasswordMoved`] when the
    /// password was changed at the same moment; [`StoreError::Busy`];
    /// [`StoreError::LockedOut`] after too many failures.
    pub async fn sign_in(&self, credentials: Credentials, origin: Origin) -> Result<SignedIn, StoreError> {
        let Credentials { email, password, account } = credentials;
        let attempt = self.begin_attempt(Attempted::Password, &email.key(), origin.address).await?;
        let known = self.reading(move |connection| find_user(connection, &email)).await?;
        let user = known.as_ref().map(|known| known.id);
        let proven = match self.verify_password(known, password).await {
            Err(StoreError::Busy) => {
                self.attempt_withdrawn(attempt).await?;
                return Err(StoreError::Busy);
            }
            proven => proven?,
        };
        let Some(proven) = proven else { return self.refuse_sign_in(user, origin).await };
        self.attempt_succeeded(attempt).await?;
        self.begin_session(proven, account, origin).await
    }

    async fn verify_password(
        &self,
        known: Option<KnownUser>,
        password: Option<Password>,
    ) -> Result<Option<Proven>, StoreError> {
        let password = password.map(Arc::new);
        let hash = known.as_ref().and_then(|known| known.hash.clone());
        match (self.passwords().verify(password.clone(), hash).await?, known, password) {
            (Verdict::Match { rehash }, Some(KnownUser { id: user, hash: Some(old) }), Some(password)) => {
                let hash = if rehash { self.strengthen(user, old, password).await? } else { old };
                Ok(Some(Proven { user, hash }))
            }
            _ => Ok(None),
        }
    }

    /// Puts a hash by the parameters in force in the place of a weaker one of the same password.
    async fn strengthen(
        &self,
        user: UserId,
        old: PasswordHash,
        password: Arc<Password>,
    ) -> Result<PasswordHash, StoreError> {
        let new = self.passwords().rehash(password).await?;
        self.blocking(move |connection| replace_hash(connection, user, &old, &new).map(|()| new)).await
    }

    /// Writes down that a password was wrong, and refuses it.
    async fn refuse_sign_in(&self, user: Option<UserId>, origin: Origin) -> Result<SignedIn, StoreError> {
        let refused = RefusedDeed { object: user.map(Object::User), reason: "wrong-password" };
        tracing::info!(address = %origin.address, "a sign-in failed");
        let deed = Deed::anonymous(origin);
        self.write_as(deed, ACTION, move |_, _| Ok((Done::refused((), refused), Chain::Deployment))).await?;
        Err(StoreError::unauthenticated(Unauthenticated::Password))
    }

    /// Begins a session of a user who is who they say; or writes down why not, where the account can read it.
    async fn begin_session(
        &self,
        proven: Proven,
        account: Option<AccountId>,
        origin: Origin,
    ) -> Result<SignedIn, StoreError> {
        let secret = SessionSecret::generate().map_err(StoreError::unexpected)?;
        let (digest, absolute) = (secret.digest(), self.session_lifetimes().absolute);
        let deed = Deed::anonymous(origin.clone());
        let begun = self.write_as(deed, ACTION, move |connection, clock| {
            let memberships = load_memberships(connection, proven.user)?;
            check_unchanged(connection, &proven)?;
            let (account, member) = match choose(memberships, account, origin.address)? {
                Choice::Account { account, member } => (account, member),
                Choice::None { why, reason, chain } => {
                    let refused = RefusedDeed { object: Some(Object::User(proven.user)), reason };
                    return Ok((Done::refused(Err(why), refused), chain));
                }
            };
            let session =
                insert_session(connection, (account, member), &digest, absolute, &origin, clock.now())?;
            let after = json!({ "memberId": session.member_id, "expiresAt": session.expires_at });
            let change = Change::created(Object::Session(session.id), after);
            let done = Done::changed(Ok(session), change).by(Actor::Member(member));
            Ok((done, Chain::Account(account)))
        });
        let session = begun.await??;
        Ok(SignedIn { session, secret })
    }
}

fn insert_session(
    connection: &mut PgConnection,
    (account, member): (AccountId, MemberId),
    digest: &SecretDigest,
    absolute: SignedDuration,
    origin: &Origin,
    now: Timestamp,
) -> Result<Session, StoreError> {
    let row = diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(Uuid::from(SessionId::generate(now))),
            sessions::account_id.eq(Uuid::from(account)),
            sessions::member_id.eq(Uuid::from(member)),
            sessions::digest.eq(digest.as_bytes().as_slice()),
            sessions::address.eq(IpNet::from(origin.address)),
            sessions::user_agent.eq(&origin.user_agent),
            sessions::created_at.eq(stored::time(now)),
            sessions::last_seen_at.eq(stored::time(now)),
            sessions::expires_at.eq(stored::time(now + absolute)),
        ))
        .returning(SessionRow::as_returning())
        .get_result(connection)?;
    Ok(row.into())
}

fn find_user(connection: &mut PgConnection, email: &Email) -> Result<Option<KnownUser>, StoreError> {
    let row: Option<(Uuid, Option<String>)> = users::table
        .filter(users::email_key.eq(email.key().as_str()))
        .select((users::id, users::password_hash))
        .first(connection)
        .optional()?;
    let known = row.map(|(id, hash)| {
        let hash = hash.map(|hash| PasswordHash::parse(&hash)).transpose();
        hash.map(|hash| KnownUser { id: id.into(), hash })
    });
    known.transpose().map_err(StoreError::unexpected)
}

/// Puts a stronger hash in the place of the one that was just verified, unless the password was changed meanwhile.
fn replace_hash(
    connection: &mut PgConnection,
    user: UserId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<(), StoreError> {
    let unchanged = users::table.find(Uuid::from(user)).filter(users::password_hash.eq(old.as_phc()));
    diesel::update(unchanged).set(users::password_hash.eq(new.as_phc())).execute(connection)?;
    Ok(())
}

/// Whether the password that was right still is. Whoever changes it ends the user's sessions, and holds this lock; so does a
/// sign-in that puts a stronger hash in the place of this one at the same moment.
fn check_unchanged(connection: &mut PgConnection, proven: &Proven) -> Result<(), StoreError> {
    let hash: Option<Option<String>> = users::table
        .find(Uuid::from(proven.user))
        .select(users::password_hash)
        .for_share()
        .first(connection)
        .optional()?;
    match hash {
        Some(hash) if hash.as_deref() == Some(proven.hash.as_phc()) => Ok(()),
        Some(_) => Err(StoreError::Conflict(Conflict::PasswordMoved)),
        // The user is gone.
        None => Err(StoreError::unauthenticated(Unauthenticated::Password)),
    }
}
