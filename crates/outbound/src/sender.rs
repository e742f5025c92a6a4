//! Sending: by SMTP or into a folder; and whether it is worth trying again.

use std::time::Duration;

use jiff::Timestamp;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::letter::{FromAddress, Letter};
use crate::smtp::{AuthorityError, SmtpServer, TrustedAuthorities};
use crate::spool::Spool;

/// How long one mail may take, from the connection to the server's last answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The answers of a mail server that are about this one mail (RFC 5321 section 4.2.3, RFC 7504). All others that begin with 5 are
/// about the sign-in, the command or the server: somebody will mend the configuration, and the mail should still be there. So
/// is 554, which is also a server's greeting that it takes no mail at all.
const ABOUT_THE_MAIL: [u16; 5] = [550, 551, 552, 553, 556];

/// How the enhanced code of an answer about policy begins (RFC 3463 section 3.8): relaying that is not allowed, a sender that is
/// blocked. That is mended too.
const ABOUT_POLICY: &str = "5.7.";

/// Sends mail for a deployment.
#[derive(Debug, Clone)]
pub struct Sender {
    from: FromAddress,
    transport: Transport,
}

#[derive(Debug, Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Spool(Spool),
}

/// Why a mail was not sent. What the server said is not repeated: it likes to name the recipient.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The mail server does not want this mail, now or later.
    #[error("the mail server refuses the mail with {0}")]
    Rejected(u16),
    /// The mail cannot be written, for instance because its address cannot be said in SMTP.
    #[error("the mail cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The mail server does not take it now.
    #[error("the mail server answers {0}")]
    Refused(u16),
    /// The mail server took too long.
    #[error("the mail server took too long")]
    TooSlow,
    /// The mail server cannot be reached, or not be talked to.
    #[error("the mail server cannot be used")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The mail server says what no mail server says.
    #[error("the mail server gives an answer that is none")]
    Nonsense,
    /// The folder cannot be written to.
    #[error("the mail folder cannot be written to")]
    Folder(#[source] std::io::Error),
}

impl Sender {
    /// Sends through a mail server.
    ///
    /// # Errors
    /// When an authority's certificate cannot be used.
    pub fn by_smtp(
        from: FromAddress,
        server: &SmtpServer,
        trusted: &TrustedAuthorities,
    ) -> Result<Self, AuthorityError> {
        let transport = server.transport(from.domain(), trusted)?;
        Ok(Self { from, transport: Transport::Smtp(transport) })
    }

    /// Puts every mail into a folder, from which something else sends it or a person reads it.
    pub fn into_folder(from: FromAddress, spool: Spool) -> Self {
        Self { from, transport: Transport::Spool(spool) }
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// [`SendError::is_final`] says whether it would fail again.
    pub async fn send(&self, letter: &Letter, at: Timestamp) -> Result<(), SendError> {
        let mail = letter.write(&self.from, at)?;
        match &self.transport {
            Transport::Smtp(transport) => match tokio::time::timeout(TIMEOUT, transport.send(mail)).await {
                Ok(sent) => sent.map(drop).map_err(SendError::from),
                Err(_) => Err(SendError::TooSlow),
            },
            Transport::Spool(spool) => {
                spool.keep(letter.id, mail.formatted()).await.map_err(SendError::Folder)
            }
        }
    }
}

impl SendError {
    /// Whether it is useless to try again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Rejected(_) | Self::Unwritable(_) => true,
            Self::Refused(_) | Self::TooSlow | Self::Unreachable(_) | Self::Nonsense | Self::Folder(_) => {
                false
            }
        }
    }

    pub(crate) fn unwritable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unwritable(source.into())
    }

    pub(crate) fn no_address() -> Self {
        Self::unwritable("the address has no `@`")
    }
}

impl From<SmtpError> for SendError {
    fn from(error: SmtpError) -> Self {
        match error.status().map(u16::from) {
            Some(code) if ABOUT_THE_MAIL.contains(&code) && !error.to_string().contains(ABOUT_POLICY) => {
                Self::Rejected(code)
            }
            Some(code) => Self::Refused(code),
            None if error.is_timeout() => Self::TooSlow,
            None if error.is_response() => Self::Nonsense,
            None => Self::Unreachable(Box::new(error)),
        }
    }
}
