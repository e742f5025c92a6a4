//! The URL under which people and machines reach this deployment: the beginning of every absolute URL that it says.

/// The deployment's own URL, never taken from a request's `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// A URL; a slash at its end is dropped.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').to_owned())
    }

    /// The URL itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of a path, which begins with a slash.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}
