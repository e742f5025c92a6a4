//! From the store's errors to problems: which is which, in one place.

use keyhall_domain::authz::Refusal;
use keyhall_storage::{Conflict, Refused, StoreError, Unauthenticated};

use crate::problem::{
    ALREADY_MEMBER, CONCURRENT_CHANGE, INTERNAL, INVALID_CREDENTIALS, INVALID_LINK, INVITER_LOST_RIGHT,
    LIMIT_REACHED, NAME_TAKEN, NOT_FOUND, OUTRANKED, PRECONDITION_FAILED, Problem, SESSION_REQUIRED,
    SEVERAL_ACCOUNTS, TOO_MANY_SIGN_INS, UNAUTHENTICATED, UNAVAILABLE, WRONG_STATE,
};

/// How long whoever met an outage or a full queue should wait.
const RETRY_AFTER_SECONDS: u32 = 2;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(Refused::Unauthenticated(why)) => unauthenticated(why),
            StoreError::Refused(Refused::Unauthorized(refusal)) => refused(refusal),
            StoreError::NotFound => Self::new(&NOT_FOUND),
            StoreError::Conflict(conflict) => conflicting(conflict),
            StoreError::Rule(rule) => Self::new(&OUTRANKED).detail(rule),
            StoreError::Invalid(violations) => Self::invalid(violations),
            StoreError::Precondition => Self::new(&PRECONDITION_FAILED),
            StoreError::Busy => Self::new(&TOO_MANY_SIGN_INS).retry_after_seconds(RETRY_AFTER_SECONDS),
            StoreError::Unavailable(source) => {
                tracing::warn!(error = chain(&*source), "the database is unavailable");
                Self::new(&UNAVAILABLE).retry_after_seconds(RETRY_AFTER_SECONDS)
            }
            StoreError::Unexpected(source) => {
                tracing::error!(error = chain(&*source), "unexpected");
                Self::new(&INTERNAL)
            }
        }
    }
}

fn unauthenticated(why: Unauthenticated) -> Problem {
    match why {
        Unauthenticated::Password => Problem::new(&INVALID_CREDENTIALS),
        Unauthenticated::Link => Problem::new(&INVALID_LINK).detail(why),
        // RFC 6750 section 3.1: without any credential the challenge has no error code.
        Unauthenticated::Missing => Problem::new(&UNAUTHENTICATED).detail(why),
        Unauthenticated::Malformed => Problem::new(&UNAUTHENTICATED).detail(why).challenge("invalid_request"),
        Unauthenticated::Unknown
        | Unauthenticated::Session(_)
        | Unauthenticated::Token(_)
        | Unauthenticated::Standing(_) => {
            Problem::new(&UNAUTHENTICATED).detail(why).challenge("invalid_token")
        }
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotFound => Problem::new(&NOT_FOUND),
        Refusal::Missing { permission, at } => Problem::missing(permission, at),
        Refusal::SessionRequired => Problem::new(&SESSION_REQUIRED),
    }
}

fn conflicting(conflict: Conflict) -> Problem {
    let kind = match &conflict {
        Conflict::ProjectName | Conflict::TokenName => &NAME_TAKEN,
        Conflict::TooManyTokens { .. } => &LIMIT_REACHED,
        Conflict::AlreadyMember => &ALREADY_MEMBER,
        Conflict::MemberState(_) | Conflict::LastSuperAdmin => &WRONG_STATE,
        Conflict::InviterLostRight => &INVITER_LOST_RIGHT,
        Conflict::SeveralAccounts(_) => &SEVERAL_ACCOUNTS,
        Conflict::PasswordMoved | Conflict::Concurrent => &CONCURRENT_CHANGE,
    };
    let problem = Problem::new(kind).detail(&conflict);
    match conflict {
        Conflict::SeveralAccounts(accounts) => problem.accounts(accounts),
        _ => problem,
    }
}

/// An error and its sources in one line, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
