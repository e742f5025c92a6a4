//! Everything cryptographic in Keyhall, without I/O: the shapes of its secrets, their digests, passwords, and
//! the keys of a deployment.
//!
//! What goes in is text and bytes, what comes out is a type that says what it is. Deliberately absent: files,
//! environment, clock, database and threads; callers bring those. Also absent: wiping memory on drop, since
//! the same bytes have been through request buffers and the allocator, which no type here can reach.
//!
//! INVARIANT: no type that holds a secret implements `Serialize` or `Display`, its `Debug` prints
//! `[redacted]`, and no error carries text that was presented. `reveal` is the one way out of a secret; what
//! may be stored comes out of `as_bytes` and `as_phc`.

pub mod deployment_key;
pub mod digest;
pub mod master_key;
pub mod page_token;
pub mod password;
pub mod random;
pub mod secret;

mod derivation;
