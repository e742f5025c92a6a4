//! TLS by Keyhall itself: TLS 1.3 and 1.2, one certificate, no client certificates. The server adds `http/1.1` by ALPN.
//!
//! Deliberately absent: reloading. A renewed certificate is taken at the next start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be opened or read.
    #[error("`{}` cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file holds nothing of its kind.
    #[error("`{}` holds no {wanted} in PEM", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The file is not PEM. What is wrong in it is not repeated, since it may be a secret.
    #[error("`{}` is damaged: it is not valid PEM", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The certificate and the key are not of a kind that TLS takes, or not each other's.
    #[error("the certificate `{}` and the key `{}` cannot be used together", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
}

/// What TLS a server speaks with these files.
pub(crate) fn server_config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let chain = read_chain(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unusable(&files.key, "private key"))?;
    let pair = |source| {
        let TlsFiles { certificate, key } = files.clone();
        TlsError::Pair { certificate, key, source }
    };
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(pair)
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = unusable(path, "certificate");
    let certificates = CertificateDer::pem_file_iter(path).map_err(&unusable)?;
    let chain = certificates.collect::<Result<Vec<_>, _>>().map_err(&unusable)?;
    if chain.is_empty() { Err(unusable(pem::Error::NoItemsFound)) } else { Ok(chain) }
}

/// What an error in reading a file means.
fn unusable(path: &Path, wanted: &'static str) -> impl Fn(pem::Error) -> TlsError {
    let path = path.to_owned();
    move |error| match error {
        pem::Error::Io(source) => TlsError::Unreadable { path: path.clone(), source },
        pem::Error::NoItemsFound => TlsError::Empty { path: path.clone(), wanted },
        _ => TlsError::Damaged { path: path.clone() },
    }
}
