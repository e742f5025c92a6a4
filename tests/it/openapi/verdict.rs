//! What an answer says about the right of who asked.

use keyhall_tests::Answer;

/// Whether the caller was let through, and if not, why.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The right is there; a rule or a state may still stand in the way.
    LetThrough,
    /// 401.
    Unauthenticated,
    /// 404.
    NotFound,
    /// 403, because it takes a session.
    SessionRequired,
    /// 403, because of a permission.
    Missing {
        /// Which.
        permission: String,
        /// Where.
        scope: String,
    },
}

impl Verdict {
    /// Reads it off an answer to a request that was in order.
    pub(super) fn of(answer: &Answer) -> Self {
        match (answer.status, code(answer).as_deref()) {
            (401, _) => Self::Unauthenticated,
            (404, _) => Self::NotFound,
            (403, Some("session-required")) => Self::SessionRequired,
            (403, Some("missing-permission")) => {
                Self::Missing { permission: answer.text("missingPermission"), scope: answer.text("scope") }
            }
            (200..=299, _) | (403, Some("outranked" | "wrong-password")) | (409, Some(_)) => Self::LetThrough,
            _ => panic!("neither let through nor refused: {} {:#}", answer.status, answer.body),
        }
    }
}

/// The code of a problem: the last part of its type.
fn code(answer: &Answer) -> Option<String> {
    answer.body["type"].as_str()?.rsplit('/').next().map(str::to_owned)
}
