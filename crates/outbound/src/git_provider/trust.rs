//! Authorities that a deployment trusts besides the system's, for providers inside a company.

use reqwest::Certificate;

use crate::smtp::AuthorityError;

/// Whom besides the system's authorities a provider's certificate may be from.
#[derive(Debug, Clone, Default)]
pub struct GitAuthorities(Vec<Certificate>);

impl GitAuthorities {
    /// Those whose certificates stand in a PEM file.
    ///
    /// # Errors
    /// When there are none in it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AuthorityError> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| AuthorityError)?;
        if certificates.is_empty() { Err(AuthorityError) } else { Ok(Self(certificates)) }
    }

    pub(super) fn certificates(&self) -> Vec<Certificate> {
        self.0.clone()
    }
}
