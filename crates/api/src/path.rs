//! Scopes from paths: the id that is authorised is the one in the path, and nothing else reads it.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::HttpRequest;
use keyhall_domain::authz::{
    EnvironmentGrantRef, EnvironmentRef, GroupPlace, Myself, ProjectGrantRef, RepositoryRef, ThisAccount,
};
use keyhall_domain::id::{GroupId, MemberId, PersonalAccessTokenId, ProjectId, RoleId, SessionId};
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

impl FromPath for SessionId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "sessionId")
    }
}

impl FromPath for GroupId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "groupId")
    }
}

impl FromPath for GroupPlace {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { group: id(request, "groupId")?, principal: id(request, "principalId")? })
    }
}

impl FromPath for ProjectId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "projectId")
    }
}

impl FromPath for RoleId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "roleId")
    }
}

impl FromPath for EnvironmentRef {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { project: id(request, "projectId")?, environment: id(request, "environmentId")? })
    }
}

impl FromPath for ProjectGrantRef {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { project: id(request, "projectId")?, grant: id(request, "grantId")? })
    }
}

impl FromPath for EnvironmentGrantRef {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { environment: EnvironmentRef::from_path(request)?, grant: id(request, "grantId")? })
    }
}

impl FromPath for RepositoryRef {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { project: id(request, "projectId")?, repository: id(request, "repositoryId")? })
    }
}

impl FromPath for PersonalAccessTokenId {
    fn from_path(request: &HttpRequest) -> Result<Self, Problem> {
        id(request, "patId")
    }
}

fn id<T: FromStr<Err: Display>>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|error: T::Err| Problem::invalid(Violations::one(name, error.to_string())))
}
