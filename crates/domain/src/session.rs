//! Sessions: signed-in members, each in one account.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::id::{AccountId, MemberId, SessionId};

/// A signed-in member, in one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The session's id; its secret is another thing.
    pub id: SessionId,
    /// The account that the member is signed in to.
    pub account_id: AccountId,
    /// Who is signed in.
    pub member_id: MemberId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends at the latest; without use it ends sooner.
    pub expires_at: Timestamp,
    /// From where it was begun.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "192.0.2.7"))]
    pub address: IpAddr,
}

/// A session as a list shows it: with what changes while it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListedSession {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// When it was used last, at most a minute late.
    pub last_seen_at: Timestamp,
    /// What the caller that began it calls itself.
    pub user_agent: Option<String>,
    /// Whether it is the one that the bearer speaks in.
    pub current: bool,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetimes {
    /// From the sign-in, whatever happens. By default 12 hours.
    pub absolute: SignedDuration,
    /// Without use. By default 1 hour.
    pub idle: SignedDuration,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Its time is up.
    #[error("the session has expired")]
    Expired,
    /// It was not used for too long.
    #[error("the session was idle for too long")]
    Idle,
}

impl SessionLifetimes {
    /// Whether a session is alive at `now`.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check(
        self,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        if now >= expires_at {
            Err(SessionError::Expired)
        } else if now.duration_since(last_seen_at) >= self.idle {
            Err(SessionError::Idle)
        } else {
            Ok(())
        }
    }
}

impl Default for SessionLifetimes {
    fn default() -> Self {
        Self { absolute: SignedDuration::from_hours(12), idle: SignedDuration::from_hours(1) }
    }
}
