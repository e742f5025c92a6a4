//! `cargo xtask ci`: everything that a change must pass, in the order in which it fails soonest.

mod report;

use xshell::{Shell, cmd};

use crate::ci::report::Report;
use crate::database::{self, Command};
use crate::generated::Mode;
use crate::outcome::Outcome;
use crate::{openapi, postman, test, tidy, tools};

struct Step {
    name: &'static str,
    repair: &'static str,
    run: fn(&Shell) -> Outcome,
}

const STEPS: [Step; 11] = [
    Step { name: "fmt", repair: "cargo fmt --all", run: fmt },
    Step { name: "tidy", repair: "cargo xtask tidy", run: tidy::run },
    Step { name: "clippy", repair: "cargo clippy --workspace --all-targets --fix", run: clippy },
    Step { name: "doc", repair: "cargo doc --workspace --no-deps", run: doc },
    Step { name: "deny", repair: "cargo deny check bans licenses sources", run: deny },
    Step { name: "machete", repair: "cargo machete --fix", run: machete },
    Step { name: "test", repair: "cargo xtask test", run: tests },
    Step { name: "openapi", repair: "cargo xtask openapi", run: |shell| openapi::run(shell, Mode::Check) },
    Step { name: "postman", repair: "cargo xtask postman", run: |shell| postman::run(shell, Mode::Check) },
    Step { name: "db redo", repair: "cargo xtask db redo", run: redo },
    Step { name: "db schema", repair: "cargo xtask db schema", run: schema },
];

/// Runs all steps and stops at the first that fails.
pub(crate) fn run(shell: &Shell) -> Outcome {
    let mut report = Report::default();
    for step in &STEPS {
        println!("\n=== {} ===", step.name);
        let result = report.time(step.name, || (step.run)(shell));
        if let Err(error) = result {
            println!("\n{report}");
            return Err(
                format!("{}: {error}\nTo see it again or repair it: {}", step.name, step.repair).into()
            );
        }
    }
    println!("\n{report}");
    Ok(())
}

fn fmt(shell: &Shell) -> Outcome {
    Ok(cmd!(shell, "cargo fmt --all --check").run()?)
}

fn clippy(shell: &Shell) -> Outcome {
    Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
}

fn doc(shell: &Shell) -> Outcome {
    Ok(cmd!(shell, "cargo doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings").run()?)
}

fn tests(shell: &Shell) -> Outcome {
    // A snapshot that differs fails and is not rewritten.
    let _no_update = shell.push_env("INSTA_UPDATE", "no");
    test::run(shell, &[])
}

fn redo(shell: &Shell) -> Outcome {
    database::run(shell, Command::Redo)
}

fn schema(shell: &Shell) -> Outcome {
    database::run(shell, Command::Schema(crate::Check { check: true }))
}

fn deny(shell: &Shell) -> Outcome {
    let deny = tools::DENY.find(shell)?;
    Ok(cmd!(shell, "{deny} check bans licenses sources").run()?)
}

fn machete(shell: &Shell) -> Outcome {
    let machete = tools::MACHETE.find(shell)?;
    Ok(cmd!(shell, "{machete}").run()?)
}
