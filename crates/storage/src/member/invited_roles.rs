//! The roles on projects that an invitation carries, and that are given on acceptance.
//!
//! Each is held against the right of who gave it, when it is put into the invitation and again at acceptance; whoever sends the
//! invitation once more answers for all of them from then on.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, Place, Refusal, ScopeRef, may_give_out};
use keyhall_domain::grant::Grantee;
use keyhall_domain::id::{AccountId, GrantId, MemberId};
use keyhall_domain::member::InvitedRole;
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::violation::Violations;
use serde_json::json;
use uuid::Uuid;

use crate::authenticate::{Living, load_living};
use crate::error::StoreError;
use crate::hand_out;
use crate::held_grants;
use crate::role::{RoleColumns, column};
use crate::schema::{grants, invitation_grants};
use crate::stored;
use crate::transaction::Tx;

/// A role that an invitation carries, and who gave it.
struct Carried {
    role: InvitedRole,
    by: PrincipalId,
}

/// Whether the bearer may hand out all of these roles.
///
/// # Errors
/// [`StoreError::Invalid`] for a project that is not there for the bearer; the rule that forbids one.
pub(super) fn require<A: Action>(tx: &mut Tx<'_, A>, roles: &[InvitedRole]) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let mut handed_out = Vec::with_capacity(roles.len());
    for (index, one) in roles.iter().enumerate() {
        let (bearer, place) = (tx.bearer().id(), Place::Project(one.project_id));
        let rights = match held_grants::on_project(tx.connection, account, bearer, one.project_id) {
            Err(StoreError::NotFound) => return Err(StoreError::Absent("projects")),
            rights => rights?,
        };
        if rights.grants.is_empty() && !tx.bearer().sees_every_project() {
            return Err(StoreError::Absent("projects"));
        }
        let role = match column::named(tx.connection, account, one.role, "role") {
            Err(StoreError::Invalid(_)) => {
                let field = format!("projects[{index}].role");
                let why = "is a role of another kind; it must be one for the level `project`";
                return Err(StoreError::Invalid(Violations::one(field, why)));
            }
            role => role?,
        };
        handed_out.push((place, *role.permissions()));
    }
    hand_out::require(tx, &handed_out)
}

/// Puts the roles into the invitation of a member.
pub(super) fn insert<A: Action>(
    tx: &mut Tx<'_, A>,
    member: MemberId,
    roles: &[InvitedRole],
) -> Result<(), StoreError> {
    let (kind, granter) = stored::principal_columns(tx.bearer().id());
    let account = tx.account();
    let rows: Vec<_> = roles
        .iter()
        .map(|one| {
            let (role, role_id) = column::columns(one.role);
            (
                invitation_grants::account_id.eq(account),
                invitation_grants::member_id.eq(Uuid::from(member)),
                invitation_grants::project_id.eq(Uuid::from(one.project_id)),
                (invitation_grants::role.eq(role), invitation_grants::role_id.eq(role_id)),
                (invitation_grants::granted_by.eq(granter), invitation_grants::granted_by_kind.eq(kind)),
            )
        })
        .collect();
    diesel::insert_into(invitation_grants::table).values(rows).execute(tx.connection)?;
    Ok(())
}

/// Makes the bearer the one who answers for what the invitation of a member carries, if they may hand all of it out.
pub(super) fn take_over<A: Action>(
    tx: &mut Tx<'_, A>,
    member: MemberId,
) -> Result<Vec<InvitedRole>, StoreError> {
    let account = tx.bearer().account;
    let carried: Vec<_> = load(tx.connection, account, member)?.into_iter().map(|one| one.role).collect();
    match require(tx, &carried) {
        // A project that is not there for the bearer is not named to it.
        Err(StoreError::Absent(_)) => {
            let permission = Permission::new(ResourceType::Grant, Operation::Create);
            return Err(Refusal::Missing { permission, at: ScopeRef::account(account) }.into());
        }
        required => required?,
    }
    let (kind, granter) = stored::principal_columns(tx.bearer().id());
    diesel::update(invitation_grants::table)
        .filter(invitation_grants::account_id.eq(Uuid::from(account)))
        .filter(invitation_grants::member_id.eq(Uuid::from(member)))
        .set((invitation_grants::granted_by.eq(granter), invitation_grants::granted_by_kind.eq(kind)))
        .execute(tx.connection)?;
    Ok(carried)
}

/// Whether everybody who put a role into the invitation may still hand it out.
pub(crate) fn may_be_given(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<bool, StoreError> {
    for Carried { role, by } in load(connection, account, member)? {
        if !may_still_give(connection, account, role, by)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives the member what the invitation carries. Says what was granted, each an event of its own.
pub(crate) fn give(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for Carried { role: InvitedRole { project_id, role }, by } in load(connection, account, member)? {
        let id = GrantId::generate(now);
        let ((name, role_id), (kind, granter)) = (column::columns(role), stored::principal_columns(by));
        diesel::insert_into(grants::table)
            .values((
                grants::id.eq(Uuid::from(id)),
                grants::account_id.eq(Uuid::from(account)),
                grants::project_id.eq(Uuid::from(project_id)),
                grants::principal_id.eq(Uuid::from(member)),
                (grants::role.eq(name), grants::role_id.eq(role_id)),
                (grants::granted_by.eq(granter), grants::granted_by_kind.eq(kind)),
                grants::created_at.eq(stored::time(now)),
            ))
            .execute(connection)?;
        let after = json!({ "principal": Grantee::Member(member), "role": role });
        changes.push(Change::created(Object::Grant(id), after).in_project(project_id));
    }
    Ok(changes)
}

fn may_still_give(
    connection: &mut PgConnection,
    account: AccountId,
    InvitedRole { project_id, role }: InvitedRole,
    by: PrincipalId,
) -> Result<bool, StoreError> {
    let PrincipalId::Member(giver) = by else { return Ok(false) };
    let mut giver = match load_living(connection, giver) {
        Ok(Living { principal, account: theirs, .. }) if theirs == account => principal,
        Ok(_) | Err(StoreError::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let rights = held_grants::on_project(connection, account, by, project_id)?;
    giver.projects.insert(project_id, rights);
    let role = column::resolve(connection, account, role)?;
    let at = ScopeRef::project(account, project_id);
    Ok(may_give_out(&giver, role.permissions(), &at).is_ok())
}

fn load(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<Vec<Carried>, StoreError> {
    type Row = (Uuid, RoleColumns, String, Uuid);
    let rows: Vec<Row> = invitation_grants::table
        .filter(invitation_grants::account_id.eq(Uuid::from(account)))
        .filter(invitation_grants::member_id.eq(Uuid::from(member)))
        .order(invitation_grants::project_id)
        .select((
            invitation_grants::project_id,
            (invitation_grants::role, invitation_grants::role_id),
            invitation_grants::granted_by_kind,
            invitation_grants::granted_by,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(project, role, kind, by)| {
            let role = InvitedRole { project_id: project.into(), role: column::reference(&role)? };
            Ok(Carried { role, by: stored::principal(&kind, by)? })
        })
        .collect()
}
