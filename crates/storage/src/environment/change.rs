//! Changing and deleting environments.

use diesel::dsl::not;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, DeleteEnvironment, EnvironmentRef, UpdateEnvironment};
use keyhall_domain::environment::{Environment, EnvironmentPatch};
use keyhall_domain::name::Description;
use keyhall_domain::project::{Cascade, Contents};
use uuid::Uuid;

use super::{described, load, require_default};
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::precondition::Precondition;
use crate::role::column;
use crate::schema::{environments, grants};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

impl Store {
    /// Changes an environment's name, description or default role, which acts at once.
    ///
    /// # Errors
    /// [`Conflict::EnvironmentName`]; [`StoreError::Refused`] and [`StoreError::Rule`] for a default role that the bearer may
    /// not hand out; [`StoreError::Precondition`].
    pub async fn update_environment(
        &self,
        grant: &Granted<UpdateEnvironment>,
        precondition: Precondition,
        patch: EnvironmentPatch,
    ) -> Result<Environment, StoreError> {
        self.write(grant, move |tx| {
            let (at, before) = begin(tx, &precondition)?;
            let EnvironmentPatch { name, description, default_role } = patch.clone();
            let after = Environment {
                name: name.into_option().unwrap_or_else(|| before.name.clone()),
                description: description.over(before.description.clone()),
                default_role: default_role.into_option().unwrap_or(before.default_role),
                ..before.clone()
            };
            if after == before {
                return Ok(Done::unchanged(before));
            }
            if after.default_role != before.default_role {
                let account = tx.bearer().account;
                let role = column::named(tx.connection, account, after.default_role, "defaultRole")?;
                require_default(tx, at, &role)?;
            }
            update(tx.connection, &after)?;
            let object = Object::Environment(after.id);
            let change = Change::updated(object, described(&before), described(&after)).in_environment(at);
            Ok(Done::changed(after, change))
        })
        .await
    }

    /// Deletes an environment, and what is in it where that was asked for.
    ///
    /// # Errors
    /// [`Conflict::NotEmpty`] with the counts, where others were granted something; [`StoreError::Precondition`].
    pub async fn delete_environment(
        &self,
        grant: &Granted<DeleteEnvironment>,
        precondition: Precondition,
        cascade: Cascade,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let (at, environment) = begin(tx, &precondition)?;
            let contents = contents(tx, at)?;
            if cascade == Cascade::Refuse && !contents.is_empty() {
                return Err(StoreError::Conflict(Conflict::NotEmpty(contents)));
            }
            diesel::delete(environments::table.find(Uuid::from(environment.id))).execute(tx.connection)?;
            let mut before = described(&environment);
            if let Some(fields) = before.as_object_mut() {
                fields.insert("contents".to_owned(), serde_json::json!(contents));
            }
            let change = Change::removed(Object::Environment(environment.id), before).in_environment(at);
            Ok(Done::changed((), change))
        })
        .await
    }
}

/// Locks the account, decides again, and reads the environment as it is now.
fn begin<A: Action<Scope = EnvironmentRef>>(
    tx: &mut Tx<'_, A>,
    precondition: &Precondition,
) -> Result<(EnvironmentRef, Environment), StoreError> {
    tx.reconfirm()?;
    let at = *tx.scope();
    let environment = load(tx.connection, tx.bearer().account, at)?;
    precondition.check(&environment)?;
    Ok((at, environment))
}

fn update(connection: &mut PgConnection, environment: &Environment) -> Result<(), StoreError> {
    let (role, role_id) = column::columns(environment.default_role);
    diesel::update(environments::table.find(Uuid::from(environment.id)))
        .set((
            environments::name.eq(environment.name.as_str()),
            environments::name_key.eq(environment.name.key().as_str()),
            environments::description.eq(environment.description.as_ref().map(Description::as_str)),
            (environments::default_role.eq(role), environments::default_role_id.eq(role_id)),
        ))
        .execute(connection)?;
    Ok(())
}

fn contents<A: Action>(tx: &mut Tx<'_, A>, at: EnvironmentRef) -> Result<Contents, StoreError> {
    let (_, oneself) = stored::principal_columns(tx.bearer().id());
    let grants = grants::table
        .filter(grants::account_id.eq(tx.account()))
        .filter(grants::environment_id.eq(Uuid::from(at.environment)))
        .filter(not(grants::principal_id.is_not_distinct_from(oneself)))
        .count()
        .get_result(tx.connection)?;
    Ok(Contents { grants, ..Contents::default() })
}
