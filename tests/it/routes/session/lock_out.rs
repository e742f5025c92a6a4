//! Guessing passwords: what counts as one attempt, whom it delays, and whom not.

use jiff::SignedDuration;
use keyhall_tests::{Answer, Deployment, Person, accept};
use serde_json::json;
use tokio::task::JoinSet;

use crate::sql;

const WRONG: &str = "not the password of anybody";
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The seconds after which the answer says to come back.
#[track_caller]
fn locked_out(answer: Answer) -> i64 {
    let answer = answer.expect_problem(429, "too-many-failures");
    answer.header("retry-after").parse().expect("seconds")
}

async fn fail(deployment: &Deployment, address: &str, email: &str, times: usize) {
    for _ in 0..times {
        let answer = deployment.sign_in_from(address, email, WRONG).await;
        answer.expect_problem(401, "invalid-credentials");
    }
}

#[tokio::test]
async fn after_ten_failures_each_attempt_waits_longer_than_the_one_before() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    fail(&deployment, "127.0.0.2", &root.email, 10).await;
    for seconds in [1, 2, 4] {
        for password in [WRONG, &root.password] {
            let answer = deployment.sign_in_from("127.0.0.2", &root.email, password).await;
            assert_eq!(locked_out(answer), seconds, "the right password waits too");
        }
        deployment.pass(SignedDuration::from_secs(seconds));
        fail(&deployment, "127.0.0.2", &root.email, 1).await;
    }
    deployment.pass(SignedDuration::from_secs(8));
    deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await.expect(201);
    fail(&deployment, "127.0.0.2", &root.email, 9).await;
    deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await.expect(201);
}

#[tokio::test]
async fn the_delay_ends_at_15_minutes_and_failures_are_forgotten_after_a_day() {
    let deployment = Deployment::start().await;
    let email = "nobody@example.com";
    for failure in 0..24 {
        let answer = deployment.sign_in_from("127.0.0.2", email, WRONG).await;
        if answer.status == 429 {
            let seconds = locked_out(answer);
            assert!(seconds <= 900, "{seconds} after {failure}");
            deployment.pass(SignedDuration::from_secs(seconds));
            fail(&deployment, "127.0.0.2", email, 1).await;
        }
    }
    assert_eq!(locked_out(deployment.sign_in_from("127.0.0.2", email, WRONG).await), 900);
    deployment.pass(SignedDuration::from_hours(24));
    fail(&deployment, "127.0.0.2", email, 10).await;
    assert_eq!(locked_out(deployment.sign_in_from("127.0.0.2", email, WRONG).await), 1);
}

#[tokio::test]
async fn spellings_of_one_address_share_a_counter_known_or_not() {
    let deployment = Deployment::start().await;
    let known = deployment.account("Acme").await.super_admin.email;
    for email in [known.as_str(), "somebody@example.com"] {
        let spellings = [
            email.to_owned(),
            email.to_uppercase(),
            format!("  {email}\t"),
            email.replacen('o', "ｏ", 1),
            email.replacen("example", "EXAMPLE", 1),
        ];
        for (attempt, spelling) in spellings.iter().cycle().take(10).enumerate() {
            // Each from elsewhere, so that only the address of e-mail counts.
            fail(&deployment, &format!("127.0.1.{attempt}"), spelling, 1).await;
        }
        for spelling in &spellings {
            assert_eq!(
                locked_out(deployment.sign_in_from("127.0.2.1", spelling, WRONG).await),
                1,
                "{spelling}"
            );
        }
    }
}

#[tokio::test]
async fn one_network_address_that_tries_many_people_is_delayed_and_nobody_else_is() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "member").await;
    for number in 0..10 {
        fail(&deployment, "127.0.0.2", &format!("person-{number}@example.com"), 1).await;
    }
    locked_out(deployment.sign_in_from("127.0.0.2", "another@example.com", WRONG).await);
    locked_out(deployment.sign_in_from("127.0.0.2", &person.email, &person.password).await);
    deployment.sign_in_from("127.0.0.3", &person.email, &person.password).await.expect(201);

    deployment.pass(SECOND);
    deployment.sign_in_from("127.0.0.2", &person.email, &person.password).await.expect(201);
    fail(&deployment, "127.0.0.2", "another@example.com", 1).await;
    let answer = deployment.sign_in_from("127.0.0.2", "one-more@example.com", WRONG).await;
    assert_eq!(locked_out(answer), 2, "a success of one does not forgive the failures of others");
}

#[tokio::test]
async fn from_where_somebody_signed_in_failures_from_elsewhere_do_not_delay_them() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await.expect(201);
    for attempt in 0..10 {
        fail(&deployment, &format!("127.0.1.{attempt}"), &root.email, 1).await;
    }
    locked_out(deployment.sign_in_from("127.0.0.3", &root.email, &root.password).await);
    deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await.expect(201);

    fail(&deployment, "127.0.0.2", &root.email, 10).await;
    assert_eq!(locked_out(deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await), 1);

    deployment.pass(SignedDuration::from_hours(30 * 24) + SECOND);
    for attempt in 0..10 {
        fail(&deployment, &format!("127.0.1.{attempt}"), &root.email, 1).await;
    }
    locked_out(deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await);
}

#[tokio::test]
async fn known_and_unknown_addresses_are_verified_exactly_once_each() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    account.invite("invited@example.com", "member").await;
    for email in [account.super_admin.email.as_str(), "nobody@example.com", "invited@example.com"] {
        let before = deployment.store.figures().passwords.verified;
        fail(&deployment, "127.0.0.2", email, 1).await;
        assert_eq!(deployment.store.figures().passwords.verified - before, 1, "{email}");
    }
    fail(&deployment, "127.0.0.2", "nobody@example.com", 7).await;
    let before = deployment.store.figures().passwords.verified;
    locked_out(deployment.sign_in_from("127.0.0.2", "nobody@example.com", WRONG).await);
    assert_eq!(deployment.store.figures().passwords.verified, before, "who waits costs no hash");
}

#[tokio::test]
async fn many_attempts_at_once_are_let_through_no_oftener_than_one_after_another() {
    let deployment = Deployment::start().await;
    let body = json!({ "email": "nobody@example.com", "password": WRONG });
    let mut attempts = JoinSet::new();
    for _ in 0..40 {
        attempts.spawn(deployment.client.post(deployment.url("/v1/sessions")).json(&body).send());
    }
    let mut statuses = Vec::new();
    while let Some(attempt) = attempts.join_next().await {
        statuses.push(attempt.unwrap().expect("the server answers").status().as_u16());
    }
    let failed = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(failed, 10, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn an_existing_user_who_accepts_an_invitation_is_counted_like_who_signs_in() {
    let deployment = Deployment::start().await;
    let (here, there) = (deployment.account("Here").await, deployment.account("There").await);
    let person = here.person(&deployment, "member").await;
    let invitation = there.invite(&person.email, "member").await;
    for _ in 0..9 {
        accept(&deployment, &invitation, WRONG, None).await.expect_problem(401, "invalid-credentials");
    }
    fail(&deployment, "127.0.0.1", &person.email, 1).await;
    locked_out(accept(&deployment, &invitation, &person.password, None).await);
    deployment.pass(SECOND);
    accept(&deployment, &invitation, &person.password, None).await.expect(200);
}

#[tokio::test]
async fn the_counters_say_of_nobody_that_they_were_tried() {
    let deployment = Deployment::start().await;
    fail(&deployment, "127.0.0.2", "somebody@example.com", 1).await;
    let counters: Vec<_> = sql::dump(&deployment.database)
        .into_iter()
        .filter(|line| line.starts_with("sign_in_counters"))
        .collect();
    assert_eq!(counters.len(), 3);
    assert!(
        counters.iter().all(|line| !line.contains("somebody") && !line.contains("127.0.0.2")),
        "{counters:?}"
    );
}

#[tokio::test]
async fn ones_own_password_is_guessed_no_faster_in_a_session() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person: Person = account.person(&deployment, "member").await;
    let change = json!({ "currentPassword": WRONG, "newPassword": "a completely different sentence" });
    for _ in 0..10 {
        let answer = person.send(reqwest::Method::PUT, "/v1/me/password", Some(&change)).await;
        answer.expect_problem(403, "wrong-password");
    }
    locked_out(person.send(reqwest::Method::PUT, "/v1/me/password", Some(&change)).await);
    locked_out(deployment.sign_in_from("127.0.0.1", &person.email, &person.password).await);
    person.get("/v1/me").await.expect(200);
}
