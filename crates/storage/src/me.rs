//! The bearer itself: who it is, and what people change about themselves.
//!
//! Names, addresses and passwords belong to the user, who may be in several accounts; nobody but they themselves and the
//! operator changes them. Whoever changes an address or a password shows once more that they know the password, which counts
//! like a sign-in.

mod password;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::SignedDuration;
use keyhall_credential::password::Password;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, ReadMyself, UpdateMyself};
use keyhall_domain::email::Email;
use keyhall_domain::mail::MailKind;
use keyhall_domain::me::Myself;
use keyhall_domain::name::Name;
use keyhall_domain::principal::PrincipalId;
use serde_json::json;
use uuid::Uuid;

use crate::account;
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::mail::{self, LinkDelivery, NewMail};
use crate::member;
use crate::open::lock_out::Attempted;
use crate::precondition::Precondition;
use crate::schema::{email_changes, members, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

pub use password::PasswordChange;
use password::require_unchanged;
pub(crate) use password::{KnownPassword, load as load_known, lock as lock_user, notify, replace};

/// How long the change of an address may be confirmed.
const EMAIL_CHANGE_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What somebody changes about themself.
#[derive(Debug)]
pub struct MyselfPatch {
    /// The new name.
    pub name: Option<Name>,
    /// The new address, and the password; what was sent may be nobody's.
    pub email: Option<(Email, Option<Password>)>,
}

impl Store {
    /// Who the bearer is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was removed since, or is no person.
    pub async fn read_myself(&self, grant: &Granted<ReadMyself>) -> Result<Myself, StoreError> {
        self.read(grant, load).await
    }

    /// Changes the user's name at once, and their address once the link that is mailed there was followed.
    ///
    /// # Errors
    /// [`Conflict::NoMail`] for an address where no mail is configured; [`StoreError::WrongPassword`], which counts like a
    /// sign-in that failed; [`StoreError::LockedOut`] after too many of them; [`StoreError::Precondition`].
    pub async fn update_myself(
        &self,
        grant: &Granted<UpdateMyself>,
        precondition: Precondition,
        patch: MyselfPatch,
    ) -> Result<Myself, StoreError> {
        let MyselfPatch { name, email } = patch;
        let wanted = match email {
            Some(_) if self.link_delivery() == LinkDelivery::Caller => {
                return Err(StoreError::Conflict(Conflict::NoMail));
            }
            Some((email, password)) => {
                let known = self.prove_own_password(grant, password).await?;
                // Whoever has the address has not asked for mail.
                let address = grant.bearer().origin.address;
                self.begin_attempt(Attempted::EmailChange, &email.key(), address).await?;
                Some((email, known))
            }
            None => None,
        };
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            let before = load(tx)?;
            precondition.check(&before)?;
            let user = user_of(tx)?;
            let mut changed = Vec::new();
            if let Some(name) = name.as_ref().filter(|name| before.member.name.as_ref() != Some(name)) {
                let set = users::name.eq(name.as_str());
                diesel::update(users::table.find(user)).set(set).execute(tx.connection)?;
                changed.push("name");
            }
            if let Some((email, known)) = wanted.as_ref().filter(|(email, _)| *email != before.member.email) {
                // A new password lets nothing go on that the former one has begun.
                require_unchanged(tx.connection, known)?;
                begin_email_change(tx, user, email, delivery)?;
                changed.push("pendingEmail");
            }
            if changed.is_empty() {
                return Ok(Done::unchanged(before));
            }
            // Of people's names and addresses nothing stands in an event but that they changed.
            let after = Some(json!({ "changed": changed }));
            let change = Change::new(Object::User(user.into()), None, after);
            Ok(Done::changed(load(tx)?, change))
        })
        .await
    }
}

fn load<A: Action>(tx: &mut Tx<'_, A>) -> Result<Myself, StoreError> {
    let PrincipalId::Member(id) = tx.bearer().id() else { return Err(StoreError::NotFound) };
    let account = tx.bearer().account;
    let user = user_of(tx)?;
    let pending: Option<String> = email_changes::table
        .find(user)
        .filter(email_changes::expires_at.gt(stored::time(tx.now)))
        .select(email_changes::email)
        .first(tx.connection)
        .optional()?;
    Ok(Myself {
        member: member::load(tx.connection, account, id)?,
        account: account::load(tx.connection, account)?,
        pending_email: stored::parse_optional("email_changes.email", pending.as_deref())?,
        via: tx.bearer().speaks.into(),
        permissions: *tx.bearer().account_permissions(),
    })
}

/// The user that the bearer is.
fn user_of<A: Action>(tx: &mut Tx<'_, A>) -> Result<Uuid, StoreError> {
    let PrincipalId::Member(member) = tx.bearer().id() else { return Err(StoreError::NotFound) };
    find_user(tx.connection, member.into())
}

fn find_user(connection: &mut PgConnection, member: Uuid) -> Result<Uuid, StoreError> {
    Ok(members::table.find(member).select(members::user_id).first(connection)?)
}

/// Notes the address that a user wants, in the place of one that they wanted before, and has the link mailed there.
fn begin_email_change(
    tx: &mut Tx<'_, UpdateMyself>,
    user: Uuid,
    email: &Email,
    delivery: LinkDelivery,
) -> Result<(), StoreError> {
    let columns = (
        email_changes::email.eq(email.as_str()),
        email_changes::digest.eq(None::<Vec<u8>>),
        email_changes::created_at.eq(stored::time(tx.now)),
        email_changes::expires_at.eq(stored::time(tx.now + EMAIL_CHANGE_LIFETIME)),
    );
    diesel::insert_into(email_changes::table)
        .values((email_changes::user_id.eq(user), columns.clone()))
        .on_conflict(email_changes::user_id)
        .do_update()
        .set(columns)
        .execute(tx.connection)?;
    mail::withdraw_email_change(tx.connection, user)?;
    let mail =
        NewMail { kind: MailKind::EmailChange, recipient: email.clone(), user: user.into(), about: None };
    mail::enqueue(tx.connection, delivery, &mail, tx.now)
}
