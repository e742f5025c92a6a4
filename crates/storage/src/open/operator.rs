//! What the operator does to accounts and users on the server's command line.
//!
//! Why it needs no grant: whoever can run the command has the database and the master key in their hands. It is written down as
//! the operator's all the same, in the chain of every account that it touches, or in the deployment's where it belongs to none.
//! The rules on Super Admins hold for the operator too, and under the same locks.

mod account;
mod delete_account;
mod delete_user;
mod elevate;
mod error;
mod import_account;
mod ip_allow_list;
mod reset_password;
mod user;
mod user_state;

pub use account::{AccountChange, AccountSummary};
pub use elevate::{ElevatedMember, ElevationRequest, MemberSelector};
pub use error::OperatorError;
pub use import_account::{ImportedAccount, InvitedMember};
pub use ip_allow_list::ClearedIpAllowList;
pub use reset_password::IssuedReset;
pub use user::{Membership, User, UserChange, UserSelector};
