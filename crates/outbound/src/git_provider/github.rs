//! GitHub's REST API: "Get a repository".

use keyhall_domain::repository::{GitHubOwner, RepositoryMetadata, RepositoryName, TokenRight, Visibility};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;

use super::exchange::web_url;
use super::{GitBaseUrl, GitProviderError, GitProviderToken};

/// The version of the API that is spoken.
const VERSION: &str = "2022-11-28";

/// What of the answer is read.
#[derive(Deserialize)]
struct Answer {
    default_branch: Option<String>,
    visibility: Option<String>,
    private: Option<bool>,
    html_url: Option<String>,
    permissions: Option<Permissions>,
}

/// What the token may do; there are none without a token.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Permissions {
    push: bool,
    maintain: bool,
    admin: bool,
}

pub(super) fn request(
    client: &Client,
    base: &GitBaseUrl,
    (owner, name): (&GitHubOwner, &RepositoryName),
    token: Option<&GitProviderToken>,
) -> RequestBuilder {
    let request = client
        .get(base.join(&["repos", owner.as_str(), name.as_str()]))
        .header(ACCEPT, "application/vnd.github+json")
        .header("X-GitHub-Api-Version", VERSION);
    match token.and_then(|token| token.reveal_after("Bearer ")) {
        Some(value) => request.header(AUTHORIZATION, value),
        None => request,
    }
}

pub(super) fn read(answer: &[u8]) -> Result<RepositoryMetadata, GitProviderError> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| GitProviderError::Nonsense)?;
    let branch = answer.default_branch.map(|branch| branch.parse()).transpose();
    Ok(RepositoryMetadata {
        default_branch: branch.map_err(|_| GitProviderError::Nonsense)?,
        visibility: visibility(answer.visibility.as_deref(), answer.private)?,
        web_url: web_url(answer.html_url.as_deref()),
        token: right(answer.permissions.unwrap_or_default()),
    })
}

/// Older servers of enterprises say only whether it is private.
fn visibility(name: Option<&str>, private: Option<bool>) -> Result<Visibility, GitProviderError> {
    match (name, private) {
        (Some(name), _) => name.parse().map_err(|_| GitProviderError::Nonsense),
        (None, Some(true)) => Ok(Visibility::Private),
        (None, Some(false)) => Ok(Visibility::Public),
        (None, None) => Err(GitProviderError::Nonsense),
    }
}

fn right(permissions: Permissions) -> TokenRight {
    let Permissions { push, maintain, admin } = permissions;
    if push || maintain || admin { TokenRight::Write } else { TokenRight::Read }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_knows_no_visibility_says_whether_it_is_private() {
        for (answer, visibility) in [
            (r#"{"private":true}"#, Visibility::Private),
            (r#"{"private":false}"#, Visibility::Public),
            (r#"{"private":true,"visibility":"internal"}"#, Visibility::Internal),
        ] {
            assert_eq!(read(answer.as_bytes()).unwrap().visibility, visibility, "{answer}");
        }
    }

    #[test]
    fn any_way_to_write_is_one() {
        for (permissions, right) in [
            (r#"{"pull":true,"push":false}"#, TokenRight::Read),
            (r#"{"pull":true,"push":true}"#, TokenRight::Write),
            (r#"{"maintain":true}"#, TokenRight::Write),
            (r#"{"admin":true}"#, TokenRight::Write),
            ("null", TokenRight::Read),
        ] {
            let answer = format!(r#"{{"visibility":"public","permissions":{permissions}}}"#);
            assert_eq!(read(answer.as_bytes()).unwrap().token, right, "{permissions}");
        }
    }

    #[test]
    fn what_no_github_says_is_not_understood() {
        for answer in [
            "",
            "{}",
            "[]",
            r#"{"visibility":"secret"}"#,
            r#"{"private":"yes"}"#,
            r#"{"private":true,"default_branch":"a\nb"}"#,
            r#"{"private":true,"permissions":"all"}"#,
            r#"{"private":true,"private":false}"#,
        ] {
            assert!(matches!(read(answer.as_bytes()), Err(GitProviderError::Nonsense)), "{answer}");
        }
    }
}
