//! Reading a long history, part by part.

use keyhall_tests::{Answer, Deployment, Person};
use serde_json::{Value, json};

use super::EVENTS;

#[tokio::test]
async fn the_parts_of_a_history_are_all_of_it_and_nothing_twice() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for name in ["a", "b", "c", "d"] {
        root.post("/v1/projects", &json!({ "name": name })).await.expect(201);
    }
    let everything = root.get(&format!("{EVENTS}?limit=100")).await.expect(200).body;
    assert!(everything.get("more").is_none());
    let everything = everything["results"].as_array().unwrap().clone();
    assert_eq!(everything.len(), 6, "the account, a sign-in, four projects");

    for limit in [1, 2, 3, 4, 6] {
        let (mut seen, mut parts, mut query) = (Vec::new(), 0, format!("{EVENTS}?limit={limit}"));
        loop {
            let part = root.get(&query).await.expect(200);
            let results = part.body["results"].as_array().unwrap();
            assert!((1..=limit).contains(&results.len()));
            seen.extend(results.iter().cloned());
            parts += 1;
            // Whatever happens meanwhile is newer, and does not shift what follows.
            root.post("/v1/projects", &json!({ "name": format!("{limit} {parts}") })).await.expect(201);
            let Some(more) = part.body.get("more").and_then(Value::as_str) else { break };
            query = next(limit, more);
        }
        let tail = &seen[seen.len() - everything.len()..];
        assert_eq!(tail, everything, "by {limit}");
        let sequences: Vec<_> = seen.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
        let expected: Vec<_> = (1..=sequences[0]).rev().collect();
        assert_eq!(sequences, expected, "by {limit}");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_own_list_and_unchanged_alone() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let more = more(&acme.super_admin).await;
    let theirs = self::more(&umbrella.super_admin).await;
    acme.super_admin.get(&next(1, &more)).await.expect(200);

    expect_refused(&acme.super_admin.get(&next(1, &theirs)).await);
    for place in 0..more.len() {
        let other = if more.as_bytes()[place] == b'A' { "B" } else { "A" };
        let mutated = format!("{}{other}{}", &more[..place], &more[place + 1..]);
        expect_refused(&acme.super_admin.get(&next(1, &mutated)).await);
    }
    for wrong in ["", "x", &more[1..], &more[..more.len() - 1], &format!("{more}A"), &format!("{more}%3D")] {
        expect_refused(&acme.super_admin.get(&next(1, wrong)).await);
    }
    for limit in ["0", "101", "-1", "ten", ""] {
        let answer = acme.super_admin.get(&format!("{EVENTS}?limit={limit}")).await;
        assert_eq!(answer.expect_problem(400, "invalid-request").violated(), ["limit"]);
    }
}

/// The token for what follows the newest event.
async fn more(root: &Person) -> String {
    root.get(&format!("{EVENTS}?limit=1")).await.expect(200).text("more")
}

fn next(limit: usize, token: &str) -> String {
    format!("{EVENTS}?limit={limit}&paginationToken={token}")
}

#[track_caller]
fn expect_refused(answer: &Answer) {
    let answer = answer.clone().expect_problem(400, "invalid-request");
    assert_eq!(answer.violated(), ["paginationToken"]);
}
