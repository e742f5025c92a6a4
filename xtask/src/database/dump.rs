//! A schema as pg_dump writes it: everything that is in a database and not data, comparable as text.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::cluster::PrivateCluster;
use crate::outcome::{Outcome, While as _};

/// The schema without Diesel's own table.
pub(super) fn of(shell: &Shell, cluster: &PrivateCluster) -> Outcome<String> {
    let near = cluster.installation().program("pg_dump");
    let pg_dump = if near.is_file() { near } else { PathBuf::from("pg_dump") };
    let database = cluster.connection_string();
    let dump =
        cmd!(shell, "{pg_dump} --schema-only --exclude-table=__diesel_schema_migrations --dbname {database}")
            .quiet()
            .read()
            .while_doing("pg_dump belongs to PostgreSQL's client programs")?;
    Ok(dump.lines().filter(|line| !is_noise(line)).collect::<Vec<_>>().join("\n"))
}

/// Fails unless nothing is left when all migrations are down, and all is as `before` when they are up again.
pub(super) fn compare(before: &str, empty: &str, after: &str) -> Outcome {
    let left = objects(empty);
    if !left.is_empty() {
        return Err(
            format!("all migrations are down and a down.sql forgot this:\n{}", left.join("\n")).into()
        );
    }
    match first_difference(before, after) {
        None => Ok(()),
        Some(line) => {
            Err(format!("down and up again leads to another schema, first in this line:\n{line}").into())
        }
    }
}

/// What a dump creates.
fn objects(dump: &str) -> Vec<&str> {
    dump.lines().filter(|line| line.starts_with("CREATE ")).collect()
}

/// The first line in which two dumps differ.
fn first_difference<'a>(before: &'a str, after: &'a str) -> Option<&'a str> {
    let differing =
        before.lines().zip(after.lines()).find(|(left, right)| left != right).map(|(left, _)| left);
    let longer = |left: &'a str, right: &str| left.lines().nth(right.lines().count());
    differing.or_else(|| longer(before, after)).or_else(|| longer(after, before))
}

/// Comments, empty lines, and the random key that newer versions put around a dump.
fn is_noise(line: &str) -> bool {
    line.is_empty()
        || line.starts_with("--")
        || line.starts_with("\\restrict")
        || line.starts_with("\\unrestrict")
}

#[cfg(test)]
mod tests {
    use super::{compare, first_difference, objects};

    #[test]
    fn dumps_are_compared_line_by_line() {
        assert_eq!(first_difference("a\nb", "a\nb"), None);
        assert_eq!(first_difference("a\nb", "a\nc"), Some("b"));
        assert_eq!(first_difference("a", "a\nc"), Some("c"));
        assert_eq!(first_difference("a\nb", "a"), Some("b"));
    }

    #[test]
    fn a_schema_must_vanish_and_come_back() {
        assert!(compare("CREATE TABLE a", "", "CREATE TABLE a").is_ok());
        assert!(compare("CREATE TABLE a", "CREATE TYPE b", "CREATE TABLE a").is_err());
        assert!(compare("CREATE TABLE a", "", "CREATE TABLE b").is_err());
    }

    #[test]
    fn what_a_dump_creates_is_listed() {
        assert_eq!(
            objects("SET x = 1;\nCREATE TABLE public.a (\n    id text\n);"),
            ["CREATE TABLE public.a ("]
        );
    }
}
