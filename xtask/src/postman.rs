//! `cargo xtask postman`: the Postman collection and environment (v2.1), derived from openapi/openapi.json.
//!
//! Stable byte for byte: no random ids, no times, members in alphabetical order.

mod collection;
mod document;
mod environment;
mod example;
mod handover;
mod item;
mod refusal;
mod script;
mod variable;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use serde_json::Value;
use xshell::Shell;

use crate::generated::{self, Mode};
use crate::openapi::DOCUMENT;
use crate::outcome::{Outcome, While as _};
use crate::postman::document::Document;

const COLLECTION: &str = "openapi/keyhall.postman_collection.json";
const ENVIRONMENT: &str = "openapi/keyhall.postman_environment.json";
const REPAIR: &str = "cargo xtask postman";

/// Writes or compares both files.
pub(crate) fn run(shell: &Shell, mode: Mode) -> Outcome {
    let text = shell.read_file(DOCUMENT).while_doing("write it first, with `cargo xtask openapi`")?;
    let document = Document::parse(&text).while_doing(DOCUMENT)?;
    generated::settle(COLLECTION, &lines(&collection::of(&document)?)?, mode, REPAIR)?;
    generated::settle(ENVIRONMENT, &lines(&environment::of(&document))?, mode, REPAIR)
}

fn lines(value: &Value) -> Outcome<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
