//! Repositories of a project: where its sources are kept, with a Git provider.
//!
//! Keyhall notes what a repository is called and what its provider says of it. Deliberately absent: asking the provider, which
//! is the outbound crate's; and the token that this takes, which is kept nowhere.

mod metadata;
mod name;
mod new;

use jiff::Timestamp;
use serde::Serialize;

use crate::id::RepositoryId;
use crate::principal::PrincipalId;
use crate::violation::Violations;
use crate::warning::Warning;

pub use metadata::{
    BranchName, MetadataError, RepositoryMetadata, TokenRight, UnknownVisibilityError, Visibility, WebUrl,
};
pub use name::{GitHubOwner, GitLabNamespace, RepositoryName, RepositoryNameError};
pub use new::{GitHubParameters, GitLabParameters, NewRepository, ProviderParameters};

/// Where repositories are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, rename_all = lowercase)]
#[serde(rename_all = "lowercase")]
pub enum GitProvider {
    /// GitHub, or a GitHub Enterprise Server that the deployment is configured for.
    GitHub,
    /// GitLab, or a GitLab of somebody's own that the deployment is configured for.
    GitLab,
}

/// A text that names no provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of `github`, `gitlab`")]
pub struct UnknownProviderError;

/// A repository of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// The repository's id.
    pub id: RepositoryId,
    /// Where it is kept.
    pub provider: GitProvider,
    /// Its name there.
    pub repository_name: RepositoryName,
    /// What else the provider finds it by.
    pub provider_parameters: ProviderParameters,
    /// Its default branch, when it was connected; `null` while there was none.
    pub default_branch: Option<BranchName>,
    /// Who could see it with the provider, when it was connected.
    pub visibility: Visibility,
    /// Where people look at it; `null` where the provider gave no URL of the web.
    pub web_url: Option<WebUrl>,
    /// When it was connected.
    pub created_at: Timestamp,
    /// Who connected it.
    pub created_by: PrincipalId,
}

/// A repository that was just connected, and what its owner should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectedRepository {
    /// The repository.
    #[serde(flatten)]
    pub repository: Repository,
    /// What should be mended, though it hindered nothing; empty if there is nothing.
    pub warnings: Vec<Warning>,
}

impl GitProvider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::GitHub, Self::GitLab];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }
}

impl std::str::FromStr for GitProvider {
    type Err = UnknownProviderError;

    fn from_str(text: &str) -> Result<Self, UnknownProviderError> {
        Self::ALL.into_iter().find(|provider| provider.name() == text).ok_or(UnknownProviderError)
    }
}

impl TokenRight {
    /// What whoever sent the token should know.
    pub fn warnings(self) -> Vec<Warning> {
        match self {
            Self::Read => Vec::new(),
            Self::Write => vec![Warning::TOKEN_CAN_WRITE],
        }
    }
}
