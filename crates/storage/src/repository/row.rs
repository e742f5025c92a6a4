//! Repositories as rows.

use diesel::pg::Pg;
use diesel::prelude::*;
use keyhall_domain::authz::CreateRepository;
use keyhall_domain::id::RepositoryId;
use keyhall_domain::repository::{
    BranchName, GitProvider, NewRepository, ProviderParameters, Repository, RepositoryMetadata,
    RepositoryName, WebUrl,
};
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::repositories;
use crate::stored;
use crate::transaction::Tx;

/// A repository as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = repositories, check_for_backend(Pg))]
pub(super) struct RepositoryRow {
    id: Uuid,
    provider: String,
    owner: String,
    name: String,
    default_branch: Option<String>,
    visibility: String,
    web_url: Option<String>,
    created_by: Uuid,
    created_by_kind: String,
    created_at: jiff_diesel::Timestamp,
}

pub(super) fn insert(
    tx: &mut Tx<'_, CreateRepository>,
    new: &NewRepository,
    metadata: &RepositoryMetadata,
) -> Result<Repository, StoreError> {
    let (kind, principal) = stored::principal_columns(tx.bearer().id());
    diesel::insert_into(repositories::table)
        .values((
            repositories::id.eq(Uuid::from(RepositoryId::generate(tx.now))),
            repositories::account_id.eq(tx.account()),
            repositories::project_id.eq(Uuid::from(*tx.scope())),
            repositories::provider.eq(new.provider().name()),
            repositories::owner.eq(new.provider_parameters().owner()),
            repositories::name.eq(new.repository_name().as_str()),
            repositories::full_name_key.eq(new.full_name_key()),
            repositories::default_branch.eq(metadata.default_branch.as_ref().map(BranchName::as_str)),
            repositories::visibility.eq(metadata.visibility.name()),
            repositories::web_url.eq(metadata.web_url.as_ref().map(WebUrl::as_str)),
            (repositories::created_by.eq(principal), repositories::created_by_kind.eq(kind)),
            repositories::created_at.eq(stored::time(tx.now)),
        ))
        .returning(RepositoryRow::as_returning())
        .get_result(tx.connection)?
        .try_into()
}

impl TryFrom<RepositoryRow> for Repository {
    type Error = StoreError;

    fn try_from(row: RepositoryRow) -> Result<Self, StoreError> {
        let provider: GitProvider = stored::parse("repositories.provider", &row.provider)?;
        let repository_name = RepositoryName::parse(provider, &row.name)
            .map_err(|error| stored::unknown("repositories.name", error))?;
        let provider_parameters = ProviderParameters::of(provider, &row.owner)
            .map_err(|error| stored::unknown("repositories.owner", error))?;
        Ok(Self {
            id: row.id.into(),
            provider,
            repository_name,
            provider_parameters,
            default_branch: stored::parse_optional(
                "repositories.default_branch",
                row.default_branch.as_deref(),
            )?,
            visibility: stored::parse("repositories.visibility", &row.visibility)?,
            web_url: stored::parse_optional("repositories.web_url", row.web_url.as_deref())?,
            created_at: row.created_at.to_jiff(),
            created_by: stored::principal(&row.created_by_kind, row.created_by)?,
        })
    }
}
