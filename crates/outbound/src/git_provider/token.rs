//! A provider's own token: somebody's way into their sources, lent for one question.

use std::fmt;
use std::str::FromStr;

use reqwest::header::HeaderValue;

/// The longest token, in characters.
const LONGEST: usize = 512;

/// What is shorter is no provider's token, and may stand in a text by chance.
const SHORTEST_TO_LOOK_FOR: usize = 16;

/// A token of a Git provider's. It is neither serialised nor displayed.
pub struct GitProviderToken(String);

/// Why a text is no token. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {LONGEST} visible ASCII characters")]
pub struct GitProviderTokenError;

impl GitProviderToken {
    /// The token behind a word, as the value of a header that nobody logs.
    pub(super) fn reveal_after(&self, word: &str) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("{word}{}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Whether the text has the token in it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.len() >= SHORTEST_TO_LOOK_FOR && text.contains(&self.0)
    }
}

impl FromStr for GitProviderToken {
    type Err = GitProviderTokenError;

    fn from_str(text: &str) -> Result<Self, GitProviderTokenError> {
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(GitProviderTokenError)
        }
    }
}

impl fmt::Debug for GitProviderToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_visible_ascii_and_never_shown() {
        for good in ["x", "glpat-abc_123.~", &"t".repeat(512)] {
            let token: GitProviderToken = good.parse().unwrap();
            assert_eq!(
                format!("{token:?} {:?}", token.reveal_after("Bearer ")),
                "[redacted] Some(Sensitive)"
            );
        }
        for wrong in ["", "a b", "a\nb", "tökén", "a\u{7f}", &"t".repeat(513)] {
            assert_eq!(wrong.parse::<GitProviderToken>().err(), Some(GitProviderTokenError), "{wrong:?}");
        }
    }
}
