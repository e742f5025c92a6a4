//! Accounts: tenants, the top boundary that nothing crosses.

mod import;

use jiff::Timestamp;
use serde::Serialize;

use crate::id::AccountId;
use crate::name::Name;

pub use import::{AccountImport, ImportedMember, MOST_IMPORTED};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// Its name; accounts may share one.
    pub name: Name,
    /// Whether it is open.
    pub state: AccountState,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether an account is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Open.
    Active,
    /// Closed by the operator for a while: nobody speaks in it.
    Suspended,
}

/// Why a text is not an account's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown account state `{0}`")]
pub struct AccountStateError(pub String);

impl AccountState {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl std::str::FromStr for AccountState {
    type Err = AccountStateError;

    fn from_str(text: &str) -> Result<Self, AccountStateError> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            other => Err(AccountStateError(other.to_owned())),
        }
    }
}
