//! Making and unmaking Super Admins. At least one stays: the domain's set cannot be empty, the account's lock lets one
//! change at a time through, and a trigger of the database counts once more.

mod notice;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, GrantSuperAdmin, RevokeSuperAdmin};
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::{Member, MemberState, MemberStateError};
use keyhall_domain::principal::{PrincipalId, UserState};
use keyhall_domain::role::{BuiltInRole, MemberRole};
use keyhall_domain::super_admins::{SuperAdminError, SuperAdmins};
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::mail::LinkDelivery;
use crate::member::{self, begin};
use crate::precondition::Precondition;
use crate::schema::{members, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

pub(crate) use notice::notify;

impl Store {
    /// Makes an active member Super Admin.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer is none; [`StoreError::Conflict`] when the member is not active.
    pub async fn grant_super_admin(
        &self,
        grant: &Granted<GrantSuperAdmin>,
        precondition: Precondition,
    ) -> Result<Member, StoreError> {
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            let (admins, by) = present(tx)?;
            admins.with(before.id, by)?;
            before.state.can_be_super_admin(user_state(tx.connection, before.id)?)?;
            if before.role == MemberRole::SuperAdmin {
                return Ok(Done::unchanged(before));
            }
            let done = set_role(tx, &before, MemberRole::SuperAdmin)?;
            tell(tx, delivery, MailKind::SuperAdminGranted, before.id)?;
            Ok(done)
        })
        .await
    }

    /// Takes the Super Admin role from another; they become `member`.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer is none, or takes it from themself; [`StoreError::Conflict`] when they are none.
    pub async fn revoke_super_admin(
        &self,
        grant: &Granted<RevokeSuperAdmin>,
        precondition: Precondition,
    ) -> Result<Member, StoreError> {
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            without(tx, before.id)?;
            if before.role != MemberRole::SuperAdmin {
                return Err(MemberStateError::NoSuperAdmin.into());
            }
            let done = set_role(tx, &before, MemberRole::Member)?;
            tell(tx, delivery, MailKind::SuperAdminRevoked, before.id)?;
            Ok(done)
        })
        .await
    }
}

/// Whether the account's Super Admins could be without this one, at the bearer's word.
pub(crate) fn without<A: Action>(tx: &mut Tx<'_, A>, member: MemberId) -> Result<(), StoreError> {
    let (admins, by) = present(tx)?;
    admins.without(member, by)?;
    Ok(())
}

/// Tells the account's Super Admins, and the member, what became of the member.
pub(crate) fn tell<A: Action>(
    tx: &mut Tx<'_, A>,
    delivery: LinkDelivery,
    kind: MailKind,
    member: MemberId,
) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    notify(tx.connection, delivery, kind, (account, member), tx.now)
}

/// The account's active Super Admins, and who asks, as a person.
fn present<A: Action>(tx: &mut Tx<'_, A>) -> Result<(SuperAdmins, MemberId), StoreError> {
    let PrincipalId::Member(by) = tx.bearer().id() else {
        return Err(SuperAdminError::NotOneOfThem.into());
    };
    let admins = load(tx.connection, tx.bearer().account)?.ok_or(SuperAdminError::NotOneOfThem)?;
    Ok((admins, by))
}

/// The active Super Admins of an account; `None` when it has none.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
) -> Result<Option<SuperAdmins>, StoreError> {
    let ids: Vec<Uuid> = members::table
        .inner_join(users::table)
        .filter(members::account_id.eq(Uuid::from(account)))
        .filter(members::role.eq(MemberRole::SuperAdmin.name()))
        .filter(members::state.eq(MemberState::Active.name()))
        .filter(users::state.eq(UserState::Active.name()))
        .order(members::id)
        .select(members::id)
        .load(connection)?;
    Ok(SuperAdmins::new(ids.into_iter().map(MemberId::from)))
}

/// The state of a member's user.
pub(crate) fn user_state(connection: &mut PgConnection, member: MemberId) -> Result<UserState, StoreError> {
    let state: String = members::table
        .inner_join(users::table)
        .filter(members::id.eq(Uuid::from(member)))
        .select(users::state)
        .first(connection)?;
    stored::parse("users.state", &state)
}

fn set_role<A: Action>(
    tx: &mut Tx<'_, A>,
    before: &Member,
    role: MemberRole,
) -> Result<Done<Member>, StoreError> {
    diesel::update(members::table.find(Uuid::from(before.id)))
        .set((members::role.eq(role.name()), members::role_id.eq(None::<Uuid>)))
        .execute(tx.connection)?;
    let change =
        Change::updated(Object::Member(before.id), json!({ "role": before.role }), json!({ "role": role }));
    Ok(Done::changed(member::load(tx.connection, tx.bearer().account, before.id)?, change))
}
