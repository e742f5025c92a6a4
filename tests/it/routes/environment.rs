//! Environments.

use jiff::SignedDuration;
use serde_json::json;

use super::scene::Scene;
use crate::sql;

#[tokio::test]
async fn an_environment_is_made_shown_listed_changed_and_deleted() {
    let scene = Scene::new().await;
    let environments = format!("{}/environments", scene.project);
    let body = json!({ "name": "Test", "description": "for trying out", "defaultRole": "viewer" });
    scene.deployment.pass(SignedDuration::from_secs(1));
    let made = scene.owner.post(&environments, &body).await.expect(201);
    assert_eq!(
        (made.text("defaultRole"), made.text("projectId")),
        ("viewer".into(), scene.project_id().into())
    );
    let path = format!("{environments}/{}", made.id());
    assert_eq!(made.header("location"), format!("https://keyhall.example{path}"));
    assert_eq!(scene.owner.get(&path).await.expect(200).body, made.body);

    let names = async |query: &str| {
        let list = scene.owner.get(&format!("{environments}{query}")).await.expect(200).body;
        let names: Vec<_> =
            list["results"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(list["total"], names.len());
        names
    };
    assert_eq!(names("").await, ["Test", "Production"]);
    assert_eq!(names("?sort=name").await, ["Production", "Test"]);
    assert_eq!(names("?sort=-name").await, ["Test", "Production"]);
    assert_eq!(names("?sort=createdAt").await, ["Production", "Test"]);
    assert_eq!(names("?name=PROD").await, ["Production"]);

    let tag = scene.owner.get(&path).await.expect(200).header("etag").to_owned();
    let renamed =
        scene.owner.patch(&path, &json!({ "name": "Trial", "description": null })).await.expect(200);
    assert_eq!((renamed.id(), renamed.text("name")), (made.id(), "Trial".to_owned()));
    let stale = scene.owner.request(reqwest::Method::PATCH, &path).header("if-match", &tag);
    let stale = stale.json(&json!({ "name": "Other" })).send().await.unwrap();
    assert_eq!(stale.status().as_u16(), 412);

    scene.owner.delete(&path).await.expect(204);
    scene.owner.get(&path).await.expect_problem(404, "not-found");
    let again = scene.owner.post(&environments, &json!({ "name": "Trial" })).await.expect(201);
    assert_ne!(again.id(), made.id());
    scene.owner.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn names_are_taken_in_one_project_alone_and_compared_without_case() {
    let scene = Scene::new().await;
    let environments = format!("{}/environments", scene.project);
    let before = sql::dump(&scene.deployment.database);
    for name in ["production", "ＰＲＯＤＵＣＴＩＯＮ", " Production "] {
        let refused = scene.owner.post(&environments, &json!({ "name": name })).await;
        refused.expect_problem(409, "name-taken");
    }
    for name in ["", "\u{200B}", "a\u{202E}b"] {
        let refused = scene.owner.post(&environments, &json!({ "name": name })).await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["name"]);
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let other = scene.owner.post("/v1/projects", &json!({ "name": "Other" })).await.expect(201).id();
    let other = format!("/v1/projects/{other}/environments");
    scene.owner.post(&other, &json!({ "name": "Production" })).await.expect(201);
}

#[tokio::test]
async fn what_has_something_in_it_is_deleted_with_cascade_alone() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    scene.grant(&scene.environment, &person.member, "operator").await;
    let before = sql::dump(&scene.deployment.database);
    let refused = scene.owner.delete(&scene.environment).await.expect_problem(409, "not-empty");
    assert_eq!(refused.body["contents"], json!({ "environments": 0, "grants": 1, "repositories": 0 }));
    let refused = scene.owner.delete(&scene.project).await.expect_problem(409, "not-empty");
    assert_eq!(refused.body["contents"], json!({ "environments": 1, "grants": 2, "repositories": 0 }));
    for wrong in ["yes", "1", ""] {
        let refused = scene.owner.delete(&format!("{}?cascade={wrong}", scene.project)).await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["cascade"]);
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);

    scene.owner.delete(&format!("{}?cascade=true", scene.environment)).await.expect(204);
    scene.owner.delete(&format!("{}?cascade=true", scene.project)).await.expect(204);
    for table in ["projects", "environments", "grants"] {
        assert_eq!(scene.deployment.database.count(table, "true"), 0, "{table}");
    }
    let again = scene.owner.post("/v1/projects", &json!({ "name": "payments" })).await.expect(201);
    assert_ne!(again.id(), scene.project_id());
    for dead in [&scene.project, &scene.environment] {
        scene.root().get(dead).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_list_shows_what_a_read_would_show_and_counts_nothing_else() {
    let scene = Scene::new().await;
    let blind = scene.role("project", &["repository:list"]).await;
    let seeing = scene.role("environment", &["environment:list", "environment:read"]).await;
    let person = scene.with_role(&blind).await;
    let environments = format!("{}/environments", scene.project);
    let mut shown = Vec::new();
    for (name, default, granted, visible) in [
        ("granted", "none", Some("viewer"), true),
        ("shut out", "owner", Some("none"), false),
        ("by default", "viewer", None, true),
        ("nothing", "none", None, false),
        ("custom", "none", Some(seeing.as_str()), true),
        ("custom by default", seeing.as_str(), None, true),
    ] {
        let body = json!({ "name": name, "defaultRole": default });
        let id = scene.owner.post(&environments, &body).await.expect(201).id();
        let path = format!("{environments}/{id}");
        if let Some(role) = granted {
            scene.grant(&path, &person.member, role).await;
        }
        assert_eq!(person.get(&path).await.status, if visible { 200 } else { 403 }, "{name}");
        shown.extend(visible.then_some(name));
    }
    shown.sort_unstable();
    let list = person.get(&format!("{environments}?sort=name")).await.expect(200).body;
    let names: Vec<_> =
        list["results"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!((names, list["total"].as_u64()), (shown, Some(4)));
    // Nor does the list of projects show what a read would not.
    person.get(&scene.project).await.expect_problem(403, "missing-permission");
    assert_eq!(person.get("/v1/projects").await.expect(200).body["total"], 0);
}
