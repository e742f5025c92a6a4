//! Changing members: role, suspension, reinstatement, removal.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    Action, Refusal, ReinstateMember, RemoveMember, ScopeRef, SuspendMember, UpdateMember,
};
use keyhall_domain::external_id::ExternalId;
use keyhall_domain::id::MemberId;
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::{Member, MemberPatch, MemberState, MemberStateError};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::rank::{self, Target};
use keyhall_domain::role::{MemberRole, MemberRoleRef};
use serde_json::json;
use uuid::Uuid;

use super::load;
use crate::error::StoreError;
use crate::grant::ownership;
use crate::granted::Granted;
use crate::mail::LinkDelivery;
use crate::precondition::Precondition;
use crate::role::column;
use crate::schema::{invitations, members, principals, sessions};
use crate::store::Store;
use crate::stored;
use crate::super_admin;
use crate::transaction::{Done, Tx};

impl Store {
    /// Changes a member's role, and what the account's own services call them.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer does not outrank the member as they are and as they would be;
    /// [`StoreError::Conflict`] for the role of a Super Admin, who loses it by an action of its own, and for an external id
    /// that another member has.
    pub async fn update_member(
        &self,
        grant: &Granted<UpdateMember>,
        precondition: Precondition,
        patch: MemberPatch,
    ) -> Result<Member, StoreError> {
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            let MemberPatch { role, external_id } = patch.clone();
            let after = Member {
                role: role.into_option().map_or(before.role, Into::into),
                external_id: external_id.over(before.external_id.clone()),
                ..before.clone()
            };
            check_patch(tx, &before, &after)?;
            if after == before {
                return Ok(Done::unchanged(before));
            }
            if after.role != before.role {
                set_role(tx, after.role)?;
            }
            if after.external_id != before.external_id {
                set_external_id(tx.connection, before.id, after.external_id.as_ref())?;
            }
            let mut is = described(&after);
            if after.external_id != before.external_id
                && let Some(fields) = is.as_object_mut()
            {
                fields.insert("changed".to_owned(), json!(["externalId"]));
            }
            let change = Change::updated(Object::Member(before.id), described(&before), is);
            Ok(Done::changed(after, change))
        })
        .await
    }

    /// Keeps a member out: sessions end, tokens are refused while it lasts.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer does not outrank the member; [`StoreError::Conflict`] before they accepted.
    pub async fn suspend_member(
        &self,
        grant: &Granted<SuspendMember>,
        precondition: Precondition,
    ) -> Result<Member, StoreError> {
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            take_away(tx, &before)?;
            let state = before.state.suspended()?;
            diesel::delete(sessions::table.filter(sessions::member_id.eq(Uuid::from(before.id))))
                .execute(tx.connection)?;
            ownership::keeping(tx, |tx| set_state(tx, delivery, before, state))
        })
        .await
    }

    /// Ends a member's suspension: tokens work again, sessions have to be begun anew.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer does not outrank the member; [`StoreError::Conflict`] when not suspended.
    pub async fn reinstate_member(
        &self,
        grant: &Granted<ReinstateMember>,
        precondition: Precondition,
    ) -> Result<Member, StoreError> {
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            let target = target_of(tx, &before)?;
            rank::may_change(tx.bearer(), target)?;
            let state = before.state.reinstated()?;
            set_state(tx, delivery, before, state)
        })
        .await
    }

    /// Removes a member with their grants, sessions and tokens; the user stays.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the bearer does not outrank the member.
    pub async fn remove_member(
        &self,
        grant: &Granted<RemoveMember>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        let delivery = self.link_delivery();
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            take_away(tx, &before)?;
            if before.role == MemberRole::SuperAdmin {
                super_admin::tell(tx, delivery, MailKind::SuperAdminRevoked, before.id)?;
            }
            ownership::keeping(tx, |tx| {
                diesel::delete(principals::table.find(Uuid::from(before.id))).execute(tx.connection)?;
                Ok(())
            })?;
            let change = Change::removed(
                Object::Member(before.id),
                json!({ "role": before.role, "state": before.state }),
            );
            Ok(Done::changed((), change))
        })
        .await
    }
}

/// Locks the account, decides again, and reads the member as it is now.
pub(crate) fn begin<A: Action<Scope = MemberId>>(
    tx: &mut Tx<'_, A>,
    precondition: &Precondition,
) -> Result<Member, StoreError> {
    tx.reconfirm()?;
    let member = load(tx.connection, tx.bearer().account, *tx.scope())?;
    precondition.check(&member)?;
    Ok(member)
}

/// Whether the bearer may take the member out of action, a Super Admin from the Super Admins included.
fn take_away<A: Action>(tx: &mut Tx<'_, A>, member: &Member) -> Result<(), StoreError> {
    let target = target_of(tx, member)?;
    rank::may_change(tx.bearer(), target)?;
    if member.role == MemberRole::SuperAdmin { super_admin::without(tx, member.id) } else { Ok(()) }
}

/// What the rules on rank need to know of a member.
fn target_of<A: Action>(tx: &mut Tx<'_, A>, member: &Member) -> Result<Target, StoreError> {
    let account = tx.bearer().account;
    super::target_of(tx.connection, account, member)
}

/// Whether the bearer may make of the member what the patch says.
fn check_patch(tx: &mut Tx<'_, UpdateMember>, before: &Member, after: &Member) -> Result<(), StoreError> {
    let target = target_of(tx, before)?;
    if after.role == before.role {
        return Ok(rank::may_identify(tx.bearer(), target)?);
    }
    rank::may_change(tx.bearer(), target)?;
    if before.role == MemberRole::SuperAdmin {
        return Err(MemberStateError::SuperAdmin.into());
    }
    let account = tx.bearer().account;
    // Whoever sets the role of an invited member answers for it at acceptance like who invited them.
    let invite = Permission::new(ResourceType::Member, Operation::Create);
    if before.state == MemberState::Invited && !tx.bearer().holds_in_account(invite) {
        return Err(Refusal::Missing { permission: invite, at: ScopeRef::account(account) }.into());
    }
    let role = column::named(tx.connection, account, after.role, "role")?;
    Ok(rank::may_assign(tx.bearer(), target, &role)?)
}

/// What an event says of a member. An external id may be a person's name, so only whether there is one.
fn described(member: &Member) -> serde_json::Value {
    json!({ "role": member.role, "hasExternalId": member.external_id.is_some() })
}

/// Says what the account's own services call a member.
pub(super) fn set_external_id(
    connection: &mut PgConnection,
    member: MemberId,
    id: Option<&ExternalId>,
) -> Result<(), StoreError> {
    diesel::update(members::table.find(Uuid::from(member)))
        .set(members::external_id.eq(id.map(ExternalId::as_str)))
        .execute(connection)?;
    Ok(())
}

/// Sets the role of the member; of an invited one, whoever sets it answers for it at acceptance.
fn set_role(tx: &mut Tx<'_, UpdateMember>, role: MemberRoleRef) -> Result<(), StoreError> {
    let (role, role_id) = column::columns(role);
    let member = Uuid::from(*tx.scope());
    let (_, assigner) = stored::principal_columns(tx.bearer().id());
    diesel::update(members::table.find(member))
        .set((members::role.eq(role), members::role_id.eq(role_id)))
        .execute(tx.connection)?;
    diesel::update(invitations::table.filter(invitations::member_id.eq(member)))
        .set(invitations::invited_by.eq(assigner))
        .execute(tx.connection)?;
    Ok(())
}

fn set_state<A: Action>(
    tx: &mut Tx<'_, A>,
    delivery: LinkDelivery,
    before: Member,
    state: MemberState,
) -> Result<Done<Member>, StoreError> {
    if state == before.state {
        return Ok(Done::unchanged(before));
    }
    diesel::update(members::table.find(Uuid::from(before.id)))
        .set(members::state.eq(state.name()))
        .execute(tx.connection)?;
    if before.role == MemberRole::SuperAdmin {
        // Who is suspended acts as a Super Admin no more, who is reinstated does again.
        let active = state == MemberState::Active;
        let kind = if active { MailKind::SuperAdminGranted } else { MailKind::SuperAdminRevoked };
        super_admin::tell(tx, delivery, kind, before.id)?;
    }
    let change = Change::updated(
        Object::Member(before.id),
        json!({ "state": before.state }),
        json!({ "state": state }),
    );
    Ok(Done::changed(Member { state, ..before }, change))
}
