//! The master key: the one secret that the operator keeps outside the database.
//!
//! It does nothing but seal the [deployment key](crate::deployment_key), so that it can be changed by sealing
//! that key again. Deliberately absent: where its text comes from (environment, file, embedded default).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};

use crate::random::{self, RandomError};

/// 32 bytes that seal the deployment key.
pub struct MasterKey([u8; 32]);

/// Why a text is not a master key. It never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// It is not 32 bytes in a known writing.
    #[error("the master key is not 32 bytes, written in base64 or as 64 hexadecimal digits")]
    Malformed,
    /// All of its bytes are the same one: a placeholder, which anybody would try.
    #[error("the master key is a placeholder")]
    Placeholder,
}

impl MasterKey {
    /// Makes a new master key.
    ///
    /// # Errors
    ///
    /// When the operating system's random source fails.
    pub fn generate() -> Result<Self, RandomError> {
        random::bytes().map(Self)
    }

    /// Reads a master key of 64 hexadecimal digits, or in base64 (RFC 4648, sections 4 and 5, padded or not).
    /// White space around it, such as the end of a file's line, does not count.
    ///
    /// # Errors
    ///
    /// When it is not 32 bytes, or a placeholder.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let bytes = from_hexadecimal(text).or_else(|| from_base64(text)).ok_or(MasterKeyError::Malformed)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| MasterKeyError::Malformed)?;
        if bytes.windows(2).all(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(MasterKeyError::Placeholder);
        }
        Ok(Self(bytes))
    }

    /// The key in base64, to be written where the operator keeps it.
    #[must_use]
    pub fn reveal(&self) -> String {
        STANDARD.encode(self.0)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// The bytes of exactly 64 hexadecimal digits. That is no base64 of 32 bytes, which has 43 or 44 characters.
fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    (digits.len() == 64).then(|| {
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |high, low| high << 4 | low)).collect()
    })
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_PAD_INDIFFERENT.decode(text).or_else(|_| URL_SAFE_PAD_INDIFFERENT.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BYTES: [u8; 32] = [
        0xfb, 0xff, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
        26, 27, 28, 29, 30, 0xfe,
    ];

    #[test]
    fn hexadecimal_and_every_writing_of_base64_are_the_same_key() {
        for text in [
            "fbff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efe",
            "FBFF02030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFE\n",
            "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv4=",
            "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv4",
            "-_8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv4=\r\n",
            " -_8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv4",
        ] {
            assert_eq!(MasterKey::parse(text).unwrap().0, BYTES, "for {text}");
        }
    }

    #[test]
    fn a_key_of_another_length_or_writing_is_refused() {
        for text in [
            "",
            "secret",
            "fbff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
            "+bff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efe",
            "fbff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efe00",
            "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
            "+/8CAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv5=",
            "é",
        ] {
            assert_eq!(MasterKey::parse(text).unwrap_err(), MasterKeyError::Malformed, "for {text}");
        }
    }

    #[test]
    fn a_placeholder_is_refused() {
        for text in ["0".repeat(64), "f".repeat(64), "A".repeat(43)] {
            assert_eq!(MasterKey::parse(&text).unwrap_err(), MasterKeyError::Placeholder);
        }
    }

    #[test]
    fn a_generated_key_is_read_back_from_what_it_reveals() {
        let key = MasterKey::generate().unwrap();
        assert_eq!(MasterKey::parse(&key.reveal()).unwrap().0, key.0);
        assert_ne!(MasterKey::generate().unwrap().0, key.0);
    }

    #[test]
    fn debug_of_a_master_key_is_redacted() {
        assert_eq!(format!("{:?}", MasterKey(BYTES)), "[redacted]");
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_refused_without_a_panic(text in any::<String>()) {
            assert!(MasterKey::parse(&text).is_err());
        }
    }
}
