//! Roles that accounts make.

mod account;

use jiff::SignedDuration;
use serde_json::json;

use super::scene::{Scene, grant, role};
use crate::sql;

#[tokio::test]
async fn a_role_is_made_listed_changed_and_deleted() {
    let scene = Scene::new().await;
    let body = json!({
        "name": "Release manager", "level": "project", "description": "Ships",
        "permissions": ["project:read", "environment:create", "project:read"],
    });
    let made = scene.root().post("/v1/roles", &body).await.expect(201);
    assert_eq!(made.body["permissions"], json!(["project:read", "environment:create"]));
    assert_eq!((made.body["principals"].clone(), made.body["builtIn"].clone()), (json!(null), json!(false)));
    let path = format!("/v1/roles/{}", made.id());
    assert_eq!(scene.person().await.get(&path).await.expect(200).body, made.body);

    let list = scene.root().get("/v1/roles?size=100").await.expect(200).body;
    assert_eq!((list["total"].clone(), list["results"][0]["id"].clone()), (json!(18), json!(made.id())));
    assert_eq!(list["results"].as_array().unwrap().len(), 18);
    let of_projects = scene.root().get("/v1/roles?level=project&page=1&size=3").await.expect(200).body;
    assert_eq!(
        (of_projects["total"].clone(), of_projects["results"][0]["name"].clone()),
        (json!(4), json!("viewer"))
    );
    for (query, total) in [("?principals=member", 4), ("?name=RELEASE", 1), ("?level=environment", 5)] {
        let list = scene.root().get(&format!("/v1/roles{query}")).await.expect(200).body;
        assert_eq!(list["total"], total, "{query}");
    }

    let patch = json!({ "name": "Release captain", "permissions": ["project:read"] });
    let changed = scene.root().patch(&path, &patch).await.expect(200);
    assert_eq!(
        (changed.text("name"), &changed.body["permissions"]),
        ("Release captain".into(), &json!(["project:read"]))
    );
    scene.root().patch(&path, &json!({ "level": "account" })).await.expect_problem(400, "invalid-request");
    scene.root().delete(&path).await.expect(204);
    scene.root().get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_role_that_changes_acts_on_the_next_request() {
    let scene = Scene::new().await;
    let id = scene.role("project", &["project:read"]).await;
    let path = format!("/v1/roles/{id}");
    let person = scene.with_role(&id).await;
    let token = person.through_token().await;
    let change = json!({ "description": "changed" });
    for (permissions, status) in
        [(["project:read", "project:update"], 200), (["project:read", "project:list"], 403)]
    {
        scene.root().patch(&path, &json!({ "permissions": permissions })).await.expect(200);
        for bearer in [&person, &token] {
            assert_eq!(bearer.patch(&scene.project, &change).await.status, status, "{permissions:?}");
        }
    }
    scene.root().patch(&path, &json!({ "permissions": [] })).await.expect(200);
    person.get(&scene.project).await.expect_problem(403, "missing-permission");
    assert_eq!(person.get("/v1/projects").await.expect(200).body["total"], 0);
}

#[tokio::test]
async fn a_role_in_use_is_not_deleted_and_says_where_it_is_used() {
    let scene = Scene::new().await;
    let id = scene.role("project", &["project:read"]).await;
    let person = scene.with_role(&id).await;
    let invitation = json!({
        "email": "grace@example.com", "role": "member",
        "projects": [{ "projectId": scene.project_id(), "role": id }],
    });
    let invited = scene.root().post("/v1/members", &invitation).await.expect(201).id();
    let path = format!("/v1/roles/{id}");
    let refused = scene.root().delete(&path).await.expect_problem(409, "role-in-use");
    assert_eq!(refused.body["uses"], json!({ "principals": 0, "grants": 2, "defaultRoles": 0 }));
    scene.root().delete(&format!("/v1/members/{invited}")).await.expect(204);
    scene.root().delete(&format!("/v1/members/{}", person.member)).await.expect(204);
    scene.root().delete(&path).await.expect(204);

    let default = scene.role("environment", &["environment:read"]).await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": default })).await.expect(200);
    let refused =
        scene.root().delete(&format!("/v1/roles/{default}")).await.expect_problem(409, "role-in-use");
    assert_eq!(refused.body["uses"]["defaultRoles"], 1);
    scene.owner.delete(&format!("{}?cascade=true", scene.environment)).await.expect(204);
    scene.root().delete(&format!("/v1/roles/{default}")).await.expect(204);
}

#[tokio::test]
async fn a_role_of_the_wrong_level_is_named_and_changes_nothing() {
    let scene = Scene::new().await;
    let (on_project, on_environment) =
        (scene.role("project", &["project:read"]).await, scene.role("environment", &["grant:list"]).await);
    let account = scene.role("account", &["member:list"]).await;
    let person = scene.with_role("viewer").await;
    let before = sql::dump(&scene.deployment.database);
    for (place, wrong) in
        [(&scene.project, [&on_environment, &account]), (&scene.environment, [&on_project, &account])]
    {
        for role in wrong {
            let refused = grant(&scene.owner, place, &scene.root().member, role).await;
            assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["role"], "{place}");
        }
    }
    let member = format!("/v1/members/{}", person.member);
    for role in [&on_project, &on_environment] {
        let refused = scene.root().patch(&member, &json!({ "role": role })).await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), ["role"]);
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
}

#[tokio::test]
async fn a_role_holds_what_its_level_has_and_nothing_that_guards_the_account() {
    let scene = Scene::new().await;
    let before = sql::dump(&scene.deployment.database);
    let of = |level: &str, principals: Option<&str>, permissions: &[&str]| {
        let mut body = json!({ "name": "Wrong", "level": level, "permissions": permissions });
        if let Some(principals) = principals {
            body["principals"] = json!(principals);
        }
        body
    };
    for (body, fields) in [
        (of("project", None, &["project:read", "account:read", "grant:fly"]), vec!["permissions[2]"]),
        (of("project", None, &["project:read", "account:read"]), vec!["permissions[1]"]),
        (of("environment", None, &["environment:delete"]), vec!["permissions[0]"]),
        (
            of("account", Some("member"), &["ip_allow_list:update", "token_policy:update"]),
            vec!["permissions[0]", "permissions[1]"],
        ),
        (
            of("account", Some("api_credential"), &["member:create", "role:update"]),
            vec!["permissions[0]", "permissions[1]"],
        ),
        (
            of("account", Some("api_credential"), &["personal_access_token:manage_all"]),
            vec!["permissions[0]"],
        ),
        (of("account", None, &["account:read"]), vec!["principals"]),
        (of("project", Some("member"), &["project:read"]), vec!["principals"]),
        (of("galaxy", None, &[]), vec!["level"]),
    ] {
        let refused = scene.root().post("/v1/roles", &body).await;
        assert_eq!(refused.expect_problem(400, "invalid-request").violated(), fields, "{body}");
    }
    for (level, name) in [("project", "OWNER"), ("environment", "None"), ("project", "ｖｉｅｗｅｒ")] {
        let body = json!({ "name": name, "level": level, "permissions": [] });
        scene.root().post("/v1/roles", &body).await.expect_problem(409, "name-taken");
    }
    assert_eq!(sql::dump(&scene.deployment.database), before);
    let free = json!({ "name": "none", "level": "project", "permissions": [] });
    let made = scene.root().post("/v1/roles", &free).await.expect(201);
    let rename = scene.root().patch(&format!("/v1/roles/{}", made.id()), &json!({ "name": "Owner" })).await;
    rename.expect_problem(409, "name-taken");
    scene.deployment.pass(SignedDuration::from_secs(1));
    role(&scene.owner, "project", &["project:read"]).await.expect_problem(403, "missing-permission");
}

#[tokio::test]
async fn an_account_goes_with_all_that_uses_its_roles() {
    let scene = Scene::new().await;
    let (on_project, default) =
        (scene.role("project", &["project:read"]).await, scene.role("environment", &["grant:list"]).await);
    let account = scene.role("account", &["member:list"]).await;
    let person = scene.with_role(&on_project).await;
    let member = format!("/v1/members/{}", person.member);
    scene.root().patch(&member, &json!({ "role": account })).await.expect(200);
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": default })).await.expect(200);
    scene.grant(&scene.environment, &person.member, &default).await;
    let projects = json!([{ "projectId": scene.project_id(), "role": on_project }]);
    let invitation = json!({ "email": "grace@example.com", "role": account, "projects": projects });
    scene.root().post("/v1/members", &invitation).await.expect(201);
    let id = scene.account.id.parse().expect("an id");
    scene.deployment.store.delete_account(id, "Acme".parse().unwrap()).await.expect("it is deleted");
    for table in ["roles", "members", "grants", "environments", "projects", "invitation_grants"] {
        assert_eq!(scene.deployment.database.count(table, "true"), 0, "{table}");
    }
}
