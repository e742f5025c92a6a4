//! The operator's link to a new password. What it opens is in `routes`.

use jiff::SignedDuration;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_storage::open::OperatorError;
use keyhall_tests::Deployment;
use serde_json::json;

use super::{by_email, events, refusal, user};
use crate::routes::audit_event::chain::expect_whole;
use crate::sql;

#[tokio::test]
async fn a_link_is_kept_as_a_digest_and_the_newest_is_the_only_one() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let first = deployment.store.issue_password_reset(user(root)).await.unwrap();
    let second = deployment.store.issue_password_reset(by_email(&root.email.to_uppercase())).await.unwrap();
    assert_eq!(second.expires_at, deployment.clock.now() + SignedDuration::from_hours(24));
    assert_ne!(first.secret.reveal(), second.secret.reveal());

    let rows = sql::rows(&deployment.database, "SELECT digest FROM password_resets");
    let digest: String = second.secret.digest().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(rows, [json!({ "digest": format!("\\x{digest}") })]);
    let dump = sql::dump(&deployment.database).join("\n");
    for secret in [first.secret.reveal(), second.secret.reveal()] {
        assert!(!dump.contains(secret) && !dump.contains(&secret["khi_".len()..]));
    }
}

#[tokio::test]
async fn until_it_is_followed_nothing_changes_but_the_audit() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let hash = "SELECT password_hash FROM users";
    let before = sql::rows(&deployment.database, hash);
    let reset = deployment.store.issue_password_reset(user(root)).await.unwrap();
    assert_eq!(sql::rows(&deployment.database, hash), before);
    root.get("/v1/me").await.expect(200);

    let member = sql::uuid::<MemberId>(&root.member);
    let (in_account, in_deployment) =
        (events(&deployment.database, Some(&account.id)), events(&deployment.database, None));
    let (told, own) = (in_account.last().unwrap(), in_deployment.last().unwrap());
    for event in [told, own] {
        assert_eq!(event["action"], "user.reset_password");
        assert_eq!(event["after"], json!({ "expiresAt": reset.expires_at }));
    }
    assert_eq!((&told["object_type"], &told["object_id"]), (&json!("member"), &json!(member.to_string())));
    assert_eq!(own["object_type"], "user");
    let chain = sql::uuid::<AccountId>(&account.id);
    let dump =
        sql::rows(&deployment.database, &format!("SELECT * FROM audit_events WHERE chain_id = '{chain}'"));
    assert!(!json!(dump).to_string().contains("khi_"));
    expect_whole(&deployment.database);
}

#[tokio::test]
async fn who_is_shut_out_or_has_no_password_gets_none() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    account.invite("grace@example.com", "member").await;
    deployment.store.disable_user(user(&person)).await.unwrap();
    let before = sql::dump(&deployment.database);
    assert_eq!(
        refusal(deployment.store.issue_password_reset(user(&person)).await),
        OperatorError::UserDisabled
    );
    let invited = deployment.store.issue_password_reset(by_email("grace@example.com")).await;
    assert_eq!(refusal(invited), OperatorError::NoPassword);
    assert_eq!(sql::dump(&deployment.database), before);
}
