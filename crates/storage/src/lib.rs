//! Keyhall's PostgreSQL: the only mint of proofs, and one method for each use case.
//!
//! Whoever wants anything from a [`Store`] shows a [`Granted`] proof of the very action that it is, and takes the ids from
//! it; the few methods that need none are in [`open`], which says why. The audit event of a change is written by the
//! transaction that makes it. Deliberately absent: HTTP, and any rule that can be stated without a database.

mod access;
mod account;
mod audit;
mod authenticate;
mod clock;
mod environment;
mod error;
mod grant;
mod granted;
mod group;
mod hand_out;
mod held_grants;
mod idempotency;
mod ip_allow_list;
mod locate;
mod mail;
mod me;
mod member;
pub mod open;
mod password_work;
mod personal_access_token;
mod pool;
mod precondition;
mod project;
mod repository;
mod role;
mod schema;
mod session;
mod store;
mod stored;
mod super_admin;
mod transaction;

pub use audit::{AuditPage, AuditQuery, ChainReport, Checkpoint, Fault, FaultKind};
pub use authenticate::Authenticated;
pub use clock::Clock;
pub use error::{AccountChoice, Conflict, Refused, Rule, StoreError, Unauthenticated};
pub use granted::Granted;
pub use idempotency::{Attempt, Creation, CreationAnswer};
pub use locate::Locate;
pub use mail::LinkDelivery;
pub use me::{MyselfPatch, PasswordChange};
pub use member::Invitation;
pub use personal_access_token::IssuedToken;
pub use pool::PoolOptions;
pub use precondition::{EntityTag, Precondition};
pub use role::RoleFilter;
pub use store::{Store, StoreOptions};
