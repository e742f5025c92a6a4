//! Which family of operating systems this is, and the command that installs PostgreSQL there.
//!
//! Deliberately absent: running that command. It needs rights that Keyhall should not have.

use std::{fmt, fs};

/// A family of operating systems whose package manager is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Debian, Ubuntu and what derives from them. Their package starts a cluster of the system's own unless
    /// `/etc/postgresql-common/createcluster.conf` says `create_main_cluster = false` before.
    Debian,
    /// Fedora, and Red Hat Enterprise Linux with its kin from version 10 on.
    RedHat,
    /// Red Hat Enterprise Linux 8 and 9 with their kin, where a supported version is a module.
    RedHatModules,
    /// Alpine Linux.
    Alpine,
    /// Arch Linux and what derives from it.
    Arch,
    /// macOS with Homebrew.
    MacOs,
}

/// A command that installs PostgreSQL. On all systems but macOS it has to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallCommand {
    /// The system it is for.
    pub system: System,
    /// The package manager.
    pub program: &'static str,
    /// Its arguments; with them it asks no questions.
    pub args: &'static [&'static str],
}

impl System {
    /// The system this process runs on, or `None` where its package manager is not known.
    #[must_use]
    pub fn detect() -> Option<Self> {
        if cfg!(target_os = "macos") {
            return Some(Self::MacOs);
        }
        // The order and the places are those of os-release(5).
        ["/etc/os-release", "/usr/lib/os-release"]
            .iter()
            .find_map(|path| fs::read_to_string(path).ok())
            .and_then(|text| Self::from_os_release(&text))
    }

    /// The command that installs PostgreSQL on this system.
    #[must_use]
    pub fn install_command(self) -> InstallCommand {
        let (program, args): (_, &[_]) = match self {
            Self::Debian => ("apt-get", &["install", "--yes", "postgresql"]),
            Self::RedHat => ("dnf", &["install", "--assumeyes", "postgresql-server"]),
            Self::RedHatModules => ("dnf", &["module", "install", "--assumeyes", "postgresql:16/server"]),
            Self::Alpine => ("apk", &["add", "postgresql"]),
            Self::Arch => ("pacman", &["--sync", "--noconfirm", "postgresql"]),
            Self::MacOs => ("brew", &["install", "postgresql@17"]),
        };
        InstallCommand { system: self, program, args }
    }

    fn from_os_release(text: &str) -> Option<Self> {
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .map(|value| value.trim_matches(['"', '\'']))
        };
        let modules = matches!(field("PLATFORM_ID"), Some("platform:el8" | "platform:el9"));
        let like = field("ID_LIKE").unwrap_or_default().split_whitespace();
        field("ID").into_iter().chain(like).find_map(|id| match id {
            "debian" | "ubuntu" => Some(Self::Debian),
            "fedora" | "rhel" | "centos" if modules => Some(Self::RedHatModules),
            "fedora" | "rhel" | "centos" => Some(Self::RedHat),
            "alpine" => Some(Self::Alpine),
            "arch" => Some(Self::Arch),
            _ => None,
        })
    }
}

impl fmt::Display for InstallCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.args.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::System;

    #[test]
    fn a_system_is_known_by_its_id_or_by_what_it_is_like() {
        let cases = [
            ("ID=debian\nVERSION_ID=\"12\"", Some(System::Debian)),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", Some(System::Debian)),
            ("ID=fedora\nPLATFORM_ID=\"platform:f42\"", Some(System::RedHat)),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nPLATFORM_ID=\"platform:el9\"",
                Some(System::RedHatModules),
            ),
            ("ID=\"rhel\"\nPLATFORM_ID=\"platform:el10\"", Some(System::RedHat)),
            ("ID=alpine", Some(System::Alpine)),
            ("ID=manjaro\nID_LIKE=arch", Some(System::Arch)),
            ("NAME=debian\nVARIANT_ID=debian", None),
        ];
        for (text, system) in cases {
            assert_eq!(System::from_os_release(text), system, "{text}");
        }
    }

    #[test]
    fn the_command_reads_as_one_would_type_it() {
        assert_eq!(System::Debian.install_command().to_string(), "apt-get install --yes postgresql");
        assert_eq!(
            System::RedHatModules.install_command().to_string(),
            "dnf module install --assumeyes postgresql:16/server"
        );
    }
}
