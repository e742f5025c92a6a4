//! Reading an OpenAPI document: its operations, tags and references. Knows nothing of Postman.

mod order;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::outcome::Outcome;

/// Creation before reading before change before removal: the order in which a run of all requests can pass.
const METHODS: [&str; 6] = ["post", "put", "get", "patch", "head", "delete"];

/// An OpenAPI 3.1 document.
pub(super) struct Document {
    root: Value,
    /// In the document's order.
    paths: Vec<String>,
}

/// One operation of a document.
pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    shared: &'a Value,
    value: &'a Value,
}

impl Document {
    /// Parses a document's text.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        Ok(Self { root: serde_json::from_str(text)?, paths: order::of_paths(text)? })
    }

    /// All operations, by path in the document's order, then in the order of [`METHODS`].
    pub(super) fn operations(&self) -> Vec<Operation<'_>> {
        let mut all = Vec::new();
        for path in &self.paths {
            let shared = self.part("paths").get(path).unwrap_or(&Value::Null);
            let found = METHODS.iter().filter_map(|method| Some((*method, shared.get(*method)?)));
            all.extend(found.map(|(method, value)| Operation { method, path, shared, value }));
        }
        all
    }

    /// The tags in the document's order, then those that only operations name.
    pub(super) fn tags(&self) -> Vec<String> {
        let declared = list(self.part("tags")).filter_map(|tag| tag["name"].as_str());
        let mut tags: Vec<String> = declared.map(str::to_owned).collect();
        for operation in self.operations() {
            if !tags.iter().any(|tag| tag == operation.tag()) {
                tags.push(operation.tag().to_owned());
            }
        }
        tags
    }

    /// A tag's description.
    pub(super) fn about(&self, tag: &str) -> &str {
        let found = list(self.part("tags")).find(|entry| entry["name"] == tag);
        found.and_then(|entry| entry["description"].as_str()).unwrap_or_default()
    }

    /// The document's own title and description.
    pub(super) fn info(&self) -> (&str, &str) {
        let text = |name: &str| self.part("info")[name].as_str().unwrap_or_default();
        (text("title"), text("description"))
    }

    /// The first server that the document names as an absolute URL.
    pub(super) fn server(&self) -> Option<&str> {
        list(self.part("servers"))
            .filter_map(|server| server["url"].as_str())
            .find(|url| url.starts_with("http"))
    }

    /// A member of the document; null if it is missing.
    fn part(&self, name: &str) -> &Value {
        self.root.get(name).unwrap_or(&Value::Null)
    }

    /// Follows `$ref`, if `value` is one, to its end; a reference that leads nowhere is null.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut at = value;
        let mut seen = BTreeSet::new();
        while let Some(pointer) = at["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            if !seen.insert(pointer) {
                return &Value::Null;
            }
            at = self.root.pointer(pointer).unwrap_or(&Value::Null);
        }
        at
    }
}

impl<'a> Operation<'a> {
    /// The `operationId`.
    pub(super) fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// The summary without a final dot, or the id.
    pub(super) fn summary(&self) -> &'a str {
        self.value["summary"].as_str().map_or(self.id(), |summary| summary.trim().trim_end_matches('.'))
    }

    /// The description.
    pub(super) fn description(&self) -> &'a str {
        self.value["description"].as_str().unwrap_or_default()
    }

    /// The first tag.
    pub(super) fn tag(&self) -> &'a str {
        list(&self.value["tags"]).find_map(Value::as_str).unwrap_or("Other")
    }

    /// Whether it is called without a credential.
    pub(super) fn public(&self, document: &Document) -> bool {
        let permission = self.value.get("x-permission");
        match (self.value.get("security"), permission.map(|permission| &permission["mode"])) {
            (Some(own), _) => !list(own).any(asks),
            (None, Some(mode)) => mode == "public",
            (None, None) => !list(document.part("security")).any(asks),
        }
    }

    /// The parameters that stand in `place` (`path`, `query` or `header`).
    pub(super) fn parameters(&self, document: &'a Document, place: &str) -> Vec<&'a Value> {
        let all = list(&self.shared["parameters"]).chain(list(&self.value["parameters"]));
        all.map(|parameter| document.resolve(parameter))
            .filter(|parameter| parameter["in"] == place)
            .collect()
    }

    /// The request body, resolved; null if there is none.
    pub(super) fn body(&self, document: &'a Document) -> &'a Value {
        document.resolve(&self.value["requestBody"])
    }

    /// The documented status codes of success, ascending.
    pub(super) fn success(&self) -> Vec<u16> {
        self.statuses().filter(|code| (200..300).contains(code)).collect()
    }

    /// Whether the status is one that the document promises.
    pub(super) fn promises(&self, status: u16) -> bool {
        self.statuses().any(|code| code == status)
    }

    fn statuses(&self) -> impl Iterator<Item = u16> {
        let codes = self.value["responses"].as_object().into_iter().flatten();
        codes.filter_map(|(code, _)| code.parse().ok())
    }
}

/// Whether a security requirement asks for a credential: an empty one is met by nobody in particular.
fn asks(requirement: &Value) -> bool {
    requirement.as_object().is_some_and(|schemes| !schemes.is_empty())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Operation;
    use crate::postman::fixture::document;

    #[test]
    fn operations_stand_in_a_runnable_order() {
        let document = document();
        let ids: Vec<&str> = document.operations().iter().map(Operation::id).collect();
        assert_eq!(
            ids,
            ["getLive", "createProject", "listProjects", "getProject", "deleteProject", "createEnvironment"]
                .into_iter()
                .chain(["deleteEnvironment", "createSession", "deleteCurrentSession"])
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn references_are_followed_and_never_for_ever() {
        let document = document();
        let name = document.resolve(&json!({"$ref": "#/components/schemas/Name"})).clone();
        assert_eq!(name["type"], "string");
        let circle = json!({"$ref": "#/components/schemas/Circle"});
        assert_eq!(document.resolve(&circle), &Value::Null);
    }

    #[test]
    fn public_operations_are_known_by_security_or_by_mode() {
        let document = document();
        let open: Vec<&str> =
            document.operations().iter().filter(|one| one.public(&document)).map(Operation::id).collect();
        assert_eq!(open, ["getLive", "createSession"]);
    }
}
