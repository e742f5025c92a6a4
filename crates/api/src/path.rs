//! Scopes from paths: the id that is authorised is the one in the path, and nothing else reads it.

use std::str::FromStr;

use actix_web::HttpRequest;
use keyhall_domain::authz::{Myself, ThisAccount};
use keyhall_domain::id::{IdError, MemberId, PersonalAccessTokenId, ProjectId};
use keyhall_domain::violation::Violations;

use crate::problem::Problem;

/// A scope that stands in the path, or needs nothing from it.
pub(crate) trait FromPath: Sized {
    /// Reads it.
    fn from_path(request: &HttpRequest) -> Result<Self, Problem>;
}

impl FromPath for ThisAccount {
    fn from_path(_: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self)
    }
}

impl FromPath for Myself {
    fn from_path(_: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self)
    }
}

impl FromPath for MemberId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "memberId")
    }
}

impl FromPath for ProjectId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "projectId")
    }
}

impl FromPath for PersonalAccessTokenId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "patId")
    }
}

fn id<T: FromStr<Err = IdError>>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|error: IdError| Problem::invalid(Violations::one(name, error.to_string())))
}
