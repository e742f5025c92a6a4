//! What each principal was granted, by itself or through its groups: the view of that name, and what the decision needs of it.

use diesel::dsl::exists;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::authz::{EnvironmentRef, EnvironmentRights, HeldGrant, ProjectRights};
use keyhall_domain::id::{AccountId, ProjectId};
use keyhall_domain::permission::Permission;
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::role::{BuiltInRole, EnvironmentRole};
use uuid::Uuid;

use crate::environment;
use crate::error::StoreError;
use crate::role::{HeldColumns, column};
use crate::schema::{environments, grants, projects, roles};
use crate::stored;

diesel::table! {
    /// A view: a grant for each principal for whom it counts.
    held_grants (grant_id, principal_id) {
        account_id -> Uuid,
        project_id -> Uuid,
        environment_id -> Nullable<Uuid>,
        principal_id -> Uuid,
        grant_id -> Uuid,
        group_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        role_id -> Nullable<Uuid>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(held_grants, environments);
diesel::allow_tables_to_appear_in_same_query!(held_grants, projects);
diesel::allow_tables_to_appear_in_same_query!(held_grants, roles);
diesel::allow_tables_to_appear_in_same_query!(held_grants, grants);

/// A grant that counts for a principal, with what its role permits.
pub(crate) type HeldRow = (Uuid, Option<Uuid>, HeldColumns);

/// A condition on the view.
pub(crate) type Condition<'a> = Box<
    dyn BoxableExpression<
            held_grants::table,
            Pg,
            SqlType = diesel::sql_types::Nullable<diesel::sql_types::Bool>,
        > + 'a,
>;

/// What a principal was granted on a project.
///
/// # Errors
/// [`StoreError::NotFound`] where the account has no such project.
pub(crate) fn on_project(
    connection: &mut PgConnection,
    account: AccountId,
    principal: PrincipalId,
    project: ProjectId,
) -> Result<ProjectRights, StoreError> {
    let (_, id) = stored::principal_columns(principal);
    let held = held_grants::account_id
        .eq(projects::account_id)
        .and(held_grants::project_id.eq(projects::id))
        .and(held_grants::environment_id.is_null())
        .and(held_grants::principal_id.eq(id));
    let rows: Vec<Option<HeldRow>> = projects::table
        .left_join(held_grants::table.on(held))
        .left_join(roles::table.on(held_grants::role_id.eq(roles::id.nullable())))
        .filter(projects::id.eq(Uuid::from(project)))
        .filter(projects::account_id.eq(Uuid::from(account)))
        .select(
            (
                held_grants::grant_id,
                held_grants::group_id,
                (held_grants::role, held_grants::role_id, roles::permissions.nullable()),
            )
                .nullable(),
        )
        .load(connection)?;
    if rows.is_empty() {
        return Err(StoreError::NotFound);
    }
    let grants = rows.into_iter().flatten().map(held_grant).collect::<Result<_, _>>()?;
    Ok(ProjectRights { grants })
}

/// What a principal was granted on an environment, and on its project.
///
/// # Errors
/// [`StoreError::NotFound`] where the account has no such environment in the project.
pub(crate) fn on_environment(
    connection: &mut PgConnection,
    account: AccountId,
    principal: PrincipalId,
    at: EnvironmentRef,
) -> Result<(ProjectRights, EnvironmentRights), StoreError> {
    let default = environment::default_role(connection, account, at)?;
    let of_project = on_project(connection, account, principal, at.project)?;
    let (_, id) = stored::principal_columns(principal);
    let rows: Vec<HeldRow> = held_grants::table
        .left_join(roles::table.on(held_grants::role_id.eq(roles::id.nullable())))
        .filter(held_grants::account_id.eq(Uuid::from(account)))
        .filter(held_grants::project_id.eq(Uuid::from(at.project)))
        .filter(held_grants::environment_id.eq(Uuid::from(at.environment)))
        .filter(held_grants::principal_id.eq(id))
        .select((
            held_grants::grant_id,
            held_grants::group_id,
            (held_grants::role, held_grants::role_id, roles::permissions.nullable()),
        ))
        .load(connection)?;
    let grants = rows.into_iter().map(held_grant).collect::<Result<_, _>>()?;
    Ok((of_project, EnvironmentRights { grants, default }))
}

/// The grants whose role of this kind has a permission.
pub(crate) fn giving<'a, B: BuiltInRole>(account: Uuid, permission: Permission) -> Condition<'a> {
    let built_in: Vec<_> =
        B::ROLES.iter().filter(|role| role.permissions().has(permission)).map(|role| role.name()).collect();
    Box::new(
        held_grants::role.eq_any(built_in).or(held_grants::role_id.eq_any(custom::<B>(account, permission))),
    )
}

/// The account's own roles of this kind that have a permission.
fn custom<'a, B: BuiltInRole>(
    account: Uuid,
    permission: Permission,
) -> diesel::helper_types::IntoBoxed<
    'a,
    diesel::helper_types::Select<roles::table, diesel::dsl::Nullable<roles::id>>,
    Pg,
> {
    roles::table
        .select(roles::id.nullable())
        .into_boxed()
        .filter(roles::account_id.eq(account))
        .filter(roles::kind.eq(B::KIND.name()))
        .filter(roles::permissions.contains(vec![permission.to_string()]))
}

/// The environments of a project in which somebody, who is a member of it, has a permission through a role there.
pub(crate) fn environments_giving(
    account: Uuid,
    principal: Uuid,
    project: Uuid,
    permission: Permission,
) -> environments::BoxedQuery<'static, Pg> {
    let mine = || {
        held_grants::table
            .select(held_grants::environment_id)
            .into_boxed()
            .filter(held_grants::account_id.eq(account))
            .filter(held_grants::project_id.eq(project))
            .filter(held_grants::principal_id.eq(principal))
            .filter(held_grants::environment_id.is_not_null())
    };
    let given = mine().filter(giving::<EnvironmentRole>(account, permission));
    let shut_out = mine().filter(held_grants::role.eq(EnvironmentRole::None.name()));
    let built_in: Vec<_> = EnvironmentRole::ROLES
        .iter()
        .filter(|role| role.permissions().has(permission))
        .map(|role| role.name())
        .collect();
    let by_default = environments::default_role
        .eq_any(built_in)
        .or(environments::default_role_id.eq_any(custom::<EnvironmentRole>(account, permission)));
    let here = environments::id.nullable();
    environments::table
        .into_boxed()
        .filter(environments::account_id.eq(account))
        .filter(environments::project_id.eq(project))
        .filter(here.eq_any(given).and(here.ne_all(shut_out)).or(here.ne_all(mine()).and(by_default)))
}

/// Whether a principal is a member of a project.
pub(crate) fn is_member_of(
    connection: &mut PgConnection,
    account: Uuid,
    principal: Uuid,
    project: Uuid,
) -> Result<bool, StoreError> {
    let any = held_grants::table
        .filter(held_grants::account_id.eq(account))
        .filter(held_grants::project_id.eq(project))
        .filter(held_grants::environment_id.is_null())
        .filter(held_grants::principal_id.eq(principal));
    Ok(diesel::select(exists(any)).get_result(connection)?)
}

/// The grant of a row.
pub(crate) fn held_grant<B: BuiltInRole>((id, group, role): HeldRow) -> Result<HeldGrant<B>, StoreError> {
    Ok(HeldGrant { id: id.into(), role: column::held(&role)?, group: group.map(Into::into) })
}
