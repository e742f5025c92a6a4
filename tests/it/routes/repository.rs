//! Repositories: connected, shown, listed and taken away; once in a project, and in no other one's name.

mod body;
mod canary;
mod lent_token;
mod provider;
mod repeated;
mod trouble;

use jiff::SignedDuration;
use keyhall_tests::{Account, Answer, Deployment, Person, READER, WRITER};
use reqwest::Method;
use serde_json::{Value, json};

use crate::sql;

/// A repository on GitHub.
fn github(name: &str) -> Value {
    json!({ "provider": "github", "repositoryName": name, "providerParameters": { "owner": "acme" } })
}

/// A repository on GitLab.
fn gitlab(name: &str) -> Value {
    let parameters = json!({ "namespace": "acme/backend" });
    json!({ "provider": "gitlab", "repositoryName": name, "providerParameters": parameters })
}

/// An account and the path of the repositories of a project in it.
async fn start(deployment: &Deployment) -> (Account, String) {
    let account = deployment.account("Acme").await;
    let path = repositories(&account.super_admin, "Payments").await;
    (account, path)
}

/// The path of the repositories of a new project.
async fn repositories(maker: &Person, project: &str) -> String {
    let project = maker.post("/v1/projects", &json!({ "name": project })).await.expect(201).id();
    format!("/v1/projects/{project}/repositories")
}

/// Connects with a token that is lent.
async fn lend(person: &Person, path: &str, body: &Value, token: &str) -> Answer {
    let request = person.request(Method::POST, path).header("Git-Provider-Access-Token", token);
    Answer::read(request.json(body).send().await.expect("the server answers")).await
}

#[tokio::test]
async fn a_public_repository_is_connected_shown_listed_and_taken_away() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;

    let made = root.post(&path, &github("payments")).await.expect(201);
    let one = format!("{path}/{}", made.id());
    assert!(made.id().starts_with("rep_"));
    assert_eq!(made.header("location"), format!("https://keyhall.example{one}"));
    assert_eq!(made.body["warnings"], json!([]));
    let shown = root.get(&one).await.expect(200);
    let expected = json!({
        "id": made.id(),
        "provider": "github",
        "repositoryName": "payments",
        "providerParameters": { "owner": "acme" },
        "defaultBranch": "main",
        "visibility": "public",
        "webUrl": "https://github.com/acme/payments",
        "createdAt": made.body["createdAt"],
        "createdBy": { "type": "member", "id": root.member },
    });
    assert_eq!(shown.body, expected);
    let mut without_warnings = made.body.clone();
    without_warnings.as_object_mut().unwrap().remove("warnings");
    assert_eq!(without_warnings, expected);
    assert_eq!(root.get(&path).await.expect(200).body["results"], json!([expected]));

    root.delete(&one).await.expect(204);
    root.get(&one).await.expect_problem(404, "not-found");
    root.delete(&one).await.expect_problem(404, "not-found");
    root.post(&path, &github("payments")).await.expect(201);
}

#[tokio::test]
async fn a_private_repository_takes_a_token_and_one_that_can_write_is_warned_of() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    for body in [github("vault"), gitlab("vault")] {
        root.post(&path, &body).await.expect_problem(409, "repository-refused");
        let made = lend(root, &path, &body, READER).await.expect(201);
        assert_eq!((made.text("visibility"), &made.body["warnings"]), ("private".to_owned(), &json!([])));
        root.delete(&format!("{path}/{}", made.id())).await.expect(204);

        let made = lend(root, &path, &body, WRITER).await.expect(201);
        let [warning] = made.body["warnings"].as_array().unwrap().as_slice() else { panic!("{made:?}") };
        assert_eq!(warning["code"], "token-can-write");
        assert!(warning["message"].as_str().unwrap().contains("can write"));
        deployment.pass(SignedDuration::from_secs(1));
    }
    let list = root.get(&path).await.expect(200).body;
    let branches: Vec<_> =
        list["results"].as_array().unwrap().iter().map(|one| &one["defaultBranch"]).collect();
    assert_eq!(branches, ["trunk", "main"], "the newest first");
    assert_eq!(list["results"][0]["providerParameters"], json!({ "namespace": "acme/backend" }));
    assert_eq!(list["results"][0]["webUrl"], "https://gitlab.com/acme/backend/vault");
}

#[tokio::test]
async fn a_project_has_a_repository_once_however_it_is_spelled() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    root.post(&path, &github("payments")).await.expect(201);
    root.post(&path, &gitlab("payments")).await.expect(201);
    let shouted = json!({ "provider": "github", "repositoryName": "PAYMENTS", "providerParameters": { "owner": "Acme" } });
    for again in [&github("payments"), &shouted] {
        root.post(&path, again).await.expect_problem(409, "repository-exists");
    }
    let other = repositories(root, "Other").await;
    root.post(&other, &shouted).await.expect(201);
    assert_eq!(root.get(&path).await.expect(200).body["total"], 2);
}

#[tokio::test]
async fn repositories_are_found_by_a_part_of_their_full_name() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    root.post(&path, &github("Payments")).await.expect(201);
    root.post(&path, &gitlab("payments")).await.expect(201);
    for (name, total) in [("PAY", 2), ("acme/pay", 1), ("backend/", 1), ("%25", 0), ("_", 0), ("vault", 0)] {
        let list = root.get(&format!("{path}?name={name}&size=1")).await.expect(200).body;
        assert_eq!(list["total"], total, "{name}");
        assert_eq!(list["results"].as_array().unwrap().len(), total.min(1), "{name}");
    }
}

#[tokio::test]
async fn under_another_project_a_repository_does_not_exist() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let made = root.post(&path, &github("payments")).await.expect(201);
    let other = repositories(root, "Other").await;
    let wrong = format!("{other}/{}", made.id());
    root.get(&wrong).await.expect_problem(404, "not-found");
    root.delete(&wrong).await.expect_problem(404, "not-found");
    assert_eq!(root.get(&other).await.expect(200).body["total"], 0);
    root.get(&format!("{path}/{}", made.id())).await.expect(200);
}

#[tokio::test]
async fn nobody_takes_away_what_they_have_not_seen() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let one = format!("{path}/{}", root.post(&path, &github("payments")).await.expect(201).id());
    let tag = root.get(&one).await.expect(200).header("etag").to_owned();
    let known = root.request(Method::GET, &one).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let delete = async |tag: &str| {
        let request = root.request(Method::DELETE, &one).header("if-match", tag);
        Answer::read(request.send().await.expect("the server answers")).await
    };
    delete("\"another\"").await.expect_problem(412, "precondition-failed");
    delete(&tag).await.expect(204);
}

#[tokio::test]
async fn coming_and_going_are_events_of_the_project_and_a_refusal_is_none() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    let before = sql::dump(&deployment.database);
    root.post(&path, &github("nothing")).await.expect_problem(409, "repository-refused");
    assert_eq!(sql::dump(&deployment.database), before, "nothing is written of what was refused");

    let id = root.post(&path, &github("payments")).await.expect(201).id();
    root.delete(&format!("{path}/{id}")).await.expect(204);
    let events = root.get(&format!("/v1/audit-events?object={id}")).await.expect(200).body["results"].clone();
    let [deleted, created] = events.as_array().unwrap().as_slice() else { panic!("{events:#}") };
    for (event, action, field) in
        [(created, "repository.create", "after"), (deleted, "repository.delete", "before")]
    {
        assert_eq!(event["action"], action);
        assert_eq!(event["object"], json!({ "type": "repository", "id": id }));
        assert!(path.contains(event["projectId"].as_str().unwrap()));
        assert_eq!(event[field], github("payments"));
    }
}
