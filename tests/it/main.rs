//! End-to-end tests. One file for each entity under `routes`, and one for each thing that concerns all of them.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops at once and says where"
)]

mod audit;
mod frame;
mod mail;
mod openapi;
mod operator;
mod process;
mod races;
mod routes;
mod scale;
mod sql;
mod states;
mod two_tenants;
mod types_that_must_not_compile;
