//! Nobody rises because something was taken from them or from others, unless whoever takes it could hand that out.

use keyhall_tests::Person;
use serde_json::json;

use crate::routes::scene::{Scene, grant};
use crate::sql;

/// A scene whose environment makes an owner of every member of the project who was granted nothing there.
async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "owner" })).await.expect(200);
    scene
}

async fn expect_refused(scene: &Scene, by: &Person, path: &str) {
    let before = sql::dump(&scene.deployment.database);
    let refused = by.delete(path).await;
    assert_eq!(refused.status, 403, "{path}: {:#}", refused.body);
    assert_eq!(sql::dump(&scene.deployment.database), before);
}

#[tokio::test]
async fn nobody_leaves_a_group_or_deletes_it_to_fall_to_a_stronger_default() {
    let scene = scene().await;
    let admin = scene.account.person(&scene.deployment, "admin").await;
    scene.grant(&scene.project, &admin.member, "viewer").await;
    let group = scene.group("Lookers", &[&admin]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    let on_environment = scene.grant(&scene.environment, &group, "viewer").await;
    let place = format!("/v1/groups/{group}/members/{}", admin.member);
    expect_refused(&scene, &admin, &place).await;
    expect_refused(&scene, &admin, &format!("/v1/groups/{group}")).await;
    admin
        .patch(&scene.environment, &json!({ "description": "mine" }))
        .await
        .expect_problem(403, "missing-permission");
    // Where nobody rises, it needs no more than the right to change groups.
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "viewer" })).await.expect(200);
    admin.delete(&place).await.expect(204);
    scene.owner.delete(&on_environment).await.expect(204);
}

#[tokio::test]
async fn nobody_takes_their_own_grant_or_none_away_to_fall_to_a_stronger_default() {
    let scene = scene().await;
    let role = scene
        .role("project", &["project:read", "grant:create", "grant:delete", "grant:update", "grant:list"])
        .await;
    let granter = scene.with_role(&role).await;
    let none = scene.grant(&scene.environment, &granter.member, "none").await;
    expect_refused(&scene, &granter, &none).await;
    let refused = granter.patch(&none, &json!({ "role": "owner" })).await;
    refused.expect_problem(403, "exceeds-your-rights");

    let weak = scene.role("environment", &["environment:read", "grant:delete", "grant:read"]).await;
    let other = scene.with_role("viewer").await;
    let own = scene.grant(&scene.environment, &other.member, &weak).await;
    expect_refused(&scene, &other, &own).await;
    scene.owner.delete(&own).await.expect(204);
}

#[tokio::test]
async fn a_none_that_becomes_a_role_brings_back_what_groups_give_and_takes_the_right_to() {
    let scene = Scene::new().await;
    let granting =
        scene.role("project", &["project:read", "grant:create", "grant:update", "environment:read"]).await;
    let granter = scene.with_role(&granting).await;
    let person = scene.with_role("viewer").await;
    let group = scene.group("Owners", &[&person]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    scene.grant(&scene.environment, &group, "owner").await;
    let none = scene.grant(&scene.environment, &person.member, "none").await;
    let reader = scene.role("environment", &["environment:read"]).await;
    let refused = granter.patch(&none, &json!({ "role": reader })).await;
    refused.expect_problem(403, "exceeds-your-rights");
    scene.owner.patch(&none, &json!({ "role": reader })).await.expect(200);
}

#[tokio::test]
async fn nobody_below_takes_from_an_owner() {
    let scene = Scene::new().await;
    let role = scene
        .role("project", &["project:read", "grant:create", "grant:update", "grant:delete", "grant:list"])
        .await;
    let granter = scene.with_role(&role).await;
    let grants =
        granter.get(&format!("{}/grants?principal={}", scene.project, scene.owner.member)).await.expect(200);
    let owners =
        format!("{}/grants/{}", scene.project, grants.body["results"][0]["id"].as_str().expect("an id"));
    let before = sql::dump(&scene.deployment.database);
    let refused =
        granter.patch(&owners, &json!({ "role": role })).await.expect_problem(403, "exceeds-your-rights");
    assert_eq!(refused.text("scope"), scene.project_id());
    granter.delete(&owners).await.expect_problem(403, "exceeds-your-rights");
    let theirs = granter.get(&format!("{}/grants", scene.environment)).await.expect(200);
    let theirs =
        format!("{}/grants/{}", scene.environment, theirs.body["results"][0]["id"].as_str().expect("an id"));
    granter.delete(&theirs).await.expect_problem(403, "exceeds-your-rights");
    granter.patch(&theirs, &json!({ "role": "none" })).await.expect_problem(403, "exceeds-your-rights");
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let stronger = scene.with_role("viewer").await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "owner" })).await.expect(200);
    let weaker = scene.role("project", &["project:read", "grant:create"]).await;
    let shutter = scene.with_role(&weaker).await;
    scene.grant(&scene.environment, &shutter.member, "viewer").await;
    grant(&shutter, &scene.environment, &stronger.member, "none")
        .await
        .expect_problem(403, "exceeds-your-rights");
}
