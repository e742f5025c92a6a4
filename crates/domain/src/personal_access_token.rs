//! Personal access tokens: secrets that act for their owner. Here is what is known about one; its secret is elsewhere.

use jiff::Timestamp;
use serde::Serialize;

use crate::id::PersonalAccessTokenId;
use crate::lifetime::Lifetime;
use crate::name::{Description, Name};
use crate::principal::PrincipalId;
use crate::violation::Violations;

/// A personal access token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessToken {
    /// The token's id.
    pub id: PersonalAccessTokenId,
    /// Its name, unique among the owner's living tokens (compared without case).
    pub name: Name,
    /// What it is for.
    pub description: Option<Description>,
    /// For whom it acts.
    pub owner: PrincipalId,
    /// What it may do at most.
    pub access: TokenAccess,
    /// What it is worth now; computed, never stored.
    pub status: TokenStatus,
    /// The last four characters of the secret, to tell tokens apart.
    #[cfg_attr(feature = "openapi", schema(example = "x7Qd"))]
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: PrincipalId,
    /// When it stops working; `null` for never, where the account's policy allows that.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<PrincipalId>,
    /// Why it was revoked.
    pub revoked_reason: Option<Description>,
}

/// A personal access token to be made, for oneself.
#[derive(Debug, Clone, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct NewPersonalAccessToken {
    /// Its name, unique among one's living tokens (compared without case).
    pub name: Name,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
    /// What it may do at most.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub access: TokenAccess,
    /// How long it lives: an ISO 8601 duration or an RFC 3339 instant, at most 366 days ahead; 90 days unless given.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub lifetime: Lifetime,
}

/// What a token may do at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[deserr(error = Violations, rename_all = lowercase)]
pub enum TokenAccess {
    /// All that its owner may do.
    #[default]
    Inherit,
}

/// What a token is worth at a moment; `revoked` counts before `expired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TokenStatus {
    /// It opens what its owner may open.
    Active,
    /// Its time is up.
    Expired,
    /// Somebody ended it.
    Revoked,
}

/// Why a text is not a token's access.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown access `{0}`")]
pub struct TokenAccessError(pub String);

impl TokenAccess {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inherit => "inherit",
        }
    }
}

impl std::str::FromStr for TokenAccess {
    type Err = TokenAccessError;

    fn from_str(text: &str) -> Result<Self, TokenAccessError> {
        match text {
            "inherit" => Ok(Self::Inherit),
            other => Err(TokenAccessError(other.to_owned())),
        }
    }
}

impl TokenStatus {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The status at `now` of a token that expires then and was, or was not, revoked.
    pub fn at(now: Timestamp, expires_at: Option<Timestamp>, revoked_at: Option<Timestamp>) -> Self {
        if revoked_at.is_some() {
            Self::Revoked
        } else if expires_at.is_some_and(|expires_at| now >= expires_at) {
            Self::Expired
        } else {
            Self::Active
        }
    }
}

/// Which tokens a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(rename_all = "lowercase"))]
#[deserr(error = Violations, rename_all = lowercase)]
pub enum TokenFilter {
    /// Those that work.
    #[default]
    Active,
    /// Those whose time is up.
    Expired,
    /// Those that somebody ended.
    Revoked,
    /// All of them.
    All,
}

impl TokenFilter {
    /// The statuses that the list shows.
    pub const fn statuses(self) -> &'static [TokenStatus] {
        match self {
            Self::Active => &[TokenStatus::Active],
            Self::Expired => &[TokenStatus::Expired],
            Self::Revoked => &[TokenStatus::Revoked],
            Self::All => &[TokenStatus::Active, TokenStatus::Expired, TokenStatus::Revoked],
        }
    }
}

/// Why a token was revoked.
#[derive(Debug, Clone, Default, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct Revocation {
    /// For the record; shown to the owner.
    #[deserr(default)]
    pub reason: Option<Description>,
}
