//! The collection: which request stands where.
//!
//! A run of the whole must be able to pass, so: signing in comes first; a folder creates before it reads; removals
//! close their folder in reverse, and one that would take away what a later folder needs comes behind all folders;
//! signing out is last.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::outcome::Outcome;
use crate::postman::document::{Document, Operation};
use crate::postman::{environment, handover, item, variable};

/// Fixed, so that a second import replaces the first.
const ID: &str = "6b657968-616c-8c00-8000-636f6c6c6563";
const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const SIGN_IN: &str = "createSession";
const SIGN_OUT: &str = "deleteCurrentSession";

struct Folder {
    tag: String,
    items: Vec<Value>,
    /// Removals, first created last, with the variable that each makes useless.
    removals: Vec<(Option<String>, Value)>,
}

/// The collection's file.
pub(super) fn of(document: &Document) -> Outcome<Value> {
    let operations = document.operations();
    let known: BTreeSet<String> = variable::creations(&operations).into_values().collect();
    let (title, description) = document.info();
    Ok(json!({
        "info": {"_postman_id": ID, "name": title, "description": description, "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{accessToken}}", "type": "string"}]},
        "variable": variables(document, &operations, &known),
        "item": items(document, &operations, &known)?,
    }))
}

fn variables(document: &Document, operations: &[Operation<'_>], known: &BTreeSet<String>) -> Vec<Value> {
    let mut ids = known.clone();
    for operation in operations {
        let parameters = operation.parameters(document, "path");
        let names = parameters.iter().filter_map(|parameter| parameter["name"].as_str());
        ids.extend(names.map(|name| variable::of(operation.path, name)));
        ids.extend(handover::variable_from(operation.id()).map(str::to_owned));
    }
    let set = environment::variables(document)
        .into_iter()
        .map(|(key, value, _)| json!({"key": key, "value": value}));
    set.chain(ids.iter().map(|key| json!({"key": key, "value": ""}))).collect()
}

fn items(document: &Document, operations: &[Operation<'_>], known: &BTreeSet<String>) -> Outcome<Vec<Value>> {
    let named = |id: &str| operations.iter().find(|operation| operation.id() == id);
    let mut folders = folders(document, operations, known)?;
    let late = take_late_removals(&mut folders);
    let mut items: Vec<Value> =
        named(SIGN_IN).map(|operation| item::sign_in(document, operation)).into_iter().collect();
    items.extend(folders.into_iter().filter_map(|folder| folder.item(document)));
    items.extend(late);
    if let Some(operation) = named(SIGN_OUT) {
        items.push(item::of(document, operation, known, None)?);
    }
    Ok(items)
}

fn folders(
    document: &Document,
    operations: &[Operation<'_>],
    known: &BTreeSet<String>,
) -> Outcome<Vec<Folder>> {
    let creations = variable::creations(operations);
    let mut folders = Vec::new();
    for tag in document.tags() {
        let mut folder = Folder { tag, items: Vec::new(), removals: Vec::new() };
        let own = |operation: &&Operation<'_>| {
            operation.tag() == folder.tag && !matches!(operation.id(), SIGN_IN | SIGN_OUT)
        };
        for operation in operations.iter().filter(own) {
            let made = item::of(document, operation, known, creations.get(operation.id()))?;
            match operation.method {
                "delete" => folder.removals.insert(0, (variable::removed(operation), made)),
                _ => folder.items.push(made),
            }
        }
        folders.push(folder);
    }
    Ok(folders)
}

/// Takes out of the folders the removals of what a later folder uses, the last folder's first.
fn take_late_removals(folders: &mut [Folder]) -> Vec<Value> {
    let mut used_later = String::new();
    let mut late = Vec::new();
    for folder in folders.iter_mut().rev() {
        let needed = |variable: &Option<String>| {
            variable.as_ref().is_some_and(|name| used_later.contains(&format!("{{{{{name}}}}}")))
        };
        let (out, kept) =
            std::mem::take(&mut folder.removals).into_iter().partition(|(variable, _)| needed(variable));
        folder.removals = kept;
        used_later.extend(folder.requests().map(Value::to_string));
        late.extend::<Vec<_>>(out);
    }
    late.into_iter().map(|(_, item)| item).collect()
}

impl Folder {
    fn requests(&self) -> impl Iterator<Item = &Value> {
        self.items.iter().chain(self.removals.iter().map(|(_, item)| item))
    }

    /// The folder's item; none if nothing is in it.
    fn item(self, document: &Document) -> Option<Value> {
        let requests: Vec<Value> = self.requests().cloned().collect();
        let about = document.about(&self.tag);
        (!requests.is_empty()).then(|| json!({"name": self.tag, "description": about, "item": requests}))
    }
}
