//! SHA-256 (FIPS 180-4): the digest that stands in the database for a secret, and a plain one for hash
//! chains.
//!
//! A plain digest is enough for a secret, because its 36 random characters are 214 bits. Deliberately absent:
//! anything for passwords, which are guessable and belong to [`crate::password`].

use std::fmt;
use std::hash::{Hash, Hasher};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};

/// The SHA-256 of a secret's whole text, prefix and checksum included: what is stored and looked up.
///
/// Equality takes the same time wherever two digests differ.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

/// Bytes that cannot be a digest, because a digest has 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret's digest has 32 bytes, not `{length}`")]
pub struct DigestLengthError {
    /// How many bytes there were.
    pub length: usize,
}

/// SHA-256 of the parts, one after the other.
///
/// The borders between parts leave no trace: whoever hashes parts of variable length writes their lengths
/// too.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

impl SecretDigest {
    /// Takes up a digest that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest's bytes, to be stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of a secret's text.
    pub(crate) fn of(text: &str) -> Self {
        Self(sha256(&[text.as_bytes()]))
    }
}

impl TryFrom<&[u8]> for SecretDigest {
    type Error = DigestLengthError;

    fn try_from(bytes: &[u8]) -> Result<Self, DigestLengthError> {
        bytes.try_into().map(Self).map_err(|_| DigestLengthError { length: bytes.len() })
    }
}

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for SecretDigest {}

impl Hash for SecretDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example for the message `abc`.
    const ABC: [u8; 32] = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0,
        0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    ];

    #[test]
    fn sha256_agrees_with_the_standards_example_however_it_is_cut() {
        assert_eq!(sha256(&[b"abc"]), ABC);
        assert_eq!(sha256(&[b"a", b"", b"bc"]), ABC);
    }

    #[test]
    fn a_stored_digest_equals_a_computed_one() {
        assert_eq!(SecretDigest::try_from(ABC.as_slice()), Ok(SecretDigest::of("abc")));
        assert_eq!(SecretDigest::from_bytes(ABC).as_bytes(), &ABC);
    }

    #[test]
    fn a_digest_that_differs_in_one_bit_is_another_one() {
        for bit in 0..256 {
            let mut bytes = ABC;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(SecretDigest::from_bytes(bytes), SecretDigest::of("abc"));
        }
    }

    #[test]
    fn bytes_of_another_length_are_no_digest() {
        for length in [0, 31, 33] {
            assert_eq!(SecretDigest::try_from(vec![0; length].as_slice()), Err(DigestLengthError { length }));
        }
    }

    #[test]
    fn debug_of_a_digest_is_redacted() {
        assert_eq!(format!("{:?}", SecretDigest::from_bytes(ABC)), "[redacted]");
    }
}
