//! Changing and deleting projects.

use diesel::dsl::not;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, DeleteProject, UpdateProject};
use keyhall_domain::id::ProjectId;
use keyhall_domain::name::Description;
use keyhall_domain::project::{Cascade, Contents, Project, ProjectPatch};
use uuid::Uuid;

use super::{described, load};
use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::precondition::Precondition;
use crate::schema::{environments, grants, projects, repositories};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

impl Store {
    /// Changes a project's name or description.
    ///
    /// # Errors
    /// [`Conflict::ProjectName`]; [`StoreError::Precondition`].
    pub async fn update_project(
        &self,
        grant: &Granted<UpdateProject>,
        precondition: Precondition,
        patch: ProjectPatch,
    ) -> Result<Project, StoreError> {
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            let ProjectPatch { name, description } = patch.clone();
            let after = Project {
                name: name.into_option().unwrap_or_else(|| before.name.clone()),
                description: description.over(before.description.clone()),
                ..before.clone()
            };
            if after == before {
                return Ok(Done::unchanged(before));
            }
            update(tx.connection, &after)?;
            let change = Change::updated(Object::Project(after.id), described(&before), described(&after));
            let change = change.in_project(after.id);
            Ok(Done::changed(after, change))
        })
        .await
    }

    /// Deletes a project, and what is in it where that was asked for. What is in it is told by the event.
    ///
    /// # Errors
    /// [`Conflict::NotEmpty`] with the counts, where something is in it; [`StoreError::Precondition`].
    pub async fn delete_project(
        &self,
        grant: &Granted<DeleteProject>,
        precondition: Precondition,
        cascade: Cascade,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let project = begin(tx, &precondition)?;
            let contents = contents(tx, project.id)?;
            if cascade == Cascade::Refuse && !contents.is_empty() {
                return Err(StoreError::Conflict(Conflict::NotEmpty(contents)));
            }
            diesel::delete(projects::table.find(Uuid::from(project.id))).execute(tx.connection)?;
            let mut before = described(&project);
            if let Some(fields) = before.as_object_mut() {
                fields.insert("contents".to_owned(), serde_json::json!(contents));
            }
            let change = Change::removed(Object::Project(project.id), before).in_project(project.id);
            Ok(Done::changed((), change))
        })
        .await
    }
}

/// Locks the account, decides again, and reads the project as it is now.
fn begin<A: Action<Scope = ProjectId>>(
    tx: &mut Tx<'_, A>,
    precondition: &Precondition,
) -> Result<Project, StoreError> {
    tx.reconfirm()?;
    let project = load(tx.connection, tx.bearer().account, *tx.scope())?;
    precondition.check(&project)?;
    Ok(project)
}

fn update(connection: &mut PgConnection, project: &Project) -> Result<(), StoreError> {
    diesel::update(projects::table.find(Uuid::from(project.id)))
        .set((
            projects::name.eq(project.name.as_str()),
            projects::name_key.eq(project.name.key().as_str()),
            projects::description.eq(project.description.as_ref().map(Description::as_str)),
        ))
        .execute(connection)?;
    Ok(())
}

fn contents<A: Action>(tx: &mut Tx<'_, A>, project: ProjectId) -> Result<Contents, StoreError> {
    let (account, project) = (tx.account(), Uuid::from(project));
    let (_, oneself) = stored::principal_columns(tx.bearer().id());
    let environments = environments::table
        .filter(environments::account_id.eq(account).and(environments::project_id.eq(project)))
        .count()
        .get_result(tx.connection)?;
    let grants = grants::table
        .filter(grants::account_id.eq(account).and(grants::project_id.eq(project)))
        .filter(not(grants::principal_id.is_not_distinct_from(oneself)))
        .count()
        .get_result(tx.connection)?;
    let repositories = repositories::table
        .filter(repositories::account_id.eq(account).and(repositories::project_id.eq(project)))
        .count()
        .get_result(tx.connection)?;
    Ok(Contents { environments, grants, repositories })
}
