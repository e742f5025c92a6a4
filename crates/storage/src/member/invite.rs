//! Inviting: a member in the state `invited`, and a link that its holder accepts once.
//!
//! Where mail is configured the link's secret is made when the mail is sent, and nobody but its reader gets it. Until then the
//! invitation has the digest of a secret that nobody knows.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, InviteMember};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, InvitationId, MemberId, UserId};
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::{InvitedRole, Member, MemberState, NewMember};
use keyhall_domain::principal::UserState;
use keyhall_domain::rank;
use keyhall_domain::role::MemberRoleRef;
use serde_json::json;
use uuid::Uuid;

use super::change::set_external_id;
use super::invited_roles;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::mail::{self, About, LinkDelivery, NewMail};
use crate::role::column;
use crate::schema::{invitations, members, principals, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// How long an invitation can be accepted.
pub(crate) const INVITATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An invitation that was just made, or made anew: the only moment at which its secret is known.
#[derive(Debug)]
pub struct Invitation {
    /// The invited member.
    pub member: Member,
    /// The roles on projects that it gets on acceptance.
    pub projects: Vec<InvitedRole>,
    /// The secret for the link, to be handed on; `None` when the link goes by mail.
    pub secret: Option<OneTimeSecret>,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

impl Store {
    /// Invites somebody into the bearer's account.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the role holds more than the bearer; [`crate::Conflict::AlreadyMember`] when they are in the
    /// account already, or invited; [`crate::Conflict::ExternalId`] when another member is called so.
    pub async fn invite_member(
        &self,
        grant: &Granted<InviteMember>,
        new: NewMember,
    ) -> Result<Invitation, StoreError> {
        new.check().map_err(StoreError::Invalid)?;
        let (secret, digest) = self.invitation_secret()?;
        let delivery = self.link_delivery();
        let projects = new.projects.clone();
        let (member, expires_at) = self
            .write(grant, move |tx| {
                tx.reconfirm()?;
                let account = tx.bearer().account;
                let role = column::named(tx.connection, account, new.role.into(), "role")?;
                rank::may_hand_out(tx.bearer(), &role)?;
                invited_roles::require(tx, &new.projects)?;
                let user = find_or_insert_user(tx.connection, &new.email, tx.now)?;
                let standing = (role.reference(), MemberState::Invited);
                let member = insert_member(tx.connection, account, user, standing, tx.now)?;
                set_external_id(tx.connection, member, new.external_id.as_ref())?;
                let expires_at = insert_invitation(tx, member, &new.email, &digest)?;
                invited_roles::insert(tx, member, &new.projects)?;
                let about = About { account, member, user };
                enqueue(tx, delivery, new.email.clone(), about)?;
                let member = super::load(tx.connection, tx.bearer().account, member)?;
                let after = described(&member, &new.projects);
                let change = Change::created(Object::Member(member.id), after);
                Ok(Done::changed((member, expires_at), change))
            })
            .await?;
        Ok(Invitation { member, projects, secret, expires_at })
    }

    /// The digest that an invitation begins with, and its secret, where whoever invites is to have it.
    pub(super) fn invitation_secret(&self) -> Result<(Option<OneTimeSecret>, SecretDigest), StoreError> {
        let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
        let digest = secret.digest();
        match self.link_delivery() {
            LinkDelivery::Caller => Ok((Some(secret), digest)),
            LinkDelivery::Mail => Ok((None, digest)),
        }
    }
}

/// The user with this address; a new one has neither name nor password until the invitation is accepted.
pub(crate) fn find_or_insert_user(
    connection: &mut PgConnection,
    email: &Email,
    now: Timestamp,
) -> Result<UserId, StoreError> {
    let key = email.key();
    let known = users::table
        .filter(users::email_key.eq(key.as_str()))
        .select(users::id)
        .first::<Uuid>(connection)
        .optional()?;
    if let Some(id) = known {
        return Ok(id.into());
    }
    let id = UserId::generate(now);
    diesel::insert_into(users::table)
        .values((
            users::id.eq(Uuid::from(id)),
            users::email.eq(email.as_str()),
            users::email_key.eq(key.as_str()),
            users::state.eq(UserState::Active.name()),
            users::created_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    Ok(id)
}

/// Puts a user into an account.
pub(crate) fn insert_member(
    connection: &mut PgConnection,
    account: AccountId,
    user: UserId,
    (role, state): (MemberRoleRef, MemberState),
    now: Timestamp,
) -> Result<MemberId, StoreError> {
    let id = MemberId::generate(now);
    let (role, role_id) = column::columns(role);
    diesel::insert_into(principals::table)
        .values((
            principals::id.eq(Uuid::from(id)),
            principals::account_id.eq(Uuid::from(account)),
            principals::kind.eq("member"),
        ))
        .execute(connection)?;
    diesel::insert_into(members::table)
        .values((
            members::id.eq(Uuid::from(id)),
            members::account_id.eq(Uuid::from(account)),
            members::user_id.eq(Uuid::from(user)),
            (members::role.eq(role), members::role_id.eq(role_id)),
            members::state.eq(state.name()),
            members::created_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    Ok(id)
}

fn insert_invitation(
    tx: &mut Tx<'_, InviteMember>,
    member: MemberId,
    email: &Email,
    digest: &SecretDigest,
) -> Result<Timestamp, StoreError> {
    let (_, inviter) = stored::principal_columns(tx.bearer().id());
    let expires_at = tx.now + INVITATION_LIFETIME;
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(Uuid::from(InvitationId::generate(tx.now))),
            invitations::account_id.eq(tx.account()),
            invitations::member_id.eq(Uuid::from(member)),
            invitations::email.eq(email.as_str()),
            invitations::digest.eq(digest.as_bytes().as_slice()),
            invitations::invited_by.eq(inviter),
            invitations::created_at.eq(stored::time(tx.now)),
            invitations::expires_at.eq(stored::time(expires_at)),
        ))
        .execute(tx.connection)?;
    Ok(expires_at)
}

/// Writes the mail of an invitation down.
pub(super) fn enqueue<A: Action>(
    tx: &mut Tx<'_, A>,
    delivery: LinkDelivery,
    recipient: Email,
    about: About,
) -> Result<(), StoreError> {
    let mail = NewMail { kind: MailKind::Invitation, recipient, user: about.user, about: Some(about) };
    mail::enqueue(tx.connection, delivery, &mail, tx.now)
}

/// What the event of an invitation says.
fn described(member: &Member, projects: &[InvitedRole]) -> serde_json::Value {
    let mut after = json!({ "role": member.role, "state": member.state });
    if let (false, Some(fields)) = (projects.is_empty(), after.as_object_mut()) {
        fields.insert("projects".to_owned(), json!(projects));
    }
    after
}
