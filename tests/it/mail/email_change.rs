//! A new address, from the wish to the first sign-in with it.

use keyhall_tests::{Answer, Person};
use serde_json::{Value, json};

use super::{mails_to, start};
use crate::sql;

const WANTED: &str = "ada@elsewhere.example";

async fn want(person: &Person, email: &str) -> Answer {
    person.patch("/v1/me", &json!({ "email": email, "currentPassword": person.password })).await
}

async fn confirm(person: &Person, token: &str) -> Answer {
    person.post("/v1/email-changes/confirm", &json!({ "token": token })).await
}

#[tokio::test]
async fn an_address_is_ones_own_once_its_link_was_followed_and_the_former_one_is_told() {
    let (deployment, account, server) = start().await;
    let (mailer, root) = (deployment.mailer(&server), &account.super_admin);
    let me = want(root, WANTED).await.expect(200).body;
    assert_eq!((&me["pendingEmail"], &me["member"]["email"]), (&json!(WANTED), &json!(root.email)));
    mailer.send_due().await.unwrap();
    let [mail] = mails_to(&server, WANTED).try_into().unwrap();
    deployment
        .sign_in_from("127.0.0.1", WANTED, &root.password)
        .await
        .expect_problem(401, "invalid-credentials");

    confirm(root, &mail.secret()).await.expect(204);
    confirm(root, &mail.secret()).await.expect_problem(401, "invalid-link");
    let me = root.get("/v1/me").await.expect(200).body;
    assert_eq!((&me["pendingEmail"], &me["member"]["email"]), (&Value::Null, &json!(WANTED)));
    deployment
        .sign_in_from("127.0.0.1", &root.email, &root.password)
        .await
        .expect_problem(401, "invalid-credentials");
    deployment.sign_in_from("127.0.0.1", WANTED, &root.password).await.expect(201);

    mailer.send_due().await.unwrap();
    let [told] = mails_to(&server, &root.email).try_into().unwrap();
    assert_eq!(told.header("Subject"), "Your address was changed");
    let events =
        sql::rows(&deployment.database, "SELECT action, before, after, object_type FROM audit_events");
    let text = json!(events).to_string();
    assert!(text.contains("email.change") && text.contains("me.update"), "{text}");
    assert!(!text.contains("elsewhere") && !text.contains(&root.email), "{text}");
}

#[tokio::test]
async fn without_the_password_no_address_is_wanted() {
    let (deployment, account, _server) = start().await;
    let root = &account.super_admin;
    let patch = json!({ "email": WANTED, "currentPassword": "not my password at all" });
    root.patch("/v1/me", &patch).await.expect_problem(403, "wrong-password");
    root.through_token().await.patch("/v1/me", &patch).await.expect_problem(403, "session-required");
    assert_eq!(deployment.database.count("email_changes", "true"), 0);
    assert_eq!(deployment.database.count("mails", "true"), 0);
    let events = "action = 'me.update' AND outcome = 'refused' AND reason = 'wrong-password'";
    assert_eq!(deployment.database.count("audit_events", events), 1);
}

#[tokio::test]
async fn an_address_that_somebody_else_has_is_not_ones_own_and_nobody_learns_of_it_before() {
    let (deployment, account, server) = start().await;
    let (mailer, root) = (deployment.mailer(&server), &account.super_admin);
    let member = sql::insert_member(&deployment.database, &account, "member", "active");
    sql::set_user(&deployment.database, &member, &format!("email = '{WANTED}', email_key = '{WANTED}'"));
    let wanted = want(root, WANTED).await.expect(200);
    assert_eq!(wanted.body["pendingEmail"], WANTED);
    mailer.send_due().await.unwrap();
    let [mail] = mails_to(&server, WANTED).try_into().unwrap();
    confirm(root, &mail.secret()).await.expect_problem(409, "address-taken");
    assert_eq!(root.get("/v1/me").await.expect(200).body["member"]["email"], root.email);
}

#[tokio::test]
async fn a_change_of_address_ends_what_was_under_way_to_the_former_one() {
    let (deployment, account, server) = start().await;
    let (mailer, root) = (deployment.mailer(&server), &account.super_admin);
    root.post("/v1/password-resets", &json!({ "email": root.email })).await.expect(202);
    want(root, WANTED).await.expect(200);
    mailer.send_due().await.unwrap();
    let [reset] = mails_to(&server, &root.email).try_into().unwrap();
    let [change] = mails_to(&server, WANTED).try_into().unwrap();
    confirm(root, &change.secret()).await.expect(204);
    let body = json!({ "token": reset.secret(), "password": "eleven green walruses fix bicycles" });
    root.post("/v1/password-resets/confirm", &body).await.expect_problem(401, "invalid-link");
}

#[tokio::test]
async fn only_the_last_address_that_was_wanted_can_be_confirmed() {
    let (deployment, account, server) = start().await;
    let (mailer, root) = (deployment.mailer(&server), &account.super_admin);
    want(root, WANTED).await.expect(200);
    mailer.send_due().await.unwrap();
    let [first] = mails_to(&server, WANTED).try_into().unwrap();
    want(root, "ada@yet-elsewhere.example").await.expect(200);
    confirm(root, &first.secret()).await.expect_problem(401, "invalid-link");
}

#[tokio::test]
async fn a_strangers_mailbox_is_not_flooded_and_no_lookalike_gets_a_link() {
    let (deployment, account, server) = start().await;
    let root = &account.super_admin;
    want(root, "ａda@elsewhere.example").await.expect(200);
    for _ in 0..9 {
        want(root, WANTED).await.expect(200);
    }
    want(root, WANTED).await.expect_problem(429, "too-many-failures");
    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 1);
    assert_eq!((mails_to(&server, WANTED).len(), server.arrivals().len()), (1, 1));
}
