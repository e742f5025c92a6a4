//! Killed in the middle: what is sent again under its key is made once.

use keyhall_tests::{Database, Person, Place, wait_until};

use super::{KEY, make};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_not_committed_is_made_once_by_the_next_attempt() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let password = place.bootstrap()["password"].as_str().unwrap().to_owned();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;
    // The project, its owner and the record are written; the event, which comes last, waits.
    let lock = database.lock("audit_events");
    let sent = ada.clone();
    let sent = tokio::spawn(async move {
        sent.request(reqwest::Method::POST, "/v1/projects")
            .header("idempotency-key", KEY)
            .json(&serde_json::json!({ "name": "Payments" }))
            .send()
            .await
    });
    wait_until("the event waits", || database.connections("wait_event_type = 'Lock'") >= 1);
    process.kill();
    assert!(sent.await.unwrap().is_err(), "nobody answered");
    drop(lock);
    wait_until("PostgreSQL notices", || database.connections("application_name <> 'psql'") == 0);
    assert_eq!(database.count("projects", "true") + database.count("idempotency_records", "true"), 0);

    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;
    let first = make(&ada, KEY, "Payments").await.expect(201);
    super::replays(make(&ada, KEY, "Payments").await, &first);
    assert_eq!(database.count("projects", "true"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_a_server_is_killed_each_request_that_is_repeated_was_carried_out_once() {
    let database = Database::migrated();
    let place = Place::on(&database).with("limits.requests_per_minute", "0");
    let password = place.bootstrap()["password"].as_str().unwrap().to_owned();
    let mut unanswered: Option<String> = None;
    let mut made = 0;
    for round in 0..5 {
        let process = place.serve(&[]);
        let ada = process.sign_in("ada@example.com", &password).await;
        if let Some(key) = unanswered.take() {
            repeat(&ada, &key).await;
        }
        let writing = tokio::spawn(async move {
            for number in 0.. {
                let key = format!("{round}-{number}");
                let body = serde_json::json!({ "name": key });
                let request = ada.request(reqwest::Method::POST, "/v1/projects").json(&body);
                match request.header("idempotency-key", &key).send().await {
                    Ok(response) => assert_eq!(response.status(), 201),
                    Err(_) => return (number, key),
                }
            }
            unreachable!("it ends with the server")
        });
        tokio::time::sleep(std::time::Duration::from_millis(150 + 37 * round)).await;
        process.kill();
        let (answered, key) = writing.await.unwrap();
        made += answered + 1;
        unanswered = Some(key);
    }
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;
    repeat(&ada, &unanswered.expect("the last one")).await;
    assert_eq!(database.count("projects", "true"), made);
    assert_eq!(database.count("audit_events", "action = 'project.create'"), made);
}

/// Sends a request again that nobody answered, until the killed server's transaction is over.
async fn repeat(by: &Person, key: &str) {
    loop {
        let answer = make(by, key, key).await;
        if answer.status != 409 {
            answer.expect(201);
            return;
        }
        assert!(answer.text("type").ends_with("/idempotency-key-in-use"), "{}", answer.text);
    }
}
