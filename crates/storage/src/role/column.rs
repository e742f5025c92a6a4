//! Roles in columns: a built-in one by its name, one of the account's own by its id, exactly one of the two.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::id::{AccountId, RoleId};
use keyhall_domain::permission::PermissionSet;
use keyhall_domain::role::{BuiltInRole, HeldRole, RoleRef};
use keyhall_domain::violation::Violations;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::roles;
use crate::stored;

/// The name and the id of a role, one of which is there.
pub(crate) type RoleColumns = (Option<String>, Option<Uuid>);

/// The same with what a role of the account's own permits.
pub(crate) type HeldColumns = (Option<String>, Option<Uuid>, Option<Vec<Option<String>>>);

/// What kind a role of the account's own is, and what it permits.
type KindAndPermissions = (String, Vec<Option<String>>);

/// A role as its two columns.
pub(crate) fn columns<B: BuiltInRole>(role: RoleRef<B>) -> (Option<&'static str>, Option<Uuid>) {
    match role {
        RoleRef::BuiltIn(role) => (Some(role.name()), None),
        RoleRef::Custom(id) => (None, Some(id.into())),
    }
}

/// How the role of two columns is named.
pub(crate) fn reference<B: BuiltInRole>((name, id): &RoleColumns) -> Result<RoleRef<B>, StoreError> {
    match (name, id) {
        (Some(name), None) => built_in(name).map(RoleRef::BuiltIn),
        (None, Some(id)) => Ok(RoleRef::Custom((*id).into())),
        _ => Err(stored::unknown("role", "no role, or two")),
    }
}

/// The role of three columns, with what it permits.
pub(crate) fn held<B: BuiltInRole>((name, id, texts): &HeldColumns) -> Result<HeldRole<B>, StoreError> {
    match (name, id, texts) {
        (Some(name), None, _) => built_in(name).map(HeldRole::BuiltIn),
        (None, Some(id), Some(texts)) => {
            Ok(HeldRole::Custom { id: (*id).into(), permissions: permissions(texts)? })
        }
        _ => Err(stored::unknown("role", "no role, or two, or one that is not there")),
    }
}

/// A role that somebody named in a field of their request, with what it permits.
///
/// # Errors
/// [`StoreError::Absent`] where the account has no such role; [`StoreError::Invalid`] where it is of another kind.
pub(crate) fn named<B: BuiltInRole>(
    connection: &mut PgConnection,
    account: AccountId,
    role: RoleRef<B>,
    field: &'static str,
) -> Result<HeldRole<B>, StoreError> {
    let id = match role {
        RoleRef::BuiltIn(role) => return Ok(role.into()),
        RoleRef::Custom(id) => id,
    };
    let (kind, texts) = find(connection, account, id)?.ok_or(StoreError::Absent(field))?;
    if kind != B::KIND.name() {
        let message = format!("is a role of another kind; it must be one for {}", purpose::<B>());
        return Err(StoreError::Invalid(Violations::one(field, message)));
    }
    Ok(HeldRole::Custom { id, permissions: permissions(&texts)? })
}

/// A role that is stored somewhere, with what it permits.
pub(crate) fn resolve<B: BuiltInRole>(
    connection: &mut PgConnection,
    account: AccountId,
    role: RoleRef<B>,
) -> Result<HeldRole<B>, StoreError> {
    named(connection, account, role, "role")
}

/// The permissions of a column.
pub(crate) fn permissions(texts: &[Option<String>]) -> Result<PermissionSet, StoreError> {
    let texts = texts.iter().flatten();
    texts.map(|text| stored::parse("roles.permissions", text)).collect()
}

/// Permissions as a column.
pub(super) fn texts(permissions: &PermissionSet) -> Vec<String> {
    permissions.iter().map(|permission| permission.to_string()).collect()
}

fn built_in<B: BuiltInRole>(name: &str) -> Result<B, StoreError> {
    B::named(name).ok_or_else(|| stored::unknown("role", format!("`{name}`")))
}

fn find(
    connection: &mut PgConnection,
    account: AccountId,
    id: RoleId,
) -> Result<Option<KindAndPermissions>, StoreError> {
    Ok(roles::table
        .filter(roles::id.eq(Uuid::from(id)))
        .filter(roles::account_id.eq(Uuid::from(account)))
        .select((roles::kind, roles::permissions))
        .first(connection)
        .optional()?)
}

fn purpose<B: BuiltInRole>() -> &'static str {
    use keyhall_domain::role::RoleKind;
    match B::KIND {
        RoleKind::Member => "members, at the level `account`",
        RoleKind::ApiCredential => "API credentials, at the level `account`",
        RoleKind::Project => "the level `project`",
        RoleKind::Environment => "the level `environment`",
    }
}
