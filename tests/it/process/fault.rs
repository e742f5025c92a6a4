//! PostgreSQL stopped, frozen and cut off under load: outages are told as such, nothing acknowledged is lost, nobody gets in who
//! should not, and the server recovers by itself.

use std::time::Duration;

use keyhall_tests::{Answer, Database, Person, Place, PostgreSql, Process, Shutdown, Wire};
use serde_json::json;

use super::load::{Load, Told};

/// A server with little patience on a database, and its Super Admin.
async fn served(database: &Database) -> (Place, Process, Person) {
    let place = Place::on(database)
        .with("database.pool_size", "4")
        .with("database.acquire_seconds", "1")
        .with("database.statement_seconds", "2")
        .with("database.lock_seconds", "2")
        .with("limits.requests_per_minute", "0");
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    (place, process, ada)
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

/// An outage is told as one, while the server itself lives.
async fn expect_outage(process: &Process) {
    let refused = process.get("/health/ready").await.expect(503);
    let seconds: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds));
    process.get("/health/live").await.expect(200);
}

/// Asks until the server can serve again, by itself.
async fn recovered(process: &Process) {
    for _ in 0..100 {
        if process.get("/health/ready").await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not recover: {}", process.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_is_stopped_and_started_under_load_loses_nothing() {
    let mut postgresql = PostgreSql::start();
    let (place, process, ada) = served(&postgresql.database()).await;
    let load = Load::begin(&ada).await;
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        pause().await;
        postgresql.stop(shutdown);
        expect_outage(&process).await;
        pause().await;
        postgresql.start_again();
        recovered(&process).await;
    }
    pause().await;
    expect_nothing_lost(load.end().await, &ada, &place, &process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_neither_answers_nor_refuses_is_an_outage_too() {
    let postgresql = PostgreSql::start();
    let (place, process, ada) = served(&postgresql.database()).await;
    let load = Load::begin(&ada).await;
    pause().await;
    postgresql.freeze();
    expect_outage(&process).await;
    let read = ada.get("/v1/projects").await;
    is_outage(&read);
    is_outage(&ada.post("/v1/sessions", &json!({ "email": ada.email, "password": ada.password })).await);
    postgresql.thaw();
    recovered(&process).await;
    pause().await;
    expect_nothing_lost(load.end().await, &ada, &place, &process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_postgresql_is_frozen_stops_when_it_is_told_to() {
    let postgresql = PostgreSql::start();
    let (_, process, ada) = served(&postgresql.database()).await;
    postgresql.freeze();
    is_outage(&ada.get("/v1/projects").await);
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_in_the_middle_of_transactions_lose_nothing() {
    let database = Database::migrated();
    let (place, process, ada) = served(&database).await;
    let load = Load::begin(&ada).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        database.cut();
    }
    let told = load.end().await;
    recovered(&process).await;
    expect_nothing_lost(told, &ada, &place, &process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_are_slow_and_places_that_are_used_up_lose_nothing() {
    let database = Database::migrated();
    let (place, process, ada) = served(&database).await;
    let load = Load::begin(&ada).await;
    for _ in 0..2 {
        pause().await;
        // Those who were let in to write wait for the head of the chain, and those behind them for a place.
        let lock = database.lock("audit_chains");
        tokio::time::sleep(Duration::from_millis(3000)).await;
        drop(lock);
    }
    pause().await;
    let told = load.end().await;
    recovered(&process).await;
    expect_nothing_lost(told, &ada, &place, &process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_went_dead_without_a_word_is_given_up_for_a_new_one() {
    let postgresql = PostgreSql::start();
    let direct = postgresql.database();
    let wire = Wire::to(postgresql.port());
    let (_, process, ada) = served(&wire.database()).await;
    ada.get("/v1/projects").await.expect(200);

    wire.die();
    // There are connections to be had, and nothing comes back on them.
    is_outage(&ada.get("/v1/projects").await);
    wire.cut();
    // New connections are made now, and get no answer: those attempts must end before there is a wire again.
    for _ in 0..3 {
        expect_outage(&process).await;
    }
    wire.revive();
    recovered(&process).await;
    ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    assert_eq!(direct.count("projects", "true"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_the_middle_of_writing_loses_nothing() {
    let database = Database::migrated();
    let (place, mut process, mut ada) = served(&database).await;
    let password = ada.password.clone();
    let mut kept = Vec::new();
    for _ in 0..3 {
        let load = Load::begin(&ada).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        process.kill();
        let told = load.end().await;
        kept.extend(told.acknowledged);
        process = place.serve(&[]);
        ada = process.sign_in("ada@example.com", &password).await;
        for id in &kept {
            ada.get(&format!("/v1/projects/{id}")).await.expect(200);
        }
        let events = database.count("audit_events", "action = 'project.create'");
        assert_eq!(
            database.count("projects", "true"),
            events,
            "no project without its event, no event without it"
        );
        let verified = place.run(&["admin", "audit", "verify"]);
        assert!(verified.success, "{}{}", verified.stdout, verified.stderr);
    }
    let unfinished = database.count("projects", "true") - i64::try_from(kept.len()).unwrap();
    assert!((0..=3 * 6).contains(&unfinished), "at most one for each writer and death, not {unfinished}");
}

#[track_caller]
fn is_outage(answer: &Answer) {
    let answer = answer.clone().expect(503);
    assert!(answer.text("type").ends_with("/problems/unavailable"), "{:#}", answer.body);
}

/// The load met outages, and still has all that was acknowledged to it; and nothing was told as a defect.
async fn expect_nothing_lost(told: Told, ada: &Person, place: &Place, process: &Process) {
    assert!(told.outages > 0, "nobody noticed");
    told.expect_kept(ada, place).await;
    assert_no_defect(process);
}

/// Whatever happened was told as an outage, and nothing as a defect.
fn assert_no_defect(process: &Process) {
    let defects: Vec<_> = process
        .lines()
        .into_iter()
        .filter(|line| line["level"] == "ERROR" && line["message"] == "unexpected")
        .collect();
    assert!(defects.is_empty(), "{defects:?}");
}
