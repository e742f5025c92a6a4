//! Keys for one purpose each.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};

use crate::derivation::hmac_sha256;

/// What a derived key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Signs page tokens.
    PageToken,
    /// Digests e-mails and addresses under which failed sign-ins are counted.
    EmailDigest,
    /// Signs the anchors of the audit chain.
    AuditAnchor,
    /// Encrypts the private keys that sign access tokens.
    SigningKeyEncryption,
}

/// A key for one purpose.
pub struct DerivedKey([u8; 32]);

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 4] =
        [Self::PageToken, Self::EmailDigest, Self::AuditAnchor, Self::SigningKeyEncryption];

    /// The purpose's name in the derivation, which never changes: another name is another key.
    pub(super) const fn info(self) -> &'static str {
        match self {
            Self::PageToken => "keyhall v1 page token",
            Self::EmailDigest => "keyhall v1 e-mail digest",
            Self::AuditAnchor => "keyhall v1 audit anchor",
            Self::SigningKeyEncryption => "keyhall v1 signing key encryption",
        }
    }
}

impl DerivedKey {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Signs a message with HMAC-SHA-256 (RFC 2104).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[message])
    }

    /// Whether a signature is the whole one of this message, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(HMAC_SHA256, &self.0), message, signature).is_ok()
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::DeploymentKey;
    use super::*;

    #[test]
    fn each_purpose_of_each_deployment_has_a_key_of_its_own() {
        let deployments = [DeploymentKey([1; 32]), DeploymentKey([2; 32])];
        let keys: HashSet<[u8; 32]> =
            deployments.iter().flat_map(|key| Purpose::ALL.map(|purpose| key.derive(purpose).0)).collect();
        assert_eq!(keys.len(), 8);
    }

    #[test]
    fn a_purposes_key_is_the_same_each_time() {
        let key = DeploymentKey([1; 32]);
        assert_eq!(key.derive(Purpose::AuditAnchor).0, key.derive(Purpose::AuditAnchor).0);
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_alone() {
        let key = DeploymentKey([1; 32]).derive(Purpose::AuditAnchor);
        let signature = key.sign(b"message");
        assert!(key.verify(b"message", &signature));
        assert!(!key.verify(b"messagE", &signature));
        assert!(!DeploymentKey([1; 32]).derive(Purpose::EmailDigest).verify(b"message", &signature));
    }

    #[test]
    fn a_truncated_extended_or_changed_signature_does_not_hold() {
        let key = DeploymentKey([1; 32]).derive(Purpose::AuditAnchor);
        let signature = key.sign(b"message");
        for length in 0..32 {
            assert!(!key.verify(b"message", &signature[..length]));
        }
        assert!(!key.verify(b"message", &[&signature[..], &[0]].concat()));
        for bit in 0..256 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verify(b"message", &changed));
        }
    }

    #[test]
    fn a_signature_agrees_with_rfc_4231() {
        // Test case 2 has a key of four bytes; HMAC fills a key up with zeros, so 32 bytes may say the same.
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(b"Jefe");
        let signature = DerivedKey::new(bytes).sign(b"what do ya want for nothing?");
        assert_eq!(signature[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        assert_eq!(signature[24..], [0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43]);
    }

    #[test]
    fn debug_of_a_derived_key_is_redacted() {
        assert_eq!(format!("{:?}", DerivedKey::new([7; 32])), "[redacted]");
    }
}
