//! The last owner of a project: may go where the account has a Super Admin, and not otherwise.

use serde_json::json;

use crate::routes::scene::Scene;
use crate::sql;

/// The path of the owner's own grant on the project.
async fn owners_grant(scene: &Scene) -> String {
    let path = format!("{}/grants?principal={}", scene.project, scene.owner.member);
    let grants = scene.owner.get(&path).await.expect(200);
    format!("{}/grants/{}", scene.project, grants.body["results"][0]["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn the_last_owner_may_leave_and_is_told_that_they_were_the_last() {
    let scene = Scene::new().await;
    let second = scene.with_role("owner").await;
    let path = owners_grant(&scene).await;
    let demoted = second.patch(&path, &json!({ "role": "viewer" })).await.expect(200);
    assert_eq!(demoted.body["warnings"], json!([]), "there is another");
    let seconds = scene.root().get(&format!("{}/grants?principal={}", scene.project, second.member)).await;
    let seconds = format!("{}/grants/{}", scene.project, seconds.body["results"][0]["id"].as_str().unwrap());
    let left = second.delete(&seconds).await.expect(200);
    assert_eq!(left.body["warnings"][0]["code"], "no-owner-left");
    let grant = json!({ "principal": second.member, "role": "owner" });
    scene.root().post(&format!("{}/grants", scene.project), &grant).await.expect(201);
}

#[tokio::test]
async fn an_owner_through_a_group_is_an_owner() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let group = scene.group("Owners", &[&person]).await;
    scene.grant(&scene.project, &group, "owner").await;
    let left = scene.owner.delete(&owners_grant(&scene).await).await.expect(200);
    assert_eq!(left.body["warnings"], json!([]));
}

#[tokio::test]
async fn without_a_super_admin_the_last_owner_stays() {
    let scene = Scene::new().await;
    let admin = scene.account.person(&scene.deployment, "admin").await;
    let path = owners_grant(&scene).await;
    scene.lose_super_admins();
    let before = sql::dump(&scene.deployment.database);
    scene.owner.delete(&path).await.expect_problem(409, "last-owner");
    scene.owner.patch(&path, &json!({ "role": "contributor" })).await.expect_problem(409, "last-owner");
    let member = format!("/v1/members/{}", scene.owner.member);
    admin.delete(&member).await.expect_problem(409, "last-owner");
    admin.act(&format!("{member}/suspend")).await.expect_problem(409, "last-owner");
    assert_eq!(sql::dump(&scene.deployment.database), before);

    scene.grant(&scene.project, &admin.member, "owner").await;
    assert_eq!(scene.owner.delete(&path).await.expect(200).body["warnings"], json!([]));
    admin.delete(&member).await.expect(204);
}

#[tokio::test]
async fn without_a_super_admin_a_group_that_owns_alone_keeps_somebody() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let group = scene.group("Owners", &[&person]).await;
    scene.grant(&scene.project, &group, "owner").await;
    scene.owner.delete(&owners_grant(&scene).await).await.expect(200);
    // The admin can do with groups what they like, where they may grant.
    let admin = scene.root().clone();
    scene.lose_super_admins();
    admin
        .delete(&format!("/v1/groups/{group}/members/{}", person.member))
        .await
        .expect_problem(409, "last-owner");
    admin.delete(&format!("/v1/groups/{group}")).await.expect_problem(403, "missing-permission");
}
