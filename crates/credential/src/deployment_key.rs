//! The deployment key: random, made once, in the database only sealed under the master key, and the source of
//! every other key of the deployment.
//!
//! Deliberately absent: any use of it but derivation, and any other way to make a [`DerivedKey`].

mod derived;
mod sealed;

use std::fmt;

pub use derived::{DerivedKey, Purpose};
pub use sealed::{SealError, SealedDeploymentKey, UnsealError};

use crate::derivation::derive;
use crate::random::{self, RandomError};

/// 32 random bytes that all other keys come from.
pub struct DeploymentKey([u8; 32]);

impl DeploymentKey {
    /// Makes a new deployment key.
    ///
    /// # Errors
    ///
    /// When the operating system's random source fails.
    pub fn generate() -> Result<Self, RandomError> {
        random::bytes().map(Self)
    }

    /// The key for one purpose, the same each time: HKDF-SHA-256 (RFC 5869) with the purpose as `info`.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> DerivedKey {
        DerivedKey::new(derive(&self.0, purpose.info()))
    }
}

impl fmt::Debug for DeploymentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_generated_keys_differ() {
        assert_ne!(DeploymentKey::generate().unwrap().0, DeploymentKey::generate().unwrap().0);
    }

    #[test]
    fn debug_of_a_deployment_key_is_redacted() {
        assert_eq!(format!("{:?}", DeploymentKey([7; 32])), "[redacted]");
    }
}
