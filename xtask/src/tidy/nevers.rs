//! What must not be reached at all, directly or through others: I/O below the pure crates, `rsa` anywhere.

use xshell::{Shell, cmd};

use crate::outcome::{Outcome, While as _};
use crate::tidy::Finding;

/// The crates without I/O.
const PURE: [&str; 2] = ["keyhall-domain", "keyhall-credential"];
/// What they must not reach.
const IMPURE: [&str; 4] = ["diesel", "actix-web", "actix-rt", "tokio"];
/// What must not even stand in the lock file.
const BANNED: &str = "rsa";

/// Checks what is linked into the pure crates, and the lock file.
pub(super) fn check(shell: &Shell, lock: &str) -> Outcome<Vec<Finding>> {
    let mut findings = locked(lock);
    for package in PURE {
        // `cargo tree` for one package resolves the features of that package alone, as `cargo metadata` does not.
        let tree = cmd!(
            shell,
            "cargo tree --package {package} --all-features --edges normal,no-proc-macro --prefix none"
        )
        .quiet()
        .read()
        .while_doing("cargo tree")?;
        findings.extend(reached(package, &tree));
    }
    Ok(findings)
}

fn reached(package: &str, tree: &str) -> Vec<Finding> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let found = IMPURE.iter().filter(|name| names.contains(name));
    let repair =
        "it has to stay without I/O: see who brings it with `cargo tree -i` and drop that or its feature";
    found.map(|name| Finding::new(package, format!("reaches {name}"), repair)).collect()
}

fn locked(lock: &str) -> Vec<Finding> {
    let name = format!("name = \"{BANNED}\"");
    let found = lock.lines().filter(|line| line.trim() == name);
    let repair = "its signing leaks the key by timing; sign with aws-lc-rs and drop whoever brings it";
    found.map(|_| Finding::new("Cargo.lock", format!("holds the crate `{BANNED}`"), repair)).collect()
}

#[cfg(test)]
mod tests {
    use super::{locked, reached};

    #[test]
    fn io_below_the_domain_is_found() {
        let tree = "keyhall-domain v0.1.0 (crates/domain)\nserde v1.0.0\ntokio v1.47.0\ntokio-util v0.7.0";
        let found = reached("keyhall-domain", tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "reaches tokio");
    }

    #[test]
    fn the_banned_crate_is_found_by_its_whole_name() {
        assert_eq!(locked("[[package]]\nname = \"rsa\"\nversion = \"0.9.0\"").len(), 1);
        assert_eq!(locked("name = \"rsa-other\"\ndependencies = [\"rsa\"]").len(), 0);
    }
}
