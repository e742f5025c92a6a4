//! Grants, roles and what they are on: taken away while they are used, made twice, deleted while they are handed out.

use serde_json::json;

use super::{ROUNDS, race};
use crate::routes::scene::{Scene, grant};

/// How often a race is run whose rounds are long.
const FEW: usize = ROUNDS / 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_first_owners_grants_exactly_one_is_made_and_the_other_is_shown_it() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    for round in 0..FEW {
        let make = |role: &'static str| {
            let (by, project, who) = (scene.owner.clone(), scene.project.clone(), person.member.clone());
            async move { grant(&by, &project, &who, role).await }
        };
        let answers = race(make("owner"), make("viewer")).await;
        let made = answers.iter().find(|answer| answer.status == 201).expect("one is made");
        let refused = answers.iter().find(|answer| answer.status == 409).expect("the other is not");
        assert_eq!(refused.body["present"], made.body, "round {round}");
        scene.owner.delete(&format!("{}/grants/{}", scene.project, made.id())).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_done_by_a_grant_after_it_was_taken_away() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    for round in 0..FEW {
        let path = scene.grant(&scene.project, &person.member, "contributor").await;
        let (by, project) = (person.clone(), scene.project.clone());
        let change = json!({ "description": format!("round {round}") });
        let (owner, taken) = (scene.owner.clone(), path.clone());
        let statuses = race(async move { by.patch(&project, &change).await.status }, async move {
            owner.delete(&taken).await.status
        })
        .await;
        assert!([200, 404].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        person.get(&scene.project).await.expect_problem(404, "not-found");
    }
    // In the chain, which has the order in which things came about, each change stands before its grant's end.
    let late = scene.deployment.database.count(
        "audit_events changed",
        "changed.action = 'project.update' AND NOT EXISTS (SELECT FROM audit_events ended \
         WHERE ended.action = 'grant.delete' AND ended.chain_id = changed.chain_id AND ended.sequence > changed.sequence)",
    );
    assert_eq!(late, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_is_granted_or_deleted_but_not_both() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    for _ in 0..FEW {
        let role = scene.role("project", &["project:read"]).await;
        let (root, path) = (scene.root().clone(), format!("/v1/roles/{role}"));
        let (by, project, who) = (scene.owner.clone(), scene.project.clone(), person.member.clone());
        let [granted, deleted] =
            race(
                async move { grant(&by, &project, &who, &role).await },
                async move { root.delete(&path).await },
            )
            .await;
        match (granted.status, deleted.status) {
            (201, 409) => {
                let grant = format!("{}/grants/{}", scene.project, granted.id());
                scene.owner.delete(&grant).await.expect(200);
                let role = granted.text("role");
                scene.root().delete(&format!("/v1/roles/{role}")).await.expect(204);
            }
            (404, 204) => {}
            other => panic!("{other:?}: {:#} {:#}", granted.body, deleted.body),
        }
    }
    assert_eq!(scene.deployment.database.count("roles", "true"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cascade_takes_what_is_made_meanwhile_or_it_is_not_made() {
    let scene = Scene::new().await;
    for round in 0..FEW {
        let name = json!({ "name": format!("Project {round}") });
        let project = scene.owner.post("/v1/projects", &name).await.expect(201).id();
        let project = format!("/v1/projects/{project}");
        let (maker, environments) = (scene.owner.clone(), format!("{project}/environments"));
        let (root, all) = (scene.root().clone(), format!("{project}?cascade=true"));
        let statuses = race(
            async move { maker.post(&environments, &json!({ "name": "Production" })).await.status },
            async move { root.delete(&all).await.status },
        )
        .await;
        assert!([201, 404].contains(&statuses[0]) && statuses[1] == 204, "{statuses:?}");
    }
    let database = &scene.deployment.database;
    assert_eq!((database.count("projects", "true"), database.count("environments", "true")), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_super_admin_two_owners_who_remove_each_other_do_not_both_succeed() {
    let scene = Scene::new().await;
    let second = scene.with_role("owner").await;
    scene.lose_super_admins();
    for round in 0..FEW {
        let grants = scene.owner.get(&format!("{}/grants", scene.project)).await.expect(200).body;
        let of = |member: &str| {
            let mut all = grants["results"].as_array().unwrap().iter();
            let id = all.find(|one| one["principal"]["id"] == member).unwrap()["id"].as_str().unwrap();
            format!("{}/grants/{id}", scene.project)
        };
        let (one, ones) = (scene.owner.clone(), of(&second.member));
        let (other, others) = (second.clone(), of(&scene.owner.member));
        let mut statuses =
            race(
                async move { one.delete(&ones).await.status },
                async move { other.delete(&others).await.status },
            )
            .await;
        statuses.sort_unstable();
        assert!(statuses[0] == 200 && [404, 409].contains(&statuses[1]), "round {round}: {statuses:?}");
        let (kept, gone) = match scene.owner.get(&scene.project).await.status {
            200 => (&scene.owner, &second),
            _ => (&second, &scene.owner),
        };
        grant(kept, &scene.project, &gone.member, "owner").await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_grant_on_an_environment_outlives_the_role_on_its_project() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    for _ in 0..FEW {
        let path = scene.grant(&scene.project, &person.member, "viewer").await;
        let (by, environment, who) = (scene.owner.clone(), scene.environment.clone(), person.member.clone());
        let owner = scene.owner.clone();
        let statuses =
            race(async move { grant(&by, &environment, &who, "owner").await.status }, async move {
                owner.delete(&path).await.status
            })
            .await;
        assert!([201, 409].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        let left = format!("{}/grants?principal={}", scene.environment, person.member);
        assert_eq!(scene.owner.get(&left).await.expect(200).body["total"], 0);
    }
}
