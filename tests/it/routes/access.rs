//! Who ends up with what, and why.

mod explain;

use keyhall_tests::Person;
use serde_json::{Value, json};

use super::scene::Scene;

/// What is said of one principal in a list of accesses.
async fn of(asker: &Person, path: &str, member: &str) -> Value {
    let list = asker.get(path).await.expect(200).body;
    let results = list["results"].as_array().unwrap();
    assert_eq!(list["total"], results.len());
    results.iter().find(|one| one["principal"]["id"] == member).cloned().unwrap_or(Value::Null)
}

/// The role, and where each source of it comes from.
fn sources(entry: &Value) -> (String, Vec<(String, String)>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = entry["sources"].as_array().unwrap().iter();
    (text(&entry["role"]), all.map(|one| (text(&one["from"]), text(&one["role"]))).collect())
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(from, role)| ((*from).to_owned(), (*role).to_owned())).collect()
}

#[tokio::test]
async fn a_project_shows_everybody_with_every_role_that_counts() {
    let scene = Scene::new().await;
    let (both, stranger) = (scene.with_role("viewer").await, scene.person().await);
    let group = scene.group("Backend", &[&both]).await;
    scene.grant(&scene.project, &group, "contributor").await;
    let path = format!("{}/access", scene.project);
    let entry = of(&both, &path, &both.member).await;
    let expected = pairs(&[("group", "contributor"), ("direct", "viewer")]);
    assert_eq!(sources(&entry), ("contributor".to_owned(), expected));
    assert_eq!(entry["sources"][0]["groupId"], group);
    assert_eq!(entry["email"], both.email);
    assert!(entry["permissions"].as_array().unwrap().contains(&json!("project:update")));
    let root = of(&both, &path, &scene.root().member).await;
    assert_eq!(sources(&root), ("owner".to_owned(), pairs(&[("super_admin", "owner")])));
    assert_eq!(of(&both, &path, &stranger.member).await, Value::Null);
    stranger.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn an_environment_shows_default_and_none() {
    let scene = Scene::new().await;
    let (default, shut_out, grouped) =
        (scene.with_role("viewer").await, scene.with_role("owner").await, scene.with_role("viewer").await);
    let group = scene.group("Backend", &[&grouped, &shut_out]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    scene.grant(&scene.environment, &group, "operator").await;
    scene.grant(&scene.environment, &shut_out.member, "none").await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "viewer" })).await.expect(200);
    let path = format!("{}/access", scene.environment);
    for (person, role, from) in [
        (&default, "viewer", "default"),
        (&shut_out, "none", "direct"),
        (&grouped, "operator", "group"),
        (&scene.owner, "owner", "direct"),
        (scene.root(), "owner", "super_admin"),
    ] {
        let entry = of(&scene.owner, &path, &person.member).await;
        assert_eq!(sources(&entry), (role.to_owned(), pairs(&[(from, role)])), "{role}");
    }
    let entry = of(&scene.owner, &path, &shut_out.member).await;
    assert!(
        entry["permissions"].as_array().unwrap().contains(&json!("grant:create")),
        "by the role on the project"
    );

    let roles = async |sort: &str| {
        let list = scene.owner.get(&format!("{path}?sort={sort}")).await.expect(200).body;
        let results = list["results"].as_array().unwrap().clone();
        results.iter().map(|one| one["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roles("role").await, ["owner", "owner", "operator", "viewer", "none"]);
    assert_eq!(roles("-role").await, ["none", "viewer", "operator", "owner", "owner"]);
    let mut seen = Vec::new();
    for page in 0..3 {
        let list = scene.owner.get(&format!("{path}?size=2&page={page}")).await.expect(200).body;
        assert_eq!(list["total"], 5);
        seen.extend(list["results"].as_array().unwrap().iter().map(|one| one["principal"]["id"].clone()));
    }
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 5, "each once");
}

#[tokio::test]
async fn a_member_sees_all_of_their_own_and_others_what_they_may_know_of() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let hidden = scene.root().post("/v1/projects", &json!({ "name": "Hidden" })).await.expect(201).id();
    let grant = json!({ "principal": person.member, "role": "owner" });
    scene.root().post(&format!("/v1/projects/{hidden}/grants"), &grant).await.expect(201);
    let path = format!("/v1/members/{}/access", person.member);
    let names = async |asker: &Person, query: &str| {
        let list = asker.get(&format!("{path}{query}")).await.expect(200).body;
        let names = list["results"].as_array().unwrap().iter().map(|one| one["projectName"].clone());
        let names: Vec<_> = names.collect();
        assert_eq!(list["total"], names.len());
        names
    };
    assert_eq!(names(&person, "").await, ["Hidden", "Payments"]);
    assert_eq!(names(scene.root(), "").await, ["Hidden", "Payments"]);
    assert_eq!(names(&scene.owner, "").await, ["Payments"]);
    assert_eq!(names(&scene.person().await, "").await, Vec::<Value>::new());
    assert_eq!(names(&person, "?name=PAY").await, ["Payments"]);

    // Environments that a list would not show are not shown here either.
    let auditor = scene.with_role(&scene.role("project", &["grant:list"]).await).await;
    for member in [&person.member, &auditor.member] {
        let list = auditor.get(&format!("/v1/members/{member}/access")).await.expect(200).body;
        assert_eq!(
            (&list["results"][0]["projectName"], &list["results"][0]["environments"]),
            (&json!("Payments"), &json!([]))
        );
    }

    let own = person.get(&path).await.expect(200).body;
    let payments = &own["results"][1];
    assert_eq!(payments["role"], "viewer");
    assert_eq!(payments["environments"][0]["environmentName"], "Production");
    assert_eq!(payments["environments"][0]["role"], "none");
    assert_eq!(payments["environments"][0]["sources"][0]["from"], "default");
    let roots = format!("/v1/members/{}/access", scene.root().member);
    let roots = scene.root().get(&roots).await.expect(200).body;
    assert_eq!(
        (roots["total"].clone(), roots["results"][1]["sources"][0]["from"].clone()),
        (json!(2), json!("super_admin"))
    );
}
