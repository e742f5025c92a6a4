//! Migration folders: dated, and with a way back.

use std::fs;
use std::path::Path;

use crate::outcome::Outcome;
use crate::tidy::Finding;

/// Checks each folder below `migrations`.
pub(super) fn check(migrations: &Path) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    let Ok(entries) = fs::read_dir(migrations) else { return Ok(findings) };
    for entry in entries {
        let folder = entry?.path();
        if folder.is_dir() {
            findings.extend(folder_findings(&folder));
        }
    }
    findings.sort_by(|left, right| left.at.cmp(&right.at));
    Ok(findings)
}

fn folder_findings(folder: &Path) -> Vec<Finding> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let at = format!("migrations/{name}");
    let mut findings = Vec::new();
    if !dated(&name) {
        let repair = "name it YYYY-MM-DD-HHMMSS-0000_words, as `cargo xtask db new` does";
        findings.push(Finding::new(&at, "the folder's name is not dated", repair));
    }
    for file in ["up.sql", "down.sql"] {
        if fs::read_to_string(folder.join(file)).unwrap_or_default().trim().is_empty() {
            let repair = "write it: each migration goes up and down again";
            findings.push(Finding::new(&at, format!("{file} is missing or empty"), repair));
        }
    }
    findings
}

/// Whether `name` begins as `2026-01-31-235959-0000_` does and goes on in lower case.
fn dated(name: &str) -> bool {
    let Some((date, words)) = name.split_once('_') else { return false };
    let shape: String =
        date.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect();
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    shape == "9999-99-99-999999-9999" && !words.is_empty() && words.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::dated;

    #[test]
    fn folders_are_dated() {
        assert!(dated("2026-01-31-235959-0000_projects"));
        assert!(!dated("2026-01-31_projects"));
        assert!(!dated("2026-01-31-235959-0000_"));
        assert!(!dated("2026-01-31-235959-0000_Projects"));
        assert!(!dated("projects"));
    }
}
