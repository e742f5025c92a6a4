//! A password's hash as it is stored: a PHC string.

use std::fmt;

use argon2::Params;
use argon2::password_hash::phc;

use super::parameters;

/// An argon2id hash of a password with its salt and its cost, in the PHC string format.
#[derive(Clone)]
// INVARIANT: argon2id, version 19, with salt and output, at a cost that a configuration could have set.
pub struct PasswordHash {
    text: String,
    pub(super) parsed: phc::PasswordHash,
    pub(super) params: Params,
}

/// Why a stored text is not a password's hash. It never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// It is not a PHC string, or lacks salt or output.
    #[error("the password hash is no complete phc string")]
    Malformed,
    /// It is of another algorithm than argon2id of version 19.
    #[error("the password hash is of another algorithm than `argon2id` of version `19`")]
    Algorithm,
    /// Its parameters are not argon2's, or ask for more than any configuration could.
    #[error("the password hash has impossible parameters")]
    Parameters,
}

impl PasswordHash {
    /// Takes up a hash that was stored.
    ///
    /// # Errors
    ///
    /// When this crate cannot have made it.
    pub fn parse(text: &str) -> Result<Self, PasswordHashError> {
        let parsed = phc::PasswordHash::new(text).map_err(|_| PasswordHashError::Malformed)?;
        Self::from_parsed(parsed)
    }

    /// The PHC string, to be stored.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.text
    }

    pub(super) fn from_parsed(parsed: phc::PasswordHash) -> Result<Self, PasswordHashError> {
        if parsed.algorithm != argon2::ARGON2ID_IDENT || parsed.version != Some(19) {
            return Err(PasswordHashError::Algorithm);
        }
        if parsed.salt.is_none() || parsed.hash.is_none() {
            return Err(PasswordHashError::Malformed);
        }
        let params = Params::try_from(&parsed).map_err(|_| PasswordHashError::Parameters)?;
        if parameters::are_excessive(&params) {
            return Err(PasswordHashError::Parameters);
        }
        Ok(Self { text: parsed.to_string(), parsed, params })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORED: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

    #[test]
    fn a_stored_hash_is_taken_up_unchanged() {
        assert_eq!(PasswordHash::parse(STORED).unwrap().as_phc(), STORED);
    }

    #[test]
    fn what_this_crate_cannot_have_made_is_refused() {
        let refusals = [
            ("", PasswordHashError::Malformed),
            ("plain text", PasswordHashError::Malformed),
            ("$argon2id$v=19$m=19456,t=2,p=1", PasswordHashError::Malformed),
            ("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA", PasswordHashError::Malformed),
            (&STORED.replace("argon2id", "argon2i"), PasswordHashError::Algorithm),
            (&STORED.replace("v=19", "v=16"), PasswordHashError::Algorithm),
            (&STORED.replace("$v=19", ""), PasswordHashError::Algorithm),
            (&STORED.replace("m=19456", "m=4294967295"), PasswordHashError::Parameters),
            (&STORED.replace("t=2", "t=0"), PasswordHashError::Parameters),
            (&STORED.replace("t=2", "x=2"), PasswordHashError::Parameters),
        ];
        for (text, refusal) in refusals {
            assert_eq!(PasswordHash::parse(text).unwrap_err(), refusal, "for {text}");
        }
    }

    #[test]
    fn debug_of_a_hash_is_redacted() {
        assert_eq!(format!("{:?}", PasswordHash::parse(STORED).unwrap()), "[redacted]");
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_refused_without_a_panic(
            text in any::<String>(), end in "(\\$[a-z0-9=,]{0,12}){0,5}", cut in 0..STORED.len()
        ) {
            assert!(PasswordHash::parse(&text).is_err());
            assert!(PasswordHash::parse(&format!("$argon2id{end}")).is_err());
            let _ = PasswordHash::parse(&STORED[..cut]);
        }
    }
}
