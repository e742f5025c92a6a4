//! `cargo xtask db`: migrations and the schema that is generated from them, each on a fresh private cluster.

mod dated;
mod dump;

use std::path::PathBuf;

use clap::Subcommand;
use xshell::{Shell, cmd};

use crate::cluster::PrivateCluster;
use crate::generated::{self, Mode};
use crate::outcome::{Outcome, While as _};
use crate::{Check, interrupt, tools, workspace};

const MIGRATIONS: &str = "migrations";
const SCHEMA: &str = "crates/storage/src/schema.rs";
const CONFIG: &str = "crates/storage/diesel.toml";

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a dated migration folder with empty up.sql and down.sql
    New {
        /// What it is about, such as `projects`
        name: String,
    },
    /// Write crates/storage/src/schema.rs from the migrations
    Schema(Check),
    /// Prove that all migrations go up, down and up again to the same schema
    Redo,
}

/// Does it.
pub(crate) fn run(shell: &Shell, command: Command) -> Outcome {
    match command {
        Command::New { name } => new(shell, &name),
        Command::Schema(mode) => schema(shell, mode.into()),
        Command::Redo => redo(shell),
    }
}

fn new(shell: &Shell, name: &str) -> Outcome {
    if name.is_empty()
        || !name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    {
        return Err(format!("`{name}` is no name for a migration; use lower case and underscores").into());
    }
    let folder = format!("{MIGRATIONS}/{}_{name}", dated::now()?);
    for file in ["up.sql", "down.sql"] {
        shell.write_file(format!("{folder}/{file}"), "")?;
    }
    println!(
        "{folder} made; write up.sql and down.sql, then run `cargo xtask db schema` and `cargo xtask db redo`"
    );
    Ok(())
}

/// Runs the migrations by Diesel's own tool, so that it works while the product does not compile, as after a new
/// migration.
fn schema(shell: &Shell, mode: Mode) -> Outcome {
    let fresh = Fresh::start(shell)?;
    fresh.migrate(shell, &["run"]).while_doing("an up.sql fails; repair it")?;
    let Fresh { diesel, url, .. } = &fresh;
    let printed = cmd!(shell, "{diesel} print-schema --config-file {CONFIG} --database-url {url}")
        .quiet()
        .read()
        .while_doing("the schema cannot be read")?;
    let formatted = cmd!(shell, "rustfmt --edition 2024 --emit stdout").stdin(printed).quiet().read()?;
    fresh.cluster.stop()?;
    generated::settle(SCHEMA, &(formatted + "\n"), mode, "cargo xtask db schema")
}

/// Up by the product's own command, down and up again by Diesel's: so the migrations that are compiled in are proven
/// to be those of the folder.
fn redo(shell: &Shell) -> Outcome {
    let keyhall = workspace::build_keyhall(shell)?;
    let fresh = Fresh::start(shell)?;
    cmd!(shell, "{keyhall} migrate")
        .env("KEYHALL__DATABASE__URL", fresh.cluster.connection_string())
        .quiet()
        .run()
        .while_doing("`keyhall migrate` fails on an empty database")?;
    let before = dump::of(shell, &fresh.cluster)?;
    fresh.migrate(shell, &["revert", "--all"]).while_doing("a down.sql fails; repair it")?;
    let empty = dump::of(shell, &fresh.cluster)?;
    fresh.migrate(shell, &["run"]).while_doing("an up.sql fails the second time; repair its down.sql")?;
    let after = dump::of(shell, &fresh.cluster)?;
    fresh.cluster.stop()?;
    dump::compare(&before, &empty, &after)?;
    println!("all migrations go up, down and up again to the same schema");
    Ok(())
}

/// An empty database and the tool that migrates it.
struct Fresh {
    cluster: PrivateCluster,
    diesel: PathBuf,
    url: String,
}

impl Fresh {
    fn start(shell: &Shell) -> Outcome<Self> {
        interrupt::watch()?;
        let diesel = tools::DIESEL.find(shell)?;
        let cluster = PrivateCluster::start(shell)?;
        let url = diesel_url(&cluster.connection_string());
        Ok(Self { cluster, diesel, url })
    }

    fn migrate(&self, shell: &Shell, words: &[&str]) -> xshell::Result<()> {
        let Self { diesel, url, .. } = self;
        cmd!(shell, "{diesel} migration {words...} --migration-dir {MIGRATIONS} --database-url {url}")
            .quiet()
            .run()
    }
}

/// The connection string as a URL, because Diesel's command line takes nothing else.
fn diesel_url(connection_string: &str) -> String {
    let words = connection_string.split_whitespace().filter(|word| !word.starts_with("dbname="));
    format!("postgres:///keyhall?{}", words.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::diesel_url;

    #[test]
    fn a_connection_string_becomes_a_url() {
        let url = diesel_url("host=/tmp/a-b/socket port=5432 user=keyhall dbname='keyhall'");
        assert_eq!(url, "postgres:///keyhall?host=/tmp/a-b/socket&port=5432&user=keyhall");
    }
}
