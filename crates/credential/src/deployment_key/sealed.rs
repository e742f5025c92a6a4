//! The deployment key as it stands in the database.
//!
//! Version 1 has 69 bytes: the version (1), the master key's fingerprint (8), the nonce (12), the encrypted
//! key (32) and the tag (16), by AES-256-GCM (NIST SP 800-38D). Version and fingerprint are authenticated
//! with it.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;

use super::DeploymentKey;
use crate::derivation::derive;
use crate::master_key::MasterKey;

/// A deployment key under a master key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDeploymentKey(Vec<u8>);

/// The cryptographic library failed to encrypt.
#[derive(Debug, thiserror::Error)]
#[error("the deployment key could not be sealed")]
pub struct SealError(#[from] Unspecified);

/// Why a sealed deployment key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// It is of a format that this version of Keyhall does not know.
    #[error("the sealed deployment key has the unknown version `{0}`")]
    UnknownVersion(u8),
    /// It has another length than its format.
    #[error("the sealed deployment key is malformed")]
    Malformed,
    /// It was sealed under another master key; or its fingerprint is damaged, which looks the same.
    #[error("the deployment key was sealed under another master key")]
    WrongMasterKey,
    /// The master key is the right one, but what is sealed has been changed.
    #[error("the sealed deployment key is damaged")]
    Damaged,
}

const VERSION: u8 = 1;
const PURPOSE: &[u8] = b"keyhall v1 deployment key";
const FINGERPRINT_LENGTH: usize = 8;
const NONCE_LENGTH: usize = 12;
const ENCRYPTED_LENGTH: usize = 32 + 16;

impl DeploymentKey {
    /// Seals the key under a master key, with a new nonce: different bytes each time.
    ///
    /// # Errors
    ///
    /// When the cryptographic library fails.
    pub fn seal(&self, master_key: &MasterKey) -> Result<SealedDeploymentKey, SealError> {
        let fingerprint = fingerprint(master_key);
        let mut encrypted = self.0.to_vec();
        let nonce =
            cipher(master_key)?.seal_in_place_append_tag(associated_data(&fingerprint), &mut encrypted)?;
        let parts: [&[u8]; 4] = [&[VERSION], &fingerprint, nonce.as_ref(), &encrypted];
        Ok(SealedDeploymentKey(parts.concat()))
    }
}

impl SealedDeploymentKey {
    /// Takes up what was stored; whether it opens is said by [`unseal`](Self::unseal).
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Opens it with the master key that it was sealed under.
    ///
    /// # Errors
    ///
    /// When the format is unknown, the master key another, or a byte has changed.
    pub fn unseal(&self, master_key: &MasterKey) -> Result<DeploymentKey, UnsealError> {
        let (version, rest) = self.0.split_first().ok_or(UnsealError::Malformed)?;
        if *version != VERSION {
            return Err(UnsealError::UnknownVersion(*version));
        }
        let (sealed_under, rest) =
            rest.split_first_chunk::<FINGERPRINT_LENGTH>().ok_or(UnsealError::Malformed)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(UnsealError::Malformed)?;
        let encrypted: [u8; ENCRYPTED_LENGTH] = rest.try_into().map_err(|_| UnsealError::Malformed)?;
        if *sealed_under != fingerprint(master_key) {
            return Err(UnsealError::WrongMasterKey);
        }
        decrypt(master_key, sealed_under, nonce, encrypted).ok_or(UnsealError::Damaged)
    }
}

impl fmt::Debug for SealedDeploymentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

fn decrypt(
    master_key: &MasterKey,
    fingerprint: &[u8; FINGERPRINT_LENGTH],
    nonce: &[u8; NONCE_LENGTH],
    mut encrypted: [u8; ENCRYPTED_LENGTH],
) -> Option<DeploymentKey> {
    let cipher = cipher(master_key).ok()?;
    let opened =
        cipher.open_in_place(Nonce::from(nonce), associated_data(fingerprint), &mut encrypted).ok()?;
    <[u8; 32]>::try_from(&*opened).ok().map(DeploymentKey)
}

fn cipher(master_key: &MasterKey) -> Result<RandomizedNonceKey, Unspecified> {
    RandomizedNonceKey::new(&AES_256_GCM, &derive(master_key.as_bytes(), "keyhall v1 master key, sealing"))
}

/// Tells master keys apart and nothing else about them: it is derived, and independent of the sealing key.
fn fingerprint(master_key: &MasterKey) -> [u8; FINGERPRINT_LENGTH] {
    let derived = derive(master_key.as_bytes(), "keyhall v1 master key, fingerprint");
    derived.first_chunk().copied().unwrap_or_default()
}

fn associated_data(fingerprint: &[u8; FINGERPRINT_LENGTH]) -> Aad<Vec<u8>> {
    Aad::from([PURPOSE, &[VERSION], fingerprint].concat())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// Thirty-two sevens, sealed under [`master_key`] when version 1 was written.
    const STORED: &str =
        "AZB36QYhwqmq0MpofaPPq7hD8RbHXqBLI7dEtasQ8O6UJmep3jQ0/GK5GsJM55j/iq/VGun4RajHlWGdPNozzbS3EfV5";

    fn master_key() -> MasterKey {
        MasterKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").unwrap()
    }

    fn refusal(bytes: Vec<u8>) -> UnsealError {
        SealedDeploymentKey::from_bytes(bytes).unseal(&master_key()).unwrap_err()
    }

    #[test]
    fn a_sealed_key_opens_under_its_master_key_and_looks_different_each_time() {
        let key = DeploymentKey([7; 32]);
        let [one, other] = [key.seal(&master_key()).unwrap(), key.seal(&master_key()).unwrap()];
        assert_ne!(one, other);
        for sealed in [one, other] {
            let stored = SealedDeploymentKey::from_bytes(sealed.as_bytes().to_vec());
            assert_eq!(stored.as_bytes().len(), 69);
            assert_eq!(stored.unseal(&master_key()).unwrap().0, key.0);
        }
    }

    #[test]
    fn another_master_key_is_told_apart_from_damage() {
        let sealed = DeploymentKey([7; 32]).seal(&MasterKey::generate().unwrap()).unwrap();
        assert_eq!(sealed.unseal(&master_key()).unwrap_err(), UnsealError::WrongMasterKey);
    }

    #[test]
    fn the_master_key_can_be_changed_without_changing_the_deployment_key() {
        let sealed = DeploymentKey([7; 32]).seal(&master_key()).unwrap();
        let other = MasterKey::generate().unwrap();
        let resealed = sealed.unseal(&master_key()).unwrap().seal(&other).unwrap();
        assert_eq!(resealed.unseal(&other).unwrap().0, [7; 32]);
    }

    #[test]
    fn every_change_of_every_byte_is_refused_with_its_reason() {
        let sealed = DeploymentKey([7; 32]).seal(&master_key()).unwrap();
        for position in 0..sealed.0.len() {
            for change in 1..=u8::MAX {
                let mut bytes = sealed.0.clone();
                bytes[position] ^= change;
                let expected = match position {
                    0 => UnsealError::UnknownVersion(bytes[0]),
                    1..9 => UnsealError::WrongMasterKey,
                    _ => UnsealError::Damaged,
                };
                assert_eq!(refusal(bytes), expected);
            }
        }
    }

    #[test]
    fn every_truncation_and_extension_is_malformed() {
        let sealed = DeploymentKey([7; 32]).seal(&master_key()).unwrap();
        for length in 0..sealed.0.len() {
            assert_eq!(refusal(sealed.0[..length].to_vec()), UnsealError::Malformed);
        }
        assert_eq!(refusal([sealed.as_bytes(), &[0]].concat()), UnsealError::Malformed);
    }

    #[test]
    fn a_key_that_was_sealed_by_an_earlier_build_still_opens() {
        let stored = STANDARD.decode(STORED).unwrap();
        assert_eq!(SealedDeploymentKey::from_bytes(stored).unseal(&master_key()).unwrap().0, [7; 32]);
    }

    #[test]
    fn debug_of_a_sealed_key_is_redacted() {
        let sealed = DeploymentKey([7; 32]).seal(&master_key()).unwrap();
        assert_eq!(format!("{sealed:?}"), "[redacted]");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_without_a_panic(bytes: Vec<u8>, rest in any::<[u8; 32]>()) {
            assert_ne!(refusal(bytes.clone()), UnsealError::Damaged);
            assert_ne!(refusal([&[VERSION], &rest[..], &rest[..], &rest[..4]].concat()), UnsealError::Damaged);
        }
    }
}
