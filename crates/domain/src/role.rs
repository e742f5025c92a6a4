//! Roles: named sets of permissions at one level, built in or made by an account.
//!
//! [`RoleRef`] is how a role is named, [`HeldRole`] is a role with what it permits, loaded; the tables of the built-in ones
//! are in the modules of their names, and [`custom`] has the roles that accounts make.

mod account;
mod assignable;
mod built_in;
mod credential;
pub mod custom;
mod environment;
mod held;
mod member;
mod project;
mod reference;

pub use account::AccountRole;
pub use assignable::{AssignableRole, OrdinaryRole};
pub use built_in::{BuiltInRole, RoleKind};
pub use credential::CredentialRole;
pub use environment::EnvironmentRole;
pub use held::HeldRole;
pub use member::MemberRole;
pub use project::ProjectRole;
pub use reference::{EnvironmentRoleRef, MemberRoleRef, ProjectRoleRef, RoleRef, RoleRefError};

/// Why a text is not the name of a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role `{0}`")]
pub struct RoleError(pub String);
