//! What the operations are tried on: paths with the ids of things that exist, made anew for each call.

use keyhall_domain::role::{BuiltInRole, EnvironmentRole, ProjectRole};
use keyhall_tests::{Account, Answer, Person};
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::Operation;

/// A path with ids in it.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    /// The path.
    pub(super) path: String,
    /// The project that it names, if it names one.
    pub(super) project: Option<String>,
    /// The environment that it names, if it names one.
    pub(super) environment: Option<String>,
}

/// The member whom the examples of bodies name.
const EXAMPLE_MEMBER: &str = "mbr_01k8yzj4c5e6rtb7mf9gq2w3xn";

/// The path of an operation, its ids those of new things in the account; what has an owner is `owner`'s.
pub(super) async fn fill(operation: &Operation, account: &Account, owner: &Person) -> Filled {
    let mut filled = Filled { path: operation.path.clone(), project: None, environment: None };
    let mut group = String::new();
    for name in operation.placeholders() {
        let id = match name.as_str() {
            "memberId" => account.invite(&format!("{}@example.com", fresh()), "member").await.id(),
            "projectId" => {
                let id = made(&account.super_admin, "/v1/projects").await;
                filled.project = Some(id.clone());
                id
            }
            "repositoryId" => {
                let project = filled.project.as_deref().expect("a repository is some project's");
                connected(&account.super_admin, project).await
            }
            "sessionId" => signed_in_again(owner).await,
            "groupId" => {
                group = made(&account.super_admin, "/v1/groups").await;
                group.clone()
            }
            // Somebody who is in the group of the same path.
            "principalId" => {
                let member = account.invite(&format!("{}@example.com", fresh()), "member").await.id();
                let path = format!("/v1/groups/{group}/members/{member}");
                account.super_admin.put(&path).await.expect(204);
                member
            }
            "environmentId" => {
                let project = filled.project.as_ref().expect("the project stands before it");
                let id = made(&account.super_admin, &format!("/v1/projects/{project}/environments")).await;
                filled.environment = Some(id.clone());
                id
            }
            // The one of who has made the project, or the environment.
            "grantId" => {
                let place = filled.path.split("/grants").next().expect("a path").to_owned();
                let grants = account.super_admin.get(&format!("{place}/grants")).await.expect(200);
                grants.body["results"][0]["id"].as_str().expect("who made it owns it").to_owned()
            }
            "roleId" => {
                let role = json!({ "name": fresh(), "level": "project", "permissions": ["project:read"] });
                account.super_admin.post("/v1/roles", &role).await.expect(201).id()
            }
            "patId" => made(owner, "/v1/personal-access-tokens").await,
            unknown => panic!(
                "{operation}: nothing is known to put in the place of `{{{unknown}}}`; add it to `fill` in {}",
                file!()
            ),
        };
        filled.path = filled.path.replace(&format!("{{{name}}}"), &id);
    }
    filled
}

/// Sends an operation with the example of its body, in which the first Super Admin is who the example speaks of.
pub(super) async fn call(operation: &Operation, path: &str, caller: &Person, account: &Account) -> Answer {
    let body = operation.example().map(|example| {
        let text = example.to_string().replace(EXAMPLE_MEMBER, &account.super_admin.member);
        serde_json::from_str::<Value>(&text).expect("it was JSON")
    });
    caller.send(operation.method.clone(), path, body.as_ref()).await
}

/// Gives somebody a role on a project.
pub(super) async fn grant(account: &Account, person: &Person, project: &str, role: ProjectRole) {
    let body = json!({ "principal": person.member, "role": role.name() });
    account.super_admin.post(&format!("/v1/projects/{project}/grants"), &body).await.expect(201);
}

/// Gives somebody a role on an environment, and on its project one that permits nothing.
pub(super) async fn grant_in_environment(
    account: &Account,
    person: &Person,
    (project, environment): (&str, &str),
    role: EnvironmentRole,
) {
    let root = &account.super_admin;
    let nothing = json!({ "name": fresh(), "level": "project", "permissions": [] });
    let nothing = root.post("/v1/roles", &nothing).await.expect(201).id();
    let body = json!({ "principal": person.member, "role": nothing });
    root.post(&format!("/v1/projects/{project}/grants"), &body).await.expect(201);
    let body = json!({ "principal": person.member, "role": role.name() });
    let grants = format!("/v1/projects/{project}/environments/{environment}/grants");
    root.post(&grants, &body).await.expect(201);
}

/// A repository of the project. Its name differs from the one in the document's example.
async fn connected(maker: &Person, project: &str) -> String {
    let body = json!({ "provider": "gitlab", "repositoryName": "payments", "providerParameters": { "namespace": "acme" } });
    maker.post(&format!("/v1/projects/{project}/repositories"), &body).await.expect(201).id()
}

/// Another session of the same person.
async fn signed_in_again(person: &Person) -> String {
    let body = json!({ "email": person.email, "password": person.password });
    person.post("/v1/sessions", &body).await.expect(201).id()
}

async fn made(maker: &Person, collection: &str) -> String {
    maker.post(collection, &json!({ "name": fresh() })).await.expect(201).id()
}

fn fresh() -> String {
    Uuid::now_v7().to_string()
}
