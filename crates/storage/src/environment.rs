//! Environments. Who makes one owns it, if they are a member of the project; what its default role gives, it gives to every
//! member of the project who was granted nothing here.

mod change;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    Action, CreateEnvironment, EnvironmentRef, ListEnvironments, Place, ReadEnvironment,
};
use keyhall_domain::environment::{Environment, NewEnvironment};
use keyhall_domain::id::{AccountId, EnvironmentId};
use keyhall_domain::name::{Description, NameSearch};
use keyhall_domain::page::{NamedOrder, Page, PageRequest};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::role::{EnvironmentRole, HeldRole};
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::grant::{self, GrantPlace};
use crate::granted::Granted;
use crate::hand_out;
use crate::held_grants::{environments_giving, is_member_of};
use crate::idempotency::{Attempt, Creation};
use crate::project::contains;
use crate::role::{HeldColumns, RoleColumns, column};
use crate::schema::{environments, roles};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// An environment as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = environments, check_for_backend(Pg))]
struct EnvironmentRow {
    id: Uuid,
    project_id: Uuid,
    name: String,
    description: Option<String>,
    #[diesel(select_expression = (environments::default_role, environments::default_role_id))]
    default_role: RoleColumns,
    created_by: Uuid,
    created_by_kind: String,
    created_at: jiff_diesel::Timestamp,
}

impl Store {
    /// Those of a project's environments that the bearer may see.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_environments(
        &self,
        grant: &Granted<ListEnvironments>,
        name: Option<NameSearch>,
        order: NamedOrder,
        request: PageRequest,
    ) -> Result<Page<Environment>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let visible = |tx: &Tx<'_, ListEnvironments>| visible(tx, pattern.clone());
            let total = visible(tx).count().get_result(tx.connection)?;
            let rows: Vec<EnvironmentRow> = ordered(visible(tx), order)
                .offset(request.offset())
                .limit(request.limit())
                .select(EnvironmentRow::as_select())
                .load(tx.connection)?;
            let results = rows.into_iter().map(Environment::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// Makes an environment; the bearer becomes its owner, if it is a member of the project.
    ///
    /// # Errors
    /// [`crate::Conflict::EnvironmentName`] when the project has one of this name; [`StoreError::Rule`] for a default role that
    /// the bearer may not hand out.
    pub async fn create_environment(
        &self,
        grant: &Granted<CreateEnvironment>,
        attempt: Option<Attempt>,
        new: NewEnvironment,
    ) -> Result<Creation<Environment>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let account = tx.bearer().account;
            let default = column::named(tx.connection, account, new.default_role, "defaultRole")?;
            let environment = insert(tx, &new)?;
            let at = EnvironmentRef { project: *tx.scope(), environment: environment.id };
            let (_, creator) = stored::principal_columns(tx.bearer().id());
            if is_member_of(tx.connection, account.into(), creator, at.project.into())? {
                grant::insert_creator(tx, GrantPlace::Environment(at), EnvironmentRole::Owner.into())?;
            }
            if default != EnvironmentRole::None {
                require_default(tx, at, &default)?;
            }
            let object = Object::Environment(environment.id);
            let change = Change::created(object, described(&environment)).in_environment(at);
            Ok(Done::changed(environment, change))
        })
        .await
    }

    /// The environment that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since.
    pub async fn read_environment(
        &self,
        grant: &Granted<ReadEnvironment>,
    ) -> Result<Environment, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account, *tx.scope())).await
    }
}

/// Reads an environment of a project.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    at: EnvironmentRef,
) -> Result<Environment, StoreError> {
    environments::table
        .filter(environments::id.eq(Uuid::from(at.environment)))
        .filter(environments::project_id.eq(Uuid::from(at.project)))
        .filter(environments::account_id.eq(Uuid::from(account)))
        .select(EnvironmentRow::as_select())
        .first(connection)?
        .try_into()
}

/// The default role of an environment of a project, with what it permits.
pub(crate) fn default_role(
    connection: &mut PgConnection,
    account: AccountId,
    at: EnvironmentRef,
) -> Result<HeldRole<EnvironmentRole>, StoreError> {
    let columns: HeldColumns = environments::table
        .left_join(roles::table.on(environments::default_role_id.eq(roles::id.nullable())))
        .filter(environments::id.eq(Uuid::from(at.environment)))
        .filter(environments::project_id.eq(Uuid::from(at.project)))
        .filter(environments::account_id.eq(Uuid::from(account)))
        .select((environments::default_role, environments::default_role_id, roles::permissions.nullable()))
        .first(connection)?;
    column::held(&columns)
}

/// Whether the bearer may make this the environment's default role, which hands it out.
fn require_default<A: Action>(
    tx: &mut Tx<'_, A>,
    at: EnvironmentRef,
    default: &HeldRole<EnvironmentRole>,
) -> Result<(), StoreError> {
    hand_out::require(tx, &[(Place::Environment(at), *default.permissions())])
}

/// The environments of the project that the bearer may see, of a name like the pattern: all, by its role on the project, or
/// those where a role gives it to see them.
fn visible(tx: &Tx<'_, ListEnvironments>, pattern: Option<String>) -> environments::BoxedQuery<'static, Pg> {
    let list = Permission::new(ResourceType::Environment, Operation::List);
    let (bearer, account, project) = (tx.bearer(), tx.account(), *tx.scope());
    let of_project = bearer.permissions_at(&Place::Project(project));
    let query = if of_project.is_some_and(|held| held.has(list)) {
        environments::table
            .filter(environments::account_id.eq(account))
            .filter(environments::project_id.eq(Uuid::from(project)))
            .into_boxed()
    } else {
        let (_, principal) = stored::principal_columns(bearer.id());
        environments_giving(account, principal, project.into(), list)
    };
    match pattern {
        Some(pattern) => query.filter(environments::name_key.like(pattern)),
        None => query,
    }
}

fn ordered(
    query: environments::BoxedQuery<'static, Pg>,
    order: NamedOrder,
) -> environments::BoxedQuery<'static, Pg> {
    match order {
        NamedOrder::Name => query.order((environments::name_key.asc(), environments::id.asc())),
        NamedOrder::NameDescending => query.order((environments::name_key.desc(), environments::id.desc())),
        NamedOrder::Oldest => query.order((environments::created_at.asc(), environments::id.asc())),
        NamedOrder::Newest => query.order((environments::created_at.desc(), environments::id.desc())),
    }
}

fn insert(tx: &mut Tx<'_, CreateEnvironment>, new: &NewEnvironment) -> Result<Environment, StoreError> {
    let (kind, principal) = stored::principal_columns(tx.bearer().id());
    let (role, role_id) = column::columns(new.default_role);
    diesel::insert_into(environments::table)
        .values((
            environments::id.eq(Uuid::from(EnvironmentId::generate(tx.now))),
            environments::account_id.eq(tx.account()),
            environments::project_id.eq(Uuid::from(*tx.scope())),
            environments::name.eq(new.name.as_str()),
            environments::name_key.eq(new.name.key().as_str()),
            environments::description.eq(new.description.as_ref().map(Description::as_str)),
            (environments::default_role.eq(role), environments::default_role_id.eq(role_id)),
            (environments::created_by.eq(principal), environments::created_by_kind.eq(kind)),
            environments::created_at.eq(stored::time(tx.now)),
        ))
        .returning(EnvironmentRow::as_returning())
        .get_result(tx.connection)?
        .try_into()
}

/// What an event says of an environment.
fn described(environment: &Environment) -> serde_json::Value {
    json!({
        "name": environment.name,
        "description": environment.description,
        "defaultRole": environment.default_role,
    })
}

impl TryFrom<EnvironmentRow> for Environment {
    type Error = StoreError;

    fn try_from(row: EnvironmentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            project_id: row.project_id.into(),
            name: stored::parse("environments.name", &row.name)?,
            description: stored::parse_optional("environments.description", row.description.as_deref())?,
            default_role: column::reference(&row.default_role)?,
            created_at: row.created_at.to_jiff(),
            created_by: stored::principal(&row.created_by_kind, row.created_by)?,
        })
    }
}
