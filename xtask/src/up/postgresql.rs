//! PostgreSQL on this machine: found, or installed where this process may.

use std::path::Path;

use keyhall_embedded::{InstallCommand, Installation, InstallationError, System};
use nix::unistd::geteuid;
use xshell::{Shell, cmd};

use crate::outcome::{Outcome, While as _};

/// Read by Debian's package when it is installed.
const CLUSTER_CONF: &str = "/etc/postgresql-common/createcluster.conf";
/// Keeps the package from starting a PostgreSQL of the system's own.
const NO_MAIN_CLUSTER: &str = "create_main_cluster = false";

/// Finds a PostgreSQL, or installs one, or says how.
pub(super) fn ensure(shell: &Shell) -> Outcome {
    let install = match Installation::find(None) {
        Ok(_) => return Ok(()),
        Err(InstallationError::Missing { install: Some(install) }) => install,
        Err(other) => return Err(other.into()),
    };
    if !may_run(install) {
        return Err(advice(install).into());
    }
    println!("Installing PostgreSQL …");
    run(shell, install).while_doing("PostgreSQL cannot be installed")?;
    Installation::find(None).map(|_| ()).while_doing("PostgreSQL was installed and is still not found")
}

/// Package managers want root, Homebrew wants anybody else.
fn may_run(install: InstallCommand) -> bool {
    geteuid().is_root() != (install.system == System::MacOs)
}

fn run(shell: &Shell, install: InstallCommand) -> Outcome {
    if install.system == System::Debian {
        keep_main_cluster_away(shell)?;
        cmd!(shell, "apt-get update").run()?;
        let install = cmd!(shell, "apt-get install --yes --no-install-recommends postgresql");
        return Ok(install.env("DEBIAN_FRONTEND", "noninteractive").run()?);
    }
    let InstallCommand { program, args, .. } = install;
    Ok(cmd!(shell, "{program} {args...}").run()?)
}

/// Leaves alone what an administrator has decided already.
fn keep_main_cluster_away(shell: &Shell) -> Outcome {
    let present =
        if Path::new(CLUSTER_CONF).exists() { shell.read_file(CLUSTER_CONF)? } else { String::new() };
    let decided = present.lines().any(|line| line.trim_start().starts_with("create_main_cluster"));
    if decided {
        Ok(())
    } else {
        Ok(shell.write_file(CLUSTER_CONF, format!("{present}{NO_MAIN_CLUSTER}\n"))?)
    }
}

fn advice(install: InstallCommand) -> String {
    let commands = match install.system {
        System::Debian => format!(
            "  sudo mkdir -p /etc/postgresql-common\n  \
             echo '{NO_MAIN_CLUSTER}' | sudo tee -a {CLUSTER_CONF}\n  \
             sudo apt-get update\n  \
             sudo apt-get install --yes --no-install-recommends postgresql"
        ),
        System::MacOs => format!("  {install}   (not as root)"),
        _ => format!("  sudo {install}"),
    };
    format!(
        "Keyhall runs a PostgreSQL of its own and found none installed. Install it, then run this again:\n\n{commands}\n"
    )
}
