//! What a provider says of a repository. The provider is a stranger: its texts are bounded, and have nothing in them that acts
//! without being seen.

use serde::Serialize;

use crate::name::reject_characters;

/// The longest name of a branch, in characters: Git's own files end there.
const BRANCH_MAX: usize = 255;

/// The longest URL.
const URL_MAX: usize = 2048;

/// What a provider says of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryMetadata {
    /// Its default branch; a repository without commits may have none.
    pub default_branch: Option<BranchName>,
    /// Who can see it.
    pub visibility: Visibility,
    /// Where people look at it.
    pub web_url: Option<WebUrl>,
    /// What the token that was shown to the provider can do there.
    pub token: TokenRight,
}

/// The name of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, max_length = 255, example = "main"))]
pub struct BranchName(String);

/// A URL of the web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, format = "uri", max_length = 2048, example = "https://github.com/acme/payments",
))]
pub struct WebUrl(String);

/// Who can see a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Everybody who is signed in with the provider, or belongs to the same enterprise.
    Internal,
    /// Those whom its owner lets in.
    Private,
}

/// What a provider's token can do to a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRight {
    /// Look at it; so can whoever shows no token, where it is public.
    Read,
    /// Change it.
    Write,
}

/// Why a text of a provider's is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is no name of a branch.
    #[error("is no name of a branch")]
    Branch,
    /// It is no URL of the web.
    #[error("is no URL of the web")]
    Url,
}

/// A text that names no visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of `public`, `internal`, `private`")]
pub struct UnknownVisibilityError;

impl BranchName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl WebUrl {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Visibility {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Internal, Self::Private];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Private => "private",
        }
    }
}

impl std::str::FromStr for BranchName {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let fits = (1..=BRANCH_MAX).contains(&text.chars().count());
        let is_seen = reject_characters(text, |_| false).is_ok() && !text.contains(char::is_whitespace);
        if fits && is_seen { Ok(Self(text.to_owned())) } else { Err(MetadataError::Branch) }
    }
}

impl std::str::FromStr for WebUrl {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let rest = ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        let is_plain = text.len() <= URL_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        if has_host && is_plain { Ok(Self(text.to_owned())) } else { Err(MetadataError::Url) }
    }
}

impl std::str::FromStr for Visibility {
    type Err = UnknownVisibilityError;

    fn from_str(text: &str) -> Result<Self, UnknownVisibilityError> {
        Self::ALL.into_iter().find(|visibility| visibility.name() == text).ok_or(UnknownVisibilityError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_short_and_visible() {
        for good in ["main", "release/2.0", "修正", &"b".repeat(255)] {
            assert!(good.parse::<BranchName>().is_ok(), "{good}");
        }
        for wrong in ["", "a b", "a\nb", "a\u{0}", "a\u{202E}b", "a\u{2028}b", &"b".repeat(256)] {
            assert_eq!(wrong.parse::<BranchName>(), Err(MetadataError::Branch), "{wrong:?}");
        }
    }

    #[test]
    fn a_url_is_of_the_web_and_plain() {
        let long = format!("https://example.com/{}", "a".repeat(URL_MAX));
        for good in ["https://github.com/acme/payments", "http://gitlab.internal/a"] {
            assert!(good.parse::<WebUrl>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
            "https://é",
            "ftp://a",
            &long,
        ] {
            assert_eq!(wrong.parse::<WebUrl>(), Err(MetadataError::Url), "{wrong:?}");
        }
    }
}
