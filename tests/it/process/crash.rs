//! Killed without warning: what was acknowledged is there, and the other half goes on or begins anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use keyhall_tests::{Person, Place, Process, lives, wait_until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use uuid::Uuid;

async fn started(place: &Place) -> (Process, Person, String) {
    let process = place.serve(&[]);
    let password = place.bootstrap()["password"].as_str().unwrap().to_owned();
    let ada = process.sign_in("ada@example.com", &password).await;
    (process, ada, password)
}

/// Writes until the server is gone or it is enough, and says what was acknowledged.
async fn write_until(enough: Arc<AtomicBool>, ada: Person) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !enough.load(Ordering::SeqCst) {
        let body = json!({ "name": format!("Project {}", Uuid::now_v7()) });
        let request = ada.request(reqwest::Method::POST, "/v1/projects").json(&body);
        let Ok(response) = request.send().await else { break };
        match response.status().as_u16() {
            201 => {
                let project: serde_json::Value = response.json().await.expect("a project");
                acknowledged.push(format!("/v1/projects/{}", project["id"].as_str().unwrap()));
            }
            503 => {}
            status => panic!("a write was answered with {status}"),
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_killed_server() {
    let place = Place::embedded().with("limits.requests_per_minute", "0");
    let (process, ada, password) = started(&place).await;
    let first = place.postmaster().expect("PostgreSQL runs");
    let writing = tokio::spawn(write_until(Arc::default(), ada));
    tokio::time::sleep(Duration::from_millis(500)).await;
    process.kill();
    let acknowledged = writing.await.unwrap();
    assert!(!acknowledged.is_empty(), "nothing was written in time");

    let process = place.serve(&[]);
    assert!(!lives(first), "the PostgreSQL of the killed server still runs");
    let ada = process.sign_in("ada@example.com", &password).await;
    for path in &acknowledged {
        ada.get(path).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgresql_is_started_again_and_has_lost_nothing() {
    let place = Place::embedded().with("limits.requests_per_minute", "0");
    let (process, ada, _) = started(&place).await;
    let postmaster = place.postmaster().expect("PostgreSQL runs");
    let enough = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write_until(enough.clone(), ada.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    kill(Pid::from_raw(postmaster), Signal::SIGKILL).unwrap();
    wait_until("PostgreSQL runs again", || place.postmaster().is_some_and(|pid| pid != postmaster));
    let killed = Instant::now();
    while ada.get("/health/ready").await.status != 200 {
        assert!(killed.elapsed() < Duration::from_secs(30), "{}", process.log());
    }
    enough.store(true, Ordering::SeqCst);
    let acknowledged = writing.await.unwrap();
    assert!(!acknowledged.is_empty(), "nothing was written in time");
    for path in &acknowledged {
        ada.get(path).await.expect(200);
    }
    ada.post("/v1/projects", &json!({ "name": "After" })).await.expect(201);
}
