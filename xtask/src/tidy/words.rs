//! Words that mean that something was left undone or silenced. They stand here in pieces, so that this file passes.

use std::path::Path;

use crate::tidy::Finding;

/// Marks of unfinished work, found as whole words.
const MARKS: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("HA", "CK")];
/// Attributes that silence the compiler or a test, found anywhere in a line of Rust.
const ATTRIBUTES: [&str; 3] = [concat!("#[al", "low("), concat!("#![al", "low("), concat!("#[ig", "nore")];
/// Written by tools, full of digests.
const UNREAD: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// Finds them, each with its line.
pub(super) fn check(file: &Path, text: &str) -> Vec<Finding> {
    if UNREAD.iter().any(|name| file.ends_with(name)) {
        return Vec::new();
    }
    let rust = file.extension().is_some_and(|extension| extension == "rs");
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = || format!("{}:{}", file.display(), index + 1);
        if let Some(mark) = MARKS.iter().find(|mark| has_word(line, mark)) {
            findings.push(Finding::new(
                at(),
                format!("`{mark}`"),
                "do it now, or write an issue and remove the mark",
            ));
        }
        if let Some(attribute) = ATTRIBUTES.iter().find(|attribute| rust && line.contains(*attribute)) {
            let repair =
                "repair the cause, or use `#[expect(…, reason = \"…\")]`; a test either runs or goes";
            findings.push(Finding::new(at(), format!("`{attribute}`"), repair));
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ATTRIBUTES, MARKS, check};

    #[test]
    fn marks_are_found_as_whole_words_with_their_line() {
        let mark = MARKS[0];
        let text = format!("fine\n// {mark}: later\n{mark}S and A{mark} are fine");
        let found = check(Path::new("notes.md"), &text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at, "notes.md:2");
        assert!(check(Path::new("Cargo.lock"), mark).is_empty());
    }

    #[test]
    fn attributes_are_found_in_rust_alone() {
        for attribute in ATTRIBUTES {
            assert_eq!(check(Path::new("a.rs"), &format!("  {attribute}dead_code)]")).len(), 1);
            assert!(check(Path::new("a.md"), attribute).is_empty());
        }
    }
}
