//! The secrets that Keyhall hands out: their published shape, how they are made, and how one that was
//! presented is read.
//!
//! A secret is 46 ASCII characters, `khp_` + 36 + 6, the same for `khs_`, `khu_` and `khi_`: see
//! [`SecretKind`]. The 36 are random from `0-9A-Za-z`, 214 bits. The 6 are the checksum: CRC-32 (ISO-HDLC, as
//! in zip and PNG) of the 40 characters before them, prefix included, written in base 62 with the digits
//! `0-9A-Za-z` in this order, the most significant first, filled up with `0` on the left.
//!
//! Deliberately absent: passwords, which people choose; public identifiers such as `khc_`; and the question
//! whether a secret is live, which is storage's.

pub mod kind;

mod presented;
mod shape;

#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;

pub use kind::{Kind, SecretKind};
pub use presented::PresentedSecret;
pub use shape::{SECRET_LENGTH, SECRET_PATTERN, SecretError};

use crate::digest::SecretDigest;
use crate::random::RandomError;

/// A secret of one kind, well formed and with a right checksum.
///
/// It is neither `Clone` nor comparable: what is compared and kept is its [`digest`](Self::digest).
// INVARIANT: `text` has passed `shape::check` for `K`, so it is ASCII and `SECRET_LENGTH` long.
pub struct Secret<K: Kind> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// The secret of a personal access token, `khp_…`.
pub type PersonalAccessTokenSecret = Secret<kind::PersonalAccessToken>;

/// A secret of an API credential, `khs_…`.
pub type ClientSecret = Secret<kind::Client>;

/// The secret of a session, `khu_…`.
pub type SessionSecret = Secret<kind::Session>;

/// The single-use secret of an invitation, a password reset or a change of e-mail, `khi_…`.
pub type OneTimeSecret = Secret<kind::OneTime>;

impl<K: Kind> Secret<K> {
    /// Makes a new secret.
    ///
    /// # Errors
    ///
    /// When the operating system's random source fails.
    pub fn generate() -> Result<Self, RandomError> {
        shape::generate(K::KIND).map(Self::from_checked)
    }

    /// Reads a secret that somebody presented.
    ///
    /// # Errors
    ///
    /// The first of prefix, length, alphabet and checksum that is wrong.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        shape::check(K::KIND, text)?;
        Ok(Self::from_checked(text.to_owned()))
    }

    /// The secret itself: to be shown once, in the answer or the mail that made it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up in the secret's place.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.text)
    }

    /// The last four characters, by which its owner recognises it. They belong to the checksum and tell less
    /// than 24 of its 214 bits.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.text.get(SECRET_LENGTH - 4..).unwrap_or_default()
    }

    const fn from_checked(text: String) -> Self {
        Self { text, kind: PhantomData }
    }
}

impl<K: Kind> fmt::Debug for Secret<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}
