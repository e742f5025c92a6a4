//! Making grants.

use diesel::dsl::exists;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, CreateEnvironmentGrant, CreateProjectGrant};
use keyhall_domain::grant::{Grant, GrantError, GrantedRole, Grantee, NewEnvironmentGrant, NewProjectGrant};
use keyhall_domain::id::{AccountId, GrantId};
use keyhall_domain::member::MemberState;
use keyhall_domain::principal::{MemberStanding, PrincipalId};
use keyhall_domain::role::EnvironmentRole;
use uuid::Uuid;

use super::{GrantPlace, described, load};
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::hand_out;
use crate::held_grants::{self, is_member_of};
use crate::idempotency::{Attempt, Creation};
use crate::role::column;
use crate::schema::{accounts, grants, groups, members, principals, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// A grant to be made.
#[derive(Debug, Clone, Copy)]
struct New {
    place: GrantPlace,
    grantee: Grantee,
    role: GrantedRole,
}

impl Store {
    /// Grants a role on a project.
    ///
    /// # Errors
    /// [`Conflict::Granted`] with the grant that the principal has already; [`StoreError::Rule`] for a role that the bearer may
    /// not hand out; [`Conflict::Grant`]; [`StoreError::Absent`] for a principal or role that is not there.
    pub async fn create_project_grant(
        &self,
        grant: &Granted<CreateProjectGrant>,
        attempt: Option<Attempt>,
        new: NewProjectGrant,
    ) -> Result<Creation<Grant>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let account = tx.bearer().account;
            column::named(tx.connection, account, new.role, "role")?;
            let place = GrantPlace::Project(*tx.scope());
            create(tx, New { place, grantee: new.principal, role: new.role.into() })
        })
        .await
    }

    /// Grants a role on an environment to a member of its project, or to a group that has a role there.
    ///
    /// # Errors
    /// The same.
    pub async fn create_environment_grant(
        &self,
        grant: &Granted<CreateEnvironmentGrant>,
        attempt: Option<Attempt>,
        new: NewEnvironmentGrant,
    ) -> Result<Creation<Grant>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let account = tx.bearer().account;
            column::named(tx.connection, account, new.role, "role")?;
            let place = GrantPlace::Environment(*tx.scope());
            create(tx, New { place, grantee: new.principal, role: new.role.into() })
        })
        .await
    }
}

fn create<A: Action>(tx: &mut Tx<'_, A>, new: New) -> Result<Done<Grant>, StoreError> {
    new.role.fits(new.grantee)?;
    let account = tx.bearer().account;
    let permissions = super::permissions(tx.connection, account, new.role)?;
    hand_out::require(tx, &[(new.place.place(), permissions)])?;
    require_grantee(tx.connection, account, new.grantee)?;
    require_shutting_out(tx, new)?;
    require_part_in_project(tx.connection, account.into(), new)?;
    if let Some(id) = find(tx.connection, account, new)? {
        let present = load(tx.connection, account, new.place, id)?;
        return Err(StoreError::Conflict(Conflict::Granted(Box::new(present))));
    }
    let id = insert(tx, new)?;
    let grant = load(tx.connection, account, new.place, id)?;
    let change = new.place.of(Change::created(Object::Grant(id), described(&grant)));
    Ok(Done::changed(grant, change))
}

/// A `none` takes away all that its principal has there, so who grants it has to hold that, or to be an owner.
fn require_shutting_out<A: Action>(tx: &mut Tx<'_, A>, new: New) -> Result<(), StoreError> {
    let (GrantPlace::Environment(at), GrantedRole::Environment(role)) = (new.place, new.role) else {
        return Ok(());
    };
    let principal = match new.grantee {
        Grantee::Member(id) => PrincipalId::Member(id),
        Grantee::ApiCredential(id) => PrincipalId::ApiCredential(id),
        Grantee::Group(_) => return Ok(()),
    };
    if role != EnvironmentRole::None {
        return Ok(());
    }
    let account = tx.bearer().account;
    let (_, rights) = held_grants::on_environment(tx.connection, account, principal, at)?;
    hand_out::require_outweighing(tx, new.place.place(), rights.permissions())
}

/// Makes the bearer the owner of what it has just made.
pub(crate) fn insert_creator<A: Action>(
    tx: &mut Tx<'_, A>,
    place: GrantPlace,
    owner: GrantedRole,
) -> Result<(), StoreError> {
    let grantee = tx.bearer().id().into();
    insert(tx, New { place, grantee, role: owner }).map(drop)
}

/// Whether they are there, and a member of them may speak.
fn require_grantee(
    connection: &mut PgConnection,
    account: AccountId,
    grantee: Grantee,
) -> Result<(), StoreError> {
    let absent = StoreError::Absent("principal");
    match grantee {
        Grantee::Group(group) => {
            let found = groups::table
                .filter(groups::id.eq(Uuid::from(group)))
                .filter(groups::account_id.eq(Uuid::from(account)))
                .select(groups::id);
            found.first::<Uuid>(connection).optional()?.map(drop).ok_or(absent)
        }
        Grantee::ApiCredential(id) => {
            let (kind, id) = stored::principal_columns(PrincipalId::ApiCredential(id));
            let found = principals::table
                .filter(principals::id.eq(id).and(principals::kind.eq(kind)))
                .filter(principals::account_id.eq(Uuid::from(account)))
                .select(principals::id);
            found.first::<Uuid>(connection).optional()?.map(drop).ok_or(absent)
        }
        Grantee::Member(id) => {
            let states: Option<(String, String, String)> = members::table
                .inner_join(users::table)
                .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
                .filter(members::id.eq(Uuid::from(id)))
                .filter(members::account_id.eq(Uuid::from(account)))
                .select((accounts::state, users::state, members::state))
                .first(connection)
                .optional()?;
            let (account, user, member) = states.ok_or(absent)?;
            let standing = MemberStanding {
                account: stored::parse("accounts.state", &account)?,
                user: stored::parse("users.state", &user)?,
                member: stored::parse::<MemberState>("members.state", &member)?,
            };
            Ok(standing.check().map_err(GrantError::Standing)?)
        }
    }
}

/// Whether who gets a role on an environment has one on the project.
fn require_part_in_project(connection: &mut PgConnection, account: Uuid, new: New) -> Result<(), StoreError> {
    let GrantPlace::Environment(at) = new.place else { return Ok(()) };
    let project = Uuid::from(at.project);
    match new.grantee {
        Grantee::Group(group) => {
            let on_project = grants::table
                .filter(grants::account_id.eq(account).and(grants::project_id.eq(project)))
                .filter(grants::environment_id.is_null().and(grants::group_id.eq(Uuid::from(group))));
            match diesel::select(exists(on_project)).get_result(connection)? {
                true => Ok(()),
                false => Err(GrantError::NoGroupOfProject.into()),
            }
        }
        Grantee::Member(id) => require_member(connection, (account, id.into(), project)),
        Grantee::ApiCredential(id) => require_member(connection, (account, id.into(), project)),
    }
}

fn require_member(
    connection: &mut PgConnection,
    (account, principal, project): (Uuid, Uuid, Uuid),
) -> Result<(), StoreError> {
    match is_member_of(connection, account, principal, project)? {
        true => Ok(()),
        false => Err(GrantError::NoMemberOfProject.into()),
    }
}

/// The grant that they have at the place already.
fn find(connection: &mut PgConnection, account: AccountId, new: New) -> Result<Option<GrantId>, StoreError> {
    let id: Option<Uuid> = super::at(account.into(), new.place, Some(new.grantee))
        .select(grants::id)
        .first(connection)
        .optional()?;
    Ok(id.map(GrantId::from))
}

fn insert<A: Action>(tx: &mut Tx<'_, A>, new: New) -> Result<GrantId, StoreError> {
    let id = GrantId::generate(tx.now);
    let (kind, granter) = stored::principal_columns(tx.bearer().id());
    let (role, role_id) = match new.role {
        GrantedRole::Project(role) => column::columns(role),
        GrantedRole::Environment(role) => column::columns(role),
    };
    let (principal, group) = match new.grantee {
        Grantee::Member(id) => (Some(Uuid::from(id)), None),
        Grantee::ApiCredential(id) => (Some(Uuid::from(id)), None),
        Grantee::Group(id) => (None, Some(Uuid::from(id))),
    };
    diesel::insert_into(grants::table)
        .values((
            grants::id.eq(Uuid::from(id)),
            grants::account_id.eq(tx.account()),
            grants::project_id.eq(Uuid::from(new.place.project())),
            grants::environment_id.eq(new.place.environment_column()),
            (grants::principal_id.eq(principal), grants::group_id.eq(group)),
            (grants::role.eq(role), grants::role_id.eq(role_id)),
            (grants::granted_by.eq(granter), grants::granted_by_kind.eq(kind)),
            grants::created_at.eq(stored::time(tx.now)),
        ))
        .execute(tx.connection)?;
    Ok(id)
}
