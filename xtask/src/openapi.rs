//! `cargo xtask openapi`: the document that the binary prints, checked in as openapi/openapi.json.

mod pretty;

use serde_json::Value;
use xshell::{Shell, cmd};

use crate::generated::{self, Mode};
use crate::outcome::{Outcome, While as _};
use crate::workspace;

/// Where the document is checked in.
pub(crate) const DOCUMENT: &str = "openapi/openapi.json";

/// Writes or compares the document.
pub(crate) fn run(shell: &Shell, mode: Mode) -> Outcome {
    let keyhall = workspace::build_keyhall(shell)?;
    let printed = cmd!(shell, "{keyhall} openapi").quiet().read().while_doing("`keyhall openapi`")?;
    let document: Value = serde_json::from_str(&printed).while_doing("`keyhall openapi` printed no JSON")?;
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or("none");
    if !version.starts_with("3.1.") {
        return Err(
            format!("`keyhall openapi` printed a document of OpenAPI version {version}, not 3.1").into()
        );
    }
    generated::settle(DOCUMENT, &pretty::indented(&printed), mode, "cargo xtask openapi")
}
