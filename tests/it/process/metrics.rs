//! The operator's listener: scraped as Prometheus does, with PostgreSQL and without.

use std::time::{Duration, Instant};

use keyhall_tests::{Answer, Database, Person, Place, Process};
use reqwest::Method;
use serde_json::json;

/// A place whose operator's listener takes a free port.
fn place(database: &Database) -> Place {
    Place::on(database).with("admin.port", "0")
}

async fn started(place: &Place) -> (Process, Person, String) {
    let password = place.bootstrap()["password"].as_str().unwrap().to_owned();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", &password).await;
    let told = |line: &serde_json::Value| line["message"] == "serving metrics and health to the operator";
    let line = process.lines().into_iter().find(told).expect("it says where");
    let operator = format!("http://{}", line["address"].as_str().unwrap());
    (process, ada, operator)
}

async fn scrape(process: &Process, operator: &str) -> String {
    let answer = Answer::read(process.client.get(format!("{operator}/metrics")).send().await.unwrap()).await;
    let answer = answer.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    answer.text
}

/// The value of a sample, by its name and labels.
#[track_caller]
fn value(metrics: &str, sample: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no `{sample}` in:\n{metrics}")).parse().expect("a number")
}

#[tokio::test]
async fn a_scrape_counts_requests_by_method_route_and_status_and_shows_how_busy_the_server_is() {
    let database = Database::migrated();
    let place = place(&database);
    let (process, ada, operator) = started(&place).await;
    for _ in 0..3 {
        ada.get("/v1/me").await.expect(200);
    }
    ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    ada.get("/v1/members/nonsense").await.expect(400);
    process.get("/v1/me").await.expect(401);
    let body = json!({ "email": ada.email, "password": "not the one that it is" });
    ada.post("/v1/sessions", &body).await.expect(401);

    let metrics = scrape(&process, &operator).await;
    for (method, route, status, count) in [
        ("GET", "/v1/me", 200, 3.0),
        ("GET", "/v1/me", 401, 1.0),
        ("POST", "/v1/projects", 201, 1.0),
        ("GET", "/v1/members/{memberId}", 400, 1.0),
        ("POST", "/v1/sessions", 201, 1.0),
        ("POST", "/v1/sessions", 401, 1.0),
    ] {
        let labels = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        assert_eq!(value(&metrics, &format!("keyhall_http_requests_total{labels}")), count, "{labels}");
    }
    let of_me = "{method=\"GET\",route=\"/v1/me\"}";
    assert_eq!(value(&metrics, &format!("keyhall_http_request_duration_seconds_count{of_me}")), 4.0);
    assert!(value(&metrics, &format!("keyhall_http_request_duration_seconds_sum{of_me}")) > 0.0);
    assert_eq!(value(&metrics, "keyhall_database_connections_max"), 16.0);
    assert!(value(&metrics, "keyhall_database_connections{state=\"idle\"}") >= 1.0);
    assert_eq!(value(&metrics, "keyhall_database_connections{state=\"in_use\"}"), 0.0);
    assert!(value(&metrics, "keyhall_database_checkouts_total") >= 7.0);
    assert!(value(&metrics, "keyhall_database_wait_seconds_total") > 0.0);
    for none in [
        "keyhall_database_timeouts_total",
        "keyhall_rate_limited_total",
        "keyhall_password_hashes{state=\"running\"}",
        "keyhall_password_hashes{state=\"waiting\"}",
        "keyhall_password_hashes_refused_total",
        "keyhall_mail_queue_size",
        "keyhall_mail_queue_oldest_age_seconds",
    ] {
        assert_eq!(value(&metrics, none), 0.0, "{none}");
    }
    assert_eq!(value(&metrics, "keyhall_build_info{version=\"0.1.0\"}"), 1.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1_000_000.0);
    assert!(value(&metrics, "process_start_time_seconds") > 1_700_000_000.0);
}

#[tokio::test]
async fn every_sample_is_of_a_metric_that_is_declared_once_and_explained() {
    let (database, mut declared) = (Database::migrated(), Vec::new());
    let place = place(&database);
    let (process, _, operator) = started(&place).await;
    let metrics = scrape(&process, &operator).await;
    for line in metrics.lines() {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["#", "HELP", _, words @ ..] => assert!(!words.is_empty(), "{line}"),
            ["#", "TYPE", name, "counter" | "gauge" | "histogram"] => declared.push((*name).to_owned()),
            [sample, number] => {
                let name = sample.split('{').next().unwrap();
                let of = |end| name.strip_suffix(end).unwrap_or(name);
                let families = [name, of("_bucket"), of("_sum"), of("_count")];
                assert!(families.iter().any(|family| declared.iter().any(|known| known == family)), "{line}");
                number.parse::<f64>().expect(line);
            }
            _ => panic!("no line of the format: {line}"),
        }
    }
    let mut once = declared.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), declared.len(), "{declared:?}");
}

#[tokio::test]
async fn no_label_comes_from_a_caller_and_no_secret_is_in_a_scrape() {
    let database = Database::migrated();
    let place = place(&database).with("limits.requests_per_minute", "30");
    let (process, ada, operator) = started(&place).await;
    let project = ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201).id();
    ada.get(&format!("/v1/projects/{project}")).await.expect(200);
    for method in ["PURGE", "EVIL", "PROPFIND"] {
        ada.send(method.parse::<Method>().unwrap(), &format!("/v1/{}", ada.bearer), None).await.expect(404);
    }
    for path in ["/docs/", "/docs/nothing-of-the-kind", "/nothing-of-the-kind", "/problems/not-found"] {
        process.get(path).await;
    }
    while ada.get("/v1/me").await.status != 429 {}
    let metrics = scrape(&process, &operator).await;
    for silent in [
        ada.bearer.as_str(),
        ada.email.as_str(),
        ada.member.as_str(),
        ada.password.as_str(),
        project.as_str(),
        "127.0.0.1",
        "PURGE",
        "EVIL",
        "nothing-of-the-kind",
    ] {
        assert!(!metrics.contains(silent), "`{silent}` in:\n{metrics}");
    }
    let others = "{method=\"other\",route=\"unmatched\",status=\"404\"}";
    assert_eq!(value(&metrics, &format!("keyhall_http_requests_total{others}")), 3.0);
    assert_eq!(value(&metrics, "keyhall_rate_limited_total"), 1.0);
}

#[tokio::test]
async fn mail_that_waits_is_counted_with_its_age() {
    let database = Database::migrated();
    let place = place(&database);
    let (process, _, operator) = started(&place).await;
    database.execute(
        "INSERT INTO mails (id, kind, recipient, user_id, created_at, next_attempt_at)
         SELECT gen_random_uuid(), 'password_changed', email, id, now() - interval '1 hour', now() + interval '1 day'
         FROM users CROSS JOIN generate_series(1, 3)",
    );
    let metrics = scrape(&process, &operator).await;
    assert_eq!(value(&metrics, "keyhall_mail_queue_size"), 3.0);
    let age = value(&metrics, "keyhall_mail_queue_oldest_age_seconds");
    assert!((3_600.0..7_200.0).contains(&age), "{age}");
}

#[tokio::test]
async fn while_postgresql_is_away_a_scrape_answers_without_what_it_would_say() {
    let database = Database::migrated();
    let place = place(&database).with("database.acquire_seconds", "1");
    let (process, ada, operator) = started(&place).await;
    database.close();
    ada.get("/v1/me").await.expect(503);
    let metrics = scrape(&process, &operator).await;
    assert!(!metrics.contains("keyhall_mail_queue"), "{metrics}");
    let away = "{method=\"GET\",route=\"/v1/me\",status=\"503\"}";
    assert_eq!(value(&metrics, &format!("keyhall_http_requests_total{away}")), 1.0);
    assert!(value(&metrics, "keyhall_database_timeouts_total") >= 1.0);
    let ready =
        async || process.client.get(format!("{operator}/health/ready")).send().await.unwrap().status();
    assert_eq!(ready().await, 503);
    let live = process.client.get(format!("{operator}/health/live")).send().await.unwrap();
    assert_eq!(live.status(), 200);

    database.reopen();
    let deadline = Instant::now() + Duration::from_secs(30);
    while ready().await != 200 {
        assert!(Instant::now() < deadline, "{}", process.log());
    }
    assert_eq!(value(&scrape(&process, &operator).await, "keyhall_mail_queue_size"), 0.0);
}

#[tokio::test]
async fn while_the_table_is_locked_scrapes_do_not_queue_for_it() {
    let database = Database::migrated();
    let place = place(&database).with("database.pool_size", "2");
    let (process, ada, operator) = started(&place).await;
    let lock = database.lock("mails");
    for _ in 0..4 {
        assert!(!scrape(&process, &operator).await.contains("keyhall_mail_queue"));
    }
    // One question waits at the table; the pool's other connection is there for everybody.
    assert_eq!(database.connections("wait_event_type = 'Lock'"), 1);
    ada.get("/v1/me").await.expect(200);
    drop(lock);
}

#[tokio::test]
async fn the_operators_listener_is_off_unless_it_is_configured_and_has_nothing_else() {
    let database = Database::migrated();
    let off = Place::on(&database).serve(&[]);
    off.get("/metrics").await.expect(404);
    assert!(!off.log().contains("to the operator"), "{}", off.log());
    drop(off);
    let place = place(&database);
    let (process, ada, operator) = started(&place).await;
    process.get("/metrics").await.expect(404);
    for path in ["/v1/me", "/", "/docs/", "/openapi.json"] {
        let request = process.client.get(format!("{operator}{path}")).bearer_auth(&ada.bearer);
        assert_eq!(request.send().await.unwrap().status(), 404, "{path}");
    }
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn the_operators_listener_and_the_api_are_two() {
    let database = Database::migrated();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended =
        Place::on(&database).with("database.migrate", "true").with("admin.port", &port).run(&["serve"]);
    assert!(ended.complaint(&[]).contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", ended.stderr);
}
