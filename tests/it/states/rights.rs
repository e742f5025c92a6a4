//! A right that is gone is gone on the next request: on the same server and on another, through a session and a token.

use keyhall_tests::{Deployment, Options, Person};
use serde_json::json;

use crate::routes::scene::Scene;

/// Somebody who speaks in four ways: in a session and through a token, to each of two servers.
struct Speakers {
    all: Vec<Person>,
    _second: Deployment,
}

impl Speakers {
    async fn of(scene: &Scene, person: &Person) -> Self {
        let (database, clock) = (scene.deployment.database.clone(), scene.deployment.clock.clone());
        let second = Deployment::on(database, clock, &Options::default()).await;
        let token = person.through_token().await;
        let all = vec![person.clone(), token.clone(), person.at(&second), token.at(&second)];
        Self { all, _second: second }
    }

    /// What each is answered, where all are answered alike.
    async fn status(&self, path: &str) -> u16 {
        let mut statuses = Vec::new();
        for speaker in &self.all {
            statuses.push(speaker.get(path).await.status);
        }
        statuses.dedup();
        assert_eq!(statuses.len(), 1, "{path}: {statuses:?}");
        statuses[0]
    }
}

#[tokio::test]
async fn a_grant_removed_is_refused_on_every_server() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let speakers = Speakers::of(&scene, &person).await;
    let path = scene.grant(&scene.project, &person.member, "viewer").await;
    for place in [&scene.project, &scene.environment] {
        assert_eq!(speakers.status(place).await, 200);
    }
    scene.owner.delete(&path).await.expect(200);
    for place in [&scene.project, &scene.environment] {
        assert_eq!(speakers.status(place).await, 404);
    }
}

#[tokio::test]
async fn a_role_emptied_and_a_group_emptied_are_refused_on_every_server() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let speakers = Speakers::of(&scene, &person).await;
    let role = scene.role("project", &["project:read"]).await;
    let group = scene.group("Backend", &[&person]).await;
    scene.grant(&scene.project, &group, &role).await;
    assert_eq!(speakers.status(&scene.project).await, 200);
    scene.root().patch(&format!("/v1/roles/{role}"), &json!({ "permissions": [] })).await.expect(200);
    assert_eq!(speakers.status(&scene.project).await, 403);
    scene.root().delete(&format!("/v1/groups/{group}/members/{}", person.member)).await.expect(204);
    assert_eq!(speakers.status(&scene.project).await, 404);
}

#[tokio::test]
async fn what_is_deleted_is_gone_on_every_server_and_its_children_with_it() {
    let scene = Scene::new().await;
    let person = scene.with_role("owner").await;
    let speakers = Speakers::of(&scene, &person).await;
    let grants = format!("{}/grants", scene.environment);
    assert_eq!(speakers.status(&grants).await, 200);
    scene.owner.delete(&scene.environment).await.expect(204);
    assert_eq!(speakers.status(&grants).await, 404);
    assert_eq!(speakers.status(&scene.project).await, 200);
    scene.owner.delete(&format!("{}?cascade=true", scene.project)).await.expect(204);
    for path in [scene.project.clone(), format!("{}/environments", scene.project), scene.environment.clone()]
    {
        assert_eq!(speakers.status(&path).await, 404);
    }
}
