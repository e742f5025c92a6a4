//! What a task ends with. A failure is a sentence for the person at the terminal, so there is no enum to match on:
//! it says what is wrong and, where there is one, the command that repairs it.

use std::error::Error;

/// A task's result.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Adds to an error what was being done when it happened.
pub(crate) trait While<T> {
    /// Puts `doing` before the error's own words.
    fn while_doing(self, doing: &str) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, doing: &str) -> Outcome<T> {
        self.map_err(|error| format!("{doing}: {error}").into())
    }
}
