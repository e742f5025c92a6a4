//! PostgreSQL away, slow or cut off: 503 and never a defect, and recovery by itself.

use std::time::Duration;

use keyhall_tests::{Account, Answer, Database, Deployment, Options, Person, Place};
use reqwest::Method;
use serde_json::{Value, json};

/// An outage is told as one, with the time to come back.
#[track_caller]
fn is_outage(answer: Answer) {
    let answer = answer.expect(503);
    assert!(answer.text("type").ends_with("/problems/unavailable"), "{:#}", answer.body);
    let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds));
}

async fn short_of_patience(options: Options) -> (Deployment, Account) {
    let deployment = Deployment::start_with(options).await;
    let account = deployment.account("Acme").await;
    (deployment, account)
}

#[test]
fn a_server_without_its_database_says_so_and_ends() {
    let place =
        Place::on(&Database::migrated()).with("database.url", "host=127.0.0.1 port=1 password=hunter2");
    for arguments in [&["serve", "--stop-with-parent"][..], &["migrate"]] {
        let ended = place.run(arguments);
        let complaint = ended.complaint(&["hunter2"]);
        assert!(complaint.contains("PostgreSQL cannot be reached"), "{complaint}");
        assert!(complaint.contains("127.0.0.1"), "{complaint}");
    }
    let ended = place.with("database.url", "postgres//keyhall:hunter2@db.example/keyhall").run(&["migrate"]);
    assert!(ended.complaint(&["hunter2"]).contains("PostgreSQL cannot be reached"), "{}", ended.stderr);
}

/// As many requests at once as the pool has connections, each of which waits for a table: so all connections are open.
async fn open_all_connections(deployment: &Deployment, ada: &Person) {
    let lock = deployment.database.lock("projects");
    let asked: Vec<_> = (0..4)
        .map(|_| {
            let ada = ada.clone();
            tokio::spawn(async move { ada.get("/v1/projects").await.expect(200) })
        })
        .collect();
    while deployment.database.connections("wait_event_type = 'Lock'") < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(lock);
    for request in asked {
        request.await.unwrap();
    }
}

#[tokio::test]
async fn after_all_connections_were_cut_the_next_read_succeeds() {
    let (deployment, account) = short_of_patience(Options::default()).await;
    let ada = account.super_admin;
    for path in ["/v1/projects", "/v1/me", "/health/ready", "/v1/sessions/current"] {
        open_all_connections(&deployment, &ada).await;
        deployment.database.cut();
        ada.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn after_all_connections_were_cut_somebody_signs_in_and_writes() {
    let (deployment, account) = short_of_patience(Options::default()).await;
    let ada = account.super_admin;
    open_all_connections(&deployment, &ada).await;
    deployment.database.cut();
    Person::sign_in(&deployment, &ada.email, &ada.password).await;

    open_all_connections(&deployment, &ada).await;
    deployment.database.cut();
    ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
}

#[tokio::test]
async fn a_write_whose_connection_is_cut_is_told_as_an_outage_and_not_repeated() {
    let (deployment, account) = short_of_patience(Options::default()).await;
    let ada = account.super_admin;
    let lock = deployment.database.lock("projects");
    let writing = ada.clone();
    let written =
        tokio::spawn(async move { writing.post("/v1/projects", &json!({ "name": "Payments" })).await });
    while deployment.database.connections("wait_event_type = 'Lock'") < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    deployment.database.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    is_outage(written.await.unwrap());
    drop(lock);
    assert_eq!(deployment.database.count("projects", "true"), 0);
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_an_outage() {
    let options = Options { statement_timeout: Duration::from_millis(300), ..Options::default() };
    let (deployment, account) = short_of_patience(options).await;
    let lock = deployment.database.lock("projects");
    is_outage(account.super_admin.get("/v1/projects").await);
    drop(lock);
    account.super_admin.get("/v1/projects").await.expect(200);
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_is_an_outage() {
    let database = Database::migrated();
    let place = Place::on(&database).with("database.lock_seconds", "1");
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    let lock = database.lock("projects");
    is_outage(ada.post("/v1/projects", &json!({ "name": "Payments" })).await);
    drop(lock);
    ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
}

#[tokio::test]
async fn whoever_gets_no_connection_in_time_is_told_of_an_outage() {
    let acquire_timeout = Duration::from_millis(300);
    let options = Options { pool_size: 1, acquire_timeout, ..Options::default() };
    let (deployment, account) = short_of_patience(options).await;
    let lock = deployment.database.lock("projects");
    let waiting = account.super_admin.request(Method::GET, "/v1/projects").send();
    let waiting = tokio::spawn(waiting);
    while deployment.database.connections("wait_event_type = 'Lock'") < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    is_outage(account.super_admin.get("/v1/me").await);
    drop(lock);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn while_the_database_is_gone_the_server_lives_and_is_not_ready() {
    let acquire_timeout = Duration::from_millis(500);
    let (deployment, account) = short_of_patience(Options { acquire_timeout, ..Options::default() }).await;
    let ada = account.super_admin;
    deployment.database.close();
    for path in ["/health/ready", "/v1/me", "/v1/projects"] {
        is_outage(ada.get(path).await);
    }
    is_outage(ada.post("/v1/projects", &json!({ "name": "Payments" })).await);
    let body = json!({ "email": ada.email, "password": ada.password });
    is_outage(ada.post("/v1/sessions", &body).await);
    assert_eq!(ada.get("/health/live").await.expect(200).body, json!({ "status": "ok" }));

    deployment.database.reopen();
    let mut ready = Value::Null;
    for _ in 0..60 {
        ready = json!(ada.get("/health/ready").await.status);
        if ready == 200 {
            break;
        }
    }
    assert_eq!(ready, 200);
    ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
}
