//! What Keyhall sends to others: mail, by SMTP or into a folder; questions about repositories, to Git providers.
//!
//! Whoever has something to say makes a [`Letter`] and hands it to a [`Sender`]; whoever wants to know of a repository asks
//! [`GitProviders`]. Deliberately absent: the queue of mails and its attempts, which are storage's; the secrets inside links, which
//! are made there too and only pass through; and any URL that does not begin with what the operator configured.

mod git_provider;
mod letter;
mod loopback;
mod sender;
mod smtp;
mod spool;
mod words;

pub use git_provider::{
    GitAuthorities, GitBaseUrl, GitBaseUrlError, GitProviderError, GitProviderOptions, GitProviderToken,
    GitProviderTokenError, GitProviders, RepositoryRefusal,
};
pub use letter::{FromAddress, FromAddressError, Letter, Link};
pub use sender::{SendError, Sender};
pub use smtp::{AuthorityError, SmtpServer, SmtpUrlError, TrustedAuthorities};
pub use spool::Spool;
