//! GitLab's REST API, version 4: "Get a single project".

use keyhall_domain::repository::{RepositoryMetadata, TokenRight};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;

use super::exchange::web_url;
use super::{GitBaseUrl, GitProviderError, GitProviderToken};

/// The least level of access that can push: a developer's.
const DEVELOPER: u32 = 30;

/// What of the answer is read.
#[derive(Deserialize)]
struct Answer {
    default_branch: Option<String>,
    visibility: String,
    web_url: Option<String>,
    permissions: Option<Permissions>,
}

/// What the token's owner may do, by the project itself and by its group.
#[derive(Default, Deserialize)]
struct Permissions {
    project_access: Option<Access>,
    group_access: Option<Access>,
}

#[derive(Deserialize)]
struct Access {
    access_level: u32,
}

/// GitLab takes the whole path as one segment.
pub(super) fn request(
    client: &Client,
    base: &GitBaseUrl,
    full_name: &str,
    token: Option<&GitProviderToken>,
) -> RequestBuilder {
    let request = client.get(base.join(&["projects", full_name]));
    match token.and_then(|token| token.reveal_after("")) {
        Some(value) => request.header("PRIVATE-TOKEN", value),
        None => request,
    }
}

pub(super) fn read(answer: &[u8]) -> Result<RepositoryMetadata, GitProviderError> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| GitProviderError::Nonsense)?;
    let branch = answer.default_branch.map(|branch| branch.parse()).transpose();
    Ok(RepositoryMetadata {
        default_branch: branch.map_err(|_| GitProviderError::Nonsense)?,
        visibility: answer.visibility.parse().map_err(|_| GitProviderError::Nonsense)?,
        web_url: web_url(answer.web_url.as_deref()),
        token: right(answer.permissions.unwrap_or_default()),
    })
}

fn right(permissions: Permissions) -> TokenRight {
    let levels = [permissions.project_access, permissions.group_access];
    if levels.into_iter().flatten().any(|access| access.access_level >= DEVELOPER) {
        TokenRight::Write
    } else {
        TokenRight::Read
    }
}

#[cfg(test)]
mod tests {
    use keyhall_domain::repository::Visibility;

    use super::*;

    #[test]
    fn whoever_is_at_least_a_developer_can_write() {
        for (permissions, right) in [
            (r#"{"project_access":{"access_level":20},"group_access":null}"#, TokenRight::Read),
            (r#"{"project_access":{"access_level":30},"group_access":null}"#, TokenRight::Write),
            (r#"{"project_access":null,"group_access":{"access_level":40}}"#, TokenRight::Write),
            (r#"{"project_access":null,"group_access":null}"#, TokenRight::Read),
            ("null", TokenRight::Read),
        ] {
            let answer = format!(r#"{{"visibility":"internal","permissions":{permissions}}}"#);
            let read = read(answer.as_bytes()).unwrap();
            assert_eq!((read.token, read.visibility), (right, Visibility::Internal), "{permissions}");
        }
    }

    #[test]
    fn a_repository_without_commits_has_no_branch() {
        let read = read(br#"{"visibility":"private","default_branch":null}"#).unwrap();
        assert_eq!((read.default_branch, read.web_url), (None, None));
    }

    #[test]
    fn what_no_gitlab_says_is_not_understood() {
        for answer in [
            "null",
            "{}",
            r#"{"visibility":"open"}"#,
            r#"{"visibility":"public","default_branch":"a\u0000b"}"#,
            r#"{"visibility":"public","permissions":{"project_access":{"access_level":"40"}}}"#,
        ] {
            assert!(matches!(read(answer.as_bytes()), Err(GitProviderError::Nonsense)), "{answer}");
        }
    }
}
