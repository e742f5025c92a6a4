//! Very many who try passwords at once: others are served meanwhile, and memory is bounded.

use keyhall_tests::{Database, Place};
use serde_json::json;
use tokio::task::JoinSet;

/// How many try at the same time.
const GUESSERS: usize = 200;

/// What the server may have taken at most, in KiB. A hash takes 19 MiB, and a few are made at a time; left to itself, the
/// allocator kept 400 MiB.
const MOST: u64 = 160 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_leaves_others_served_and_memory_bounded() {
    let place = Place::on(&Database::migrated()).with("limits.requests_per_minute", "0");
    let made = place.bootstrap();
    let password = made["password"].as_str().unwrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", password).await;

    let mut guessers = JoinSet::new();
    for guesser in 0..GUESSERS {
        // Each from an address of its own, so that it is the hashing that is flooded.
        let address: std::net::IpAddr =
            format!("127.3.{}.{}", guesser / 100, guesser % 100 + 1).parse().unwrap();
        let client = reqwest::Client::builder().local_address(address).build().unwrap();
        let url = process.url("/v1/sessions");
        guessers.spawn(async move {
            let mut statuses = Vec::new();
            for attempt in 0..4 {
                let email = format!("nobody-{guesser}-{attempt}@example.com");
                let body = json!({ "email": email, "password": "not the password of anybody" });
                let answer = client.post(&url).json(&body).send().await.expect("the server answers");
                statuses.push((answer.status().as_u16(), answer.headers().contains_key("retry-after")));
            }
            statuses
        });
    }
    while !guessers.is_empty() && guessers.try_join_next().is_none() {
        ada.get("/v1/me").await.expect(200);
    }
    let statuses: Vec<_> = guessers.join_all().await.into_iter().flatten().collect();
    assert!(statuses.iter().any(|(status, _)| *status == 401), "somebody was let through");
    assert!(statuses.contains(&(429, true)), "somebody was told to come back");
    assert!(statuses.iter().all(|(status, _)| [401, 429].contains(status)), "{statuses:?}");
    assert!(peak(process.id()) < MOST, "{} KiB", peak(process.id()));
    process.sign_in("ada@example.com", password).await.get("/v1/me").await.expect(200);
}

/// The most memory that a process ever had, in KiB (proc(5), `status`).
fn peak(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process is there");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says so");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
