//! A page of the people who have a part in a project or an environment, in order of name or role.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use keyhall_domain::access::AccessOrder;
use keyhall_domain::authz::EnvironmentRef;
use keyhall_domain::email::Email;
use keyhall_domain::grant::GrantedRole;
use keyhall_domain::id::ProjectId;
use keyhall_domain::name::Name;
use keyhall_domain::page::PageRequest;
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::role::{
    AccountRole, BuiltInRole, CredentialRole, EnvironmentRole, HeldRole, MemberRole, ProjectRole, RoleRef,
};
use uuid::Uuid;

use crate::error::StoreError;
use crate::stored;

/// Somebody on the page.
#[derive(Debug, QueryableByName)]
pub(super) struct PersonRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_super_admin: bool,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
}

#[derive(Debug, QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// The rank of who is Owner because they are Super Admin, and of who is shut out.
const OWNER: u8 = 0;
const NONE: u8 = 5;

/// The Super Admins, whose part is everywhere.
const SUPER_ADMINS: &str = "SELECT members.id AS principal_id, $4 AS rank, true AS is_super_admin \
    FROM members WHERE members.account_id = $1 AND members.role = 'super_admin'";

/// Everybody who holds something, once and if they may speak, with the strongest that they hold.
const PEOPLE: &str = "SELECT principals.id, principals.kind, bool_or(holders.is_super_admin) AS is_super_admin, \
    min(holders.rank) AS rank, users.name, users.email \
    FROM holders JOIN principals ON principals.account_id = $1 AND principals.id = holders.principal_id \
    LEFT JOIN members ON members.id = principals.id LEFT JOIN users ON users.id = members.user_id \
    WHERE principals.kind <> 'member' OR members.state = 'active' AND users.state = 'active' \
    GROUP BY principals.id, principals.kind, users.name, users.email";

/// Who has a part in a project, and how many there are.
pub(super) fn on_project(
    connection: &mut PgConnection,
    account: Uuid,
    project: ProjectId,
    order: AccessOrder,
    request: PageRequest,
) -> Result<(Vec<PersonRow>, i64), StoreError> {
    let rank = rank::<ProjectRole>("held_grants.role");
    let holders = format!(
        "SELECT principal_id, min({rank}) AS rank, false AS is_super_admin FROM held_grants \
         WHERE account_id = $1 AND project_id = $2 AND environment_id IS NULL AND $3 IS NULL \
         GROUP BY principal_id UNION ALL {SUPER_ADMINS}"
    );
    find(connection, &holders, (account, project, None, NONE), order, request)
}

/// Who has a part in an environment's project, ranked by what they end up with on the environment, and how many there are.
pub(super) fn on_environment(
    connection: &mut PgConnection,
    account: Uuid,
    (at, default): (EnvironmentRef, &HeldRole<EnvironmentRole>),
    order: AccessOrder,
    request: PageRequest,
) -> Result<(Vec<PersonRow>, i64), StoreError> {
    let rank = rank::<EnvironmentRole>("held_grants.role");
    let holders = format!(
        "SELECT of_project.principal_id, CASE WHEN here.rank IS NULL THEN $5 WHEN here.shut_out THEN {NONE} \
         ELSE here.rank END AS rank, false AS is_super_admin \
         FROM (SELECT DISTINCT principal_id FROM held_grants \
         WHERE account_id = $1 AND project_id = $2 AND environment_id IS NULL) of_project \
         LEFT JOIN (SELECT principal_id, min({rank}) AS rank, bool_or(role IS NOT DISTINCT FROM 'none') AS shut_out \
         FROM held_grants WHERE account_id = $1 AND project_id = $2 AND environment_id = $3 \
         GROUP BY principal_id) here ON here.principal_id = of_project.principal_id UNION ALL {SUPER_ADMINS}"
    );
    let default = GrantedRole::Environment(default.reference()).rank();
    find(connection, &holders, (account, at.project, Some(at), default), order, request)
}

fn find(
    connection: &mut PgConnection,
    holders: &str,
    (account, project, environment, default): (Uuid, ProjectId, Option<EnvironmentRef>, u8),
    order: AccessOrder,
    request: PageRequest,
) -> Result<(Vec<PersonRow>, i64), StoreError> {
    let order = match order {
        AccessOrder::Name => "lower(name) ASC NULLS LAST, id ASC",
        AccessOrder::NameDescending => "lower(name) DESC NULLS FIRST, id DESC",
        AccessOrder::Role => "rank ASC, lower(name) ASC NULLS LAST, id ASC",
        AccessOrder::RoleDescending => "rank DESC, lower(name) DESC NULLS FIRST, id DESC",
    };
    // Both statements name the same parameters, so that one text serves both.
    let people = format!("WITH holders AS ({holders}), people AS ({PEOPLE} HAVING $5 IS NOT NULL)");
    let environment = environment.map(|at| Uuid::from(at.environment));
    let bound = |text: String| {
        diesel::sql_query(text)
            .bind::<diesel::sql_types::Uuid, _>(account)
            .bind::<diesel::sql_types::Uuid, _>(Uuid::from(project))
            .bind::<Nullable<diesel::sql_types::Uuid>, _>(environment)
            .bind::<Integer, _>(i32::from(OWNER))
            .bind::<Integer, _>(i32::from(default))
    };
    let total: Total =
        bound(format!("{people} SELECT count(*) AS total FROM people")).get_result(connection)?;
    let page = format!(
        "{people} SELECT id, kind, is_super_admin, name, email FROM people ORDER BY {order} OFFSET $6 LIMIT $7"
    );
    let rows = bound(page)
        .bind::<BigInt, _>(request.offset())
        .bind::<BigInt, _>(request.limit())
        .load(connection)?;
    Ok((rows, total.total))
}

/// The rank of a role in a column, as the domain has it; a role of the account's own has no name there.
fn rank<B: BuiltInRole>(column: &str) -> String
where
    GrantedRole: From<RoleRef<B>>,
{
    let of = |role: RoleRef<B>| GrantedRole::from(role).rank();
    let built_in: String = B::ROLES
        .iter()
        .map(|role| format!("WHEN '{}' THEN {} ", role.name(), of(RoleRef::BuiltIn(*role))))
        .collect();
    format!("CASE {column} {built_in}ELSE {} END", of(RoleRef::Custom(Uuid::nil().into())))
}

impl PersonRow {
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn principal(&self) -> Result<PrincipalId, StoreError> {
        stored::principal(&self.kind, self.id)
    }

    /// The account role, as far as it matters here: whether it owns everything.
    pub(super) fn account_role(&self, id: PrincipalId) -> AccountRole {
        match (self.is_super_admin, id) {
            (true, _) => MemberRole::SuperAdmin.into(),
            (false, PrincipalId::Member(_)) => MemberRole::Member.into(),
            (false, PrincipalId::ApiCredential(_)) => CredentialRole::Member.into(),
        }
    }

    pub(super) fn name(&self) -> Result<Option<Name>, StoreError> {
        stored::parse_optional("users.name", self.name.as_deref())
    }

    pub(super) fn email(&self) -> Result<Option<Email>, StoreError> {
        stored::parse_optional("users.email", self.email.as_deref())
    }
}
