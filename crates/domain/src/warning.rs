//! Something that was done, and that whoever did it should know more about.

use serde::Serialize;

/// What whoever did something should know, though it hindered nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// The same for people.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "the token can write to this repository; one that reads its metadata is enough")
    )]
    pub message: &'static str,
}

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// A project has lost its last owner.
    NoOwnerLeft,
    /// A Git provider's token may do more than it was needed for.
    TokenCanWrite,
}

impl Warning {
    /// A project has lost its last owner.
    pub const NO_OWNER_LEFT: Self = Self {
        code: WarningCode::NoOwnerLeft,
        message: "the project has no owner of its own any more; the account's Super Admins own it",
    };

    /// A Git provider's token may do more than it was needed for.
    pub const TOKEN_CAN_WRITE: Self = Self {
        code: WarningCode::TokenCanWrite,
        message: "the token can write to this repository; one that reads its metadata is enough",
    };
}
