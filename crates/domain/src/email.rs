//! E-mail addresses: how people are invited and sign in.

use serde::Serialize;

use crate::name::{nfc, nfkc};
use crate::violation::Violations;

/// The most octets an address may have (RFC 5321 section 4.5.3.1.3, less the angle brackets).
const MAX_OCTETS: usize = 254;

/// An e-mail address, as it was written (trimmed, NFC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, deserr::Deserr)]
#[serde(transparent)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> EmailError)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, format = "email", max_length = 254, example = "ada@example.com",
))]
pub struct Email(String);

/// What makes two addresses the same person's: NFKC, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailKey(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// It is not of the form `local@domain`.
    #[error("must be an e-mail address such as `ada@example.com`")]
    Malformed,
    /// It is too long.
    #[error("must have at most 254 octets")]
    TooLong,
}

impl Email {
    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the address is compared by.
    pub fn key(&self) -> EmailKey {
        EmailKey(nfkc(&nfkc(&self.0).to_lowercase()))
    }
}

impl EmailKey {
    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = nfc(text.trim());
        if text.len() > MAX_OCTETS {
            return Err(EmailError::TooLong);
        }
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        let plain =
            !text.contains(['"', '<', '>']) && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        match email_address::EmailAddress::parse_with_options(&text, options) {
            Ok(_) if plain => Ok(Self(text)),
            _ => Err(EmailError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_share_a_key() {
        let key = |text: &str| text.parse::<Email>().unwrap().key();
        assert_eq!(key(" Ada@Example.COM "), key("ada@example.com"));
        assert_eq!(key("ａｄａ@example.com"), key("ada@example.com"));
        assert_ne!(key("ada@example.com"), key("ada@example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(300));
        assert_eq!(long.parse::<Email>(), Err(EmailError::TooLong));
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "Ada <ada@example.com>",
            "a b@example.com",
            "ada@example.com\r\nBcc: x@y.z",
            "\"a b\"@example.com",
            "ada@[127.0.0.1]",
        ] {
            assert_eq!(wrong.parse::<Email>(), Err(EmailError::Malformed), "{wrong:?}");
        }
    }
}
