//! Nothing crosses an account: another one's ids do not exist, and its things are neither shown nor counted.

use std::collections::BTreeMap;

use keyhall_api::PublicUrl;
use keyhall_domain::id::{
    EnvironmentId, GrantId, GroupId, MemberId, PersonalAccessTokenId, ProjectId, RepositoryId, RoleId,
    SessionId,
};
use keyhall_tests::{Account, Deployment, Person, accept};
use reqwest::Method;
use serde_json::{Value, json};

use crate::sql;

/// The lists, each with how many of its results are one account's own.
const LISTS: [(&str, usize); 6] = [
    ("/v1/members", 3),
    ("/v1/sessions", 2),
    ("/v1/groups", 2),
    ("/v1/projects", 1),
    ("/v1/roles?name=reader", 1),
    ("/v1/personal-access-tokens?status=all", 2),
];

/// An account with one of everything.
struct Tenant {
    account: Account,
    token: Person,
    ids: BTreeMap<&'static str, String>,
}

impl Tenant {
    async fn new(deployment: &Deployment, name: &str) -> Self {
        let account = deployment.account(name).await;
        let root = &account.super_admin;
        let member = account.person(deployment, "admin").await;
        account.invite("grace@example.com", "member").await;
        let project = root.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
        let repository = json!({ "provider": "github", "repositoryName": "payments", "providerParameters": { "owner": "acme" } });
        let repositories = format!("/v1/projects/{}/repositories", project.id());
        let repository = root.post(&repositories, &repository).await.expect(201).id();
        let made = member.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await.expect(201);
        let group = root.post("/v1/groups", &json!({ "name": "Backend" })).await.expect(201).id();
        root.put(&format!("/v1/groups/{group}/members/{}", member.member)).await.expect(204);
        let home = format!("/v1/projects/{}", project.id());
        let environment = json!({ "name": "Production", "defaultRole": "viewer" });
        let environment = root.post(&format!("{home}/environments"), &environment).await.expect(201).id();
        let grant = json!({ "principal": member.member, "role": "viewer" });
        let grant = root.post(&format!("{home}/grants"), &grant).await.expect(201).id();
        let role = json!({ "name": "Reader", "level": "project", "permissions": ["project:read"] });
        let role = root.post("/v1/roles", &role).await.expect(201).id();
        let session = member.get("/v1/sessions/current").await.expect(200).id();
        let token = root.through_token().await;
        let ids = [
            ("principalId", member.member.clone()),
            ("memberId", member.member),
            ("sessionId", session),
            ("groupId", group),
            ("projectId", project.id()),
            ("environmentId", environment),
            ("grantId", grant),
            ("roleId", role),
            ("repositoryId", repository),
            ("patId", made.id()),
        ]
        .into();
        Self { account, token, ids }
    }

    /// Everyone in it who could do the most.
    fn bearers(&self) -> [&Person; 2] {
        [&self.account.super_admin, &self.token]
    }
}

#[tokio::test]
async fn no_operation_knows_another_accounts_ids() {
    let deployment = Deployment::start().await;
    let (here, there) = (Tenant::new(&deployment, "Here").await, Tenant::new(&deployment, "There").await);
    let operations = operations_on_ids();
    assert!(operations.len() >= 10, "{operations:?}");

    let nobody = BTreeMap::from([
        ("memberId", MemberId::generate(deployment.clock.now()).to_string()),
        ("principalId", MemberId::generate(deployment.clock.now()).to_string()),
        ("sessionId", SessionId::generate(deployment.clock.now()).to_string()),
        ("groupId", GroupId::generate(deployment.clock.now()).to_string()),
        ("projectId", ProjectId::generate(deployment.clock.now()).to_string()),
        ("environmentId", EnvironmentId::generate(deployment.clock.now()).to_string()),
        ("grantId", GrantId::generate(deployment.clock.now()).to_string()),
        ("roleId", RoleId::generate(deployment.clock.now()).to_string()),
        ("repositoryId", RepositoryId::generate(deployment.clock.now()).to_string()),
        ("patId", PersonalAccessTokenId::generate(deployment.clock.now()).to_string()),
    ]);
    let before = sql::dump(&deployment.database);
    for (method, path, body) in &operations {
        for bearer in here.bearers() {
            let ask = async |ids| {
                let answer = bearer.send(method.clone(), &with_ids(path, ids), body.as_ref()).await;
                let mut problem = answer.expect_problem(404, "not-found").body;
                for own in ["requestId", "instance"] {
                    problem.as_object_mut().unwrap().remove(own).expect("it has one");
                }
                problem
            };
            assert_eq!(ask(&there.ids).await, ask(&nobody).await, "{method} {path}");
        }
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn no_list_and_no_total_counts_another_accounts_things() {
    let deployment = Deployment::start().await;
    let (here, there) = (Tenant::new(&deployment, "Here").await, Tenant::new(&deployment, "There").await);
    for tenant in [&here, &there] {
        for bearer in tenant.bearers() {
            for (path, count) in LISTS {
                let list = bearer.get(path).await.expect(200).body;
                assert_eq!(list["total"], count, "{path}");
                assert_eq!(list["results"].as_array().unwrap().len(), count, "{path}");
            }
            for event in events(bearer).await {
                assert_eq!(event["accountId"], tenant.account.id, "{event:#}");
            }
            assert_eq!(bearer.get("/v1/account").await.expect(200).id(), tenant.account.id);
        }
    }
    let ids = async |tenant: &Tenant, path: &str| {
        let list = tenant.account.super_admin.get(path).await.expect(200).body;
        list["results"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect::<Vec<_>>()
    };
    for (path, _) in LISTS {
        let theirs = ids(&there, path).await;
        assert!(ids(&here, path).await.iter().all(|id| !theirs.contains(id)), "{path}");
    }
}

#[tokio::test]
async fn no_body_names_another_accounts_ids() {
    let deployment = Deployment::start().await;
    let (here, there) = (Tenant::new(&deployment, "Here").await, Tenant::new(&deployment, "There").await);
    let home = format!("/v1/projects/{}", here.ids["projectId"]);
    let environments = format!("{home}/environments");
    let environment = format!("{environments}/{}", here.ids["environmentId"]);
    let (theirs, role, group) = (&there.ids["memberId"], &there.ids["roleId"], &there.ids["groupId"]);
    let (mine, project) = (&here.ids["memberId"], &there.ids["projectId"]);
    let invitation = |projects: Value, role: &str| json!({ "email": "new@example.com", "role": role, "projects": projects });
    let before = sql::dump(&deployment.database);
    for (method, path, body) in [
        (Method::POST, format!("{home}/grants"), json!({ "principal": theirs, "role": "viewer" })),
        (Method::POST, format!("{home}/grants"), json!({ "principal": group, "role": "viewer" })),
        (Method::POST, format!("{home}/grants"), json!({ "principal": here.ids["groupId"], "role": role })),
        (Method::POST, format!("{environment}/grants"), json!({ "principal": theirs, "role": "viewer" })),
        (Method::POST, format!("{environment}/grants"), json!({ "principal": mine, "role": role })),
        (Method::PATCH, format!("{home}/grants/{}", here.ids["grantId"]), json!({ "role": role })),
        (Method::POST, environments, json!({ "name": "Test", "defaultRole": role })),
        (Method::PATCH, environment, json!({ "defaultRole": role })),
        (Method::PATCH, format!("/v1/members/{mine}"), json!({ "role": role })),
        (Method::POST, "/v1/members".to_owned(), invitation(json!([]), role)),
        (
            Method::POST,
            "/v1/members".to_owned(),
            invitation(json!([{ "projectId": project, "role": "viewer" }]), "member"),
        ),
        (
            Method::POST,
            "/v1/members".to_owned(),
            invitation(json!([{ "projectId": here.ids["projectId"], "role": role }]), "member"),
        ),
        (
            Method::POST,
            "/v1/access/explain".to_owned(),
            json!({ "principal": theirs, "permission": "project:read", "projectId": here.ids["projectId"] }),
        ),
        (
            Method::POST,
            "/v1/access/explain".to_owned(),
            json!({ "permission": "project:read", "projectId": project }),
        ),
    ] {
        // Members are invited in a session alone.
        let bearer = &here.account.super_admin;
        let answer = bearer.send(method.clone(), &path, Some(&body)).await;
        assert_eq!(answer.status, 404, "{method} {path} {body}: {:#}", answer.body);
        assert!(
            !answer.text.contains(theirs.as_str()) && !answer.text.contains(role.as_str()),
            "{}",
            answer.text
        );
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn a_child_does_not_answer_under_another_parent_of_the_same_account() {
    let deployment = Deployment::start().await;
    let here = Tenant::new(&deployment, "Here").await;
    let root = &here.account.super_admin;
    let other = root.post("/v1/projects", &json!({ "name": "Other" })).await.expect(201).id();
    let environments = format!("/v1/projects/{other}/environments");
    let environment = root.post(&environments, &json!({ "name": "Test" })).await.expect(201).id();
    let before = sql::dump(&deployment.database);
    let wrong = BTreeMap::from([("projectId", other), ("environmentId", here.ids["environmentId"].clone())]);
    let crossed =
        BTreeMap::from([("environmentId", environment), ("projectId", here.ids["projectId"].clone())]);
    let below = |path: &str| path.contains("{environmentId}") || path.contains("{grantId}");
    for (method, path, body) in operations_on_ids().into_iter().filter(|(_, path, _)| below(path)) {
        for parents in [&wrong, &crossed] {
            if parents == &crossed && !path.contains("{environmentId}") {
                continue;
            }
            let path = with_ids(
                &parents
                    .iter()
                    .fold(path.clone(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id)),
                &here.ids,
            );
            let answer = root.send(method.clone(), &path, body.as_ref()).await;
            answer.expect_problem(404, "not-found");
        }
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn nobody_is_put_into_another_accounts_group() {
    let deployment = Deployment::start().await;
    let (here, there) = (Tenant::new(&deployment, "Here").await, Tenant::new(&deployment, "There").await);
    let before = sql::dump(&deployment.database);
    for (group, principal) in
        [(&here.ids["groupId"], &there.ids["principalId"]), (&there.ids["groupId"], &here.ids["principalId"])]
    {
        for bearer in here.bearers() {
            let path = format!("/v1/groups/{group}/members/{principal}");
            bearer.put(&path).await.expect_problem(404, "not-found");
            bearer.delete(&path).await.expect_problem(404, "not-found");
        }
    }
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn names_are_taken_in_one_account_alone() {
    let deployment = Deployment::start().await;
    let (here, there) = (Tenant::new(&deployment, "Same").await, Tenant::new(&deployment, "Same").await);
    for tenant in [here, there] {
        for (list, name) in [("/v1/projects", "payments"), ("/v1/groups", "backend")] {
            let again = tenant.account.super_admin.post(list, &json!({ "name": name })).await;
            again.expect_problem(409, "name-taken");
        }
    }
}

#[tokio::test]
async fn what_happens_to_a_person_in_one_account_does_not_reach_the_other() {
    let deployment = Deployment::start().await;
    let (here, there) = (deployment.account("Here").await, deployment.account("There").await);
    let person = here.person(&deployment, "member").await;
    let invitation = there.invite(&person.email, "admin").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);
    let token = person.through_token().await;

    let theirs = format!("/v1/members/{}", invitation.id());
    there.super_admin.put(&format!("{theirs}/super-admin")).await.expect(200);
    there.super_admin.act(&format!("{theirs}/suspend")).await.expect(200);
    there.super_admin.delete(&theirs).await.expect(204);
    for bearer in [&person, &token] {
        assert_eq!(bearer.get("/v1/me").await.expect(200).body["member"]["role"], "member");
        bearer.get("/v1/audit-events").await.expect_problem(403, "missing-permission");
    }
}

/// Every operation of the OpenAPI document whose path has an id, with the body that the document gives as its example.
fn operations_on_ids() -> Vec<(Method, String, Option<Value>)> {
    let url = PublicUrl::new("https://keyhall.example");
    let document = serde_json::to_value(keyhall_api::document(&url)).expect("a document is JSON");
    let paths = document["paths"].as_object().unwrap().iter();
    let with_ids = paths.filter(|(path, _)| path.contains('{'));
    with_ids
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        })
        .map(|(path, method, operation)| {
            let example = operation["requestBody"]["content"]["application/json"]["example"].clone();
            let method = method.to_uppercase().parse().expect("a method");
            (method, path.clone(), Some(example).filter(|example| !example.is_null()))
        })
        .collect()
}

fn with_ids(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let path = ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
    assert!(!path.contains('{'), "{path}: an id that this test does not know");
    path
}

async fn events(bearer: &Person) -> Vec<Value> {
    let answer = bearer.get("/v1/audit-events?limit=100").await.expect(200);
    let events = answer.body["results"].as_array().unwrap().clone();
    assert!(!events.is_empty());
    events
}
