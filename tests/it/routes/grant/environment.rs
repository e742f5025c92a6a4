//! Grants on environments: independent of the project role, with a default, and a `none` that shuts out.

use keyhall_tests::Person;
use serde_json::json;

use crate::routes::scene::{Scene, grant};
use crate::sql;

/// Whether somebody may change the environment, which takes an owner of it or of its project.
async fn may_change(person: &Person, scene: &Scene) -> bool {
    let answer = person
        .patch(&scene.environment, &json!({ "description": format!("{}", uuid::Uuid::now_v7()) }))
        .await;
    match answer.status {
        200 => true,
        403 => false,
        other => panic!("{other}: {:#}", answer.body),
    }
}

#[tokio::test]
async fn a_project_viewer_can_own_an_environment_and_grant_there() {
    let scene = Scene::new().await;
    let viewer = scene.with_role("viewer").await;
    let other = scene.with_role("viewer").await;
    assert!(!may_change(&viewer, &scene).await);
    grant(&viewer, &scene.environment, &other.member, "viewer")
        .await
        .expect_problem(403, "missing-permission");
    scene.grant(&scene.environment, &viewer.member, "owner").await;
    assert!(may_change(&viewer, &scene).await);
    grant(&viewer, &scene.environment, &other.member, "owner").await.expect(201);
    assert!(may_change(&other, &scene).await);
    grant(&viewer, &scene.project, &other.member, "owner").await.expect_problem(403, "missing-permission");
}

#[tokio::test]
async fn a_default_role_counts_at_once_for_who_was_granted_nothing() {
    let scene = Scene::new().await;
    let (viewer, granted) = (scene.with_role("viewer").await, scene.with_role("viewer").await);
    scene.grant(&scene.environment, &granted.member, "viewer").await;
    let stranger = scene.person().await;
    assert!(!may_change(&viewer, &scene).await);
    let default = |role: &str| json!({ "defaultRole": role });
    scene.owner.patch(&scene.environment, &default("owner")).await.expect(200);
    assert!(may_change(&viewer, &scene).await);
    assert!(!may_change(&granted, &scene).await, "a grant of one's own, even a weaker one, comes first");
    stranger.get(&scene.environment).await.expect_problem(404, "not-found");
    scene.owner.patch(&scene.environment, &default("none")).await.expect(200);
    assert!(!may_change(&viewer, &scene).await);
}

#[tokio::test]
async fn a_none_takes_what_groups_and_default_give_but_not_what_the_project_gives() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let group = scene.group("Backend", &[&person]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    scene.grant(&scene.environment, &group, "owner").await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "owner" })).await.expect(200);
    assert!(may_change(&person, &scene).await);

    let none = scene.grant(&scene.environment, &person.member, "none").await;
    assert!(!may_change(&person, &scene).await);
    person.get(&scene.environment).await.expect(200);
    scene.owner.delete(&none).await.expect(204);
    assert!(may_change(&person, &scene).await);
}

#[tokio::test]
async fn no_grant_shuts_a_super_admin_or_a_projects_owner_out() {
    let scene = Scene::new().await;
    let second = scene.with_role("owner").await;
    scene.grant(&scene.environment, &second.member, "none").await;
    assert!(may_change(&second, &scene).await);
    let root = scene.root();
    scene.grant(&scene.project, &root.member, "viewer").await;
    scene.grant(&scene.environment, &root.member, "none").await;
    assert!(may_change(root, &scene).await);
    root.delete(&format!("{}?cascade=true", scene.environment)).await.expect(204);
}

#[tokio::test]
async fn none_is_no_role_for_groups_and_strangers_are_no_members() {
    let scene = Scene::new().await;
    let stranger = scene.person().await;
    let (inside, outside) = (scene.group("Inside", &[]).await, scene.group("Outside", &[]).await);
    scene.grant(&scene.project, &inside, "viewer").await;
    let before = sql::dump(&scene.deployment.database);
    for (principal, role, detail) in [
        (&inside, "none", "never to a group"),
        (&outside, "viewer", "group has no role on the project"),
        (&stranger.member, "viewer", "principal has no role on the project"),
        (&scene.root().member, "owner", "principal has no role on the project"),
    ] {
        let refused = grant(&scene.owner, &scene.environment, principal, role).await;
        let refused = refused.expect_problem(409, "cannot-be-granted");
        assert!(refused.text("detail").contains(detail), "{:#}", refused.body);
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let path = scene.grant(&scene.environment, &inside, "viewer").await;
    let refused = scene.owner.patch(&path, &json!({ "role": "none" })).await;
    refused.expect_problem(409, "cannot-be-granted");
}

#[tokio::test]
async fn a_super_admin_who_is_no_member_of_the_project_gets_no_grant_by_making_an_environment() {
    let scene = Scene::new().await;
    let environments = format!("{}/environments", scene.project);
    let made = scene.root().post(&environments, &json!({ "name": "Test" })).await.expect(201).id();
    let grants = format!("{environments}/{made}/grants");
    assert_eq!(scene.root().get(&grants).await.expect(200).body["total"], 0);
    let own = scene.owner.get(&format!("{}/grants", scene.environment)).await.expect(200);
    assert_eq!(own.body["total"], 1);
    assert_eq!(own.body["results"][0]["principal"]["id"], scene.owner.member);
    assert_eq!(own.body["results"][0]["role"], "owner");
}
