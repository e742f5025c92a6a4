//! Where a provider's API is. It comes from the operator alone.

use std::str::FromStr;

use url::Url;

use crate::loopback::is_loopback;

/// What the URLs of a provider's API begin with: `https`, or `http` to this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitBaseUrl(Url);

/// Why a text is no such URL. It is not repeated: somebody may have put a password into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GitBaseUrlError {
    /// It is no URL of the web.
    #[error("must be like `https://git.example.com/api/v4`")]
    Malformed,
    /// Others could read the tokens on their way.
    #[error("must begin with `https://`: tokens are sent there; `http://` is for loopback alone")]
    Unprotected,
    /// It has a part that means nothing here.
    #[error("must have no user, no password, no query and no fragment")]
    Surplus,
}

impl GitBaseUrl {
    /// The URL of what these segments name, each encoded so that it stays one.
    pub(super) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // A URL of the web has a path; only others have none.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl FromStr for GitBaseUrl {
    type Err = GitBaseUrlError;

    fn from_str(text: &str) -> Result<Self, GitBaseUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| GitBaseUrlError::Malformed)?;
        let host = url.host().ok_or(GitBaseUrlError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(GitBaseUrlError::Unprotected),
            _ => return Err(GitBaseUrlError::Malformed),
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() {
            return Err(GitBaseUrlError::Surplus);
        }
        Ok(Self(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_sent_under_tls_or_to_this_machine() {
        for good in [
            "https://api.github.com",
            "https://git.example.com:8443/api/v4/",
            "http://127.0.0.1:9",
            "http://127.9.9.9/api",
            "http://[::1]:9",
            "http://LOCALHOST:9",
        ] {
            assert!(good.parse::<GitBaseUrl>().is_ok(), "{good}");
        }
        for plain in [
            "http://api.github.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://[::2]",
        ] {
            assert_eq!(plain.parse::<GitBaseUrl>(), Err(GitBaseUrlError::Unprotected), "{plain}");
        }
    }

    #[test]
    fn what_is_no_base_of_urls_is_refused() {
        for (text, error) in [
            ("", GitBaseUrlError::Malformed),
            ("api.github.com", GitBaseUrlError::Malformed),
            ("ftp://api.github.com", GitBaseUrlError::Malformed),
            ("file:///etc/passwd", GitBaseUrlError::Malformed),
            ("https://ada@api.github.com", GitBaseUrlError::Surplus),
            ("https://:hunter2@api.github.com", GitBaseUrlError::Surplus),
            ("https://api.github.com?x", GitBaseUrlError::Surplus),
            ("https://api.github.com?", GitBaseUrlError::Surplus),
            ("https://api.github.com#", GitBaseUrlError::Surplus),
        ] {
            assert_eq!(text.parse::<GitBaseUrl>(), Err(error), "{text}");
        }
    }

    #[test]
    fn segments_stay_segments() {
        for base in ["https://git.example.com/api/v4", "https://git.example.com/api/v4/"] {
            let url = base.parse::<GitBaseUrl>().unwrap().join(&["projects", "a/b?c#d%2e"]);
            assert_eq!(url.as_str(), "https://git.example.com/api/v4/projects/a%2Fb%3Fc%23d%252e");
        }
        let url = "https://api.github.com".parse::<GitBaseUrl>().unwrap().join(&["repos", "a", "b"]);
        assert_eq!(url.as_str(), "https://api.github.com/repos/a/b");
    }
}
