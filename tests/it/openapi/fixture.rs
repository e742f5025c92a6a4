//! What the operations are tried on: paths with the ids of things that exist, made anew for each call.

use keyhall_domain::id::{AccountId, MemberId, ProjectId};
use keyhall_domain::role::ProjectRole;
use keyhall_tests::{Account, Answer, Deployment, Person};
use serde_json::json;
use uuid::Uuid;

use super::document::Operation;

/// A path with ids in it.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    /// The path.
    pub(super) path: String,
    /// The project that it names, if it names one.
    pub(super) project: Option<String>,
}

/// The path of an operation, its ids those of new things in the account; what has an owner is `owner`'s.
pub(super) async fn fill(operation: &Operation, account: &Account, owner: &Person) -> Filled {
    let mut filled = Filled { path: operation.path.clone(), project: None };
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

/// Sends an operation with the example of its body.
pub(super) async fn call(operation: &Operation, path: &str, caller: &Person) -> Answer {
    caller.send(operation.method.clone(), path, operation.example()).await
}

/// Gives somebody a role on a project, as an owner could.
pub(super) fn grant(
    deployment: &Deployment,
    account: &Account,
    person: &Person,
    project: &str,
    role: ProjectRole,
) {
    let account: AccountId = account.id.parse().expect("an id");
    let member: MemberId = person.member.parse().expect("an id");
    let project: ProjectId = project.parse().expect("an id");
    let ids = [Uuid::now_v7(), account.into(), project.into(), member.into(), member.into()];
    let [id, account, project, member, granter] = ids;
    let role = role.name();
    deployment.database.execute(&format!(
        "INSERT INTO grants (id, account_id, project_id, principal_id, role, granted_by, granted_by_kind, created_at) \
         VALUES ('{id}', '{account}', '{project}', '{member}', '{role}', '{granter}', 'member', now())"
    ));
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
