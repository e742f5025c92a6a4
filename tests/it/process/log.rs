//! The log: whole, for machines, and without secrets.

use keyhall_tests::{Database, Place};
use serde_json::{Value, json};

#[tokio::test]
async fn nothing_that_opens_a_door_is_ever_logged() {
    let master_key = "c2l4dGVlbiBieXRlcyBhcmUgbm90IGVub3VnaCEhISE=";
    let place =
        Place::on(&Database::migrated()).with("log.filter", "trace").with("secrets.master_key", master_key);
    let made =
        place.run(&["admin", "bootstrap", "--account", "Acme", "--email", "ada@example.com", "--json"]);
    assert!(made.success, "{}", made.stderr);
    let password =
        serde_json::from_str::<Value>(&made.stdout).unwrap()["password"].as_str().unwrap().to_owned();

    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;
    let ada_by_token = ada.through_token().await;
    ada_by_token.get("/v1/projects").await.expect(200);
    ada_by_token.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let wrong = "a password of somebody else";
    let body = json!({ "email": "ada@example.com", "password": wrong });
    ada.post("/v1/sessions", &body).await.expect(401);
    let invitation =
        ada.post("/v1/members", &json!({ "email": "bob@example.com", "role": "member" })).await.expect(201);
    let link = invitation.text("invitationLink");
    let secret = link.split_once('#').unwrap().1;

    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    assert!(log.lines().any(|line| line.contains("\"level\":\"TRACE\"")), "the filter lets nothing through");
    for secret in [master_key, &password, &ada.bearer, &ada_by_token.bearer, wrong, secret] {
        assert!(!log.contains(secret), "`{secret}` is logged");
    }
    assert!(!made.stderr.contains(&password) && !made.stderr.contains(master_key), "{}", made.stderr);
}

#[tokio::test]
async fn every_line_is_json_and_every_request_has_one_with_its_id() {
    let process = Place::on(&Database::migrated()).serve(&[]);
    let answers =
        [process.get("/health/live").await, process.get("/v1/nothing").await, process.get("/v1/me").await];
    let (_, log) = process.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for answer in answers {
        let id = answer.header("x-request-id");
        let answered = lines.iter().filter(|line| line["message"] == "answered" && line["span"]["id"] == id);
        let statuses: Vec<_> = answered.map(|line| line["status"].clone()).collect();
        assert_eq!(statuses, [json!(answer.status)], "{log}");
    }
}
