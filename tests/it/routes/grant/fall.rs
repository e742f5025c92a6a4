//! What falls with the last role on a project: the grants on its environments.

use keyhall_tests::Person;

use crate::routes::scene::Scene;

/// How many grants somebody has on the environment.
async fn grants_of(scene: &Scene, person: &Person) -> i64 {
    let path = format!("{}/grants?principal={}", scene.environment, person.member);
    scene.owner.get(&path).await.expect(200).body["total"].as_i64().expect("a number")
}

#[tokio::test]
async fn environment_grants_fall_with_the_last_project_grant_and_not_before() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let group = scene.group("Backend", &[&person]).await;
    let by_group = scene.grant(&scene.project, &group, "viewer").await;
    let own = scene.grant(&scene.project, &person.member, "viewer").await;
    scene.grant(&scene.environment, &person.member, "owner").await;

    scene.owner.delete(&own).await.expect(200);
    assert_eq!(grants_of(&scene, &person).await, 1);
    let events = scene.deployment.database.count("audit_events", "action = 'grant.delete'");
    scene.owner.delete(&by_group).await.expect(200);
    assert_eq!(grants_of(&scene, &person).await, 0);
    let fallen = scene.deployment.database.count("audit_events", "action = 'grant.delete'") - events;
    assert_eq!(fallen, 2, "the group's and the one that fell with it");
    scene.grant(&scene.project, &person.member, "viewer").await;
    assert_eq!(grants_of(&scene, &person).await, 0, "nothing comes back by itself");
}

#[tokio::test]
async fn environment_grants_fall_with_a_place_in_a_group_and_with_the_group() {
    let scene = Scene::new().await;
    let (left, deleted) = (scene.person().await, scene.person().await);
    let leaving = scene.group("Leaving", &[&left]).await;
    let going = scene.group("Going", &[&deleted]).await;
    for (group, person) in [(&leaving, &left), (&going, &deleted)] {
        scene.grant(&scene.project, group, "viewer").await;
        scene.grant(&scene.environment, &person.member, "operator").await;
    }
    scene.root().delete(&format!("/v1/groups/{leaving}/members/{}", left.member)).await.expect(204);
    assert_eq!((grants_of(&scene, &left).await, grants_of(&scene, &deleted).await), (0, 1));
    scene.root().delete(&format!("/v1/groups/{going}")).await.expect(204);
    assert_eq!(grants_of(&scene, &deleted).await, 0);
}

#[tokio::test]
async fn a_groups_own_environment_grants_fall_with_its_project_grant() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let group = scene.group("Backend", &[&person]).await;
    let on_project = scene.grant(&scene.project, &group, "viewer").await;
    let on_environment = scene.grant(&scene.environment, &group, "owner").await;
    scene.owner.delete(&on_project).await.expect(200);
    scene.owner.get(&on_environment).await.expect_problem(404, "not-found");
    person.get(&scene.project).await.expect(200);
}

#[tokio::test]
async fn a_suspended_member_of_everyone_keeps_their_environment_grants() {
    let scene = Scene::new().await;
    let groups = scene.root().get("/v1/groups?name=everyone").await.expect(200);
    let everyone = groups.body["results"][0]["id"].as_str().expect("it is there").to_owned();
    scene.grant(&scene.project, &everyone, "viewer").await;
    let (kept, other) = (scene.person().await, scene.person().await);
    scene.grant(&scene.environment, &kept.member, "operator").await;
    let member = format!("/v1/members/{}", kept.member);
    scene.root().act(&format!("{member}/suspend")).await.expect(200);
    // Something else falls in the same project meanwhile.
    let direct = scene.grant(&scene.project, &other.member, "viewer").await;
    scene.owner.delete(&direct).await.expect(200);
    scene.root().act(&format!("{member}/reinstate")).await.expect(200);
    assert_eq!(grants_of(&scene, &kept).await, 1);
}
