//! Page tokens: where a list goes on, given to the client and taken back.
//!
//! A token is base64url (RFC 4648, section 5, without padding) of the payload and the first 16 bytes of its
//! HMAC-SHA-256 (truncated as RFC 2104, section 5, allows). Nobody can change or make one, but anybody can
//! read it: what must not be seen does not belong in a payload. Deliberately absent: what the payload means,
//! and that it belongs to the list that it is used for, which the payload has to say.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::deployment_key::DerivedKey;

/// Why a text is not a page token of this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageTokenError {
    /// It is not base64url, or too short.
    #[error("the page token is malformed")]
    Malformed,
    /// Its signature is wrong: changed, invented, or made by another deployment.
    #[error("the page token was not made here")]
    Forged,
}

const TAG_LENGTH: usize = 16;

/// Makes a token of a payload, under the key for
/// [`Purpose::PageToken`](crate::deployment_key::Purpose::PageToken).
#[must_use]
pub fn seal(key: &DerivedKey, payload: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([payload, tag(&key.sign(payload))].concat())
}

/// Takes back the payload of a token that [`seal`] made under the same key.
///
/// # Errors
///
/// When the text is no token, or a token that was not made under this key.
// INVARIANT: each payload has one token; padding and bits that say nothing are refused by the decoder.
pub fn open(key: &DerivedKey, token: &str) -> Result<Vec<u8>, PageTokenError> {
    let mut payload = URL_SAFE_NO_PAD.decode(token).map_err(|_| PageTokenError::Malformed)?;
    let length = payload.len().checked_sub(TAG_LENGTH).ok_or(PageTokenError::Malformed)?;
    let presented = payload.split_off(length);
    verify_slices_are_equal(tag(&key.sign(&payload)), &presented).map_err(|_| PageTokenError::Forged)?;
    Ok(payload)
}

fn tag(signature: &[u8; 32]) -> &[u8] {
    signature.split_at(TAG_LENGTH).0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::deployment_key::{DeploymentKey, Purpose};

    fn key() -> DerivedKey {
        DeploymentKey::generate().unwrap().derive(Purpose::PageToken)
    }

    #[test]
    fn a_token_of_another_key_is_forged() {
        let token = seal(&key(), b"after project 7");
        assert_eq!(open(&key(), &token), Err(PageTokenError::Forged));
    }

    #[test]
    fn a_padded_token_is_malformed() {
        let key = key();
        let token = seal(&key, b"");
        assert_eq!(open(&key, &token), Ok(vec![]));
        assert_eq!(open(&key, &format!("{token}==")), Err(PageTokenError::Malformed));
    }

    proptest! {
        #[test]
        fn a_token_gives_back_its_payload(payload: Vec<u8>) {
            let key = key();
            assert_eq!(open(&key, &seal(&key, &payload)), Ok(payload));
        }

        #[test]
        fn every_exchange_of_a_character_is_refused(
            payload in any::<[u8; 5]>(), other in "[A-Za-z0-9_=+/-]|\\PC"
        ) {
            let key = key();
            let token = seal(&key, &payload);
            for position in 0..token.len() {
                let mut changed = token.clone();
                changed.replace_range(position..=position, &other);
                assert!(changed == token || open(&key, &changed).is_err());
            }
        }

        #[test]
        fn every_truncation_extension_and_flip_of_a_bit_is_refused(
            payload: Vec<u8>, more in "[A-Za-z0-9_-]{1,9}"
        ) {
            let key = key();
            let token = seal(&key, &payload);
            for length in 0..token.len() {
                assert!(open(&key, &token[..length]).is_err());
                assert!(open(&key, &token[length + 1..]).is_err());
            }
            assert!(open(&key, &format!("{token}{more}")).is_err());
            assert!(open(&key, &format!("{more}{token}")).is_err());
            for bit in 0..token.len() * 8 {
                let mut bytes = token.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                assert!(open(&key, &String::from_utf8_lossy(&bytes)).is_err());
            }
        }

        #[test]
        fn arbitrary_text_is_refused_without_a_panic(text in any::<String>(), token in "[A-Za-z0-9_-]{0,64}") {
            assert!(open(&key(), &text).is_err());
            assert!(open(&key(), &token).is_err());
        }
    }
}
