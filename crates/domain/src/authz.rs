//! Authorisation: the table of all actions, who asks, and the decision.
//!
//! An action is a type. Storage mints a proof for an action after [`decide`] has let it through, and every use case asks
//! for the proof of its own action, so that to forget a check, or to make another one, does not compile.

mod action;
mod bearer;
mod decision;
mod grounds;
mod hand_out;
mod rights;
mod scope;

pub use action::*;
pub use bearer::{Bearer, Ceiling, Origin, Speaks};
pub use decision::{Decision, Reason, Refusal, decide, decide_action};
pub use grounds::Grounds;
pub use hand_out::{HandOutError, may_give_out, may_grant, may_grant_everywhere, outweighs, owner_of};
pub use rights::{EnvironmentRights, HeldGrant, IN_ENVIRONMENTS_TOO, ProjectRights};
pub use scope::{
    EnvironmentGrantRef, EnvironmentRef, GroupPlace, Myself, Place, ProjectGrantRef, RepositoryRef, Scope,
    ScopeRef, ThisAccount,
};
