//! The sum over all test binaries: `cargo test` prints one closing line for each and no total.

use std::fmt;

/// How many tests passed and failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    passed: u64,
    failed: u64,
}

impl Totals {
    /// Adds a runner's closing line (`test result: ok. 3 passed; 0 failed; …`); any other line is nothing.
    pub(super) fn add_line(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result:") else { return };
        self.passed += count(result, "passed");
        self.failed += count(result, "failed");
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number before `word`.
fn count(result: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        result.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let found = words.windows(2).find_map(|pair| match pair {
        [number, name] if *name == word => number.parse().ok(),
        _ => None,
    });
    found.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn sums_all_closing_lines_and_nothing_else() {
        let mut totals = Totals::default();
        for line in [
            "running 4 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
            "test a ... ok",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.30s",
            "5 passed; 5 failed",
        ] {
            totals.add_line(line);
        }
        assert_eq!(totals.to_string(), "13 passed, 2 failed");
    }
}
