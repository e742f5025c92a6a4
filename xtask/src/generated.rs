//! Files that are generated and checked in: written by a task, compared in CI.

use std::fs;
use std::path::Path;

use crate::Check;
use crate::outcome::{Outcome, While as _};
use crate::workspace;

/// Whether a task writes its files or only compares them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing and fail if anything differs.
    Check,
}

impl From<Check> for Mode {
    fn from(flag: Check) -> Self {
        if flag.check { Self::Check } else { Self::Write }
    }
}

/// Brings the file at `path` (from the workspace's root) in line with `content`, or fails naming the `repair`.
pub(crate) fn settle(path: &str, content: &str, mode: Mode, repair: &str) -> Outcome {
    let file = workspace::root().join(path);
    let present = fs::read_to_string(&file).unwrap_or_default();
    if present == content {
        println!("{path} is up to date");
        return Ok(());
    }
    match mode {
        Mode::Check => {
            let line = first_difference(&present, content);
            Err(format!(
                "{path} is not up to date (first difference in line {line}); repair it with `{repair}`"
            )
            .into())
        }
        Mode::Write => write(&file, content).while_doing(path).map(|()| println!("{path} written")),
    }
}

fn write(file: &Path, content: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, content)
}

fn first_difference(present: &str, wanted: &str) -> usize {
    let same = present.lines().zip(wanted.lines()).take_while(|(left, right)| left == right).count();
    same + 1
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_difference_is_a_line_number() {
        assert_eq!(first_difference("", "a\n"), 1);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), 2);
        assert_eq!(first_difference("a\n", "a\nb\n"), 2);
    }
}
