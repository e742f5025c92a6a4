//! Roles: named sets of permissions at one level. The built-in ones; custom roles stand beside them later.

mod account;
mod credential;
mod member;
mod project;

pub use account::AccountRole;
pub use credential::CredentialRole;
pub use member::{AssignableRole, MemberRole};
pub use project::ProjectRole;

/// Why a text is not the name of a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role `{0}`")]
pub struct RoleError(pub String);
