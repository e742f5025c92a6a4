//! A secret whose kind only its prefix tells, such as the one in a bearer header.

use super::kind::SecretKind;
use super::shape::SecretError;
use super::{ClientSecret, OneTimeSecret, PersonalAccessTokenSecret, SessionSecret};
use crate::digest::SecretDigest;

/// A well-formed secret of any kind, as somebody presented it.
#[derive(Debug)]
pub enum PresentedSecret {
    /// `khp_…`
    PersonalAccessToken(PersonalAccessTokenSecret),
    /// `khs_…`
    Client(ClientSecret),
    /// `khu_…`
    Session(SessionSecret),
    /// `khi_…`
    OneTime(OneTimeSecret),
}

impl PresentedSecret {
    /// Reads a secret of any kind.
    ///
    /// # Errors
    ///
    /// The first of prefix, length, alphabet and checksum that is wrong.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let has_prefix = |kind: &SecretKind| text.starts_with(kind.prefix());
        match SecretKind::ALL.into_iter().find(has_prefix).ok_or(SecretError::Prefix)? {
            SecretKind::PersonalAccessToken => {
                PersonalAccessTokenSecret::parse(text).map(Self::PersonalAccessToken)
            }
            SecretKind::Client => ClientSecret::parse(text).map(Self::Client),
            SecretKind::Session => SessionSecret::parse(text).map(Self::Session),
            SecretKind::OneTime => OneTimeSecret::parse(text).map(Self::OneTime),
        }
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> SecretKind {
        match self {
            Self::PersonalAccessToken(_) => SecretKind::PersonalAccessToken,
            Self::Client(_) => SecretKind::Client,
            Self::Session(_) => SecretKind::Session,
            Self::OneTime(_) => SecretKind::OneTime,
        }
    }

    /// What is looked up in its place.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        match self {
            Self::PersonalAccessToken(secret) => secret.digest(),
            Self::Client(secret) => secret.digest(),
            Self::Session(secret) => secret.digest(),
            Self::OneTime(secret) => secret.digest(),
        }
    }
}
