//! From the store's errors to problems: which is which, in one place.

use jiff::SignedDuration;
use keyhall_domain::authz::{HandOutError, Refusal};
use keyhall_domain::grant::GrantError;
use keyhall_storage::{Conflict, Refused, Rule, StoreError, Unauthenticated};

use crate::problem::{
    ADDRESS_NOT_ALLOWED, ADDRESS_TAKEN, ALREADY_GRANTED, ALREADY_MEMBER, BUILT_IN, CANNOT_BE_GRANTED,
    CONCURRENT_CHANGE, EXCEEDS_YOUR_RIGHTS, EXTERNAL_ID_TAKEN, IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED, INTERNAL, INVALID_CREDENTIALS, INVALID_LINK, INVITER_LOST_RIGHT, LAST_OWNER,
    LIMIT_REACHED, MADE_BEFORE, NAME_TAKEN, NO_MAIL, NOT_EMPTY, NOT_FOUND, OUTRANKED, PRECONDITION_FAILED,
    Problem, REPOSITORY_EXISTS, ROLE_IN_USE, SESSION_REQUIRED, SEVERAL_ACCOUNTS, TOO_MANY_FAILURES,
    TOO_MANY_SIGN_INS, UNAUTHENTICATED, UNAVAILABLE, WOULD_LOCK_YOU_OUT, WRONG_PASSWORD, WRONG_STATE,
};

/// How long whoever met an outage or a full queue should wait.
const RETRY_AFTER_SECONDS: u32 = 2;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(Refused::Unauthenticated(why)) => unauthenticated(why),
            StoreError::Refused(Refused::Unauthorized(refusal)) => refused(refusal),
            StoreError::NotFound => Self::new(&NOT_FOUND),
            absent @ StoreError::Absent(_) => Self::new(&NOT_FOUND).detail(absent),
            StoreError::Conflict(conflict) => conflicting(conflict),
            StoreError::Rule(Rule::HandOut(error)) => exceeding(error),
            StoreError::Rule(rule) => Self::new(&OUTRANKED).detail(rule),
            StoreError::Invalid(violations) => Self::invalid(violations),
            StoreError::Precondition => Self::new(&PRECONDITION_FAILED),
            StoreError::Busy => Self::new(&TOO_MANY_SIGN_INS).retry_after_seconds(RETRY_AFTER_SECONDS),
            StoreError::LockedOut { retry_after } => {
                let seconds = whole_seconds(retry_after);
                let detail = format_args!("come back in {seconds} seconds");
                Self::new(&TOO_MANY_FAILURES).detail(detail).retry_after_seconds(seconds)
            }
            StoreError::WrongPassword => Self::new(&WRONG_PASSWORD),
            StoreError::Unavailable(source) => {
                tracing::warn!(error = chain(&*source), "the database is unavailable");
                Self::new(&UNAVAILABLE).retry_after_seconds(RETRY_AFTER_SECONDS)
            }
            // The API asks for nothing that is the operator's.
            StoreError::Operator(error) => {
                tracing::error!(error = chain(&error), "unexpected");
                Self::new(&INTERNAL)
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
        Refusal::AddressNotAllowed => Problem::new(&ADDRESS_NOT_ALLOWED),
    }
}

fn exceeding(error: HandOutError) -> Problem {
    match error {
        HandOutError::Refused(refusal) => refused(refusal),
        HandOutError::Exceeds { permission, at } => {
            Problem::new(&EXCEEDS_YOUR_RIGHTS).detail(error).lacking(permission, at)
        }
    }
}

fn conflicting(conflict: Conflict) -> Problem {
    let kind = match &conflict {
        Conflict::ProjectName
        | Conflict::EnvironmentName
        | Conflict::RoleName
        | Conflict::GroupName
        | Conflict::TokenName => &NAME_TAKEN,
        Conflict::Granted(_) => &ALREADY_GRANTED,
        Conflict::Grant(GrantError::LastOwner) => &LAST_OWNER,
        Conflict::Grant(_) => &CANNOT_BE_GRANTED,
        Conflict::NotEmpty(_) => &NOT_EMPTY,
        Conflict::RoleInUse(_) => &ROLE_IN_USE,
        Conflict::Repository => &REPOSITORY_EXISTS,
        Conflict::ExternalId => &EXTERNAL_ID_TAKEN,
        Conflict::Group(_) => &BUILT_IN,
        Conflict::LockOut(_) => &WOULD_LOCK_YOU_OUT,
        Conflict::AddressTaken => &ADDRESS_TAKEN,
        Conflict::NoMail => &NO_MAIL,
        Conflict::TooManyTokens { .. } => &LIMIT_REACHED,
        Conflict::AlreadyMember => &ALREADY_MEMBER,
        Conflict::MemberState(_) | Conflict::LastSuperAdmin => &WRONG_STATE,
        Conflict::InviterLostRight => &INVITER_LOST_RIGHT,
        Conflict::SeveralAccounts(_) => &SEVERAL_ACCOUNTS,
        Conflict::KeyReused => &IDEMPOTENCY_KEY_REUSED,
        Conflict::KeyInUse => &IDEMPOTENCY_KEY_IN_USE,
        Conflict::MadeBefore(_) => &MADE_BEFORE,
        Conflict::PasswordMoved | Conflict::Concurrent => &CONCURRENT_CHANGE,
    };
    let problem = Problem::new(kind).detail(&conflict);
    match conflict {
        Conflict::SeveralAccounts(accounts) => problem.accounts(accounts),
        Conflict::MadeBefore(object) => problem.made(object),
        Conflict::Granted(grant) => problem.present(*grant),
        Conflict::NotEmpty(contents) => problem.contents(contents),
        Conflict::RoleInUse(uses) => problem.uses(uses),
        Conflict::KeyInUse => problem.retry_after_seconds(RETRY_AFTER_SECONDS),
        _ => problem,
    }
}

/// A time as a `Retry-After`, rounded up.
fn whole_seconds(time: SignedDuration) -> u32 {
    let begun = i64::from(time.subsec_nanos() > 0);
    u32::try_from(time.as_secs().saturating_add(begun)).unwrap_or(u32::MAX)
}

/// An error and its sources in one line, for the log.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
