//! What is in force, and where each value came from.

use std::fmt::Write;

use config::{Map, Source, Value, ValueKind};

use super::Configuration;

/// The keys whose values are not shown.
pub(super) const SECRET_KEYS: &[(&str, &str)] =
    &[("database", "url"), ("mail", "smtp_url"), ("secrets", "master_key")];

impl Configuration {
    /// One line for each value: key, value, origin. Secrets are not shown.
    pub(crate) fn show(&self) -> String {
        let tables: Map<String, Value> = self.sources.collect().unwrap_or_default();
        let mut names: Vec<_> = tables.keys().cloned().collect();
        names.sort();
        let mut text = String::new();
        for name in names {
            let table =
                tables.get(&name).and_then(|value| value.clone().into_table().ok()).unwrap_or_default();
            let mut keys: Vec<_> = table.into_iter().collect();
            keys.sort_by(|one, other| one.0.cmp(&other.0));
            for (key, value) in keys {
                let origin = value.origin().unwrap_or("the defaults").to_owned();
                // Writing into a String cannot fail.
                let _ = writeln!(text, "{name}.{key} = {}  # {origin}", shown(&name, &key, value));
            }
        }
        text
    }
}

fn shown(table: &str, key: &str, value: Value) -> String {
    if SECRET_KEYS.contains(&(table, key)) {
        return "[redacted]".to_owned();
    }
    match value.kind {
        ValueKind::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}
