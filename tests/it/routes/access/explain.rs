//! Explanations: through which chain, or what is missing and what would give it.

use serde_json::{Value, json};

use crate::routes::scene::{Scene, explain};

/// A question about the environment.
fn about(scene: &Scene, principal: &str, permission: &str) -> Value {
    json!({
        "principal": principal, "permission": permission,
        "projectId": scene.project_id(), "environmentId": scene.environment_id(),
    })
}

fn roles(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = answer["wouldGive"].as_array().unwrap().iter();
    all.map(|one| (text(&one["level"]), text(&one["role"]))).collect()
}

#[tokio::test]
async fn yes_by_group_yes_by_default_no_for_none_no_for_a_missing_permission() {
    let scene = Scene::new().await;
    let (grouped, default, missing) =
        (scene.with_role("viewer").await, scene.with_role("viewer").await, scene.with_role("viewer").await);
    let group = scene.group("Backend", &[&grouped]).await;
    scene.grant(&scene.project, &group, "viewer").await;
    scene.grant(&scene.environment, &group, "owner").await;
    scene.owner.patch(&scene.environment, &json!({ "defaultRole": "owner" })).await.expect(200);
    scene.grant(&scene.environment, &missing.member, "operator").await;
    let ask = async |principal: &str| {
        explain(scene.root(), about(&scene, principal, "environment:update")).await.expect(200).body
    };

    let by_group = ask(&grouped.member).await;
    assert_eq!((&by_group["allowed"], &by_group["obstacle"]), (&json!(true), &json!(null)));
    assert_eq!(by_group["reason"]["through"], "environment_role");
    assert_eq!(
        (&by_group["reason"]["role"], &by_group["reason"]["groupId"]),
        (&json!("owner"), &json!(group))
    );
    assert_eq!(by_group["scope"], scene.environment_id());

    let by_default = ask(&default.member).await;
    assert_eq!(
        by_default["reason"],
        json!({ "through": "default_role", "environmentId": scene.environment_id(), "role": "owner" })
    );

    let none = scene.grant(&scene.environment, &grouped.member, "none").await;
    let shut_out = ask(&grouped.member).await;
    assert_eq!(shut_out["allowed"], false);
    assert_eq!(
        shut_out["obstacle"],
        json!({ "type": "shut_out", "grantId": none.rsplit('/').next().unwrap() })
    );

    let lacking = ask(&missing.member).await;
    assert_eq!((&lacking["allowed"], &lacking["reason"]), (&json!(false), &json!(null)));
    assert_eq!(lacking["obstacle"], json!({ "type": "missing_permission" }));
    let expected = [("environment", "owner"), ("project", "owner")];
    assert_eq!(roles(&lacking), expected.map(|(level, role)| (level.to_owned(), role.to_owned())));
}

#[tokio::test]
async fn roles_of_the_accounts_own_are_named_where_they_would_give_it() {
    let scene = Scene::new().await;
    let person = scene.with_role("viewer").await;
    let updating = scene.role("project", &["project:update"]).await;
    let question = json!({ "permission": "project:update", "projectId": scene.project_id() });
    let answer = explain(&person, question).await.expect(200).body;
    let expected = [("project", "contributor"), ("project", "owner"), ("project", updating.as_str())];
    assert_eq!(roles(&answer), expected.map(|(level, role)| (level.to_owned(), role.to_owned())));
    // Who does not see the account's roles is told of the built-in ones alone.
    let blind = scene.role("account", &["account:read"]).await;
    scene
        .root()
        .patch(&format!("/v1/members/{}", person.member), &json!({ "role": blind }))
        .await
        .expect(200);
    let question = json!({ "permission": "project:update", "projectId": scene.project_id() });
    assert_eq!(roles(&explain(&person, question).await.expect(200).body).len(), 2);
    let question = json!({ "permission": "project:create" });
    let answer = explain(&person, question).await.expect(200).body;
    let names: Vec<_> = roles(&answer).into_iter().map(|(_, role)| role).collect();
    assert_eq!(names, ["admin", "billing_admin", "super_admin"]);
}

#[tokio::test]
async fn oneself_is_free_others_take_the_permission_and_nothing_leaks() {
    let scene = Scene::new().await;
    let (person, stranger) = (scene.with_role("viewer").await, scene.person().await);
    let question = about(&scene, &person.member, "environment:read");
    let own = explain(&person, question.clone()).await.expect(200).body;
    assert_eq!(own["reason"]["through"], "project_role");
    explain(&person.through_token().await, question.clone()).await.expect(200);
    let refused = explain(&stranger, question).await.expect_problem(403, "missing-permission");
    assert_eq!(refused.text("missingPermission"), "access:explain");
    // What is not there for somebody is not there in what they are told about themselves either.
    explain(&stranger, about(&scene, &stranger.member, "environment:read"))
        .await
        .expect_problem(404, "not-found");
    let about_stranger = explain(scene.root(), about(&scene, &stranger.member, "environment:read")).await;
    assert_eq!(about_stranger.expect(200).body["obstacle"], json!({ "type": "no_member_of_project" }));

    scene.root().act(&format!("/v1/members/{}/suspend", person.member)).await.expect(200);
    let suspended =
        explain(scene.root(), about(&scene, &person.member, "environment:read")).await.expect(200);
    assert_eq!(
        suspended.body["obstacle"],
        json!({ "type": "cannot_speak", "why": "the member is suspended" })
    );
    let of_root =
        explain(scene.root(), about(&scene, &scene.root().member, "grant:delete")).await.expect(200);
    assert_eq!(of_root.body["reason"], json!({ "through": "owner_everywhere" }));
}

#[tokio::test]
async fn a_question_without_an_answer_is_told_why() {
    let scene = Scene::new().await;
    for (question, field) in [
        (json!({ "permission": "account:read", "projectId": scene.project_id() }), "permission"),
        (json!({ "permission": "environment:update" }), "permission"),
        (json!({ "permission": "environment:update", "environmentId": scene.environment_id() }), "projectId"),
        (json!({ "permission": "project:fly" }), "permission"),
        (json!({ "permission": "project:create", "principal": scene.project_id() }), "principal"),
    ] {
        let refused = explain(scene.root(), question.clone()).await.expect_problem(400, "invalid-request");
        assert_eq!(refused.violated(), [field], "{question}");
    }
}

#[tokio::test]
async fn what_is_explained_is_what_is_decided() {
    let scene = Scene::new().await;
    let role = scene.role("project", &["grant:list"]).await;
    for on_project in ["owner", "contributor", "viewer", role.as_str()] {
        for here in [None, Some("owner"), Some("viewer"), Some("none")] {
            let person = scene.with_role(on_project).await;
            if let Some(here) = here {
                scene.grant(&scene.environment, &person.member, here).await;
            }
            let decided = person.get(&scene.environment).await.status == 200;
            let question = about(&scene, &person.member, "environment:read");
            let explained = explain(scene.root(), question).await.expect(200).body;
            assert_eq!(explained["allowed"], decided, "{on_project}, {here:?}");
        }
    }
}
