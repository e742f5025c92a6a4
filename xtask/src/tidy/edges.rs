//! The internal edges between crates: only those of the table in ARCHITECTURE.md.

use cargo_metadata::{DependencyKind, Package};

use crate::tidy::Finding;

/// Who may depend on whom inside the workspace. Development dependencies are free.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("keyhall-domain", &[]),
    ("keyhall-credential", &["keyhall-domain"]),
    ("keyhall-storage", &["keyhall-domain", "keyhall-credential"]),
    ("keyhall-outbound", &["keyhall-domain"]),
    ("keyhall-embedded", &[]),
    ("keyhall-api", &["keyhall-domain", "keyhall-credential", "keyhall-storage", "keyhall-outbound"]),
    ("keyhall", PRODUCT),
    ("xtask", &["keyhall-embedded"]),
    ("keyhall-bench", EVERYTHING),
    ("keyhall-tests", EVERYTHING),
];

const PRODUCT: &[&str] = &[
    "keyhall-domain",
    "keyhall-credential",
    "keyhall-api",
    "keyhall-storage",
    "keyhall-embedded",
    "keyhall-outbound",
];

const EVERYTHING: &[&str] = &[
    "keyhall-domain",
    "keyhall-credential",
    "keyhall-api",
    "keyhall-storage",
    "keyhall-embedded",
    "keyhall-outbound",
    "keyhall",
];

/// Crates outside the workspace that a crate must not name, by the beginning of their names.
const REFUSED: [(&str, &str); 1] = [("keyhall-api", "diesel")];

/// Checks the dependencies that the members' manifests name.
pub(super) fn check(members: &[Package]) -> Vec<Finding> {
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let mut findings = Vec::new();
    for member in members {
        let from = member.name.as_str();
        if allowed(from).is_none() {
            let repair = "add it to the table in ARCHITECTURE.md and in xtask/src/tidy/edges.rs";
            findings.push(Finding::new(from, "the crate is not in the table of crates", repair));
        }
        for dependency in &member.dependencies {
            let to = dependency.name.as_str();
            let free = dependency.kind == DependencyKind::Development;
            if to == "xtask" {
                findings.push(Finding::new(
                    from,
                    "depends on xtask",
                    "nothing may: move what it needs to a crate",
                ));
            } else if !free && names.contains(&to) && !allowed(from).unwrap_or_default().contains(&to) {
                findings.push(edge(from, to));
            } else if !free && REFUSED.iter().any(|(who, what)| *who == from && to.starts_with(what)) {
                let what = format!("depends on {to}, and the API has no database");
                findings.push(Finding::new(from, what, "give keyhall-storage a method for the use case"));
            }
        }
    }
    findings
}

fn edge(from: &str, to: &str) -> Finding {
    let what = format!("depends on {to}, an edge that is not in the table");
    Finding::new(
        from,
        what,
        "remove it, or weigh it in a commit that changes ARCHITECTURE.md and tidy/edges.rs",
    )
}

fn allowed(from: &str) -> Option<&'static [&'static str]> {
    ALLOWED.iter().find(|(name, _)| *name == from).map(|(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use cargo_metadata::Package;
    use serde_json::{Value, json};

    use super::check;

    fn member(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies: Vec<Value> = dependencies
            .iter()
            .map(|(name, kind)| {
                json!({"name": name, "req": "*", "kind": kind, "optional": false,
                    "uses_default_features": true, "features": []})
            })
            .collect();
        let package = json!({"name": name, "version": "0.1.0", "id": name, "dependencies": dependencies,
            "targets": [], "features": {}, "manifest_path": "Cargo.toml"});
        serde_json::from_value(package).unwrap()
    }

    fn found(members: &[Package]) -> Vec<String> {
        check(members).into_iter().map(|finding| format!("{}: {}", finding.at, finding.what)).collect()
    }

    #[test]
    fn the_table_is_quiet() {
        let domain = member("keyhall-domain", &[("keyhall-tests", Some("dev")), ("serde", None)]);
        let credential = member("keyhall-credential", &[("keyhall-domain", None)]);
        assert_eq!(
            found(&[domain, credential, member("keyhall-tests", &[("keyhall-domain", None)])]),
            [""; 0]
        );
    }

    #[test]
    fn other_edges_and_strangers_are_found() {
        let domain = member("keyhall-domain", &[("keyhall-credential", None)]);
        let credential = member("keyhall-credential", &[("xtask", Some("dev"))]);
        let api = member("keyhall-api", &[("diesel", None)]);
        let stranger = member("keyhall-extra", &[]);
        assert_eq!(
            found(&[domain, credential, api, stranger]),
            [
                "keyhall-domain: depends on keyhall-credential, an edge that is not in the table",
                "keyhall-credential: depends on xtask",
                "keyhall-api: depends on diesel, and the API has no database",
                "keyhall-extra: the crate is not in the table of crates",
            ]
        );
    }
}
