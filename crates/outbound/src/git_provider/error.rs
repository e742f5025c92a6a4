//! Why a provider did not say what a repository is, in Keyhall's own words: what the provider writes is never repeated.

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a provider did not say what a repository is.
#[derive(Debug, thiserror::Error)]
pub enum GitProviderError {
    /// The provider refuses.
    #[error("the provider refuses: {0}")]
    Refused(RepositoryRefusal),
    /// The provider has been asked too often.
    #[error("the provider takes no more requests for now")]
    Limited {
        /// When to come back, where the provider said so.
        retry_after_seconds: Option<u32>,
    },
    /// The provider took too long.
    #[error("the provider took too long")]
    TooSlow,
    /// The provider cannot be reached, or not be talked to.
    #[error("the provider cannot be reached")]
    Unreachable(#[source] Source),
    /// The provider has troubles of its own.
    #[error("the provider answers {0}")]
    Failing(u16),
    /// The answer has no end.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The answer is not what such a provider says.
    #[error("the provider's answer is not understood")]
    Nonsense,
}

/// The reasons for which a provider refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepositoryRefusal {
    /// The token is not alive.
    #[error(
        "the provider does not accept the token; it may have expired, been revoked, or belong to another provider"
    )]
    TokenRejected,
    /// The provider says nothing to who shows no token.
    #[error("the provider says nothing without a token; send one in the header `Git-Provider-Access-Token`")]
    TokenRequired,
    /// There is no such repository for the owner of the token.
    #[error("the provider knows no such repository that this token may see")]
    NoSuchRepository,
    /// There is no such repository that everybody may see.
    #[error(
        "the provider knows no such public repository; for a private one send a token in the header `Git-Provider-Access-Token`"
    )]
    NoSuchPublicRepository,
    /// The repository is there, and may not be looked at.
    #[error("the provider does not allow this repository to be looked at with what was shown")]
    NoRight,
    /// The repository is somewhere else now.
    #[error(
        "the repository was renamed or moved, or the provider's API is somewhere else; name it as it is called now"
    )]
    Moved,
}

impl RepositoryRefusal {
    /// The reason, in a word.
    pub fn code(self) -> &'static str {
        match self {
            Self::TokenRejected => "token-rejected",
            Self::TokenRequired => "token-required",
            Self::NoSuchRepository | Self::NoSuchPublicRepository => "no-such-repository",
            Self::NoRight => "no-right",
            Self::Moved => "moved",
        }
    }
}
