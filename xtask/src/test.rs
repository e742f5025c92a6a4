//! `cargo xtask test`: all tests, against a private PostgreSQL that is gone afterwards.
//!
//! What the tests find in their environment: `KEYHALL_TEST_DATABASE_URL` (a superuser's), `KEYHALL_BIN`.

mod snapshots;
mod totals;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use xshell::Shell;

use crate::cluster::PrivateCluster;
use crate::interrupt;
use crate::outcome::{Outcome, While as _};
use crate::test::snapshots::References;
use crate::test::totals::Totals;
use crate::workspace;

/// Runs the tests; `args` go to `cargo test`. A run of all of them also refuses snapshots that no test refers to.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Outcome {
    interrupt::watch()?;
    let keyhall = workspace::build_keyhall(shell)?;
    let cluster = PrivateCluster::start(shell)?;
    let references = References::in_folder(cluster.folder());
    let everything = !args.iter().any(|argument| argument == "-p" || argument.starts_with("--package"));
    let mut command = Command::new("cargo");
    command
        .args(["test", "--no-fail-fast"])
        .args(everything.then_some("--workspace"))
        .args(args)
        .current_dir(workspace::root())
        .env("KEYHALL_TEST_DATABASE_URL", cluster.connection_string())
        .env("KEYHALL_BIN", keyhall)
        .env(snapshots::REFERENCES_FILE, references.file());
    let (status, totals) = run_and_count(&mut command)?;
    let orphans = if args.is_empty() && status.success() { references.orphans(shell)? } else { Vec::new() };
    cluster.stop()?;
    println!("\n{totals}");
    interrupt::none_so_far()?;
    verdict(status, &orphans)
}

fn verdict(status: ExitStatus, orphans: &[PathBuf]) -> Outcome {
    for orphan in orphans {
        eprintln!("{}: no test refers to this snapshot; remove it with `git rm`", orphan.display());
    }
    match (status.success(), orphans.len()) {
        (true, 0) => Ok(()),
        (true, count) => Err(format!("{count} snapshots are not used").into()),
        (false, _) => Err("`cargo test` failed; what it wrote above says where".into()),
    }
}

/// Runs `command`, shows its output as it comes, and adds up the lines with which test runners close.
fn run_and_count(command: &mut Command) -> Outcome<(ExitStatus, Totals)> {
    let mut child = interrupt::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let totals = copy_and_count(&mut child);
    let status = child.wait();
    interrupt::ended();
    Ok((status?, totals?))
}

fn copy_and_count(child: &mut Child) -> Outcome<Totals> {
    let mut totals = Totals::default();
    let Some(stdout) = child.stdout.take() else { return Ok(totals) };
    let mut screen = std::io::stdout();
    let mut lines = BufReader::new(stdout);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).while_doing("the output of the tests")? > 0 {
        screen.write_all(&line)?;
        screen.flush()?;
        totals.add_line(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(totals)
}
