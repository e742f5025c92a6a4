//! The derivation as a whole, on the fixture.

use serde_json::{Value, json};

use crate::postman::fixture::document;
use crate::postman::{collection, environment};

fn collection() -> Value {
    collection::of(&document()).unwrap()
}

fn find<'a>(items: &'a Value, name: &str) -> &'a Value {
    let named = |item: &&Value| item["name"] == name;
    let all = items.as_array().unwrap();
    all.iter()
        .find(named)
        .or_else(|| all.iter().filter_map(|item| item["item"].as_array()).flatten().find(named))
        .unwrap()
}

fn names(item: &Value) -> Vec<&str> {
    item["item"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn a_run_of_the_whole_can_pass() {
    let collection = collection();
    let top = ["Sign in", "Projects", "Environments", "Other", "deleteProject", "Sign out"];
    assert_eq!(names(&collection), top);
    assert_eq!(
        names(find(&collection["item"], "Projects")),
        ["Create a project", "List projects", "getProject"]
    );
    assert_eq!(names(find(&collection["item"], "Environments")), ["createEnvironment", "deleteEnvironment"]);
}

#[test]
fn signing_in_stores_the_token_that_all_others_send() {
    let collection = collection();
    let sign_in = find(&collection["item"], "Sign in");
    assert_eq!(sign_in["request"]["auth"]["type"], "noauth");
    assert!(sign_in["request"]["body"]["raw"].as_str().unwrap().contains("{{password}}"));
    let script = sign_in["event"][0]["script"]["exec"].to_string();
    assert!(script.contains("pm.environment.set") && script.contains("pm.collectionVariables.set"));
    assert_eq!(collection["auth"]["bearer"][0]["value"], "{{accessToken}}");
    assert!(find(&collection["item"], "Create a project")["request"].get("auth").is_none());
}

#[test]
fn a_creation_stores_its_id_for_the_paths_below() {
    let collection = collection();
    let create = find(&collection["item"], "Create a project");
    assert!(create["event"].to_string().contains(r#"set(\"projectId\", pm.response.json().id)"#));
    let url = &find(&collection["item"], "getProject")["request"]["url"];
    assert_eq!(url["raw"], "{{baseUrl}}/v1/projects/:projectId");
    assert_eq!(url["variable"][0], json!({"key": "projectId", "value": "{{projectId}}", "description": ""}));
    let variables = collection["variable"].to_string();
    assert!(variables.contains("environmentId") && variables.contains("projectId"));
}

#[test]
fn bodies_come_from_examples_with_known_ids_filled_in() {
    let collection = collection();
    let raw = |name: &str| -> Value {
        let body = &find(&collection["item"], name)["request"]["body"]["raw"];
        serde_json::from_str(body.as_str().unwrap()).unwrap()
    };
    assert_eq!(raw("Create a project"), json!({"name": "Payments", "tags": ["blue"]}));
    assert_eq!(raw("createEnvironment")["like"]["environmentId"], "{{environmentId}}");
}

#[test]
fn optional_parameters_are_listed_but_switched_off() {
    let collection = collection();
    let request = &find(&collection["item"], "List projects")["request"];
    assert_eq!(request["url"]["raw"], "{{baseUrl}}/v1/projects?sort=name");
    assert_eq!(request["url"]["query"][0]["disabled"], true);
    assert_eq!(request["url"]["query"][1]["disabled"], false);
    let headers = &find(&collection["item"], "Create a project")["request"]["header"];
    assert_eq!(headers[0]["value"], "application/json");
    assert_eq!((&headers[1]["key"], &headers[1]["disabled"]), (&json!("Idempotency-Key"), &json!(true)));
}

#[test]
fn every_request_asserts_its_documented_success() {
    let collection = collection();
    let delete = find(&collection["item"], "deleteProject");
    assert!(delete["event"].to_string().contains("oneOf([200, 204])"));
}

#[test]
fn the_environment_asks_for_what_a_person_fills_in() {
    let environment = environment::of(&document());
    let keys: Vec<&Value> =
        environment["values"].as_array().unwrap().iter().map(|value| &value["key"]).collect();
    assert_eq!(keys, ["baseUrl", "email", "password", "accessToken"]);
    assert_eq!(environment["values"][2]["type"], "secret");
}
