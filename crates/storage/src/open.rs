//! What needs no grant, and why.
//!
//! - [`health`]: whether PostgreSQL answers is no secret.
//! - [`figures`]: how busy the store is, in numbers without names; for the operator's listener.
//! - [`migration`]: the operator's; runs before there is anybody.
//! - [`bootstrap`]: the operator's; makes the first people.
//! - [`operator`]: the operator's; accounts and users, as nobody in an account may change them.
//! - [`audit`]: the operator's; verifies what was written, and changes nothing.
//! - [`purge`]: nobody's; the server clears away what has ended by itself.
//! - [`sign_in`] and [`invitation`]: how people come in; they prove who they are in the same breath.
//! - [`password_reset`] and [`email_change`]: whoever holds the link that was mailed to an address has that address.
//! - [`lock_out`]: how often that has failed; part of the three before.
//! - [`outbox`]: the server's own; sends what was decided and written down before.
//!
//! What they change, they write through `Store::write_as`, which writes the same audit event as everything else. Some things are
//! written without one, because nobody's right or record changes: a stronger hash of the same password at sign-in, the counters
//! of failures, the mails that wait, with the digests of their links, the deployment's own key, the schema, and what is cleared away after its end.
//! (`authenticate` stamps when a session was last seen; that is no change either.)

mod audit;
mod bootstrap;
mod deployment;
pub(crate) mod email_change;
mod figures;
mod health;
mod invitation;
pub(crate) mod lock_out;
mod migration;
mod operator;
mod outbox;
pub(crate) mod password_reset;
mod purge;
mod sign_in;
mod unreachable;

pub use audit::ChainOf;
pub use bootstrap::{Bootstrapped, NewAccount};
pub use deployment::OpenError;
pub(crate) use deployment::deployment_key;
pub use figures::{ConnectionFigures, Figures, MailQueue, PasswordFigures};
pub use invitation::Acceptance;
pub use migration::{SchemaError, check_schema, is_sealed, migrate};
pub use operator::{
    AccountChange, AccountSummary, ClearedIpAllowList, ElevatedMember, ElevationRequest, ImportedAccount,
    InvitedMember, IssuedReset, MemberSelector, Membership, OperatorError, User, UserChange, UserSelector,
};
pub use outbox::DueMail;
pub use password_reset::PasswordReset;
pub use purge::Purged;
pub use sign_in::{Credentials, SignedIn};
pub use unreachable::UnreachableError;
