//! Members: what becomes of one who is suspended or removed. Who may do it to whom is in `rank`.

mod external_id;
mod rank;

use keyhall_domain::id::MemberId;
use keyhall_tests::{Deployment, Person, accept};
use serde_json::json;

use crate::sql;

#[tokio::test]
async fn a_suspension_ends_sessions_and_its_end_brings_back_tokens_alone() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "admin").await);
    let token = person.through_token().await;
    let path = format!("/v1/members/{}", person.member);

    let suspended = root.act(&format!("{path}/suspend")).await.expect(200);
    assert_eq!(suspended.text("state"), "suspended");
    assert_eq!(root.get(&path).await.expect(200).body, suspended.body);
    let refused = token.get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(refused.text("detail"), "the member is suspended");
    person.get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(deployment.database.count("sessions", &of_member("member_id", &person.member)), 0);

    let events = deployment.database.count("audit_events", "true");
    root.act(&format!("{path}/suspend")).await.expect(200);
    assert_eq!(deployment.database.count("audit_events", "true"), events, "it changed nothing");

    assert_eq!(root.act(&format!("{path}/reinstate")).await.expect(200).text("state"), "active");
    token.get("/v1/me").await.expect(200);
    person.get("/v1/me").await.expect_problem(401, "unauthenticated");
    Person::sign_in(&deployment, &person.email, &person.password).await.get("/v1/me").await.expect(200);
    root.act(&format!("{path}/reinstate")).await.expect_problem(409, "wrong-state");
}

#[tokio::test]
async fn who_has_not_accepted_is_neither_suspended_nor_reinstated() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invited = account.invite("grace@example.com", "member").await.id();
    for verb in ["suspend", "reinstate"] {
        let answer = account.super_admin.act(&format!("/v1/members/{invited}/{verb}")).await;
        answer.expect_problem(409, "wrong-state");
    }
}

#[tokio::test]
async fn whoever_is_removed_loses_everything_in_the_account_for_good() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "admin").await);
    let token = person.through_token().await;
    let project = token.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201).id();
    let path = format!("/v1/members/{}", person.member);

    root.delete(&path).await.expect(204);
    for bearer in [&person, &token] {
        let refused = bearer.get("/v1/me").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the bearer token is not valid");
    }
    for (table, column) in [
        ("principals", "id"),
        ("members", "id"),
        ("sessions", "member_id"),
        ("grants", "principal_id"),
        ("personal_access_tokens", "owner_id"),
    ] {
        assert_eq!(deployment.database.count(table, &of_member(column, &person.member)), 0, "{table}");
    }
    root.get(&format!("/v1/projects/{project}")).await.expect(200);

    let invitation = account.invite(&person.email, "admin").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);
    assert_ne!(invitation.id(), person.member);
    let returned = Person::sign_in(&deployment, &person.email, &person.password).await;
    assert_eq!(returned.get("/v1/projects").await.expect(200).body["total"], 0);
    token.get("/v1/me").await.expect_problem(401, "unauthenticated");
    expect_gone(root, &path).await;
}

#[tokio::test]
async fn members_are_listed_newest_first_in_pages() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let mut expected = vec![account.super_admin.member.clone()];
    for name in ["a", "b", "c", "d"] {
        deployment.pass(jiff::SignedDuration::from_secs(1));
        expected.insert(0, account.invite(&format!("{name}@example.com"), "member").await.id());
    }

    let mut seen = Vec::new();
    for page in 0..4 {
        let answer = account.super_admin.get(&format!("/v1/members?page={page}&size=2")).await.expect(200);
        assert_eq!((&answer.body["total"], &answer.body["page"]), (&json!(5), &json!(page)));
        let results = answer.body["results"].as_array().unwrap().clone();
        assert_eq!(results.len(), [2, 2, 1, 0][page]);
        seen.extend(results.iter().map(|member| member["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, expected);
}

/// Every operation on the member is a 404.
async fn expect_gone(root: &Person, path: &str) {
    root.get(path).await.expect_problem(404, "not-found");
    root.patch(path, &json!({ "role": "member" })).await.expect_problem(404, "not-found");
    root.act(&format!("{path}/suspend")).await.expect_problem(404, "not-found");
    root.act(&format!("{path}/reinstate")).await.expect_problem(404, "not-found");
    root.put(&format!("{path}/super-admin")).await.expect_problem(404, "not-found");
    root.delete(&format!("{path}/super-admin")).await.expect_problem(404, "not-found");
    root.delete(path).await.expect_problem(404, "not-found");
}

/// The rows of a member.
fn of_member(column: &str, member: &str) -> String {
    format!("{column} = '{}'", sql::uuid::<MemberId>(member))
}
