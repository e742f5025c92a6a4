//! The decision, tested three ways: a matrix that a person reads, an oracle that knows the model in plain words, and
//! properties that must hold for every bearer.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops at once")]

mod bearers;
mod hand_out;
mod matrix;
mod oracle;
mod properties;
mod rank;
mod super_admins;
