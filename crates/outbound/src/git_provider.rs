//! Asking a Git provider what a repository is.
//!
//! INVARIANT: a token goes to the configured base URL of its provider and nowhere else: redirects are refused and not followed,
//! no proxy is taken from the environment, names are validated before they become part of a path and encoded besides. It is used
//! once; nothing here keeps it or writes it down. The answer is a stranger's: it is bounded in time and size, and read into types
//! that refuse what they do not know.

mod base_url;
mod error;
mod exchange;
mod github;
mod gitlab;
mod token;
mod trust;

use std::time::Duration;

use keyhall_domain::repository::{BranchName, NewRepository, ProviderParameters, RepositoryMetadata, WebUrl};
use reqwest::Client;

use crate::smtp::AuthorityError;

pub use base_url::{GitBaseUrl, GitBaseUrlError};
pub use error::{GitProviderError, RepositoryRefusal};
pub use token::{GitProviderToken, GitProviderTokenError};
pub use trust::GitAuthorities;

/// Where providers are, and how they are asked.
#[derive(Debug, Clone)]
pub struct GitProviderOptions {
    /// GitHub's API.
    pub github_base_url: GitBaseUrl,
    /// GitLab's API.
    pub gitlab_base_url: GitBaseUrl,
    /// How long one question may take, from the connection to the end of the answer.
    pub timeout: Duration,
    /// Whom besides the system's authorities a provider's certificate may be from.
    pub trusted: GitAuthorities,
}

/// The Git providers of a deployment.
#[derive(Debug, Clone)]
pub struct GitProviders {
    client: Client,
    github: GitBaseUrl,
    gitlab: GitBaseUrl,
}

impl GitProviders {
    /// Nobody is asked yet.
    ///
    /// # Errors
    /// When an authority's certificate cannot be used.
    pub fn new(options: GitProviderOptions) -> Result<Self, AuthorityError> {
        let GitProviderOptions { github_base_url, gitlab_base_url, timeout, trusted } = options;
        let client = exchange::client(timeout, &trusted)?;
        Ok(Self { client, github: github_base_url, gitlab: gitlab_base_url })
    }

    /// Asks the provider what a repository is, and what the token may do to it. Without a token only what everybody may see is
    /// found.
    ///
    /// # Errors
    /// [`GitProviderError::Refused`] with the provider's reason; all others are the provider's own trouble.
    pub async fn ask(
        &self,
        repository: &NewRepository,
        token: Option<&GitProviderToken>,
    ) -> Result<RepositoryMetadata, GitProviderError> {
        let name = repository.repository_name();
        let metadata = match repository.provider_parameters() {
            ProviderParameters::GitHub(github) => {
                let request = github::request(&self.client, &self.github, (&github.owner, name), token);
                github::read(&exchange::send(request, token).await?)?
            }
            ProviderParameters::GitLab(_) => {
                let request = gitlab::request(&self.client, &self.gitlab, &repository.full_name(), token);
                gitlab::read(&exchange::send(request, token).await?)?
            }
        };
        if token.is_some_and(|token| repeats(&metadata, token)) {
            return Err(GitProviderError::Nonsense);
        }
        Ok(metadata)
    }
}

/// Whether the provider says the token back in what is kept of its answer.
fn repeats(metadata: &RepositoryMetadata, token: &GitProviderToken) -> bool {
    let branch = metadata.default_branch.as_ref().map(BranchName::as_str);
    let url = metadata.web_url.as_ref().map(WebUrl::as_str);
    [branch, url].into_iter().flatten().any(|text| token.is_in(text))
}
