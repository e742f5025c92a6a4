//! A folder for one Keyhall, and what it is configured with.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use super::{Process, lives, wait_until};
use crate::database::Database;

/// Where `cargo xtask test` says that the program is.
const VARIABLE: &str = "KEYHALL_BIN";

/// The master key of all places with a database from outside.
const MASTER_KEY: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";

/// A folder with its own configuration. What PostgreSQL runs there at the end is killed.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it succeeded.
    pub success: bool,
    /// Its result.
    pub stdout: String,
    /// Its complaints.
    pub stderr: String,
}

impl Place {
    /// A place with a PostgreSQL of its own. Any user may pass through the folder, as through `/var/lib`.
    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
        let place = Self { folder, environment: Vec::new() };
        let data_dir = place.data_dir().display().to_string();
        place.with("embedded.data_dir", &data_dir).with("server.port", "0").with("log.format", "json")
    }

    /// A place with a database from outside.
    pub fn on(database: &Database) -> Self {
        Self::embedded().with("database.url", database.url()).with("secrets.master_key", MASTER_KEY)
    }

    /// The same with a value set in the environment; the last one counts.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        let name = format!("KEYHALL__{}", key.to_uppercase().replace('.', "__"));
        self.environment.push((name, value.to_owned()));
        self
    }

    /// The same without a value in the environment.
    pub fn without(mut self, key: &str) -> Self {
        let name = format!("KEYHALL__{}", key.to_uppercase().replace('.', "__"));
        self.environment.retain(|(known, _)| *known != name);
        self
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file there.
    pub fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("it is written");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("it is ours");
        path
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    /// The postmaster that runs there.
    pub fn postmaster(&self) -> Option<i32> {
        let file = self.data_dir().join("postgresql/data/postmaster.pid");
        let pid = fs::read_to_string(file).ok()?.lines().next()?.parse().ok()?;
        Some(pid).filter(|pid| lives(*pid))
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.spawn(arguments).wait_with_output().expect("it ends");
        Ended {
            success: output.status.success(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Starts a command and does not wait for it.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).spawn().expect("it starts")
    }

    /// Serves, with these arguments besides.
    pub fn serve(&self, arguments: &[&str]) -> Process {
        Process::serving(self.command(&[&["serve"], arguments].concat()).spawn().expect("it starts"))
    }

    /// Makes an account; the answer has `email` and `password`.
    pub fn bootstrap(&self) -> Value {
        let made =
            self.run(&["admin", "bootstrap", "--account", "Acme", "--email", "ada@example.com", "--json"]);
        assert!(made.success, "{}", made.stderr);
        serde_json::from_str(&made.stdout).expect("one JSON object")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(postmaster) = self.postmaster() {
            // It may have ended in this moment.
            let _ = kill(Pid::from_raw(postmaster), Signal::SIGQUIT);
            if !std::thread::panicking() {
                wait_until("PostgreSQL ends", || !lives(postmaster));
            }
        }
    }
}

impl Ended {
    /// What it complained of, without any of these; it must have failed.
    #[track_caller]
    pub fn complaint(&self, secrets: &[&str]) -> &str {
        assert!(!self.success, "it succeeded: {}", self.stdout);
        for secret in secrets {
            assert!(!self.stderr.contains(secret), "`{secret}` is repeated: {}", self.stderr);
        }
        &self.stderr
    }
}

fn program() -> PathBuf {
    let program =
        std::env::var_os(VARIABLE).expect("tests run by `cargo xtask test`, which builds the program");
    Path::new(&program).to_owned()
}
