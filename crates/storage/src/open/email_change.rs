//! Changing one's address: it is one's own once the link that was mailed there was followed.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::audit::{Change, Deed, Object};
use keyhall_domain::authz::Origin;
use keyhall_domain::email::Email;
use keyhall_domain::id::UserId;
use keyhall_domain::mail::MailKind;
use keyhall_domain::principal::UserState;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Chain;
use crate::error::{Conflict, StoreError, Unauthenticated};
use crate::mail::{self, LinkDelivery, NewMail};
use crate::me;
use crate::schema::{email_changes, password_resets, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

impl Store {
    /// Gives a user the address whose link they followed, and tells the address that they had.
    ///
    /// # Errors
    /// [`Unauthenticated::Link`] for a link that was used, has expired or is wrong; [`Conflict::AddressTaken`] when somebody
    /// else has the address by now.
    pub async fn confirm_email_change(
        &self,
        secret: Option<OneTimeSecret>,
        origin: Origin,
    ) -> Result<(), StoreError> {
        let digest = secret.ok_or(StoreError::unauthenticated(Unauthenticated::Link))?.digest();
        let delivery = self.link_delivery();
        self.write_as(Deed::anonymous(origin), "email.change", move |connection, clock| {
            let (user, _) = find_open(connection, &digest, clock.now())?;
            me::lock_user(connection, user)?;
            let (user, email) = find_open(connection, &digest, clock.now())?;
            let former = me::load_known(connection, user)?.email;
            set(connection, user, &email)?;
            notify(connection, (user, former), delivery, clock.now())?;
            let after = Some(json!({ "changed": ["email"] }));
            let change = Change::new(Object::User(user.into()), None, after);
            Ok((Done::changed((), change), Chain::Deployment))
        })
        .await
    }
}

/// Makes the link of the change that a user has asked for, in the place of the one before; `None` when none is open any more.
/// The only moment at which its secret is known.
pub(crate) fn issue(
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<OneTimeSecret>, StoreError> {
    let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
    let open =
        email_changes::table.find(Uuid::from(user)).filter(email_changes::expires_at.gt(stored::time(now)));
    let updated = diesel::update(open)
        .set(email_changes::digest.eq(secret.digest().as_bytes().as_slice()))
        .execute(connection)?;
    Ok((updated == 1).then_some(secret))
}

/// The user whose link this is, and the address that they want, if it can be used at `now`.
fn find_open(
    connection: &mut PgConnection,
    digest: &SecretDigest,
    now: Timestamp,
) -> Result<(Uuid, Email), StoreError> {
    let (user, email): (Uuid, String) = email_changes::table
        .inner_join(users::table)
        .filter(email_changes::digest.eq(digest.as_bytes().as_slice()))
        .filter(email_changes::expires_at.gt(stored::time(now)))
        .filter(users::state.eq(UserState::Active.name()))
        .select((email_changes::user_id, email_changes::email))
        .first(connection)
        .optional()?
        .ok_or(StoreError::unauthenticated(Unauthenticated::Link))?;
    Ok((user, stored::parse("email_changes.email", &email)?))
}

/// Sets the address. A link to reset the password that went to the former one opens nothing any more.
fn set(connection: &mut PgConnection, user: Uuid, email: &Email) -> Result<(), StoreError> {
    let key = email.key();
    let others = users::table.filter(users::email_key.eq(key.as_str())).filter(users::id.ne(user));
    if diesel::select(diesel::dsl::exists(others)).get_result(connection)? {
        return Err(StoreError::Conflict(Conflict::AddressTaken));
    }
    diesel::update(users::table.find(user))
        .set((users::email.eq(email.as_str()), users::email_key.eq(key.as_str())))
        .execute(connection)?;
    diesel::delete(email_changes::table.find(user)).execute(connection)?;
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(user))).execute(connection)?;
    Ok(())
}

fn notify(
    connection: &mut PgConnection,
    (user, former): (Uuid, Email),
    delivery: LinkDelivery,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mail = NewMail { kind: MailKind::EmailChanged, recipient: former, user: user.into(), about: None };
    mail::enqueue(connection, delivery, &mail, now)
}
