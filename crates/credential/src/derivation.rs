//! HKDF-SHA-256 (RFC 5869) for keys of 32 bytes out of keys of 32 bytes.
//!
//! For one block of output, HKDF is two HMACs, which cannot fail; the general function of the library can,
//! for lengths that do not occur here, and every caller would have to pass that on.

use aws_lc_rs::hmac::{self, HMAC_SHA256};

/// Derives the key for `info` out of `key`, without salt.
pub(crate) fn derive(key: &[u8; 32], info: &str) -> [u8; 32] {
    let extracted = hmac_sha256(&[0; 32], &[key]);
    hmac_sha256(&extracted, &[info.as_bytes(), &[1]])
}

/// HMAC-SHA-256 (RFC 2104) of the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.sign().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn derivation_agrees_with_the_librarys_hkdf(key: [u8; 32], info in "\\PC{0,64}") {
            let mut expected = [0; 32];
            let extracted = Salt::none(HKDF_SHA256).extract(&key);
            extracted.expand(&[info.as_bytes()], HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
            assert_eq!(derive(&key, &info), expected);
        }
    }
}
