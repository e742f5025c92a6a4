//! The first start: a new cluster with the database `keyhall`.
//!
//! It is made in a folder beside its place and moved there when it is complete, so that a crash in the middle
//! leaves nothing half-made that a later start could take for a cluster.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use tracing::{info, warn};

use crate::{FileError, Installation, endpoint::NAME, home::Home, owner::Owner};

/// What the folder of a cluster in the making starts with. The rest of its name is new each time: after a crash
/// an `initdb` of the earlier attempt may still be at work in the old one.
const UNFINISHED: &str = "new-";

/// A new cluster could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InitialiseError {
    /// A program of PostgreSQL's could not be run.
    #[error("cannot run `{program}`")]
    Run {
        /// The program.
        program: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A program of PostgreSQL's failed.
    #[error("`{program}` failed: {}", message.trim())]
    Failed {
        /// The program.
        program: &'static str,
        /// What it said.
        message: String,
    },
    /// A folder could not be made, moved or read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Makes the cluster, unless there is one.
pub(crate) fn ensure(home: &Home, installation: &Installation, owner: &Owner) -> Result<(), InitialiseError> {
    let data = home.data();
    if data.join("PG_VERSION").exists() {
        return Ok(());
    }
    sweep(&home.postgresql())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let new = home.postgresql().join(format!("{UNFINISHED}{}", now.as_nanos()));
    info!(data = %data.display(), version = %installation.version(), "making a new PostgreSQL cluster");
    make_cluster(&new, installation, owner)?;
    make_database(&new, installation, owner)?;
    fs::rename(&new, &data).map_err(FileError::at("move the new cluster to", &data))?;
    let folder = home.postgresql();
    File::open(&folder).and_then(|folder| folder.sync_all()).map_err(FileError::at("sync", &folder))?;
    Ok(())
}

/// Removes what earlier attempts left. What cannot be removed only takes up room.
fn sweep(folder: &Path) -> Result<(), FileError> {
    for entry in fs::read_dir(folder).map_err(FileError::at("read", folder))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            warn!(folder = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
    Ok(())
}

/// The locale is C: it is on every system, and no update of the system changes how it sorts.
fn make_cluster(data: &Path, installation: &Installation, owner: &Owner) -> Result<(), InitialiseError> {
    let mut initdb = owner.command(installation.program("initdb"));
    initdb.arg("--pgdata").arg(data).args(["--username", NAME, "--encoding", "UTF8", "--locale", "C"]);
    initdb.args(["--auth-local", "peer", "--auth-host", "reject", "--data-checksums", "--no-instructions"]);
    run("initdb", initdb, "")
}

/// `postgres --single` needs neither a client nor a running server.
fn make_database(data: &Path, installation: &Installation, owner: &Owner) -> Result<(), InitialiseError> {
    let mut postgres = owner.command(installation.program("postgres"));
    postgres.arg("--single").arg("-D").arg(data).args(["-c", "exit_on_error=on", "postgres"]);
    run("postgres", postgres, &format!("CREATE DATABASE {NAME};\n"))
}

fn run(program: &'static str, mut command: Command, input: &str) -> Result<(), InitialiseError> {
    let failed_to = |source| InitialiseError::Run { program, source };
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed_to)?;
    // A program that ends early closes its input; its exit status tells more than the broken pipe.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(failed_to)?;
    if output.status.success() {
        return Ok(());
    }
    Err(InitialiseError::Failed { program, message: String::from_utf8_lossy(&output.stderr).into_owned() })
}
