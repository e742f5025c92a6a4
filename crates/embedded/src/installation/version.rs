//! PostgreSQL's version numbers, and which of them Keyhall supports.

use std::{fmt, ops::RangeInclusive};

/// The major versions that Keyhall supports and is tested with.
pub(super) const SUPPORTED: RangeInclusive<u16> = 14..=18;

/// A version of PostgreSQL, such as 17.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u16,
    minor: u16,
}

impl Version {
    /// The major version: data folders of different ones are not compatible.
    #[must_use]
    pub fn major(self) -> u16 {
        self.major
    }

    pub(super) fn is_supported(self) -> bool {
        SUPPORTED.contains(&self.major)
    }

    /// Reads what `postgres --version` prints: `postgres (PostgreSQL) 17.4 (Debian 17.4-1)`, `… 18beta1`.
    pub(super) fn from_output(output: &str) -> Option<Self> {
        let number = output.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
        let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
        Some(Self { major: leading_number(major)?, minor: leading_number(minor)? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

fn leading_number(text: &str) -> Option<u16> {
    let end = text.find(|symbol: char| !symbol.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_version_is_read_from_what_postgres_prints() {
        let cases = [
            ("postgres (PostgreSQL) 15.10 (Debian 15.10-0+deb12u1)\n", Some((15, 10))),
            ("postgres (PostgreSQL) 17.4\n", Some((17, 4))),
            ("postgres (PostgreSQL) 18beta1\n", Some((18, 0))),
            ("postgres (PostgreSQL) 9.6.24\n", Some((9, 6))),
            ("postgres (PostgreSQL) devel\n", None),
            ("psql 15.10\n", None),
        ];
        for (output, expected) in cases {
            let version = Version::from_output(output).map(|version| (version.major, version.minor));
            assert_eq!(version, expected, "{output}");
        }
    }
}
