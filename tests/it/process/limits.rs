//! Proxies and limits as the configuration has them, through the program itself.

use keyhall_tests::{Answer, Database, Place};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_is_configured_is_in_force() {
    let place = Place::on(&Database::migrated())
        .with("server.trusted_proxies", "192.0.2.0/24,127.0.0.1")
        .with("limits.body_bytes", "2048")
        .with("limits.json_depth", "5")
        .with("limits.requests_per_minute", "7");
    let password = place.bootstrap()["password"].as_str().unwrap().to_owned();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;

    let session = async |list: &str| {
        let body = json!({ "email": "ada@example.com", "password": password });
        let request = process.client.post(process.url("/v1/sessions")).json(&body);
        let request = request.header("x-forwarded-for", list);
        Answer::read(request.send().await.unwrap()).await.expect(201).text("address")
    };
    assert_eq!(session("203.0.113.7, 198.51.100.9, 192.0.2.8").await, "198.51.100.9");
    assert_eq!(session("203.0.113.7, 127.0.0.2").await, "127.0.0.2");

    let sent = async |body: String| {
        let request = ada.request(Method::POST, "/v1/projects").header("content-type", "application/json");
        Answer::read(request.body(body).send().await.unwrap()).await
    };
    sent(" ".repeat(2_049)).await.expect(413);
    sent("[".repeat(6)).await.expect(400);
    assert_eq!(ada.get("/v1/me").await.expect(200).header("ratelimit-policy"), "\"default\";q=7;w=60");
    for _ in 0..4 {
        ada.get("/v1/me").await.expect(200);
    }
    ada.get("/v1/me").await.expect(429);
}
