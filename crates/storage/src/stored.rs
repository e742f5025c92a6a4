//! Between columns and the domain: what was stored is parsed like anything else, and an unknown value is an error.

use std::str::FromStr;

use jiff::Timestamp;
use keyhall_domain::id::{ApiCredentialId, MemberId};
use keyhall_domain::principal::PrincipalId;
use uuid::Uuid;

use crate::error::StoreError;

/// Why a stored value is none that the domain knows.
#[derive(Debug, thiserror::Error)]
#[error("column `{column}` holds a value that is not known")]
struct StoredValueError {
    column: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The value of a text column.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|error: T::Err| unknown(column, error))
}

/// The value of a nullable text column.
pub(crate) fn parse_optional<T: FromStr>(
    column: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, StoreError>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.map(|text| parse(column, text)).transpose()
}

/// A principal's id from its two columns.
pub(crate) fn principal(kind: &str, id: Uuid) -> Result<PrincipalId, StoreError> {
    match kind {
        "member" => Ok(PrincipalId::Member(MemberId::from(id))),
        "api_credential" => Ok(PrincipalId::ApiCredential(ApiCredentialId::from(id))),
        other => Err(unknown("kind", format!("`{other}`"))),
    }
}

/// A principal's id as its two columns.
pub(crate) fn principal_columns(principal: PrincipalId) -> (&'static str, Uuid) {
    match principal {
        PrincipalId::Member(id) => ("member", id.into()),
        PrincipalId::ApiCredential(id) => ("api_credential", id.into()),
    }
}

/// A timestamp as Diesel takes it.
pub(crate) fn time(time: Timestamp) -> jiff_diesel::Timestamp {
    time.into()
}

/// The error for a value that the domain does not know.
pub(crate) fn unknown(
    column: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    StoreError::unexpected(StoredValueError { column, source: source.into() })
}
