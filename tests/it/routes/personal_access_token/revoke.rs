//! Revoking: at once, on the record, by whom.

use keyhall_tests::Deployment;
use serde_json::json;

use super::{create, path, time};

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_keeps_the_first_record() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, person) = (&account.super_admin, account.person(&deployment, "member").await);
    let made = create(&person, json!({ "name": "laptop", "description": "for work" })).await.expect(201);
    let (token, revoke) = (person.with_bearer(&made.text("token")), format!("{}/revoke", path(&made)));
    token.get("/v1/me").await.expect(200);

    let revoked = root.post(&revoke, &json!({ "reason": "the laptop was lost" })).await.expect(200);
    token.get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(revoked.text("status"), "revoked");
    assert_eq!(revoked.text("revokedReason"), "the laptop was lost");
    assert_eq!(revoked.body["revokedBy"], json!({ "type": "member", "id": root.member }));
    assert_eq!(time(&revoked, "revokedAt"), deployment.clock.now());

    let events = deployment.database.count("audit_events", "true");
    deployment.pass(jiff::SignedDuration::from_secs(30));
    let again = person.post(&revoke, &json!({ "reason": "another" })).await.expect(200);
    assert_eq!(again.body, revoked.body);
    assert_eq!(deployment.database.count("audit_events", "true"), events);
    assert_eq!(person.get(&path(&made)).await.expect(200).body, revoked.body);
}

#[tokio::test]
async fn a_reason_is_optional_and_bounded() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for (name, body) in [("a", json!({})), ("b", json!({ "reason": null }))] {
        let made = create(&root, json!({ "name": name })).await.expect(201);
        let revoke = format!("{}/revoke", path(&made));
        let wrong = json!({ "reason": "x".repeat(1001), "status": "active" });
        let refused = root.post(&revoke, &wrong).await.expect_problem(400, "invalid-request");
        assert_eq!(refused.violated(), ["reason", "status"]);
        assert_eq!(root.get(&path(&made)).await.expect(200).text("status"), "active");
        let revoked = root.post(&revoke, &body).await.expect(200);
        assert_eq!(
            (revoked.text("status"), revoked.body["revokedReason"].is_null()),
            ("revoked".into(), true)
        );
    }
}

#[tokio::test]
async fn others_tokens_are_revoked_by_who_outranks_their_owner() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let other_root = account.person(&deployment, "super_admin").await;
    let (admin, peer) =
        (account.person(&deployment, "admin").await, account.person(&deployment, "admin").await);
    let (billing_admin, member) =
        (account.person(&deployment, "billing_admin").await, account.person(&deployment, "member").await);
    let (admins_token, roots_token) = (admin.through_token().await, root.through_token().await);

    for (by, owner, status) in [
        (&admin, root, 403),
        (&admins_token, root, 403),
        (&admin, &billing_admin, 403),
        (&admin, &peer, 200),
        (&admin, &member, 200),
        (&admins_token, &peer, 200),
        (&roots_token, &other_root, 403),
        (&roots_token, &billing_admin, 200),
        (root, &other_root, 200),
        (root, &admin, 200),
        (root, root, 200),
        (&roots_token, root, 200),
        (&billing_admin, &member, 404),
        (&member, root, 404),
    ] {
        let made = create(owner, json!({ "name": uuid::Uuid::now_v7().to_string() })).await.expect(201);
        let answer = by.act(&format!("{}/revoke", path(&made))).await;
        match status {
            200 => answer.expect(200),
            403 => answer.expect_problem(403, "outranked"),
            _ => answer.expect_problem(404, "not-found"),
        };
        let works = owner.with_bearer(&made.text("token")).get("/v1/me").await.status == 200;
        assert_eq!(works, status != 200, "{} of {}", by.email, owner.email);
    }
}

#[tokio::test]
async fn a_token_revokes_itself() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    let made = create(&person, json!({ "name": "laptop" })).await.expect(201);
    let token = person.with_bearer(&made.text("token"));
    let revoked = token.act(&format!("{}/revoke", path(&made))).await.expect(200);
    assert_eq!(revoked.body["revokedBy"], json!({ "type": "member", "id": person.member }));
    let again = token.act(&format!("{}/revoke", path(&made))).await;
    again.expect_problem(401, "unauthenticated");
}
