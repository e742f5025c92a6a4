//! The four kinds of secrets, as values ([`SecretKind`]) and as types ([`Kind`]).

/// What a secret opens, told by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// `khp_`: a personal access token.
    PersonalAccessToken,
    /// `khs_`: a secret of an API credential.
    Client,
    /// `khu_`: a session.
    Session,
    /// `khi_`: an invitation, a password reset or a change of e-mail; works once.
    OneTime,
}

/// A kind of secrets as a type; only the four types of this module are one.
pub trait Kind: sealed::Sealed {
    /// The same kind as a value.
    const KIND: SecretKind;
}

/// Marks the secrets of personal access tokens.
#[derive(Debug)]
pub enum PersonalAccessToken {}

/// Marks the secrets of API credentials.
#[derive(Debug)]
pub enum Client {}

/// Marks the secrets of sessions.
#[derive(Debug)]
pub enum Session {}

/// Marks the secrets that work once.
#[derive(Debug)]
pub enum OneTime {}

impl SecretKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::PersonalAccessToken, Self::Client, Self::Session, Self::OneTime];

    /// The four characters that a secret of this kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "khp_",
            Self::Client => "khs_",
            Self::Session => "khu_",
            Self::OneTime => "khi_",
        }
    }
}

impl Kind for PersonalAccessToken {
    const KIND: SecretKind = SecretKind::PersonalAccessToken;
}

impl Kind for Client {
    const KIND: SecretKind = SecretKind::Client;
}

impl Kind for Session {
    const KIND: SecretKind = SecretKind::Session;
}

impl Kind for OneTime {
    const KIND: SecretKind = SecretKind::OneTime;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::PersonalAccessToken {}
    impl Sealed for super::Client {}
    impl Sealed for super::Session {}
    impl Sealed for super::OneTime {}
}
