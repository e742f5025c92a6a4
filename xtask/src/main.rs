//! Keyhall's tasks: `cargo xtask <task>`.
//!
//! One module per task. They run the binary `keyhall` and do not link it, so that xtask itself compiles in seconds.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to a terminal")]

mod ci;
mod cluster;
mod database;
mod generated;
mod interrupt;
mod openapi;
mod outcome;
mod postman;
mod test;
mod tidy;
mod tools;
mod up;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xshell::Shell;

use crate::outcome::Outcome;

/// Keyhall's tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build Keyhall, run it with a PostgreSQL of its own and show how to call it
    Up,
    /// Run all tests against a private PostgreSQL
    Test {
        /// Passed on to `cargo test`, after `--`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run everything that a change must pass
    Ci,
    /// Write openapi/openapi.json from the handlers
    Openapi(Check),
    /// Derive the Postman collection and environment from openapi/openapi.json
    Postman(Check),
    /// Check the house rules that no compiler knows
    Tidy,
    /// Migrations and the generated schema
    #[command(subcommand)]
    Db(database::Command),
}

/// What every task that writes a generated file accepts.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// Write nothing; fail if the file would change
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    run(task).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn run(task: Task) -> Outcome<ExitCode> {
    let shell = Shell::new()?;
    shell.change_dir(workspace::root());
    let done = |()| ExitCode::SUCCESS;
    match task {
        Task::Up => up::run(&shell),
        Task::Test { args } => test::run(&shell, &args).map(done),
        Task::Ci => ci::run(&shell).map(done),
        Task::Openapi(mode) => openapi::run(&shell, mode.into()).map(done),
        Task::Postman(mode) => postman::run(&shell, mode.into()).map(done),
        Task::Tidy => tidy::run(&shell).map(done),
        Task::Db(command) => database::run(&shell, command).map(done),
    }
}
