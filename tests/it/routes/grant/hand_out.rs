//! Who hands out which roles: owners all of their scope, others no more than they hold, and groups count as handing out.

use serde_json::json;

use crate::routes::scene::{Scene, grant};
use crate::sql;

#[tokio::test]
async fn whoever_may_grant_without_owning_grants_no_more_than_they_hold() {
    let scene = Scene::new().await;
    let granting = ["project:read", "grant:create", "grant:update", "grant:list"];
    let role = scene.role("project", &granting).await;
    let granter = scene.with_role(&role).await;
    let less = scene.role("project", &["project:read", "grant:list"]).await;
    let other = scene.role("project", &["project:delete"]).await;
    let person = scene.person().await;

    let before = sql::dump(&scene.deployment.database);
    for role in ["owner", "contributor", "viewer", &other] {
        let refused = grant(&granter, &scene.project, &person.member, role).await;
        refused.expect_problem(403, "exceeds-your-rights");
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let made = grant(&granter, &scene.project, &person.member, &less).await.expect(201);
    let path = format!("{}/grants/{}", scene.project, made.id());
    let refused = granter.patch(&path, &json!({ "role": "viewer" })).await;
    refused.expect_problem(403, "exceeds-your-rights");
    granter.patch(&path, &json!({ "role": role })).await.expect(200);
    // Through a token it is the same right.
    let token = granter.through_token().await;
    token.patch(&path, &json!({ "role": "owner" })).await.expect_problem(403, "exceeds-your-rights");
    token.patch(&path, &json!({ "role": less })).await.expect(200);
}

#[tokio::test]
async fn putting_somebody_into_a_group_hands_out_all_that_the_group_was_granted() {
    let scene = Scene::new().await;
    let role = scene.role("project", &["project:read", "grant:create"]).await;
    let account = scene.role("account", &["group:update", "group:read", "member:read"]).await;
    let granter = scene.with_role(&role).await;
    let person = scene.person().await;
    let member = format!("/v1/members/{}", granter.member);
    scene.root().patch(&member, &json!({ "role": account })).await.expect(200);
    let (free, owning) = (scene.group("Free", &[]).await, scene.group("Owning", &[]).await);
    let owners_grant = scene.grant(&scene.project, &owning, "owner").await;

    let place = |group: &str, who: &str| format!("/v1/groups/{group}/members/{who}");
    granter.put(&place(&free, &person.member)).await.expect(204);
    for who in [&person.member, &granter.member] {
        let refused = granter.put(&place(&owning, who)).await;
        refused.expect_problem(403, "exceeds-your-rights");
    }
    scene.owner.patch(&owners_grant, &json!({ "role": role })).await.expect(200);
    granter.put(&place(&owning, &person.member)).await.expect(204);
    let elsewhere = scene.root().post("/v1/projects", &json!({ "name": "Elsewhere" })).await.expect(201).id();
    let elsewhere = format!("/v1/projects/{elsewhere}");
    grant(scene.root(), &elsewhere, &owning, "viewer").await.expect(201);
    let refused =
        granter.put(&place(&owning, &granter.member)).await.expect_problem(403, "missing-permission");
    assert_eq!(refused.text("missingPermission"), "grant:create");
    assert_eq!(refused.text("scope"), scene.account.id, "what is not there for them is not named");
}

#[tokio::test]
async fn a_default_role_is_handed_out_like_a_grant() {
    let scene = Scene::new().await;
    let role = scene.role("environment", &["environment:read", "environment:update"]).await;
    let updater = scene.with_role("viewer").await;
    scene.grant(&scene.environment, &updater.member, &role).await;
    let default = |role: &str| json!({ "defaultRole": role });
    updater.patch(&scene.environment, &json!({ "description": "mine" })).await.expect(200);
    for role in ["viewer", "owner"] {
        let refused = updater.patch(&scene.environment, &default(role)).await;
        let refused = refused.expect_problem(403, "missing-permission");
        assert_eq!(refused.text("missingPermission"), "grant:create");
    }
    scene.owner.patch(&scene.environment, &default("operator")).await.expect(200);
    updater.patch(&scene.environment, &default("none")).await.expect_problem(403, "missing-permission");
    let granting = ["environment:read", "environment:update", "grant:create"];
    let granting = scene.role("environment", &granting).await;
    let granter = scene.with_role("viewer").await;
    scene.grant(&scene.environment, &granter.member, &granting).await;
    granter.patch(&scene.environment, &default("owner")).await.expect_problem(403, "exceeds-your-rights");
    granter.patch(&scene.environment, &default(&role)).await.expect(200);
    let project_role = scene.role("project", &["project:read"]).await;
    let refused = scene.owner.patch(&scene.environment, &default(&project_role)).await;
    assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["defaultRole"]);
}
