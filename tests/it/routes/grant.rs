//! Grants on projects.

mod environment;
mod fall;
mod hand_out;
mod owner;
mod rise;

use serde_json::json;

use super::scene::{Scene, grant};
use crate::sql;

#[tokio::test]
async fn a_grant_is_made_shown_changed_and_taken_away() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    person.get(&scene.project).await.expect_problem(404, "not-found");

    let made = grant(&scene.owner, &scene.project, &person.member, "viewer").await.expect(201);
    let path = format!("{}/grants/{}", scene.project, made.id());
    assert_eq!(made.header("location"), format!("https://keyhall.example{path}"));
    assert_eq!(made.body["principal"], json!({ "type": "member", "id": person.member }));
    assert_eq!((made.text("role"), &made.body["environmentId"]), ("viewer".to_owned(), &json!(null)));
    person.get(&scene.project).await.expect(200);
    let change = json!({ "name": "Mine" });
    let refused = person.patch(&scene.project, &change).await.expect_problem(403, "missing-permission");
    assert_eq!(refused.text("missingPermission"), "project:update");
    assert_eq!(refused.text("scope"), scene.project_id());

    let shown = scene.owner.get(&path).await.expect(200);
    let changed = scene.owner.patch(&path, &json!({ "role": "contributor" })).await.expect(200);
    assert_eq!(changed.body["warnings"], json!([]));
    assert_ne!(changed.header("etag"), shown.header("etag"));
    assert_eq!(changed.header("etag"), scene.owner.get(&path).await.header("etag"), "one tag for one thing");
    person.patch(&scene.project, &change).await.expect(200);

    assert_eq!(scene.owner.delete(&path).await.expect(200).body, json!({ "warnings": [] }));
    scene.owner.get(&path).await.expect_problem(404, "not-found");
    person.get(&scene.project).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_second_grant_is_refused_and_shows_the_first() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let group = scene.group("Backend", &[]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    let before = sql::dump(&scene.deployment.database);
    for principal in [&person.member, &group] {
        let refused = grant(&scene.owner, &scene.project, principal, "owner").await;
        let refused = refused.expect_problem(409, "already-granted");
        assert_eq!(refused.body["present"]["role"], "viewer");
        assert_eq!(refused.body["present"]["principal"]["id"], **principal);
        let id = refused.body["present"]["id"].as_str().unwrap();
        scene.owner.get(&format!("{}/grants/{id}", scene.project)).await.expect(200);
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
}

#[tokio::test]
async fn groups_roles_add_to_ones_own() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let group = scene.group("Backend", &[&person]).await;
    let path = scene.grant(&scene.project, &group, "contributor").await;
    person.patch(&scene.project, &json!({ "description": "by a group" })).await.expect(200);
    scene.owner.delete(&path).await.expect(200);
    person.get(&scene.project).await.expect(200);
    person
        .patch(&scene.project, &json!({ "description": null }))
        .await
        .expect_problem(403, "missing-permission");
}

#[tokio::test]
async fn everyone_is_everybody_who_is_in_the_account_now_and_later() {
    let scene = Scene::new().await;
    let groups = scene.root().get("/v1/groups?name=everyone").await.expect(200);
    let everyone = groups.body["results"][0]["id"].as_str().unwrap().to_owned();
    scene.grant(&scene.project, &everyone, "viewer").await;
    let later = scene.person().await;
    later.get(&scene.project).await.expect(200);
    assert_eq!(later.get("/v1/projects").await.expect(200).body["total"], 1);
    let suspended = format!("/v1/members/{}/suspend", later.member);
    scene.root().act(&suspended).await.expect(200);
    let access = scene.owner.get(&format!("{}/access", scene.project)).await.expect(200);
    let listed = access.body["results"].as_array().unwrap().iter();
    assert!(!listed.map(|one| &one["principal"]["id"]).any(|id| *id == *later.member));
}

#[tokio::test]
async fn nothing_is_granted_to_who_may_not_speak_or_is_not_there() {
    let scene = Scene::new().await;
    let suspended = scene.person().await;
    scene.root().act(&format!("/v1/members/{}/suspend", suspended.member)).await.expect(200);
    let invited = scene.account.invite("grace@example.com", "member").await.id();
    let removed = scene.person().await;
    scene.root().delete(&format!("/v1/members/{}", removed.member)).await.expect(204);
    let group = scene.group("Gone", &[]).await;
    scene.root().delete(&format!("/v1/groups/{group}")).await.expect(204);

    let before = sql::dump(&scene.deployment.database);
    for (principal, detail) in [(&suspended.member, "suspended"), (&invited, "accepted")] {
        let refused = grant(&scene.owner, &scene.project, principal, "viewer").await;
        let refused = refused.expect_problem(409, "cannot-be-granted");
        assert!(refused.text("detail").contains(detail), "{:#}", refused.body);
    }
    for principal in [&removed.member, &group] {
        let refused = grant(&scene.owner, &scene.project, principal, "viewer").await;
        let refused = refused.expect_problem(404, "not-found");
        assert!(refused.text("detail").contains("`principal`"), "{:#}", refused.body);
    }
    for (body, fields) in [
        (json!({ "principal": suspended.member, "role": "operator" }), vec!["role"]),
        (json!({ "principal": scene.project_id(), "role": "none" }), vec!["principal", "role"]),
        (json!({ "role": "viewer", "level": 1 }), vec!["level", "principal"]),
        (json!({ "principal": null, "role": 7 }), vec!["principal", "role"]),
    ] {
        let refused = scene.owner.post(&format!("{}/grants", scene.project), &body).await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), fields, "{body}");
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
}

#[tokio::test]
async fn a_credential_principal_is_granted_like_a_person() {
    let scene = Scene::new().await;
    let account = sql::uuid::<keyhall_domain::id::AccountId>(&scene.account.id);
    let credential = keyhall_domain::id::ApiCredentialId::generate(scene.deployment.clock.now());
    let id = uuid::Uuid::from(credential);
    scene.deployment.database.execute(&format!(
        "INSERT INTO principals (id, account_id, kind) VALUES ('{id}', '{account}', 'api_credential')"
    ));
    let made = grant(&scene.owner, &scene.project, &credential.to_string(), "viewer").await.expect(201);
    assert_eq!(made.body["principal"], json!({ "type": "api_credential", "id": credential.to_string() }));
    scene.grant(&scene.environment, &credential.to_string(), "operator").await;
    let access = scene.owner.get(&format!("{}/access?sort=-role", scene.environment)).await.expect(200);
    let entry = access.body["results"].as_array().unwrap().iter().find(|one| one["role"] == "operator");
    assert_eq!(entry.unwrap()["principal"]["id"], credential.to_string());
    let listed =
        scene.owner.get(&format!("{}/grants?principal={credential}", scene.project)).await.expect(200);
    assert_eq!(
        (listed.body["total"].clone(), listed.body["results"][0]["id"].clone()),
        (json!(1), json!(made.id()))
    );
}
