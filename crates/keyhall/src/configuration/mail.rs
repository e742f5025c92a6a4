//! How mail leaves: by SMTP, into a folder, or not at all, where whoever asks for a link gets it.

use std::path::PathBuf;

use keyhall_outbound::{
    FromAddress, FromAddressError, Sender, SmtpServer, SmtpUrlError, Spool, TrustedAuthorities,
};
use keyhall_storage::LinkDelivery;
use serde::Deserialize;

use super::SecretValue;
use super::rules::invalid;
use crate::error::CommandError;

/// Mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfiguration {
    from: Option<String>,
    smtp_url: Option<SecretValue>,
    smtp_ca_file: Option<PathBuf>,
    spool_dir: Option<PathBuf>,
}

impl MailConfiguration {
    /// How links reach those whom they are for.
    pub(crate) fn link_delivery(&self) -> LinkDelivery {
        if self.smtp_url.is_some() || self.spool_dir.is_some() {
            LinkDelivery::Mail
        } else {
            LinkDelivery::Caller
        }
    }

    /// What sends, if mail is sent. Makes the folder.
    pub(crate) fn sender(&self) -> Result<Option<Sender>, CommandError> {
        if let Some(server) = self.server()? {
            let sender = Sender::by_smtp(self.from()?, &server, &self.trusted()?);
            return sender.map(Some).map_err(|error| invalid("mail.smtp_ca_file", &error.to_string()));
        }
        let Some(folder) = &self.spool_dir else { return Ok(None) };
        let spool = Spool::open(folder.clone())
            .map_err(|source| CommandError::File { path: folder.clone(), source })?;
        Ok(Some(Sender::into_folder(self.from()?, spool)))
    }

    /// Holds the values against each other.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        if self.server()?.is_some() && self.spool_dir.is_some() {
            return Err(invalid("mail.spool_dir", "`mail.smtp_url` is set too; set one of them"));
        }
        if self.smtp_ca_file.is_some() && self.smtp_url.is_none() {
            return Err(invalid("mail.smtp_ca_file", "it says nothing without `mail.smtp_url`"));
        }
        if self.link_delivery() == LinkDelivery::Mail || self.from.is_some() {
            self.from()?;
        }
        Ok(())
    }

    fn from(&self) -> Result<FromAddress, CommandError> {
        let from = self.from.as_deref();
        let from = from.ok_or_else(|| invalid("mail.from", "it is required where mail is sent"))?;
        from.parse().map_err(|error: FromAddressError| invalid("mail.from", &error.to_string()))
    }

    fn server(&self) -> Result<Option<SmtpServer>, CommandError> {
        let server = self.smtp_url.as_ref().map(|url| url.reveal().parse()).transpose();
        server.map_err(|error: SmtpUrlError| invalid("mail.smtp_url", &error.to_string()))
    }

    fn trusted(&self) -> Result<TrustedAuthorities, CommandError> {
        let Some(path) = &self.smtp_ca_file else { return Ok(TrustedAuthorities::default()) };
        let pem = std::fs::read(path).map_err(|source| CommandError::File { path: path.clone(), source })?;
        TrustedAuthorities::from_pem(&pem).map_err(|error| invalid("mail.smtp_ca_file", &error.to_string()))
    }
}
