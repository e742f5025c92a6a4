//! Secrets in request bodies: text that no log and no error repeats.

use deserr::Deserr;
use keyhall_domain::violation::Violations;
use utoipa::ToSchema;

/// A secret. No answer, no log and no error repeats it.
#[derive(Clone, Deserr, ToSchema)]
#[deserr(error = Violations, from(String) = SecretText)]
#[schema(value_type = String, format = "password")]
pub(crate) struct SecretText(String);

impl SecretText {
    /// The text; whoever calls this parses it into a type that keeps it.
    pub(crate) fn reveal(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}
