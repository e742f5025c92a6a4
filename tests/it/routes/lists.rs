//! Every list of projects, environments, grants, roles, groups and accesses: what is asked for is in range, or refused by name.

use serde_json::json;

use super::scene::Scene;
use crate::sql;

#[tokio::test]
async fn every_list_refuses_what_is_out_of_range_and_is_empty_past_its_end() {
    let scene = Scene::new().await;
    let root = scene.root();
    let member = format!("/v1/members/{}/access", scene.owner.member);
    let before = sql::dump(&scene.deployment.database);
    for (list, can_be_sorted) in [
        ("/v1/projects".to_owned(), true),
        ("/v1/groups".to_owned(), true),
        ("/v1/roles".to_owned(), true),
        (format!("{}/environments", scene.project), true),
        (format!("{}/repositories", scene.project), true),
        (format!("{}/access", scene.project), true),
        (format!("{}/access", scene.environment), true),
        (format!("{}/grants", scene.project), false),
        (format!("{}/grants", scene.environment), false),
        (member, false),
    ] {
        for (query, field) in
            [("size=0", "size"), ("size=101", "size"), ("page=-1", "page"), ("colour=red", "colour")]
        {
            let refused = root.get(&format!("{list}?{query}")).await.expect_problem(400, "invalid-request");
            assert_eq!(refused.violated(), [field], "{list}?{query}");
        }
        let sorted = root.get(&format!("{list}?sort=upwards")).await.expect_problem(400, "invalid-request");
        let message = sorted.body["violations"][0]["message"].as_str().expect("a message").to_owned();
        assert_eq!(message.contains("must be one of"), can_be_sorted, "{list}: {message}");
        let first = root.get(&list).await.expect(200).body;
        for page in ["4294967295", "1000"] {
            let past = root.get(&format!("{list}?page={page}&size=100")).await.expect(200).body;
            assert_eq!((&past["results"], &past["total"]), (&json!([]), &first["total"]), "{list}");
        }
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
}

#[tokio::test]
async fn single_things_have_a_tag_that_spares_who_knows_them_and_guards_who_changes_them() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let on_environment = scene.grant(&scene.environment, &person.member, "viewer").await;
    let on_project = scene.owner.get(&format!("{}/grants?principal={}", scene.project, person.member)).await;
    let id = on_project.body["results"][0]["id"].as_str().expect("an id").to_owned();
    let role = scene.role("project", &["project:read"]).await;
    for path in [
        on_environment,
        format!("{}/grants/{id}", scene.project),
        format!("/v1/roles/{role}"),
        scene.environment.clone(),
        scene.project.clone(),
    ] {
        let tag = scene.root().get(&path).await.expect(200).header("etag").to_owned();
        assert!(tag.starts_with('"'), "{path}: {tag}");
        let known = scene.root().request(reqwest::Method::GET, &path).header("if-none-match", &tag);
        assert_eq!(known.send().await.expect("it answers").status().as_u16(), 304, "{path}");
        let guarded = scene.root().request(reqwest::Method::DELETE, &path).header("if-match", "\"other\"");
        assert_eq!(guarded.send().await.expect("it answers").status().as_u16(), 412, "{path}");
        scene.root().get(&path).await.expect(200);
        let query = if path == scene.project || path == scene.environment { "?cascade=true" } else { "" };
        let deleted = scene.root().request(reqwest::Method::DELETE, &format!("{path}{query}"));
        let deleted = deleted.header("if-match", &tag).send().await.expect("it answers");
        assert!([200, 204].contains(&deleted.status().as_u16()), "{path}: {}", deleted.status());
    }
}
