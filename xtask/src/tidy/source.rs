//! Source files: how long they are and what they are called.

use std::path::{Path, PathBuf};

use crate::tidy::Finding;

/// Lines above which a file is worth a second look, and above which it is refused.
const LONG: usize = 300;
const TOO_LONG: usize = 500;
/// Written by a tool, so nobody reads it from top to bottom.
const GENERATED: &str = "crates/storage/src/schema.rs";
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 5] = ["mod", "utils", "common", "helpers", "prelude"];

/// Refuses files and modules whose names say nothing.
pub(super) fn names(files: &[PathBuf]) -> Vec<Finding> {
    let repair = "name it for what it holds (and `foo.rs` beside `foo/`)";
    let empty =
        |file: &&PathBuf| is_rust(file) && parts(file).any(|part| EMPTY_NAMES.contains(&part.as_str()));
    files
        .iter()
        .filter(empty)
        .map(|file| Finding::new(shown(file), "the name says nothing", repair))
        .collect()
}

/// Refuses files that are too long, and mentions those that are long.
pub(super) fn size(file: &Path, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    if !is_rust(file) || file == Path::new(GENERATED) || lines <= LONG {
        return None;
    }
    if lines <= TOO_LONG {
        println!("note: {} has {lines} lines: does it have two subjects?", shown(file));
        return None;
    }
    Some(Finding::new(
        shown(file),
        format!("{lines} lines, and {TOO_LONG} are the limit"),
        "split it by subject",
    ))
}

fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// The names in a path, the last without its extension.
fn parts(file: &Path) -> impl Iterator<Item = String> {
    file.with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .into_iter()
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{names, size};

    #[test]
    fn names_that_say_nothing_are_refused() {
        let files: Vec<PathBuf> =
            ["src/mod.rs", "src/utils/hash.rs", "src/common.rs", "src/model.rs", "tests/common.json"]
                .map(Into::into)
                .into();
        let found: Vec<String> = names(&files).into_iter().map(|finding| finding.at).collect();
        assert_eq!(found, ["src/mod.rs", "src/utils/hash.rs", "src/common.rs"]);
    }

    #[test]
    fn long_files_are_refused_unless_generated() {
        assert!(size(Path::new("a.rs"), &"x\n".repeat(500)).is_none());
        assert!(size(Path::new("a.rs"), &"x\n".repeat(501)).is_some());
        assert!(size(Path::new("a.md"), &"x\n".repeat(501)).is_none());
        assert!(size(Path::new("crates/storage/src/schema.rs"), &"x\n".repeat(501)).is_none());
    }
}
