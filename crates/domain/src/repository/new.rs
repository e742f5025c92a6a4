//! A repository to be connected: names that its provider knows, all of them held against that provider's rules.

use serde::Serialize;

use super::GitProvider;
use super::name::{GITLAB_MAX, GitHubOwner, GitLabNamespace, RepositoryName, RepositoryNameError};
use crate::violation::Violations;

// INVARIANT: name and parameters are of the same provider, since nothing but `NewRepository::new` makes one.
/// A repository to be connected.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(rename_all = "camelCase"))]
#[deserr(error = Violations, try_from(Sent) = Sent::check -> Violations)]
pub struct NewRepository {
    /// Where it is kept.
    provider: GitProvider,
    /// Its name there.
    repository_name: RepositoryName,
    /// What else the provider finds it by.
    provider_parameters: ProviderParameters,
}

/// What a provider finds a repository by, beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum ProviderParameters {
    /// With `github`.
    GitHub(GitHubParameters),
    /// With `gitlab`.
    GitLab(GitLabParameters),
}

/// What GitHub finds a repository by, beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GitHubParameters {
    /// The user or the organization that it belongs to.
    pub owner: GitHubOwner,
}

/// What GitLab finds a repository by, beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GitLabParameters {
    /// The user, or the group with its subgroups, that it belongs to.
    pub namespace: GitLabNamespace,
}

/// A repository to be connected, as it was sent.
#[derive(deserr::Deserr)]
#[deserr(error = Violations, deny_unknown_fields, rename_all = camelCase)]
struct Sent {
    provider: GitProvider,
    repository_name: String,
    provider_parameters: SentParameters,
}

/// The parameters of all providers.
#[derive(deserr::Deserr)]
#[deserr(error = Violations, deny_unknown_fields)]
struct SentParameters {
    #[deserr(default)]
    owner: Option<String>,
    #[deserr(default)]
    namespace: Option<String>,
}

impl NewRepository {
    /// A repository of this name with the provider that the parameters are of.
    ///
    /// # Errors
    /// When the provider has no such names.
    pub fn new(provider_parameters: ProviderParameters, name: &str) -> Result<Self, RepositoryNameError> {
        let provider = provider_parameters.provider();
        let repository_name = RepositoryName::parse(provider, name)?;
        let length = provider_parameters.owner().len() + 1 + repository_name.as_str().len();
        if provider == GitProvider::GitLab && length > GITLAB_MAX {
            return Err(RepositoryNameError::GitLabLength);
        }
        Ok(Self { provider, repository_name, provider_parameters })
    }

    /// Where it is kept.
    pub fn provider(&self) -> GitProvider {
        self.provider
    }

    /// Its name there.
    pub fn repository_name(&self) -> &RepositoryName {
        &self.repository_name
    }

    /// What else the provider finds it by.
    pub fn provider_parameters(&self) -> &ProviderParameters {
        &self.provider_parameters
    }

    /// Whose it is and its name, such as `acme/payments`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.provider_parameters.owner(), self.repository_name.as_str())
    }

    /// The same as providers compare it: without case.
    pub fn full_name_key(&self) -> String {
        self.full_name().to_ascii_lowercase()
    }
}

impl ProviderParameters {
    /// The parameters of a provider, from the one that each has.
    ///
    /// # Errors
    /// When it is not by the provider's rules.
    pub fn of(provider: GitProvider, owner: &str) -> Result<Self, RepositoryNameError> {
        match provider {
            GitProvider::GitHub => Ok(Self::GitHub(GitHubParameters { owner: owner.parse()? })),
            GitProvider::GitLab => Ok(Self::GitLab(GitLabParameters { namespace: owner.parse()? })),
        }
    }

    /// Whose parameters they are.
    pub fn provider(&self) -> GitProvider {
        match self {
            Self::GitHub(_) => GitProvider::GitHub,
            Self::GitLab(_) => GitProvider::GitLab,
        }
    }

    /// Whose the repository is: the owner, or the namespace.
    pub fn owner(&self) -> &str {
        match self {
            Self::GitHub(GitHubParameters { owner }) => owner.as_str(),
            Self::GitLab(GitLabParameters { namespace }) => namespace.as_str(),
        }
    }
}

impl Sent {
    /// Holds the names against the rules of the provider; all that is wrong is told.
    fn check(self) -> Result<NewRepository, Violations> {
        let in_name = |error: RepositoryNameError| Violations::one("repositoryName", error.to_string());
        let name = RepositoryName::parse(self.provider, &self.repository_name).map_err(in_name);
        match (name, self.provider_parameters.check(self.provider)) {
            (Ok(name), Ok(parameters)) => NewRepository::new(parameters, name.as_str()).map_err(in_name),
            (Err(name), Err(parameters)) => Err(name.with(parameters)),
            (Err(violations), Ok(_)) | (Ok(_), Err(violations)) => Err(violations),
        }
    }
}

impl SentParameters {
    fn check(self, provider: GitProvider) -> Result<ProviderParameters, Violations> {
        let ((field, owner), (other, surplus)) = match provider {
            GitProvider::GitHub => (("owner", self.owner), ("namespace", self.namespace)),
            GitProvider::GitLab => (("namespace", self.namespace), ("owner", self.owner)),
        };
        let violation =
            |field: &str, message: String| Violations::one(format!("providerParameters.{field}"), message);
        let owner = owner.ok_or_else(|| violation(field, "is required".to_owned())).and_then(|owner| {
            ProviderParameters::of(provider, &owner).map_err(|error| violation(field, error.to_string()))
        });
        let surplus =
            surplus.map(|_| violation(other, format!("is not a parameter of `{}`", provider.name())));
        match (owner, surplus) {
            (owner, None) => owner,
            (Ok(_), Some(surplus)) => Err(surplus),
            (Err(owner), Some(surplus)) => Err(owner.with(surplus)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(body: Value) -> Result<NewRepository, Vec<String>> {
        deserr::deserialize::<NewRepository, _, Violations>(body).map_err(|violations| {
            let violations = violations.into_vec().into_iter();
            violations.map(|one| format!("{} {}", one.field, one.message)).collect()
        })
    }

    #[test]
    fn a_repository_has_the_parameters_of_its_provider() {
        let github = json!({ "provider": "github", "repositoryName": "Payments", "providerParameters": { "owner": "Acme" } });
        let github = read(github).unwrap();
        assert_eq!(
            (github.full_name(), github.full_name_key()),
            ("Acme/Payments".into(), "acme/payments".into())
        );
        let gitlab = json!({ "provider": "gitlab", "repositoryName": "api", "providerParameters": { "namespace": "acme/backend" } });
        assert_eq!(read(gitlab).unwrap().full_name(), "acme/backend/api");
    }

    #[test]
    fn everything_that_is_wrong_is_told_by_its_field() {
        let wrong = json!({ "provider": "github", "repositoryName": "..", "providerParameters": { "namespace": "acme" } });
        assert_eq!(
            read(wrong).unwrap_err(),
            [
                format!("repositoryName {}", RepositoryNameError::GitHubName),
                "providerParameters.owner is required".to_owned(),
                "providerParameters.namespace is not a parameter of `github`".to_owned(),
            ]
        );
        let unknown = json!({ "provider": "bitbucket", "repositoryName": "x", "providerParameters": {} });
        assert_eq!(read(unknown).unwrap_err(), ["provider must be one of `github`, `gitlab`"]);
        let surplus = json!({ "provider": "gitlab", "repositoryName": "x", "providerParameters": { "namespace": "a", "host": "b" } });
        assert_eq!(
            read(surplus).unwrap_err(),
            ["providerParameters.host is not a known field; known are `owner`, `namespace`"]
        );
    }

    #[test]
    fn gitlab_counts_namespace_and_name_together() {
        let long = |namespace: usize| json!({ "provider": "gitlab", "repositoryName": "abc", "providerParameters": { "namespace": "n".repeat(namespace) } });
        assert!(read(long(251)).is_ok());
        assert_eq!(
            read(long(252)).unwrap_err(),
            [format!("repositoryName {}", RepositoryNameError::GitLabLength)]
        );
    }
}
