//! One's own password: shown to be known, and changed.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_credential::password::{Password, PasswordError, PasswordHash};
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, ChangePassword};
use keyhall_domain::email::Email;
use keyhall_domain::mail::MailKind;
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::violation::Violations;
use uuid::Uuid;

use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::mail::{self, LinkDelivery, NewMail};
use crate::schema::{accounts, email_changes, members, password_resets, users};
use crate::session;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, RefusedDeed};

/// A change of one's own password, as it was typed.
#[derive(Debug)]
pub struct PasswordChange {
    /// The password until now; `None` when what was sent cannot be anybody's.
    pub current: Option<Password>,
    /// The new one, or why it cannot be one.
    pub new: Result<Password, PasswordError>,
}

/// What is known of a user when their password is to change.
#[derive(Debug, Clone)]
pub(crate) struct KnownPassword {
    pub(crate) user: Uuid,
    pub(crate) email: Email,
    pub(crate) name: Option<String>,
    /// The hash; none yet of who was only invited.
    pub(crate) hash: Option<String>,
}

impl Store {
    /// Changes the user's password, and ends all their sessions in every account, the bearer's too.
    ///
    /// # Errors
    /// [`StoreError::WrongPassword`], which counts like a sign-in that failed; [`StoreError::LockedOut`] after too many of
    /// them; [`StoreError::Invalid`] for a new one that is too short, too long, too weak or the same.
    pub async fn change_password(
        &self,
        grant: &Granted<ChangePassword>,
        change: PasswordChange,
    ) -> Result<(), StoreError> {
        let is_same = matches!((&change.current, &change.new), (Some(current), Ok(new)) if current.reveal() == new.reveal());
        let known = self.prove_own_password(grant, change.current).await?;
        if is_same {
            return Err(StoreError::Invalid(Violations::one(
                "newPassword",
                "must be another one than until now",
            )));
        }
        let account = grant.bearer().account;
        let account_name: String = self
            .reading(move |connection| {
                Ok(accounts::table.find(Uuid::from(account)).select(accounts::name).first(connection)?)
            })
            .await?;
        let words =
            vec![account_name, known.email.as_str().to_owned(), known.name.clone().unwrap_or_default()];
        let hash = self.passwords().choose_in_field("newPassword", change.new, words).await?;
        let hash = hash.map_err(StoreError::Invalid)?;
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            replace(tx.connection, &known, &hash)?;
            notify(tx.connection, &known, delivery, tx.now)?;
            let change = Change::new(Object::User(known.user.into()), None, None);
            Ok(Done::changed((), change))
        })
        .await
    }

    /// Shows that whoever speaks knows their own password.
    pub(super) async fn prove_own_password<A: Action>(
        &self,
        grant: &Granted<A>,
        password: Option<Password>,
    ) -> Result<KnownPassword, StoreError> {
        let PrincipalId::Member(member) = grant.bearer().id() else { return Err(StoreError::NotFound) };
        let of_member = members::table.find(Uuid::from(member)).select(members::user_id);
        let known = self
            .reading(move |connection| {
                let user = of_member.first(connection)?;
                load(connection, user)
            })
            .await?;
        let hash = known.hash.as_deref().ok_or(StoreError::WrongPassword)?;
        let hash = PasswordHash::parse(hash).map_err(StoreError::unexpected)?;
        let address = grant.bearer().origin.address;
        if self.prove_password(&known.email.key(), address, password, hash).await? {
            return Ok(known);
        }
        let refused = RefusedDeed { object: Some(Object::User(known.user.into())), reason: "wrong-password" };
        self.write(grant, move |_| Ok(Done::refused((), refused))).await?;
        Err(StoreError::WrongPassword)
    }
}

/// Reads what is known of a user.
pub(crate) fn load(connection: &mut PgConnection, user: Uuid) -> Result<KnownPassword, StoreError> {
    let (email, name, hash): (String, Option<String>, Option<String>) = users::table
        .find(user)
        .select((users::email, users::name, users::password_hash))
        .first(connection)?;
    Ok(KnownPassword { user, email: stored::parse("users.email", &email)?, name, hash })
}

/// Puts the new hash in the place of the one that was seen, ends the user's sessions in every account, and lets no link that is
/// still under way change anything.
pub(crate) fn replace(
    connection: &mut PgConnection,
    seen: &KnownPassword,
    hash: &PasswordHash,
) -> Result<(), StoreError> {
    require_unchanged(connection, seen)?;
    diesel::update(users::table.find(seen.user))
        .set(users::password_hash.eq(hash.as_phc()))
        .execute(connection)?;
    session::end_all_of_user(connection, seen.user)?;
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(seen.user)))
        .execute(connection)?;
    diesel::delete(email_changes::table.find(seen.user)).execute(connection)?;
    Ok(())
}

/// Locks the user, whose password must be the one that was seen.
pub(super) fn require_unchanged(
    connection: &mut PgConnection,
    seen: &KnownPassword,
) -> Result<(), StoreError> {
    if lock(connection, seen.user)? == seen.hash {
        Ok(())
    } else {
        Err(StoreError::Conflict(Conflict::PasswordMoved))
    }
}

/// Locks a user against every other change of password or address, and against signing in; hands out the hash of now.
pub(crate) fn lock(connection: &mut PgConnection, user: Uuid) -> Result<Option<String>, StoreError> {
    let user = users::table.find(user).select(users::password_hash);
    Ok(user.for_no_key_update().first(connection)?)
}

/// Tells the user that their password was changed.
pub(crate) fn notify(
    connection: &mut PgConnection,
    known: &KnownPassword,
    delivery: LinkDelivery,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let mail = NewMail {
        kind: MailKind::PasswordChanged,
        recipient: known.email.clone(),
        user: known.user.into(),
        about: None,
    };
    mail::enqueue(connection, delivery, &mail, now)
}
