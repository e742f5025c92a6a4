//! The collection's variables for ids: a creation stores the new id, the paths below use it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::postman::document::Operation;

/// The variable for the path parameter `name` of `path`. A bare `id` takes the name of the segment before it:
/// `/v1/groups/{id}` is `groupId`. What lies two deep is named with its parent, since it may lie elsewhere too:
/// `…/environments/{environmentId}/grants/{grantId}` is `environmentGrantId`.
pub(super) fn of(path: &str, name: &str) -> String {
    let before = path.split(&format!("/{{{name}}}")).next().unwrap_or_default();
    let own = match before.rsplit('/').next() {
        Some(segment) if name == "id" => format!("{}Id", singular(segment)),
        _ => name.to_owned(),
    };
    let parents: Vec<&str> =
        before.split('{').skip(1).filter_map(|part| part.split_once("Id}")).map(|(name, _)| name).collect();
    match parents.as_slice() {
        [_, .., parent] => (*parent).to_owned() + &capitalised(&own),
        _ => own,
    }
}

/// For each creation (by operation id) the variable that takes the new id: it answers 201, and the document has a
/// path with one parameter more.
pub(super) fn creations(operations: &[Operation<'_>]) -> BTreeMap<String, String> {
    let paths: BTreeSet<&str> = operations.iter().map(|operation| operation.path).collect();
    let created = |operation: &Operation<'_>| {
        let child =
            paths.iter().find_map(|path| Some((*path, last_parameter(path.strip_prefix(operation.path)?)?)));
        let creates = operation.method == "post" && operation.success().contains(&201);
        child.filter(|_| creates).map(|(path, name)| (operation.id().to_owned(), of(path, name)))
    };
    operations.iter().filter_map(created).collect()
}

/// The variable that the removal of `path` makes useless.
pub(super) fn removed(operation: &Operation<'_>) -> Option<String> {
    let (_, segment) = operation.path.rsplit_once('/')?;
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    (operation.method == "delete").then(|| of(operation.path, name))
}

/// Puts variables in place of the ids that an example body names: a member called `projectId` becomes `{{projectId}}`.
pub(super) fn fill(body: &mut Value, known: &BTreeSet<String>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                if value.is_string() && known.contains(name) {
                    *value = Value::from(format!("{{{{{name}}}}}"));
                }
                fill(value, known);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, known)),
        _ => {}
    }
}

/// `projectId` of `/{projectId}`, and nothing of anything longer.
fn last_parameter(rest: &str) -> Option<&str> {
    rest.strip_prefix("/{")?.strip_suffix('}').filter(|name| !name.contains('/'))
}

/// `apiCredential` of `api-credentials`.
fn singular(segment: &str) -> String {
    let one = match segment.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => segment.trim_end_matches('s').to_owned(),
    };
    let mut words = one.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{creations, of};
    use crate::postman::fixture::document;

    #[test]
    fn a_bare_id_is_named_for_its_resource() {
        assert_eq!(of("/v1/projects/{projectId}", "projectId"), "projectId");
        assert_eq!(of("/v1/api-credentials/{id}/rotate", "id"), "apiCredentialId");
        assert_eq!(of("/v1/projects/{projectId}/repositories/{id}", "id"), "repositoryId");
        let deep = "/v1/projects/{projectId}/environments/{environmentId}/grants/{grantId}";
        assert_eq!(of(deep, "grantId"), "environmentGrantId");
        assert_eq!(of(deep, "environmentId"), "environmentId");
        assert_eq!(of("/v1/projects/{projectId}/grants/{grantId}", "grantId"), "grantId");
    }

    #[test]
    fn creations_are_known_by_the_paths_below_them() {
        let document = document();
        let found: Vec<(String, String)> = creations(&document.operations()).into_iter().collect();
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(found, [pair("createEnvironment", "environmentId"), pair("createProject", "projectId")]);
    }
}
