//! Choosing a new password with a link, which is mailed to who asks for it, or printed by the operator.
//!
//! Asking says nothing of whether the address is known: the answer and the work are the same, since only whoever sends the mail
//! looks for the user. Every time it is asked counts, for the address of e-mail and for the network address, so that nobody's
//! mailbox is flooded.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::password::{Password, PasswordError};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::audit::{Change, Deed, Object};
use keyhall_domain::authz::Origin;
use keyhall_domain::email::Email;
use keyhall_domain::id::UserId;
use keyhall_domain::principal::{StandingError, UserState};
use uuid::Uuid;

use crate::audit::Chain;
use crate::error::{Conflict, StoreError, Unauthenticated};
use crate::mail::{self, LinkDelivery};
use crate::me::{self, KnownPassword};
use crate::open::lock_out::Attempted;
use crate::schema::{password_resets, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

/// How long a link lives.
pub(crate) const RESET_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What the holder of a link says.
#[derive(Debug)]
pub struct PasswordReset {
    /// The link's secret; `None` when what was sent has not its shape.
    pub secret: Option<OneTimeSecret>,
    /// The new password, or why it cannot be one.
    pub password: Result<Password, PasswordError>,
}

impl Store {
    /// Has a link mailed, if the address is a user's.
    ///
    /// # Errors
    /// [`Conflict::NoMail`] where no mail is configured; [`StoreError::LockedOut`] when it was asked too often.
    pub async fn request_password_reset(&self, email: Email, origin: Origin) -> Result<(), StoreError> {
        let delivery = self.link_delivery();
        if delivery == LinkDelivery::Caller {
            return Err(StoreError::Conflict(Conflict::NoMail));
        }
        self.begin_attempt(Attempted::PasswordReset, &email.key(), origin.address).await?;
        let clock = self.clock().clone();
        self.blocking(move |connection| mail::enqueue_password_reset(connection, &email, clock.now())).await
    }

    /// Sets the password of whoever holds the link, and ends all their sessions.
    ///
    /// # Errors
    /// [`Unauthenticated::Link`] for a link that was used, has expired or is wrong; [`StoreError::Invalid`] for a password that
    /// is too short, too long or too weak.
    pub async fn reset_password(&self, reset: PasswordReset, origin: Origin) -> Result<(), StoreError> {
        let PasswordReset { secret, password } = reset;
        let digest = secret.ok_or(StoreError::unauthenticated(Unauthenticated::Link))?.digest();
        let now = self.clock().now();
        let seen = self.reading(move |connection| find_open(connection, &digest, now)).await?;
        let words = vec![seen.email.as_str().to_owned(), seen.name.clone().unwrap_or_default()];
        let hash = self.passwords().choose_in_field("password", password, words).await?;
        let hash = hash.map_err(StoreError::Invalid)?;
        let forgivable = self.forgivable(&seen.email.key(), origin.address);
        let delivery = self.link_delivery();
        self.write_as(Deed::anonymous(origin), "password.reset", move |connection, clock| {
            // The user first, whose lock makes the second of two who hold the link wait, and find it gone.
            me::lock_user(connection, seen.user)?;
            let known = find_open(connection, &digest, clock.now())?;
            me::replace(connection, &known, &hash)?;
            me::notify(connection, &known, delivery, clock.now())?;
            forgivable.forgive(connection)?;
            let change = Change::new(Object::User(seen.user.into()), None, None);
            Ok((Done::changed((), change), Chain::Deployment))
        })
        .await
    }
}

/// By whom a link is made. Anybody can have one mailed, which must not take the operator's away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IssuedBy {
    /// By whoever sends mail.
    Mail,
    /// By the operator.
    Operator,
}

/// Makes a user's link, in the place of the one that was made the same way before; the only moment at which its secret is known.
pub(crate) fn issue(
    connection: &mut PgConnection,
    user: UserId,
    issued_by: IssuedBy,
    now: Timestamp,
) -> Result<OneTimeSecret, StoreError> {
    let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
    let digest = secret.digest();
    let columns = (
        password_resets::digest.eq(digest.as_bytes().as_slice()),
        password_resets::created_at.eq(stored::time(now)),
        password_resets::expires_at.eq(stored::time(now + RESET_LIFETIME)),
    );
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::user_id.eq(Uuid::from(user)),
            password_resets::issued_by.eq(issued_by.name()),
            columns,
        ))
        .on_conflict((password_resets::user_id, password_resets::issued_by))
        .do_update()
        .set(columns)
        .execute(connection)?;
    Ok(secret)
}

impl IssuedBy {
    fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Operator => "operator",
        }
    }
}

/// The user whose link this is, if it can be used at `now`.
fn find_open(
    connection: &mut PgConnection,
    digest: &SecretDigest,
    now: Timestamp,
) -> Result<KnownPassword, StoreError> {
    let (user, state): (Uuid, String) = password_resets::table
        .inner_join(users::table)
        .filter(password_resets::digest.eq(digest.as_bytes().as_slice()))
        .filter(password_resets::expires_at.gt(stored::time(now)))
        .select((users::id, users::state))
        .first(connection)
        .optional()?
        .ok_or(StoreError::unauthenticated(Unauthenticated::Link))?;
    match stored::parse("users.state", &state)? {
        UserState::Active => me::load_known(connection, user),
        UserState::Disabled => {
            Err(StoreError::unauthenticated(Unauthenticated::Standing(StandingError::UserDisabled)))
        }
    }
}
