//! Making and verifying hashes at the cost that is in force.
//!
//! Each call takes tens of milliseconds and the configured memory: it belongs on a thread that may block, of
//! which there are few.

use std::fmt;

use argon2::password_hash::{self, phc};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{NewPassword, Password, PasswordHash, PasswordHashError, PasswordParameters};
use crate::random::{self, RandomError};

/// How many bytes a hash has.
const HASH_LENGTH: usize = 32;

/// Makes and verifies password hashes, one after another in the same memory.
///
/// The memory is taken at the first hash and kept for the next: given back and taken again each time, megabytes fall to pieces,
/// and the allocator keeps several times as many.
pub struct PasswordHasher {
    parameters: PasswordParameters,
    decoy: PasswordHash,
    memory: Vec<Block>,
}

/// What comparing a password with a hash came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It is the password.
    Match {
        /// Whether the hash was made at a lower cost than is in force, so that a new one should be stored.
        rehash: bool,
    },
    /// It is another password.
    Mismatch,
}

/// The machine, not the password, stood in the way of a hash.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// No salt could be drawn.
    #[error("no salt could be drawn")]
    Salt(#[from] RandomError),
    /// Argon2 gave up.
    #[error("the password could not be hashed")]
    Argon2(#[from] argon2::Error),
    /// The parameters cannot be written down.
    #[error("the password's parameters cannot be written down")]
    Parameters(#[from] password_hash::Error),
    /// Argon2 made something that cannot be stored.
    #[error("the password's hash cannot be stored")]
    Unusable(#[from] PasswordHashError),
}

impl PasswordHasher {
    /// A hasher at this cost, with a decoy of its own.
    ///
    /// # Errors
    ///
    /// When the operating system's random source fails.
    pub fn new(parameters: PasswordParameters) -> Result<Self, HashingError> {
        let decoy = decoy(&parameters)?;
        Ok(Self { parameters, decoy, memory: Vec::new() })
    }

    /// Hashes a password that is to be set, with a new salt.
    ///
    /// # Errors
    ///
    /// When the random source fails.
    pub fn hash(&mut self, password: &NewPassword) -> Result<PasswordHash, HashingError> {
        self.rehash(password.password())
    }

    /// Hashes again a password that has just matched, after [`Verdict::Match`] said so. It is not judged
    /// again: to refuse it would lock its owner out, and to keep the old hash would be weaker still.
    ///
    /// # Errors
    ///
    /// When the random source fails.
    pub fn rehash(&mut self, password: &Password) -> Result<PasswordHash, HashingError> {
        let salt = random::bytes::<{ argon2::RECOMMENDED_SALT_LEN }>()?;
        let params = self.parameters.as_params().clone();
        let mut output = [0; HASH_LENGTH];
        self.compute(&params, password, &salt, &mut output)?;
        compose(&params, &salt, &output)
    }

    /// Compares a password with a stored hash, at the stored cost, in a time that does not depend on where
    /// they differ.
    ///
    /// # Errors
    ///
    /// When argon2 gives up. That is never a mismatch.
    pub fn verify(&mut self, password: &Password, hash: &PasswordHash) -> Result<Verdict, HashingError> {
        let (Some(salt), Some(expected)) = (&hash.parsed.salt, &hash.parsed.hash) else {
            return Err(HashingError::Unusable(PasswordHashError::Malformed));
        };
        let mut output = vec![0; expected.len()];
        self.compute(&hash.params, password, salt.as_ref(), &mut output)?;
        match verify_slices_are_equal(&output, expected.as_bytes()) {
            Ok(()) => Ok(Verdict::Match { rehash: self.parameters.exceed(&hash.params) }),
            Err(_) => Ok(Verdict::Mismatch),
        }
    }

    /// Gives the memory back until the next hash: for whoever has nothing to do.
    pub fn rest(&mut self) {
        self.memory = Vec::new();
    }

    /// What to verify against for an unknown e-mail, so that it takes as long as a wrong password: a hash at
    /// the cost in force, of no password.
    #[must_use]
    pub const fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }

    fn compute(
        &mut self,
        params: &Params,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), HashingError> {
        self.memory.resize(params.block_count(), Block::new());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let password = password.reveal().as_bytes();
        Ok(argon2.hash_password_into_with_memory(password, salt, output, &mut self.memory)?)
    }
}

impl fmt::Debug for PasswordHasher {
    /// What stands in its memory comes from passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PasswordHasher").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// A hash whose output is random instead of computed: nobody knows a password for it, and it is made at once.
fn decoy(parameters: &PasswordParameters) -> Result<PasswordHash, HashingError> {
    compose(parameters.as_params(), &random::bytes::<16>()?, &random::bytes::<HASH_LENGTH>()?)
}

/// The PHC string of these parts.
fn compose(params: &Params, salt: &[u8], output: &[u8]) -> Result<PasswordHash, HashingError> {
    let impossible = |_| HashingError::Unusable(PasswordHashError::Malformed);
    let hash = phc::PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: params.try_into()?,
        salt: Some(phc::Salt::new(salt).map_err(impossible)?),
        hash: Some(phc::Output::new(output).map_err(impossible)?),
    };
    Ok(PasswordHash::from_parsed(hash)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(PasswordParameters::default()).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    fn hash(text: &str) -> PasswordHash {
        hasher().hash(&NewPassword::check(password(text), &[]).unwrap()).unwrap()
    }

    #[test]
    fn a_hash_is_argon2id_at_owasps_cost_and_survives_storage() {
        let hash = hash("gravel otter lantern");
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let stored = PasswordHash::parse(hash.as_phc()).unwrap();
        let verdict = hasher().verify(&password("gravel otter lantern"), &stored).unwrap();
        assert_eq!(verdict, Verdict::Match { rehash: false });
    }

    #[test]
    fn another_password_is_a_mismatch() {
        let hash = hash("gravel otter lantern");
        for other in ["gravel otter lanterN", "gravel otter lantern ", "gravel otter lanter"] {
            assert_eq!(hasher().verify(&password(other), &hash).unwrap(), Verdict::Mismatch);
        }
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        assert_ne!(hash("gravel otter lantern").as_phc(), hash("gravel otter lantern").as_phc());
    }

    #[test]
    fn a_hash_of_lower_cost_matches_and_asks_for_a_new_one() {
        let hash = hash("gravel otter lantern");
        for (memory, passes, lanes) in [(19_457, 2, 1), (19_456, 3, 1), (19_456, 2, 2)] {
            let mut raised =
                PasswordHasher::new(PasswordParameters::new(memory, passes, lanes).unwrap()).unwrap();
            let typed = password("gravel otter lantern");
            assert_eq!(raised.verify(&typed, &hash).unwrap(), Verdict::Match { rehash: true });
            let renewed = raised.rehash(&typed).unwrap();
            assert_eq!(raised.verify(&typed, &renewed).unwrap(), Verdict::Match { rehash: false });
        }
    }

    #[test]
    fn a_hash_of_higher_cost_is_kept() {
        let mut raised = PasswordHasher::new(PasswordParameters::new(20_000, 3, 1).unwrap()).unwrap();
        let typed = password("gravel otter lantern");
        let stored = raised.rehash(&typed).unwrap();
        assert_eq!(hasher().verify(&typed, &stored).unwrap(), Verdict::Match { rehash: false });
    }

    #[test]
    fn the_decoy_has_the_cost_in_force_and_matches_nothing() {
        let mut hasher = PasswordHasher::new(PasswordParameters::new(20_000, 3, 2).unwrap()).unwrap();
        let real = hasher.rehash(&password("gravel otter lantern")).unwrap();
        assert_eq!(hasher.decoy().as_phc().len(), real.as_phc().len());
        assert!(hasher.decoy().as_phc().starts_with("$argon2id$v=19$m=20000,t=3,p=2$"));
        let decoy = hasher.decoy().clone();
        assert_eq!(hasher.verify(&password("gravel otter lantern"), &decoy).unwrap(), Verdict::Mismatch);
    }

    #[test]
    fn the_memory_of_one_hash_does_not_show_in_the_next() {
        let (one, other) = (hash("gravel otter lantern"), hash("pebble heron candle"));
        let mut hasher = PasswordHasher::new(PasswordParameters::new(20_000, 3, 2).unwrap()).unwrap();
        let larger = hasher.rehash(&password("gravel otter lantern")).unwrap();
        for (text, stored, matches) in [
            ("gravel otter lantern", &one, true),
            ("pebble heron candle", &one, false),
            ("pebble heron candle", &other, true),
            ("gravel otter lantern", &larger, true),
            ("gravel otter lantern", &other, false),
        ] {
            let verdict = hasher.verify(&password(text), stored).unwrap();
            assert_eq!(matches!(verdict, Verdict::Match { .. }), matches, "{text}");
            hasher.rest();
            assert_eq!(hasher.verify(&password(text), stored).unwrap(), verdict, "after a rest");
        }
    }

    #[test]
    fn the_hash_of_the_reference_implementation_is_verified() {
        // printf password | argon2 somesalt -id -t 2 -m 16 -p 1, from the reference implementation's own
        // tests.
        let reference =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let hash = PasswordHash::parse(reference).unwrap();
        assert_eq!(hasher().verify(&password("password"), &hash).unwrap(), Verdict::Match { rehash: false });
    }
}
