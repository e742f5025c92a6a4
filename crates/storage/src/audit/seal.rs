//! Signatures under a key that is not in the database in the clear: whoever can write to PostgreSQL, and no more, cannot make
//! one.
//!
//! Two things are signed: the head of a chain, anew with each event, and the anchor that dropped events leave. Each message has
//! a name and parts of fixed length, so that none is taken for another.

use jiff::Timestamp;
use keyhall_credential::deployment_key::DerivedKey;
use uuid::Uuid;

use super::Link;

/// The key that heads and anchors are signed with.
#[derive(Debug)]
pub(crate) struct Seal(DerivedKey);

impl Seal {
    /// Signs with the key for
    /// [`Purpose::AuditAnchor`](keyhall_credential::deployment_key::Purpose::AuditAnchor).
    pub(crate) fn new(key: DerivedKey) -> Self {
        Self(key)
    }

    /// The signature of a chain's head.
    pub(super) fn sign_head(&self, chain: Uuid, head: &Link) -> [u8; 32] {
        self.0.sign(&head_message(chain, head))
    }

    /// Whether a head was signed here.
    pub(super) fn is_head(&self, chain: Uuid, head: &Link, signature: Option<&[u8]>) -> bool {
        signature.is_some_and(|signature| self.0.verify(&head_message(chain, head), signature))
    }

    /// The signature of an anchor.
    pub(super) fn sign_anchor(&self, chain: Uuid, last: &Link, dropped_at: Timestamp) -> [u8; 32] {
        self.0.sign(&anchor_message(chain, last, dropped_at))
    }

    /// Whether an anchor was signed here.
    pub(super) fn is_anchor(
        &self,
        chain: Uuid,
        last: &Link,
        dropped_at: Timestamp,
        signature: &[u8],
    ) -> bool {
        self.0.verify(&anchor_message(chain, last, dropped_at), signature)
    }
}

fn head_message(chain: Uuid, head: &Link) -> Vec<u8> {
    message("keyhall v1 audit head", chain, head, &[])
}

fn anchor_message(chain: Uuid, last: &Link, dropped_at: Timestamp) -> Vec<u8> {
    message("keyhall v1 audit anchor", chain, last, &dropped_at.as_microsecond().to_be_bytes())
}

fn message(name: &str, chain: Uuid, link: &Link, more: &[u8]) -> Vec<u8> {
    [name.as_bytes(), &[0], chain.as_bytes(), &link.sequence.to_be_bytes(), link.hash.as_slice(), more]
        .concat()
}

#[cfg(test)]
mod tests {
    use keyhall_credential::deployment_key::{DeploymentKey, Purpose};

    use super::*;

    #[test]
    fn a_signature_holds_for_its_own_chain_place_hash_and_purpose_alone() {
        let seal = || Seal::new(DeploymentKey::generate().unwrap().derive(Purpose::AuditAnchor));
        let (seal, other) = (seal(), seal());
        let (chain, time) = (Uuid::now_v7(), Timestamp::UNIX_EPOCH);
        let link = |sequence, byte| Link { sequence, hash: [byte; 32] };
        let head = seal.sign_head(chain, &link(7, 1));
        let holds = |chain, link: &Link| seal.is_head(chain, link, Some(&head));
        assert!(holds(chain, &link(7, 1)));
        assert!(!holds(chain, &link(8, 1)) && !holds(chain, &link(7, 2)) && !holds(Uuid::nil(), &link(7, 1)));
        assert!(!seal.is_head(chain, &link(7, 1), None) && !other.is_head(chain, &link(7, 1), Some(&head)));

        let anchor = seal.sign_anchor(chain, &link(7, 1), time);
        assert!(seal.is_anchor(chain, &link(7, 1), time, &anchor));
        assert!(!seal.is_anchor(chain, &link(7, 1), Timestamp::MAX, &anchor));
        assert!(!seal.is_anchor(chain, &link(7, 1), time, &head), "a head of the past is no anchor");
        assert!(!seal.is_head(chain, &link(7, 1), Some(&anchor)));
    }
}
