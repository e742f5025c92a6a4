//! Passwords: their bounds, the refusal of weak ones, made ones, and their argon2id hashes.
//!
//! Deliberately absent: composition rules, which make passwords worse (NIST SP 800-63B-4, section 3.1.1.2);
//! the operator's list of leaked passwords, which is a file; and the bound on how many are hashed at
//! once, which is storage's.

mod hash;
mod hasher;
mod made;
mod parameters;
mod strength;

use std::fmt;

pub use hash::{PasswordHash, PasswordHashError};
pub use hasher::{HashingError, PasswordHasher, Verdict};
pub use made::generate_password;
pub use parameters::{PasswordParameters, PasswordParametersError};
pub use strength::{NewPassword, WeakPasswordError};

/// A password as somebody typed it, of 8 to 128 characters.
///
/// Characters are Unicode scalar values, and none is changed: no trimming, no normalisation.
// INVARIANT: the bounds hold, so hashing and judging a password cost no more than 512 bytes can.
pub struct Password(String);

/// Why a text cannot be a password. It never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than eight characters.
    #[error("must have at least 8 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("must have at most 128 characters")]
    TooLong,
}

impl Password {
    /// The least number of characters.
    pub const MINIMUM_LENGTH: usize = 8;
    /// The greatest number of characters.
    pub const MAXIMUM_LENGTH: usize = 128;

    /// Takes what somebody typed.
    ///
    /// # Errors
    ///
    /// When it is too short or too long.
    pub fn parse(text: String) -> Result<Self, PasswordError> {
        match text.chars().take(Self::MAXIMUM_LENGTH + 1).count() {
            ..Self::MINIMUM_LENGTH => Err(PasswordError::TooShort),
            Self::MINIMUM_LENGTH..=Self::MAXIMUM_LENGTH => Ok(Self(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// The password itself: for the operator's terminal when it was made, and for comparing with leaked ones.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str) -> Result<usize, PasswordError> {
        Password::parse(text.to_owned()).map(|password| password.reveal().chars().count())
    }

    #[test]
    fn a_password_has_8_to_128_characters() {
        assert_eq!(outcome(""), Err(PasswordError::TooShort));
        assert_eq!(outcome(&"a".repeat(7)), Err(PasswordError::TooShort));
        assert_eq!(outcome(&"a".repeat(8)), Ok(8));
        assert_eq!(outcome(&"a".repeat(128)), Ok(128));
        assert_eq!(outcome(&"a".repeat(129)), Err(PasswordError::TooLong));
    }

    #[test]
    fn an_emoji_counts_by_its_scalar_values_and_not_by_its_bytes() {
        assert_eq!(outcome(&"🔑".repeat(7)), Err(PasswordError::TooShort));
        assert_eq!(outcome(&"🔑".repeat(128)), Ok(128));
        assert_eq!(outcome(&"🔑".repeat(129)), Err(PasswordError::TooLong));
        // A family of four is seven scalar values: four people and three joiners.
        assert_eq!(outcome("👨‍👩‍👧‍👦"), Err(PasswordError::TooShort));
        assert_eq!(outcome("👨‍👩‍👧‍👦!"), Ok(8));
    }

    #[test]
    fn a_password_is_not_changed() {
        for text in ["  spaces  ", "e\u{301}e\u{301}e\u{301}e\u{301}", "zero\0zero", "ﬁﬁﬁﬁﬁﬁﬁﬁ"]
        {
            assert_eq!(Password::parse(text.to_owned()).unwrap().reveal(), text);
        }
    }

    #[test]
    fn debug_of_a_password_is_redacted() {
        let password = Password::parse("correct horse".to_owned()).unwrap();
        assert_eq!(format!("{password:?}"), "[redacted]");
    }
}
