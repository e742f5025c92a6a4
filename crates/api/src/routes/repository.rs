//! Repositories of a project.

use actix_web::web::Data;
use actix_web::{delete, get, post};
use keyhall_domain::authz::{CreateRepository, DeleteRepository, ListRepositories, ReadRepository};
use keyhall_domain::id::{ProjectId, RepositoryId};
use keyhall_domain::page::Page;
use keyhall_domain::repository::{ConnectedRepository, NewRepository, Repository};
use keyhall_outbound::GitProviders;
use keyhall_storage::{Creation, Store};

use crate::answer::{Answer, Entity, Made, NoContent};
use crate::authorized::Authorized;
use crate::git_provider::LentToken;
use crate::if_match::IfMatch;
use crate::page::NamedQuery;
use crate::permission;
use crate::problem::{Problem, ProblemDocument};
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// List a project's repositories
///
/// `name` looks into the full name (`acme/payments`). Needs `repository:list` in the project, which each built-in role gives.
#[utoipa::path(
    tag = "Repositories",
    operation_id = "listRepositories",
    params(("projectId" = ProjectId, Path, description = "The project"), NamedQuery),
    responses((status = OK, description = "A page of repositories", body = Page<Repository>)),
    extensions(("x-permission" = json!(permission::of::<ListRepositories>()))),
)]
#[get("/v1/projects/{projectId}/repositories")]
pub(crate) async fn list_repositories(
    grant: Authorized<ListRepositories>,
    query: Query<NamedQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Repository>>> {
    let request = query.0.request();
    Ok(Entity(store.list_repositories(&grant, query.0.name, query.0.sort, request).await?))
}

/// Connect a project with a repository
///
/// Asks the provider, GitHub (`providerParameters` has `owner`) or GitLab (`namespace`), for the default branch, the visibility and
/// the URL. A public repository needs nothing more; for others, lend a token of the provider's own that may read the repository's
/// metadata. It is used for this one question and kept nowhere. A token that can write is taken too, and `warnings` says so. Needs
/// `repository:create` in the project.
#[utoipa::path(
    tag = "Repositories",
    operation_id = "createRepository",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("Git-Provider-Access-Token" = Option<String>, Header, description = "A token of the provider's, 1 to 512 visible ASCII characters, for a repository that is not public"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again"),
    ),
    request_body(content = NewRepository, example = json!({ "provider": "github", "repositoryName": "Hello-World", "providerParameters": { "owner": "octocat" } })),
    responses(
        (status = CREATED, description = "Connected", body = ConnectedRepository),
        (status = CONFLICT, description = "The provider refuses, the project has the repository, or the key stands for another request, or for one that still runs", body = ProblemDocument, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The provider cannot be asked, or the database is not available; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreateRepository>()))),
)]
#[post("/v1/projects/{projectId}/repositories")]
pub(crate) async fn create_repository(
    grant: Authorized<CreateRepository>,
    new: Repeatable<NewRepository>,
    lent: LentToken,
    (store, providers): (Data<Store>, Data<GitProviders>),
    public_url: Data<PublicUrl>,
) -> Answer<Made<ConnectedRepository>> {
    let connected = connect(&grant, new, &lent, (&store, &providers)).await?;
    Ok(Made::within(&format!("/v1/projects/{}/repositories", grant.scope()), connected, &public_url))
}

/// Show a repository
///
/// As the provider described it when it was connected. Needs `repository:read` in the project, which every role on it has.
#[utoipa::path(
    tag = "Repositories",
    operation_id = "getRepository",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("repositoryId" = RepositoryId, Path, description = "The repository"),
    ),
    responses((status = OK, description = "The repository", body = Repository)),
    extensions(("x-permission" = json!(permission::of::<ReadRepository>()))),
)]
#[get("/v1/projects/{projectId}/repositories/{repositoryId}")]
pub(crate) async fn get_repository(
    grant: Authorized<ReadRepository>,
    store: Data<Store>,
) -> Answer<Entity<Repository>> {
    Ok(Entity(store.read_repository(&grant).await?))
}

/// Take a repository from a project
///
/// With the provider nothing changes. Needs `repository:delete` in the project.
#[utoipa::path(
    tag = "Repositories",
    operation_id = "deleteRepository",
    params(
        ("projectId" = ProjectId, Path, description = "The project"),
        ("repositoryId" = RepositoryId, Path, description = "The repository"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the repository must still have"),
    ),
    responses((status = NO_CONTENT, description = "No longer the project's")),
    extensions(("x-permission" = json!(permission::of::<DeleteRepository>()))),
)]
#[delete("/v1/projects/{projectId}/repositories/{repositoryId}")]
pub(crate) async fn delete_repository(
    grant: Authorized<DeleteRepository>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.delete_repository(&grant, if_match.0).await?;
    Ok(NoContent)
}

/// Asks the provider, with no transaction open, and writes down what it said; or says again what an earlier attempt was told.
async fn connect(
    grant: &Authorized<CreateRepository>,
    Repeatable { attempt, body }: Repeatable<NewRepository>,
    lent: &LentToken,
    (store, providers): (&Store, &GitProviders),
) -> Result<Creation<ConnectedRepository>, Problem> {
    if let Some(earlier) = store.find_connected_repository(grant, attempt).await? {
        return Ok(earlier);
    }
    let metadata = providers.ask(&body, lent.token()).await?;
    Ok(store.create_repository(grant, attempt, body, metadata).await?)
}
