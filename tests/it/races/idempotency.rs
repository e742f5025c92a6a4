//! One request, sent twice at the same moment under one key: carried out once.

use keyhall_tests::{Answer, Deployment, Person};
use reqwest::Method;
use serde_json::json;

use super::{ROUNDS, race};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_sendings_of_one_request_one_makes_it_and_the_other_replays_it_or_is_told_to_wait() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for round in 0..ROUNDS {
        let make = || send(&root, "/v1/projects", round);
        let answers = race(make(), make()).await;
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        let first = made.iter().filter(|answer| answer.header("idempotency-replayed").is_empty());
        assert_eq!(first.count(), 1, "round {round}: {answers:?}");
        match made.as_slice() {
            [one, other] => assert_eq!(one.text, other.text, "round {round}"),
            _ => assert!(answers.iter().any(is_in_use), "round {round}: {answers:?}"),
        }
    }
    assert_eq!(deployment.database.count("projects", "true"), ROUNDS as i64);
    assert_eq!(deployment.database.count("idempotency_records", "true"), ROUNDS as i64);
    assert_eq!(deployment.database.count("audit_events", "action = 'project.create'"), ROUNDS as i64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_sendings_of_one_request_for_a_token_one_shows_the_secret() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for round in 0..ROUNDS {
        let make = || send(&root, "/v1/personal-access-tokens", round);
        let mut statuses = race(make(), make()).await.map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "round {round}");
        // The policy allows a hundred.
        deployment.database.execute("DELETE FROM personal_access_tokens");
    }
    let made = "action = 'personal_access_token.create'";
    assert_eq!(deployment.database.count("audit_events", made), ROUNDS as i64);
    assert_eq!(deployment.database.count("idempotency_records", "answer IS NULL"), ROUNDS as i64);
}

fn send(by: &Person, path: &'static str, round: usize) -> impl Future<Output = Answer> + Send + 'static {
    let request = by.request(Method::POST, path).header("idempotency-key", format!("round-{round}"));
    let request = request.json(&json!({ "name": format!("Round {round}") }));
    async move { Answer::read(request.send().await.expect("the server answers")).await }
}

fn is_in_use(answer: &Answer) -> bool {
    answer.status == 409 && answer.text("type").ends_with("/idempotency-key-in-use")
}
