//! What Keyhall sends to others: mail, by SMTP or into a folder.
//!
//! Whoever has something to say makes a [`Letter`] and hands it to a [`Sender`]. Deliberately absent: the queue and its
//! attempts, which are storage's; and the secrets inside links, which are made there too and only pass through.

mod letter;
mod sender;
mod smtp;
mod spool;
mod words;

pub use letter::{FromAddress, FromAddressError, Letter, Link};
pub use sender::{SendError, Sender};
pub use smtp::{AuthorityError, SmtpServer, SmtpUrlError, TrustedAuthorities};
pub use spool::Spool;
