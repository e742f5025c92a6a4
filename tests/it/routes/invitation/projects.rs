//! Invitations that carry roles on projects.

use keyhall_tests::{Answer, Person, accept};
use serde_json::{Value, json};

use super::PASSWORD;
use crate::routes::scene::Scene;
use crate::sql;

async fn invite(by: &Person, projects: Value) -> Answer {
    let email = format!("{}@example.com", uuid::Uuid::now_v7().simple());
    by.post("/v1/members", &json!({ "email": email, "role": "member", "projects": projects })).await
}

fn one(scene: &Scene, role: &str) -> Value {
    json!([{ "projectId": scene.project_id(), "role": role }])
}

#[tokio::test]
async fn the_roles_that_an_invitation_carries_are_given_on_acceptance() {
    let scene = Scene::new().await;
    let role = scene.role("project", &["project:read"]).await;
    let other = scene.owner.post("/v1/projects", &json!({ "name": "Other" })).await.expect(201).id();
    let projects = json!([
        { "projectId": scene.project_id(), "role": "viewer" }, { "projectId": other, "role": role },
    ]);
    let invitation = invite(&scene.owner, projects.clone()).await.expect(201);
    assert_eq!(invitation.body["projects"], projects);
    let grants = format!("{}/grants?principal={}", scene.project, invitation.id());
    assert_eq!(scene.owner.get(&grants).await.expect(200).body["total"], 0, "not before");
    accept(&scene.deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
    let granted = scene.owner.get(&grants).await.expect(200).body["results"][0].clone();
    assert_eq!(granted["role"], "viewer");
    assert_eq!(granted["createdBy"]["id"], scene.owner.member);
    let other = scene.owner.get(&format!("/v1/projects/{other}/grants?principal={}", invitation.id())).await;
    assert_eq!(other.body["results"][0]["role"], role);
    let events = scene.deployment.database.count("audit_events", "action = 'grant.create'");
    assert_eq!(events, 2, "each an event of its own");
}

#[tokio::test]
async fn nobody_invites_with_a_role_that_they_could_not_grant() {
    let scene = Scene::new().await;
    let manager = scene.account.person(&scene.deployment, "admin").await;
    let before = sql::dump(&scene.deployment.database);
    let refused = invite(&manager, one(&scene, "viewer")).await;
    refused.expect_problem(404, "not-found");
    let twice = json!([
        { "projectId": scene.project_id(), "role": "viewer" }, { "projectId": scene.project_id(), "role": "owner" },
    ]);
    let refused = invite(&scene.owner, twice).await.expect_problem(400, "invalid-request");
    assert_eq!(refused.violated(), ["projects[1].projectId"]);
    let refused = invite(&scene.owner, one(&scene, "operator")).await.expect_problem(400, "invalid-request");
    assert_eq!(refused.violated(), ["projects[0].role"]);
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let wrong = scene.role("environment", &["grant:list"]).await;
    let refused = invite(&scene.owner, one(&scene, &wrong)).await.expect_problem(400, "invalid-request");
    assert_eq!(refused.violated(), ["projects[0].role"]);
    scene.grant(&scene.project, &manager.member, "viewer").await;
    let refused = invite(&manager, one(&scene, "viewer")).await.expect_problem(403, "missing-permission");
    assert_eq!(refused.text("missingPermission"), "grant:create");
}

#[tokio::test]
async fn what_an_invitation_carries_is_held_against_its_giver_again_at_acceptance() {
    let scene = Scene::new().await;
    let giver = scene.account.person(&scene.deployment, "admin").await;
    let grant = scene.grant(&scene.project, &giver.member, "owner").await;
    let invitation = invite(&giver, one(&scene, "viewer")).await.expect(201);
    scene.owner.patch(&grant, &json!({ "role": "viewer" })).await.expect(200);
    let grants = scene.deployment.database.count("grants", "true");
    let lost = accept(&scene.deployment, &invitation, PASSWORD, Some("Grace Hopper")).await;
    lost.expect_problem(409, "inviter-lost-right");
    assert_eq!(scene.deployment.database.count("grants", "true"), grants);

    // Whoever sends it once more answers for all of it, and needs the right to.
    let resend = format!("/v1/members/{}/resend-invitation", invitation.id());
    giver.act(&resend).await.expect_problem(403, "missing-permission");
    let again = scene.owner.act(&resend).await.expect(200);
    assert_eq!(again.body["projects"], one(&scene, "viewer"));
    accept(&scene.deployment, &again, PASSWORD, Some("Grace Hopper")).await.expect(200);
}

#[tokio::test]
async fn a_project_that_is_gone_by_then_is_not_given() {
    let scene = Scene::new().await;
    let invitation = invite(&scene.owner, one(&scene, "viewer")).await.expect(201);
    scene.owner.delete(&format!("{}?cascade=true", scene.project)).await.expect(204);
    accept(&scene.deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
    assert_eq!(scene.deployment.database.count("grants", "true"), 0);
}
