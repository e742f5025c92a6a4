//! The harness of the end-to-end tests: a deployment for each test, and people who use it.
//!
//! `cargo xtask test` starts PostgreSQL and says where it is. One migrated database is the template that every test clones;
//! every test has its own server on its own port with its own clock. Nothing is shared, nothing is mocked.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on stops at once and says where"
)]

mod actors;
mod answer;
mod database;
mod deployment;
mod git_server;
mod mail;
mod postgresql;
mod process;
mod smtp;
mod wire;

pub use actors::{Account, Person, accept, accept_link};
pub use answer::Answer;
pub use database::{Database, connect};
pub use deployment::{Deployment, Options};
pub use git_server::{CANARY, GitMood, GitRequest, GitServer, READER, UNKNOWN, WRITER};
pub use mail::ReceivedMail;
pub use postgresql::{PostgreSql, Shutdown};
pub use process::{Ended, Place, Process, lives, wait_until};
pub use smtp::{Arrival, Mood, Protection, SmtpServer};
pub use wire::Wire;
