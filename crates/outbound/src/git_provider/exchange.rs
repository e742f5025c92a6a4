//! One question and its answer: the client, what a status means, and an answer of bounded size.

use std::time::Duration;

use keyhall_domain::repository::WebUrl;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect};
use url::Url;

use super::{GitAuthorities, GitProviderError, GitProviderToken, RepositoryRefusal};
use crate::smtp::AuthorityError;

/// What Keyhall calls itself; GitHub answers nobody without a name.
const USER_AGENT: &str = concat!("keyhall/", env!("CARGO_PKG_VERSION"));

/// The largest answer, in bytes. What providers say of a repository takes a hundredth of it.
const LARGEST: usize = 1024 * 1024;

/// The header in which GitHub says how many requests are left; with none left it answers 403 and not only 429.
const REQUESTS_LEFT: &str = "x-ratelimit-remaining";

/// The client for all questions. Each has a connection of its own, so that none meets what another one left behind.
pub(super) fn client(timeout: Duration, trusted: &GitAuthorities) -> Result<Client, AuthorityError> {
    // A machine that has no authorities still serves; it trusts those alone that its operator named.
    let system = builder(timeout).tls_certs_merge(trusted.certificates()).build();
    let client = system.or_else(|_| builder(timeout).tls_certs_only(trusted.certificates()).build());
    client.map_err(|_| AuthorityError)
}

/// Sends a question and reads the answer, if it is one.
pub(super) async fn send(
    request: RequestBuilder,
    token: Option<&GitProviderToken>,
) -> Result<Vec<u8>, GitProviderError> {
    let mut response = request.send().await.map_err(unreachable)?;
    judge(&response, token)?;
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if answer.len() + chunk.len() > LARGEST {
            return Err(GitProviderError::TooLarge);
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// Where people look at a repository, if the provider gives a URL of the web that names nobody and hides nothing.
pub(super) fn web_url(text: Option<&str>) -> Option<WebUrl> {
    let text = text.filter(|text| !text.chars().any(char::is_control))?;
    let url = Url::parse(text).ok()?;
    let names_nobody = url.username().is_empty() && url.password().is_none();
    names_nobody.then(|| url.as_str().parse().ok()).flatten()
}

fn builder(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .connect_timeout(timeout)
        .timeout(timeout)
}

/// What the status of an answer means.
fn judge(response: &Response, token: Option<&GitProviderToken>) -> Result<(), GitProviderError> {
    let headers = response.headers();
    let refusal = match (response.status().as_u16(), token) {
        (200, _) => return Ok(()),
        (300..=399, _) => RepositoryRefusal::Moved,
        (401, Some(_)) => RepositoryRefusal::TokenRejected,
        (401, None) => RepositoryRefusal::TokenRequired,
        (403, _) if !is_limited(headers) => RepositoryRefusal::NoRight,
        (403 | 429, _) => {
            return Err(GitProviderError::Limited { retry_after_seconds: retry_after(headers) });
        }
        (404 | 410 | 451, Some(_)) => RepositoryRefusal::NoSuchRepository,
        (404 | 410 | 451, None) => RepositoryRefusal::NoSuchPublicRepository,
        (status @ 500..=599, _) => return Err(GitProviderError::Failing(status)),
        _ => return Err(GitProviderError::Nonsense),
    };
    Err(GitProviderError::Refused(refusal))
}

fn is_limited(headers: &HeaderMap) -> bool {
    headers.contains_key(RETRY_AFTER) || headers.get(REQUESTS_LEFT).is_some_and(|left| left == "0")
}

fn retry_after(headers: &HeaderMap) -> Option<u32> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// What went wrong on the way, without the URL.
fn unreachable(error: reqwest::Error) -> GitProviderError {
    if error.is_timeout() {
        GitProviderError::TooSlow
    } else {
        GitProviderError::Unreachable(error.without_url().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_the_web_that_name_nobody_are_kept() {
        let kept = |text: &str| web_url(Some(text)).map(|url| url.as_str().to_owned());
        assert_eq!(
            kept("https://github.com/acme/payments").as_deref(),
            Some("https://github.com/acme/payments")
        );
        assert_eq!(
            kept("https://git.example/zahlungen-für-alle").as_deref(),
            Some("https://git.example/zahlungen-f%C3%BCr-alle")
        );
        for wrong in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://github.com@evil.example/",
            "https://git.example/\nx",
            "/acme/payments",
            &format!("https://git.example/{}", "a".repeat(2048)),
        ] {
            assert_eq!(kept(wrong), None, "{wrong}");
        }
        assert_eq!(web_url(None), None);
    }
}
