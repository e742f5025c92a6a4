//! The mail server: where it is, how the connection is kept from others' eyes, and who signs in.
//!
//! Plain text is spoken to loopback, or to whom the URL says so outright. There is no "TLS where the server offers it": whoever
//! sits in between takes the offer away.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::loopback::is_loopback;

/// How long the server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// How a certificate begins in a PEM file (RFC 7468 section 5).
const PEM_BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A mail server: `smtps://user:password@host:465`, `smtp://user:password@host:587`.
///
/// `smtps` speaks TLS from the first byte (RFC 8314), `smtp` demands STARTTLS (RFC 3207), and `smtp` to loopback speaks plain.
/// `?tls=required` and `?tls=none` say otherwise. User and password are percent-encoded.
#[derive(Clone)]
pub struct SmtpServer {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, or nothing.
    StartTls,
    /// None.
    Plain,
}

/// Whom besides the system's authorities a mail server's certificate may be from.
#[derive(Debug, Clone, Default)]
pub struct TrustedAuthorities(Vec<Certificate>);

/// Why a text is not the URL of a mail server. It is not repeated: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// It is no such URL.
    #[error(
        "must be like `smtps://user:password@mail.example.com:465`; user and password are percent-encoded"
    )]
    Malformed,
    /// It has a part that means nothing here.
    #[error("must have no path, no fragment, and no query but `tls=required` or `tls=none`")]
    Surplus,
    /// It has a user without a password, or the reverse.
    #[error("must have a user and a password, or neither")]
    Half,
}

/// Why a file holds no certificates of authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must hold certificates as PEM, of authorities that are ones")]
pub struct AuthorityError;

impl SmtpServer {
    /// The transport to this server, which calls itself `hello`. Each mail has a connection of its own: one that was given up in
    /// the middle of a mail is not met again.
    pub(crate) fn transport(
        &self,
        hello: &str,
        trusted: &TrustedAuthorities,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, AuthorityError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host)
            .port(self.port)
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(ANSWER_TIMEOUT));
        if let Some(credentials) = &self.credentials {
            builder = builder.credentials(credentials.clone());
        }
        let tls = match self.protection {
            Protection::Plain => Tls::None,
            Protection::StartTls => Tls::Required(self.parameters(trusted)?),
            Protection::Tls => Tls::Wrapper(self.parameters(trusted)?),
        };
        Ok(builder.tls(tls).build())
    }

    fn parameters(&self, trusted: &TrustedAuthorities) -> Result<TlsParameters, AuthorityError> {
        let builder = TlsParametersBuilder::new(self.host.clone());
        let builder = trusted.0.iter().cloned().fold(builder, TlsParametersBuilder::add_root_certificate);
        builder.build().map_err(|_| AuthorityError)
    }
}

impl FromStr for SmtpServer {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| SmtpUrlError::Malformed)?;
        let host = url.host_str().and_then(|host| Host::parse(host).ok()).ok_or(SmtpUrlError::Malformed)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError::Surplus);
        }
        let protection = match (url.scheme(), url.query()) {
            ("smtps", None | Some("tls=required")) => Protection::Tls,
            ("smtp", Some("tls=required")) => Protection::StartTls,
            ("smtp", Some("tls=none")) => Protection::Plain,
            ("smtp", None) if is_loopback(&host) => Protection::Plain,
            ("smtp", None) => Protection::StartTls,
            ("smtp" | "smtps", Some(_)) => return Err(SmtpUrlError::Surplus),
            _ => return Err(SmtpUrlError::Malformed),
        };
        let port = url.port().unwrap_or(match protection {
            Protection::Tls => SUBMISSIONS_PORT,
            Protection::StartTls => SUBMISSION_PORT,
            Protection::Plain => SMTP_PORT,
        });
        let host = match host {
            Host::Domain(name) => name,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self { host, port, protection, credentials: credentials(&url)? })
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, protection, .. } = self;
        write!(formatter, "SmtpServer({host}:{port}, {protection:?})")
    }
}

impl TrustedAuthorities {
    /// Those whose certificates stand in a PEM file.
    ///
    /// # Errors
    /// When there are none in it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = Certificate::from_pem(pem).map_err(|_| AuthorityError)?;
        let any = pem.windows(PEM_BEGIN.len()).any(|window| window == PEM_BEGIN);
        if any { Ok(Self(vec![certificate])) } else { Err(AuthorityError) }
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    let decode = |text| {
        let decoded = percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError::Malformed)?;
        Ok(decoded.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(SmtpUrlError::Half),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> SmtpServer {
        url.parse().unwrap()
    }

    #[test]
    fn plain_text_is_spoken_to_loopback_and_to_whom_the_url_says() {
        for (url, protection, port) in [
            ("smtps://mail.example.com", Protection::Tls, 465),
            ("smtps://mail.example.com:10465?tls=required", Protection::Tls, 10465),
            ("smtp://mail.example.com", Protection::StartTls, 587),
            ("smtp://mail.example.com:25/", Protection::StartTls, 25),
            ("smtp://192.0.2.1", Protection::StartTls, 587),
            ("smtp://127.0.0.1.example.com", Protection::StartTls, 587),
            ("smtp://localhost:1025?tls=required", Protection::StartTls, 1025),
            ("smtp://mail.example.com?tls=none", Protection::Plain, 25),
            ("smtp://localhost:1025", Protection::Plain, 1025),
            ("smtp://LOCALHOST", Protection::Plain, 25),
            ("smtp://127.3.2.1", Protection::Plain, 25),
            ("smtp://[::1]:2525", Protection::Plain, 2525),
        ] {
            let server = server(url);
            assert_eq!((server.protection, server.port), (protection, port), "{url}");
        }
        assert_eq!(server("smtp://[::1]:2525").host, "::1");
    }

    #[test]
    fn what_is_no_url_of_a_mail_server_is_refused() {
        for (url, error) in [
            ("", SmtpUrlError::Malformed),
            ("mail.example.com:25", SmtpUrlError::Malformed),
            ("https://mail.example.com", SmtpUrlError::Malformed),
            ("smtp://", SmtpUrlError::Malformed),
            ("smtp:mail.example.com", SmtpUrlError::Malformed),
            ("smtp://mail.example.com:99999", SmtpUrlError::Malformed),
            ("smtp://a:%ff@mail.example.com", SmtpUrlError::Malformed),
            ("smtp://mail.example.com?tls=opportunistic", SmtpUrlError::Surplus),
            ("smtps://mail.example.com?tls=none", SmtpUrlError::Surplus),
            ("smtp://mail.example.com?tls=none&tls=required", SmtpUrlError::Surplus),
            ("smtp://mail.example.com/inbox", SmtpUrlError::Surplus),
            ("smtp://mail.example.com#x", SmtpUrlError::Surplus),
            ("smtp://ada@mail.example.com", SmtpUrlError::Half),
            ("smtp://:secret@mail.example.com", SmtpUrlError::Half),
        ] {
            assert_eq!(url.parse::<SmtpServer>().map(drop), Err(error), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_shown() {
        let server = server("smtp://ada%40example.com:hunter2%3A%2F@mail.example.com");
        let expected = Credentials::new("ada@example.com".to_owned(), "hunter2:/".to_owned());
        assert!(server.credentials.as_ref() == Some(&expected));
        let transport = server.transport("example.com", &TrustedAuthorities::default()).unwrap();
        let shown = format!("{server:?} {transport:?}");
        assert!(shown.contains("mail.example.com") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_file_without_certificates_is_no_file_of_authorities() {
        for text in ["", "nothing", "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n"] {
            assert!(TrustedAuthorities::from_pem(text.as_bytes()).is_err(), "{text}");
        }
    }
}
