//! The embedded PostgreSQL, tried on a real one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod crash;
mod first_start;
mod folders;
mod harness;
mod sharing;
mod start_stop;
mod users;
mod versions;
