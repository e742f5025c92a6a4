//! A forgotten password, from the request to the new one.

use keyhall_tests::{Answer, Deployment};
use serde_json::json;

use super::{invite, mails_to, start, waiting};
use crate::sql;

const NEW: &str = "eleven green walruses fix bicycles";

async fn ask(deployment: &Deployment, email: &str) -> Answer {
    let request =
        deployment.client.post(deployment.url("/v1/password-resets")).json(&json!({ "email": email }));
    Answer::read(request.send().await.expect("the server answers")).await
}

async fn confirm(deployment: &Deployment, token: &str) -> Answer {
    let body = json!({ "token": token, "password": NEW });
    let request = deployment.client.post(deployment.url("/v1/password-resets/confirm")).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}

#[tokio::test]
async fn whoever_forgot_their_password_gets_a_link_sets_a_new_one_and_is_told() {
    let (deployment, account, server) = start().await;
    let (mailer, root) = (deployment.mailer(&server), &account.super_admin);
    let answer = ask(&deployment, &root.email).await.expect(202);
    assert_eq!(answer.body, json!(null));
    mailer.send_due().await.unwrap();
    let [mail] = mails_to(&server, &root.email).try_into().unwrap();
    confirm(&deployment, &mail.secret()).await.expect(204);
    deployment.sign_in_from("127.0.0.1", &root.email, NEW).await.expect(201);

    mailer.send_due().await.unwrap();
    let subjects: Vec<_> = mails_to(&server, &root.email).iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects, ["Choose a new password", "Your password was changed"]);
}

#[tokio::test]
async fn asking_does_the_same_for_every_address_and_mails_those_who_have_a_password() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer(&server);
    invite(&account, "invited@example.com").await;
    let disabled = sql::insert_member(&deployment.database, &account, "member", "active");
    sql::set_user(
        &deployment.database,
        &disabled,
        "state = 'disabled', email = 'out@example.com', email_key = 'out@example.com', password_hash = '$argon2id$x'",
    );
    mailer.send_due().await.unwrap();
    let arrived = server.arrivals().len();

    let known = account.super_admin.email.as_str();
    let mut answers = Vec::new();
    for email in [known, "nobody@example.com", "invited@example.com", "out@example.com"] {
        let before = sql::sizes(&deployment.database);
        let answer = ask(&deployment, email).await.expect(202);
        let after = sql::sizes(&deployment.database);
        let grown: Vec<_> = after
            .iter()
            .filter_map(|(table, size)| {
                let more = size - before.get(table).copied().unwrap_or_default();
                (more > 0).then(|| format!("{table} {more}"))
            })
            .filter(|grown| !grown.starts_with("sign_in_counters"))
            .collect();
        answers.push((answer.status, answer.body, answer.headers.len(), grown));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    assert_eq!((waiting(&deployment), server.arrivals().len()), (0, arrived + 1));
    assert_eq!(mails_to(&server, known).len(), 1);
}

#[tokio::test]
async fn a_link_goes_to_the_users_own_spelling_whatever_was_asked_for() {
    let (deployment, account, server) = start().await;
    let email = account.super_admin.email.as_str();
    let lookalike = email.replacen("root", "ｒoot", 1);
    ask(&deployment, &lookalike).await.expect(202);
    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 1);
    assert_eq!(mails_to(&server, email).len(), 1);
    assert_eq!(server.arrivals().len(), 1);
}

#[tokio::test]
async fn nobodys_mailbox_is_flooded() {
    let (deployment, account, server) = start().await;
    let email = account.super_admin.email.as_str();
    for _ in 0..10 {
        ask(&deployment, email).await.expect(202);
    }
    for spelling in [email.to_owned(), email.to_uppercase()] {
        let refused = ask(&deployment, &spelling).await.expect_problem(429, "too-many-failures");
        assert_eq!(refused.header("retry-after"), "1");
    }
    ask(&deployment, "another@example.com").await.expect_problem(429, "too-many-failures");
    assert_eq!(waiting(&deployment), 10);
    deployment.mailer(&server).send_due().await.unwrap();
    let links = mails_to(&server, email);
    for stale in &links[..9] {
        confirm(&deployment, &stale.secret()).await.expect_problem(401, "invalid-link");
    }
    confirm(&deployment, &links[9].secret()).await.expect(204);
    deployment.sign_in_from("127.0.0.1", email, NEW).await.expect(201);
}

#[tokio::test]
async fn whoever_asks_for_a_link_does_not_take_the_operators_away() {
    let (deployment, account, server) = start().await;
    let email = account.super_admin.email.as_str();
    let user = keyhall_storage::open::UserSelector::Email(email.parse().unwrap());
    let printed = deployment.store.issue_password_reset(user).await.unwrap();
    ask(&deployment, email).await.expect(202);
    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 1);
    let [mailed] = mails_to(&server, email).try_into().unwrap();
    confirm(&deployment, printed.secret.reveal()).await.expect(204);
    confirm(&deployment, &mailed.secret()).await.expect_problem(401, "invalid-link");
}
