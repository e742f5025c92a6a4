//! What is wrong with the configuration, in words that repeat no value: each may be a secret that stands in the wrong place.

use config::ConfigError;

/// The configuration is not valid.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidConfiguration(String);

impl From<ConfigError> for InvalidConfiguration {
    fn from(error: ConfigError) -> Self {
        Self(describe(&error))
    }
}

fn describe(error: &ConfigError) -> String {
    match error {
        ConfigError::Type { unexpected, expected, key, origin } => {
            placed(mismatch(&unexpected.to_string(), expected), key.as_deref(), origin.as_deref())
        }
        ConfigError::At { error, key, origin } => placed(describe(error), key.as_deref(), origin.as_deref()),
        ConfigError::FileParse { cause, uri } => {
            placed(without_source(&cause.to_string()), None, uri.as_deref())
        }
        ConfigError::Message(text) => without_value(text),
        other => other.to_string(),
    }
}

/// Serde's complaint about a value, without the value.
fn without_value(complaint: &str) -> String {
    let told = ["invalid type: ", "invalid value: "].iter().find_map(|start| complaint.strip_prefix(start));
    match told.and_then(|told| told.rsplit_once(", expected ")) {
        Some((unexpected, expected)) => mismatch(unexpected, expected),
        None => complaint.to_owned(),
    }
}

/// What was expected and what kind of value was found; the value itself stands in quotes behind its kind.
fn mismatch(unexpected: &str, expected: &str) -> String {
    let found = unexpected.split(['"', '`']).next().unwrap_or_default().trim_end();
    let expected = if expected.starts_with("struct ") { "a table" } else { expected };
    format!("expected {expected}, found a {found}")
}

/// A parser's complaint without the lines in which it shows the file.
fn without_source(complaint: &str) -> String {
    let is_gutter = |letter: char| letter == ' ' || letter.is_ascii_digit();
    let is_source = |line: &&str| line.trim_start_matches(is_gutter).starts_with('|');
    let lines = complaint.lines().filter(|line| !line.trim().is_empty() && !is_source(line));
    lines.collect::<Vec<_>>().join(": ")
}

fn placed(text: String, key: Option<&str>, origin: Option<&str>) -> String {
    let key = key.map(|key| format!(" for key `{key}`")).unwrap_or_default();
    let origin = origin.map(|origin| format!(" in {origin}")).unwrap_or_default();
    text + &key + &origin
}

#[cfg(test)]
mod tests {
    use config::{Config, File, FileFormat};

    use super::*;
    use crate::configuration::{Configuration, DEFAULTS};

    fn complaint(text: &str) -> String {
        let sources = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(File::from_str(text, FileFormat::Toml))
            .build();
        let configuration = sources.and_then(Config::try_deserialize::<Configuration>);
        InvalidConfiguration::from(configuration.unwrap_err()).to_string()
    }

    #[test]
    fn no_value_is_repeated() {
        for (text, expected) in [
            ("database = 'hunter2'", "expected a table, found a string for key `database`"),
            (
                "secrets.master_key = ['hunter2']",
                "expected a string, found a sequence for key `secrets.master_key`",
            ),
            ("server.port = 'hunter2'", "expected an integer, found a string for key `server.port`"),
            (
                "[secrets]\nmaster_key = \"hunter2",
                "TOML parse error at line 2, column 22: invalid basic string, expected `\"`",
            ),
            (
                "[secrets]\nmaster_key = hunter2",
                "TOML parse error at line 2, column 14: string values must be quoted, expected literal string",
            ),
            ("log.format = 'hunter2'", "expected `pretty` or `json` for key `log.format`"),
        ] {
            assert_eq!(complaint(text), expected);
        }
    }
}
