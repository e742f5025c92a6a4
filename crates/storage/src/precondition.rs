//! Entity tags and preconditions (RFC 9110 sections 8.8.3 and 13): nobody overwrites what they have not seen.

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use crate::error::StoreError;

/// The strong tag of one representation of an entity: a digest of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTag(String);

/// What a caller says the entity must be (`If-Match`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing was said, or `*`: it must exist, which it does.
    #[default]
    None,
    /// One of these tags, opaque and in quotes.
    OneOf(Vec<String>),
}

impl EntityTag {
    /// The tag of an entity as it is shown.
    ///
    /// # Errors
    /// When the entity cannot be written as JSON, which is a defect.
    pub fn of(entity: &impl Serialize) -> Result<Self, StoreError> {
        let json = serde_json::to_vec(entity).map_err(StoreError::unexpected)?;
        let hash = digest(&SHA256, &json);
        let hex: String = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("\"{hex}\"")))
    }

    /// The tag as it stands in a header, in quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Precondition {
    /// Whether the entity is as the caller says.
    ///
    /// # Errors
    /// [`StoreError::Precondition`] when it is not. A weak tag never matches (RFC 9110 section 13.1.1).
    pub(crate) fn check(&self, entity: &impl Serialize) -> Result<(), StoreError> {
        match self {
            Self::None => Ok(()),
            Self::OneOf(tags) => {
                let now = EntityTag::of(entity)?;
                if tags.iter().any(|tag| tag == now.as_str()) {
                    Ok(())
                } else {
                    Err(StoreError::Precondition)
                }
            }
        }
    }
}
