//! The names by which providers find a repository, each by its provider's own rules.
//!
//! INVARIANT: what passes here has nothing in it that could leave its segment of a URL's path: no `/` but between the parts of
//! a namespace, no `.` or `..` alone, no `%`, nothing that is not ASCII.

use serde::Serialize;

use super::GitProvider;

/// The most characters of GitLab's namespace and name together, the `/` between them included.
pub(super) const GITLAB_MAX: usize = 255;

/// A repository's name with its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, min_length = 1, max_length = 253, pattern = "^[A-Za-z0-9._-]+$", example = "payments",
))]
pub struct RepositoryName(String);

/// A user or an organization of GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, min_length = 1, max_length = 39, pattern = "^[A-Za-z0-9-]+$", example = "acme",
))]
pub struct GitHubOwner(String);

/// A user of GitLab, or a group and its subgroups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, min_length = 1, max_length = 253, pattern = "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", example = "acme/backend",
))]
pub struct GitLabNamespace(String);

/// Why a text is no name of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepositoryNameError {
    /// It is no owner on GitHub.
    #[error("must have 1 to 39 letters, digits and `-`")]
    GitHubOwner,
    /// It is no repository's name on GitHub.
    #[error(
        "must have 1 to 100 letters, digits, `.`, `_` and `-`, not be `.` or `..`, and not end with `.git`"
    )]
    GitHubName,
    /// It is no namespace on GitLab.
    #[error(
        "must be names joined by `/`, each of letters, digits, `_`, `.` and `-`, not `.` or `..`, not beginning with `-`, \
             not ending with `.git` or `.atom`"
    )]
    GitLabNamespace,
    /// It is no project's name on GitLab.
    #[error(
        "must have letters, digits, `_`, `.` and `-`, not be `.` or `..`, not begin with `-`, and not end with `.git` or `.atom`"
    )]
    GitLabName,
    /// It is too long for GitLab.
    #[error("must have at most {GITLAB_MAX} characters together with the namespace and the `/` between them")]
    GitLabLength,
}

impl RepositoryName {
    /// The name of a repository with this provider.
    ///
    /// # Errors
    /// When the provider has no such names.
    pub fn parse(provider: GitProvider, text: &str) -> Result<Self, RepositoryNameError> {
        let (is_one, error) = match provider {
            GitProvider::GitHub => (is_github_name(text), RepositoryNameError::GitHubName),
            GitProvider::GitLab => (is_gitlab_name(text), RepositoryNameError::GitLabName),
        };
        if is_one { Ok(Self(text.to_owned())) } else { Err(error) }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GitHubOwner {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GitLabNamespace {
    /// The path as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for GitHubOwner {
    type Err = RepositoryNameError;

    fn from_str(text: &str) -> Result<Self, RepositoryNameError> {
        let fits = (1..=39).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(RepositoryNameError::GitHubOwner)
        }
    }
}

impl std::str::FromStr for GitLabNamespace {
    type Err = RepositoryNameError;

    fn from_str(text: &str) -> Result<Self, RepositoryNameError> {
        if text.split('/').all(is_gitlab_name) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RepositoryNameError::GitLabNamespace)
        }
    }
}

fn is_github_name(text: &str) -> bool {
    (1..=100).contains(&text.len()) && is_segment(text) && !ends_with(text, ".git")
}

fn is_gitlab_name(text: &str) -> bool {
    (1..=GITLAB_MAX).contains(&text.len())
        && is_segment(text)
        && !text.starts_with('-')
        && ![".git", ".atom"].into_iter().any(|ending| ends_with(text, ending))
}

/// Whether it stays what it is as one segment of a path.
fn is_segment(text: &str) -> bool {
    !matches!(text, "." | "..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn ends_with(text: &str, ending: &str) -> bool {
    text.to_ascii_lowercase().ends_with(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing of this may ever be part of a URL.
    const HOSTILE: [&str; 18] = [
        "",
        ".",
        "..",
        "/",
        "a/../b",
        "../../user",
        "%2e%2e",
        "a%2Fb",
        "a?b",
        "a#b",
        "a\\b",
        "a b",
        "a\n",
        "a@evil.example",
        "a:b",
        "\u{ff0e}\u{ff0e}",
        "ａ",
        "a\u{0}",
    ];

    #[test]
    fn nothing_that_could_leave_the_path_is_a_name() {
        for text in HOSTILE {
            assert!(text.parse::<GitHubOwner>().is_err(), "{text:?}");
            assert!(text.parse::<GitLabNamespace>().is_err(), "{text:?}");
            for provider in GitProvider::ALL {
                assert!(RepositoryName::parse(provider, text).is_err(), "{text:?}");
            }
        }
        for text in ["/a", "a/", "a//b", "a/./b", "a/..", "-a", "a/-b", "a.git", "a.GIT/b", "a/b.atom"] {
            assert!(text.parse::<GitLabNamespace>().is_err(), "{text:?}");
        }
        for text in ["-a", "a.git", "a.Atom", "a/b"] {
            assert!(RepositoryName::parse(GitProvider::GitLab, text).is_err(), "{text:?}");
        }
        for text in ["a.git", "a.Git", "a/b"] {
            assert!(RepositoryName::parse(GitProvider::GitHub, text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_providers_take_is_a_name_up_to_its_length() {
        for good in ["acme", "Acme-42", &"a".repeat(39)] {
            assert!(good.parse::<GitHubOwner>().is_ok(), "{good}");
        }
        for wrong in ["acme_inc", "acme.inc", &"a".repeat(40)] {
            assert!(wrong.parse::<GitHubOwner>().is_err(), "{wrong}");
        }
        for good in [".github", "-", "a..b", "payments_2.0-rc", &"a".repeat(100)] {
            assert!(RepositoryName::parse(GitProvider::GitHub, good).is_ok(), "{good}");
        }
        assert!(RepositoryName::parse(GitProvider::GitHub, &"a".repeat(101)).is_err());
        for good in ["acme", "acme/backend/api", "_a/.b/c-"] {
            assert!(good.parse::<GitLabNamespace>().is_ok(), "{good}");
        }
    }
}
