//! What the account's own services call a member.

use keyhall_tests::Deployment;
use serde_json::{Value, json};

#[tokio::test]
async fn an_external_id_is_given_found_changed_and_removed() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let body = json!({ "email": "ada@example.com", "role": "member", "externalId": "employee-4711" });
    let ada = root.post("/v1/members", &body).await.expect(201);
    assert_eq!(ada.text("externalId"), "employee-4711");
    let path = format!("/v1/members/{}", ada.id());

    let found = root.get("/v1/members?externalId=employee-4711").await.expect(200);
    assert_eq!((&found.body["total"], &found.body["results"][0]["id"]), (&json!(1), &json!(ada.id())));
    assert_eq!(root.get("/v1/members?externalId=Employee-4711").await.expect(200).body["total"], 0);

    root.patch(&path, &json!({ "externalId": "4712" })).await.expect(200);
    let both = root.patch(&path, &json!({ "externalId": null, "role": "admin" })).await.expect(200);
    assert_eq!((&both.body["externalId"], both.text("role")), (&Value::Null, "admin".to_owned()));
    let events = root.get("/v1/audit-events?limit=2").await.expect(200).body["results"].clone();
    assert_eq!(events[0]["before"], json!({ "role": "member", "hasExternalId": true }));
    assert_eq!(
        events[0]["after"],
        json!({ "role": "admin", "hasExternalId": false, "changed": ["externalId"] })
    );
    assert_eq!(events[1]["after"], json!({ "changed": ["externalId"] }));
}

#[tokio::test]
async fn an_external_id_is_one_members_in_an_account_and_anybodys_in_another() {
    let deployment = Deployment::start().await;
    let (acme, other) = (deployment.account("Acme").await, deployment.account("Other").await);
    let invite = async |root: &keyhall_tests::Person, email: &str| {
        let body = json!({ "email": email, "role": "member", "externalId": "4711" });
        root.post("/v1/members", &body).await
    };
    invite(&acme.super_admin, "ada@example.com").await.expect(201);
    invite(&acme.super_admin, "grace@example.com").await.expect_problem(409, "external-id-taken");
    invite(&other.super_admin, "ada@example.com").await.expect(201);
    let grace = acme.invite("grace@example.com", "member").await.id();
    let patch =
        acme.super_admin.patch(&format!("/v1/members/{grace}"), &json!({ "externalId": "4711" })).await;
    patch.expect_problem(409, "external-id-taken");
}

#[tokio::test]
async fn nobody_says_of_who_outranks_them_what_they_are_called() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, admin) = (&account.super_admin, account.person(&deployment, "admin").await);
    let of_root = format!("/v1/members/{}", root.member);
    let patch = json!({ "externalId": "the-boss" });
    admin.patch(&of_root, &patch).await.expect_problem(403, "outranked");
    root.through_token().await.patch(&of_root, &patch).await.expect_problem(403, "outranked");
    root.patch(&of_root, &patch).await.expect(200);
    root.patch(&of_root, &json!({ "role": "member" })).await.expect_problem(403, "outranked");

    let other = account.person(&deployment, "super_admin").await;
    other.patch(&of_root, &json!({ "externalId": "the-former-boss" })).await.expect(200);
}
