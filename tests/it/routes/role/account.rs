//! Account roles that accounts make: what they permit, whom one outranks with them, and what they never do.

use serde_json::json;

use crate::routes::scene::{Scene, role};
use crate::sql;

/// Somebody with an account role of the account's own.
async fn with(scene: &Scene, permissions: &[&str]) -> keyhall_tests::Person {
    let person = scene.person().await;
    let id = scene.role("account", permissions).await;
    let body = json!({ "role": id });
    let changed = scene.root().patch(&format!("/v1/members/{}", person.member), &body).await.expect(200);
    assert_eq!(changed.text("role"), id);
    person
}

#[tokio::test]
async fn a_custom_account_role_permits_exactly_what_it_says() {
    let scene = Scene::new().await;
    let person = with(&scene, &["account:read", "project:create"]).await;
    let me = person.get("/v1/me").await.expect(200);
    assert_eq!(me.body["permissions"], json!(["account:read", "project:create"]));
    person.post("/v1/projects", &json!({ "name": "Mine" })).await.expect(201);
    person.get("/v1/members").await.expect_problem(403, "missing-permission");
    let blocked = person.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await;
    let blocked = blocked.expect_problem(403, "missing-permission");
    assert_eq!(blocked.text("missingPermission"), "personal_access_token:create", "a role can withhold it");
}

#[tokio::test]
async fn whoever_has_a_custom_role_outranks_those_who_hold_no_more() {
    let scene = Scene::new().await;
    let managing = ["member:read", "member:update", "member:create", "member:delete"];
    let manager = with(&scene, &managing).await;
    let weaker = with(&scene, &["member:read"]).await;
    let ordinary = scene.person().await;
    let path = |member: &str| format!("/v1/members/{member}");
    let before = sql::dump(&scene.deployment.database);
    for target in [&ordinary.member, &scene.owner.member, &scene.root().member] {
        manager.act(&format!("{}/suspend", path(target))).await.expect_problem(403, "outranked");
        manager.delete(&path(target)).await.expect_problem(403, "outranked");
    }
    for role in ["admin", "member", "billing_admin"] {
        let refused = manager.patch(&path(&weaker.member), &json!({ "role": role })).await;
        refused.expect_problem(403, "outranked");
        let invitation = json!({ "email": "grace@example.com", "role": role });
        manager.post("/v1/members", &invitation).await.expect_problem(403, "outranked");
    }
    manager.put(&format!("{}/super-admin", path(&manager.member))).await.expect_problem(403, "outranked");
    assert_eq!(sql::dump(&scene.deployment.database), before);
    manager.act(&format!("{}/suspend", path(&weaker.member))).await.expect(200);
    manager.act(&format!("{}/reinstate", path(&weaker.member))).await.expect(200);
}

#[tokio::test]
async fn whoever_may_edit_roles_puts_into_them_no_more_than_they_hold() {
    let scene = Scene::new().await;
    let editing = ["role:read", "role:list", "role:create", "role:update", "role:delete", "member:read"];
    let editor = with(&scene, &editing).await;
    let own = scene.root().get("/v1/me").await.expect(200);
    assert_eq!(own.body["member"]["role"], "super_admin");
    let mine = editor.get("/v1/me").await.expect(200).body["member"]["role"].as_str().unwrap().to_owned();
    let before = sql::dump(&scene.deployment.database);
    let wider = json!({ "permissions": ["role:update", "member:delete"] });
    editor.patch(&format!("/v1/roles/{mine}"), &wider).await.expect_problem(403, "outranked");
    role(&editor, "account", &["member:delete"]).await.expect_problem(403, "outranked");
    assert_eq!(sql::dump(&scene.deployment.database), before);
    role(&editor, "account", &["member:read", "role:read"]).await.expect(201);

    // A role of projects is harmless until somebody who may hands it out; in use it takes the right there.
    let made = role(&editor, "project", &["project:read"]).await.expect(201);
    let path = format!("/v1/roles/{}", made.id());
    editor.patch(&path, &json!({ "permissions": ["project:read", "project:delete"] })).await.expect(200);
    scene.with_role(&made.id()).await;
    let more = json!({ "permissions": ["project:read", "project:delete", "grant:create"] });
    editor.patch(&path, &more).await.expect_problem(403, "missing-permission");
    scene.root().patch(&path, &more).await.expect(200);
    // Of others' roles they change and delete neither those that hold more nor those that nobody has yet.
    let stronger = format!("/v1/roles/{}", scene.role("account", &["billing:read"]).await);
    let unused = format!("/v1/roles/{}", scene.role("environment", &["grant:list"]).await);
    for path in [&stronger, &unused] {
        editor.patch(path, &json!({ "description": "harmless" })).await.expect_problem(403, "outranked");
        editor.delete(path).await.expect_problem(403, "outranked");
    }
}

#[tokio::test]
async fn somebody_with_a_custom_role_is_invited_listed_and_signed_out_like_anybody() {
    let scene = Scene::new().await;
    let id = scene.role("account", &["account:read"]).await;
    let invitation = json!({ "email": "grace@example.com", "role": id });
    let invited = scene.root().post("/v1/members", &invitation).await.expect(201);
    assert_eq!(invited.text("role"), id);
    let link = invited.text("invitationLink");
    let accepted =
        keyhall_tests::accept_link(&scene.deployment, &link, "seven purple otters juggle", Some("Grace"))
            .await;
    accepted.expect(200);
    let grace =
        keyhall_tests::Person::sign_in(&scene.deployment, "grace@example.com", "seven purple otters juggle")
            .await;
    grace.get("/v1/account").await.expect(200);
    let sessions = scene.owner.get(&format!("/v1/sessions?member={}", grace.member)).await.expect(200);
    assert_eq!(sessions.body["total"], 1, "the admin holds all that the role holds");
    let session = sessions.body["results"][0]["id"].as_str().unwrap().to_owned();
    scene.owner.delete(&format!("/v1/sessions/{session}")).await.expect(204);
    grace.get("/v1/account").await.expect_problem(401, "unauthenticated");
}
