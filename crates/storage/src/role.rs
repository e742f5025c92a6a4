//! Roles: the account's own, beside the built-in ones.
//!
//! What a role's columns mean is in [`column`]; who may change one, and where it is in use, in [`change`].

mod change;
pub(crate) mod column;
mod uses;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, CreateRole, ListRoles, ReadRole};
use keyhall_domain::id::{AccountId, RoleId};
use keyhall_domain::name::{Description, NameSearch};
use keyhall_domain::page::{NamedOrder, Page, PageRequest};
use keyhall_domain::permission::{Permission, PermissionSet};
use keyhall_domain::role::RoleKind;
use keyhall_domain::role::custom::{NewRole, Role, RolePrincipals, built_in, is_built_in_name};
use serde_json::json;
use uuid::Uuid;

use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::idempotency::{Attempt, Creation};
use crate::project::contains;
use crate::schema::roles;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

pub(crate) use column::{HeldColumns, RoleColumns};

/// A role as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(Pg))]
struct RoleRow {
    id: Uuid,
    kind: String,
    name: String,
    description: Option<String>,
    permissions: Vec<Option<String>>,
    created_by: Uuid,
    created_by_kind: String,
    created_at: jiff_diesel::Timestamp,
}

/// Which roles are asked for.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    /// Those with this in their name.
    pub name: Option<NameSearch>,
    /// Those of these kinds; empty: of all.
    pub kinds: Vec<RoleKind>,
}

impl Store {
    /// The account's roles, then the built-in ones, which are older than any account.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_roles(
        &self,
        grant: &Granted<ListRoles>,
        filter: RoleFilter,
        order: NamedOrder,
        request: PageRequest,
    ) -> Result<Page<Role>, StoreError> {
        self.read(grant, move |tx| {
            let account = tx.account();
            let own: i64 = made(account, &filter).count().get_result(tx.connection)?;
            let rows: Vec<RoleRow> = match order {
                NamedOrder::Name => made(account, &filter).order((roles::name_key.asc(), roles::id.asc())),
                NamedOrder::NameDescending => {
                    made(account, &filter).order((roles::name_key.desc(), roles::id.desc()))
                }
                NamedOrder::Oldest => {
                    made(account, &filter).order((roles::created_at.asc(), roles::id.asc()))
                }
                NamedOrder::Newest => {
                    made(account, &filter).order((roles::created_at.desc(), roles::id.desc()))
                }
            }
            .offset(request.offset())
            .limit(request.limit())
            .select(RoleRow::as_select())
            .load(tx.connection)?;
            let built_in = shown_built_in(&filter);
            let total = own + i64::try_from(built_in.len()).map_err(StoreError::unexpected)?;
            let mut results = rows.into_iter().map(Role::try_from).collect::<Result<Vec<_>, _>>()?;
            let passed = usize::try_from((request.offset() - own).max(0)).map_err(StoreError::unexpected)?;
            let room = usize::try_from(request.limit()).map_err(StoreError::unexpected)? - results.len();
            results.extend(built_in.into_iter().skip(passed).take(room));
            Ok(request.page(results, total))
        })
        .await
    }

    /// Makes a role.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for permissions that it cannot hold; [`StoreError::Rule`] for account permissions that the bearer
    /// does not hold; [`Conflict::RoleName`].
    pub async fn create_role(
        &self,
        grant: &Granted<CreateRole>,
        attempt: Option<Attempt>,
        new: NewRole,
    ) -> Result<Creation<Role>, StoreError> {
        let (kind, permissions) = new.check().map_err(StoreError::Invalid)?;
        if is_built_in_name(kind, &new.name.key()) {
            return Err(StoreError::Conflict(Conflict::RoleName));
        }
        self.create(grant, attempt, move |tx| {
            change::require_making(tx, kind, &permissions)?;
            let role = insert(tx, &new, kind, &permissions)?;
            let id = role.id.ok_or_else(|| StoreError::unexpected("a role without an id"))?;
            let change = Change::created(Object::Role(id), described(&role));
            Ok(Done::changed(role, change))
        })
        .await
    }

    /// The role that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since.
    pub async fn read_role(&self, grant: &Granted<ReadRole>) -> Result<Role, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account, *tx.scope())).await
    }
}

/// Reads a role of an account.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    id: RoleId,
) -> Result<Role, StoreError> {
    roles::table
        .filter(roles::id.eq(Uuid::from(id)))
        .filter(roles::account_id.eq(Uuid::from(account)))
        .select(RoleRow::as_select())
        .first(connection)?
        .try_into()
}

/// The roles of some kinds that have a permission, the account's own by name before the built-in ones.
pub(crate) fn with_permission(
    connection: &mut PgConnection,
    account: AccountId,
    kinds: &[RoleKind],
    permission: Permission,
) -> Result<Vec<Role>, StoreError> {
    let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
    let rows: Vec<RoleRow> = roles::table
        .filter(roles::account_id.eq(Uuid::from(account)))
        .filter(roles::kind.eq_any(names))
        .filter(roles::permissions.contains(vec![permission.to_string()]))
        .order((roles::name_key, roles::id))
        .select(RoleRow::as_select())
        .load(connection)?;
    let own = rows.into_iter().map(Role::try_from).collect::<Result<Vec<_>, _>>()?;
    let of_kind = |kind: &RoleKind| {
        let kind = *kind;
        // The least that does it comes first.
        let built_in = built_in(kind).into_iter().rev().filter(|role| role.permissions.has(permission));
        let own: Vec<_> = own.iter().filter(|role| role.kind() == kind).cloned().collect();
        built_in.chain(own).collect::<Vec<_>>()
    };
    Ok(kinds.iter().flat_map(of_kind).collect())
}

fn made<'a>(account: Uuid, filter: &RoleFilter) -> roles::BoxedQuery<'a, Pg> {
    let mut query = roles::table.filter(roles::account_id.eq(account)).into_boxed();
    if let Some(name) = &filter.name {
        query = query.filter(roles::name_key.like(contains(name.key())));
    }
    if !filter.kinds.is_empty() {
        let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.name()).collect();
        query = query.filter(roles::kind.eq_any(kinds));
    }
    query
}

fn shown_built_in(filter: &RoleFilter) -> Vec<Role> {
    let kinds = if filter.kinds.is_empty() { &RoleKind::ALL[..] } else { &filter.kinds };
    let all = kinds.iter().flat_map(|kind| built_in(*kind));
    let named = |role: &Role| match &filter.name {
        Some(name) => role.name.key().as_str().contains(name.key().as_str()),
        None => true,
    };
    all.filter(named).collect()
}

fn insert(
    tx: &mut Tx<'_, CreateRole>,
    new: &NewRole,
    kind: RoleKind,
    permissions: &PermissionSet,
) -> Result<Role, StoreError> {
    let (by_kind, principal) = stored::principal_columns(tx.bearer().id());
    diesel::insert_into(roles::table)
        .values((
            roles::id.eq(Uuid::from(RoleId::generate(tx.now))),
            roles::account_id.eq(tx.account()),
            roles::kind.eq(kind.name()),
            roles::name.eq(new.name.as_str()),
            roles::name_key.eq(new.name.key().as_str()),
            roles::description.eq(new.description.as_ref().map(Description::as_str)),
            roles::permissions.eq(column::texts(permissions)),
            (roles::created_by.eq(principal), roles::created_by_kind.eq(by_kind)),
            roles::created_at.eq(stored::time(tx.now)),
        ))
        .returning(RoleRow::as_returning())
        .get_result(tx.connection)?
        .try_into()
}

/// What an event says of a role.
fn described(role: &Role) -> serde_json::Value {
    json!({
        "name": role.name, "description": role.description,
        "kind": role.kind(), "permissions": role.permissions,
    })
}

/// The role as stored, locked by the account, of the action's scope.
fn begin<A: Action<Scope = RoleId>>(tx: &mut Tx<'_, A>) -> Result<(RoleId, Role), StoreError> {
    tx.reconfirm()?;
    let id = *tx.scope();
    Ok((id, load(tx.connection, tx.bearer().account, id)?))
}

impl TryFrom<RoleRow> for Role {
    type Error = StoreError;

    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        let kind: RoleKind = stored::parse("roles.kind", &row.kind)?;
        Ok(Self {
            id: Some(row.id.into()),
            name: stored::parse("roles.name", &row.name)?,
            description: stored::parse_optional("roles.description", row.description.as_deref())?,
            level: kind.level(),
            principals: RolePrincipals::of(kind),
            built_in: false,
            permissions: column::permissions(&row.permissions)?,
            created_at: Some(row.created_at.to_jiff()),
            created_by: Some(stored::principal(&row.created_by_kind, row.created_by)?),
        })
    }
}
