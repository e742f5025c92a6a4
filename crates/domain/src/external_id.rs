//! What the customer's own services call a person.

use serde::Serialize;

use crate::violation::Violations;

/// The most characters an external id may have.
const MAX: usize = 255;

/// The id that a member has in the account's own systems: 1 to 255 characters, compared exactly as they stand, unique in the
/// account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, deserr::Deserr)]
#[serde(transparent)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> ExternalIdError)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, min_length = 1, max_length = 255, example = "employee-4711",
))]
pub struct ExternalId(String);

/// Why a text is not an external id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExternalIdError {
    /// Empty, or longer than 255 characters.
    #[error("must have 1 to 255 characters")]
    Length,
    /// It has something in it that two systems would not show alike.
    #[error("must have no control characters in it, and no white space at its ends")]
    Characters,
}

impl ExternalId {
    /// The id as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ExternalId {
    type Err = ExternalIdError;

    fn from_str(text: &str) -> Result<Self, ExternalIdError> {
        if text.is_empty() || text.chars().count() > MAX {
            return Err(ExternalIdError::Length);
        }
        if text.chars().any(char::is_control) || text.trim() != text {
            return Err(ExternalIdError::Characters);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_is_kept_as_it_stands() {
        for good in ["4711", "auth0|5f7c", "ada@example.com", "Ünïcode", &"é".repeat(255)] {
            assert_eq!(good.parse::<ExternalId>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn what_could_be_taken_for_another_is_refused() {
        for (wrong, error) in [
            ("", ExternalIdError::Length),
            (&"x".repeat(256), ExternalIdError::Length),
            (" 4711", ExternalIdError::Characters),
            ("4711\u{A0}", ExternalIdError::Characters),
            ("47\n11", ExternalIdError::Characters),
            ("47\0", ExternalIdError::Characters),
        ] {
            assert_eq!(wrong.parse::<ExternalId>(), Err(error), "{wrong:?}");
        }
    }
}
