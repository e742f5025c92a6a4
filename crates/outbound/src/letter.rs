//! A mail as it travels: headers, a text and the same in HTML.
//!
//! INVARIANT: what people chose (names, addresses) reaches a header only through the domain's newtypes, which have no control
//! characters, and through lettre's encoder; so nothing of it can end a header and begin another.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;
use keyhall_domain::email::Email;
use keyhall_domain::id::MailId;
use keyhall_domain::mail::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message as Mail};
use url::Host;

use crate::sender::SendError;
use crate::words;

/// A link that opens something to whoever follows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The mail's id, from which its `Message-ID` is made: one that is sent twice can be recognised.
    pub id: MailId,
    /// To whom it goes.
    pub to: Email,
    /// What it says.
    pub message: Message<Link>,
    /// The URL of the deployment that says it.
    pub deployment: String,
}

/// Who a deployment's mail is from: `keyhall@example.com` or `Keyhall <keyhall@example.com>`.
#[derive(Debug, Clone)]
pub struct FromAddress(Mailbox);

/// Why a text is not an address that mail can be from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be like `keyhall@example.com` or `Keyhall <keyhall@example.com>`")]
pub struct FromAddressError;

/// Tells whoever answers mail by machine not to (RFC 3834 section 5).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Link {
    /// A link.
    pub fn new(link: String) -> Self {
        Self(link)
    }

    /// The link itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl Letter {
    /// The whole mail, from somebody, dated.
    pub(crate) fn write(&self, from: &FromAddress, at: Timestamp) -> Result<Mail, SendError> {
        let words = words::write(&self.message, &self.deployment).map_err(SendError::unwritable)?;
        let builder = Mail::builder()
            .from(from.0.clone())
            .to(Mailbox::new(None, address(&self.to)?))
            .subject(words.subject)
            .date(SystemTime::from(at))
            .message_id(Some(format!("<{}@{}>", self.id, from.domain())))
            .header(AutoSubmitted);
        builder
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))
            .map_err(SendError::unwritable)
    }
}

impl FromAddress {
    /// What stands behind the `@`.
    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl std::str::FromStr for FromAddress {
    type Err = FromAddressError;

    fn from_str(text: &str) -> Result<Self, FromAddressError> {
        let text = text.trim();
        let mailbox: Mailbox = text.parse().map_err(|_| FromAddressError)?;
        let address: &str = mailbox.email.as_ref();
        if address.is_ascii() && !text.chars().any(char::is_control) {
            Ok(Self(mailbox))
        } else {
            Err(FromAddressError)
        }
    }
}

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The address as mail servers take it: its domain in ASCII (RFC 5891), so that few of them need SMTPUTF8 (RFC 6531).
fn address(email: &Email) -> Result<Address, SendError> {
    let (user, domain) = email.as_str().rsplit_once('@').ok_or_else(SendError::no_address)?;
    let domain = Host::parse(domain).map_err(SendError::unwritable)?.to_string();
    Address::new(user, domain).map_err(SendError::unwritable)
}
