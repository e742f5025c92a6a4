//! Problems: what a refused request is told (RFC 9457), from one table.

mod kinds;
mod render;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use keyhall_domain::account::Account;
use keyhall_domain::audit::Object;
use keyhall_domain::authz::ScopeRef;
use keyhall_domain::grant::Grant;
use keyhall_domain::permission::Permission;
use keyhall_domain::project::Contents;
use keyhall_domain::role::custom::RoleUses;
use keyhall_domain::violation::{Violation, Violations};

pub(crate) use kinds::*;
pub(crate) use render::{ProblemDocument, render};

/// A problem on its way out. What it lacks of the request (its id) is added where it is rendered.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    kind: &'static Kind,
    detail: Option<String>,
    extras: Box<Extras>,
}

/// What only some problems have.
#[derive(Debug, Clone, Default)]
struct Extras {
    violations: Vec<Violation>,
    missing: Option<(Permission, ScopeRef)>,
    accounts: Vec<Account>,
    made: Option<Object>,
    present: Option<Grant>,
    contents: Option<Contents>,
    uses: Option<RoleUses>,
    reason: Option<&'static str>,
    allow: Option<String>,
    retry_after_seconds: Option<u32>,
    challenge: Option<&'static str>,
}

impl Problem {
    /// A problem of a kind, with nothing to add.
    pub(crate) fn new(kind: &'static Kind) -> Self {
        Self { kind, detail: None, extras: Box::default() }
    }

    /// What is the matter this time, for people. Never anything that the caller sent.
    pub(crate) fn detail(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Everything that is wrong with the input.
    pub(crate) fn invalid(violations: Violations) -> Self {
        let mut problem = Self::new(&kinds::INVALID_REQUEST);
        problem.extras.violations = violations.into_vec();
        problem
    }

    /// The permission that is missing, and where.
    pub(crate) fn missing(permission: Permission, at: ScopeRef) -> Self {
        Self::new(&kinds::MISSING_PERMISSION)
            .detail(format_args!("this needs the permission `{permission}`"))
            .lacking(permission, at)
    }

    /// The permission that the caller does not hold, and where.
    pub(crate) fn lacking(mut self, permission: Permission, at: ScopeRef) -> Self {
        self.extras.missing = Some((permission, at));
        self
    }

    /// The accounts that the caller may choose from.
    pub(crate) fn accounts(mut self, accounts: Vec<Account>) -> Self {
        self.extras.accounts = accounts;
        self
    }

    /// What the request made when it was sent before.
    pub(crate) fn made(mut self, object: Object) -> Self {
        self.extras.made = Some(object);
        self
    }

    /// The grant that is there already.
    pub(crate) fn present(mut self, grant: Grant) -> Self {
        self.extras.present = Some(grant);
        self
    }

    /// What is in the thing.
    pub(crate) fn contents(mut self, contents: Contents) -> Self {
        self.extras.contents = Some(contents);
        self
    }

    /// Where the role is in use.
    pub(crate) fn uses(mut self, uses: RoleUses) -> Self {
        self.extras.uses = Some(uses);
        self
    }

    /// Why, in a word that programs understand.
    pub(crate) fn reason(mut self, reason: &'static str) -> Self {
        self.extras.reason = Some(reason);
        self
    }

    /// The methods that there are (RFC 9110 section 10.2.1).
    pub(crate) fn allow(mut self, methods: String) -> Self {
        self.extras.allow = Some(methods);
        self
    }

    /// When to come back (RFC 9110 section 10.2.3).
    pub(crate) fn retry_after_seconds(mut self, seconds: u32) -> Self {
        self.extras.retry_after_seconds = Some(seconds);
        self
    }

    /// The error code of the challenge (RFC 6750 section 3.1).
    pub(crate) fn challenge(mut self, error: &'static str) -> Self {
        self.extras.challenge = Some(error);
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.detail.as_deref().unwrap_or(self.kind.title))
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status
    }

    /// An empty response that carries the problem to [`crate::frame`], which knows the request and renders it.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.kind.status);
        response.extensions_mut().insert(self.clone());
        response
    }
}
