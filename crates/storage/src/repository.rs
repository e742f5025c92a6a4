//! Repositories of a project. Whoever connects one has asked its provider before; nothing of a provider's token gets here.

mod row;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    CreateRepository, DeleteRepository, ListRepositories, ReadRepository, RepositoryRef,
};
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{NamedOrder, Page, PageRequest};
use keyhall_domain::repository::{ConnectedRepository, NewRepository, Repository, RepositoryMetadata};
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::idempotency::{Attempt, Creation};
use crate::precondition::Precondition;
use crate::project::contains;
use crate::schema::repositories;
use crate::store::Store;
use crate::transaction::Done;
use row::RepositoryRow;

impl Store {
    /// The project's repositories, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_repositories(
        &self,
        grant: &Granted<ListRepositories>,
        name: Option<NameSearch>,
        order: NamedOrder,
        request: PageRequest,
    ) -> Result<Page<Repository>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let (account, project) = (tx.account(), Uuid::from(*tx.scope()));
            let named = || named(account, project, pattern.as_deref());
            let total = named().count().get_result(tx.connection)?;
            let rows = ordered(named(), order)
                .offset(request.offset())
                .limit(request.limit())
                .select(RepositoryRow::as_select())
                .load(tx.connection)?;
            let results = rows.into_iter().map(Repository::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// What an earlier attempt at a request has connected: nobody asks a provider again for what there is already.
    ///
    /// # Errors
    /// [`crate::Conflict::KeyReused`] when the key stands for another request.
    pub async fn find_connected_repository(
        &self,
        grant: &Granted<CreateRepository>,
        attempt: Option<Attempt>,
    ) -> Result<Option<Creation<ConnectedRepository>>, StoreError> {
        self.find_made(grant, attempt).await
    }

    /// Connects the project with a repository of which the provider says this.
    ///
    /// # Errors
    /// [`crate::Conflict::Repository`] when the project has it already.
    pub async fn create_repository(
        &self,
        grant: &Granted<CreateRepository>,
        attempt: Option<Attempt>,
        new: NewRepository,
        metadata: RepositoryMetadata,
    ) -> Result<Creation<ConnectedRepository>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let repository = row::insert(tx, &new, &metadata)?;
            let change = Change::created(Object::Repository(repository.id), described(&repository));
            let connected = ConnectedRepository { repository, warnings: metadata.token.warnings() };
            Ok(Done::changed(connected, change.in_project(*tx.scope())))
        })
        .await
    }

    /// The repository that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was taken from the project since.
    pub async fn read_repository(&self, grant: &Granted<ReadRepository>) -> Result<Repository, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.account(), *tx.scope())).await
    }

    /// Takes a repository from its project. With the provider nothing happens.
    ///
    /// # Errors
    /// [`StoreError::Precondition`].
    pub async fn delete_repository(
        &self,
        grant: &Granted<DeleteRepository>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            let (account, at) = (tx.account(), *tx.scope());
            let before = load(tx.connection, account, at)?;
            precondition.check(&before)?;
            diesel::delete(one(account, at)).execute(tx.connection)?;
            let change = Change::removed(Object::Repository(before.id), described(&before));
            Ok(Done::changed((), change.in_project(at.project)))
        })
        .await
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn one(account: Uuid, at: RepositoryRef) -> _ {
    let (project, repository): (Uuid, Uuid) = (at.project.into(), at.repository.into());
    repositories::table
        .filter(repositories::id.eq(repository))
        .filter(repositories::project_id.eq(project))
        .filter(repositories::account_id.eq(account))
}

fn load(connection: &mut PgConnection, account: Uuid, at: RepositoryRef) -> Result<Repository, StoreError> {
    one(account, at).select(RepositoryRow::as_select()).first(connection)?.try_into()
}

fn named<'a>(account: Uuid, project: Uuid, pattern: Option<&'a str>) -> repositories::BoxedQuery<'a, Pg> {
    let all = repositories::table
        .filter(repositories::account_id.eq(account))
        .filter(repositories::project_id.eq(project))
        .into_boxed();
    match pattern {
        Some(pattern) => all.filter(repositories::full_name_key.like(pattern)),
        None => all,
    }
}

fn ordered(query: repositories::BoxedQuery<'_, Pg>, order: NamedOrder) -> repositories::BoxedQuery<'_, Pg> {
    match order {
        NamedOrder::Name => query.order((repositories::full_name_key.asc(), repositories::id.asc())),
        NamedOrder::NameDescending => {
            query.order((repositories::full_name_key.desc(), repositories::id.desc()))
        }
        NamedOrder::Oldest => query.order((repositories::created_at.asc(), repositories::id.asc())),
        NamedOrder::Newest => query.order((repositories::created_at.desc(), repositories::id.desc())),
    }
}

fn described(repository: &Repository) -> serde_json::Value {
    json!({
        "provider": repository.provider,
        "repositoryName": repository.repository_name,
        "providerParameters": repository.provider_parameters,
    })
}
