//! The job that clears away what has ended, and nothing that has not.

use jiff::SignedDuration;
use keyhall_storage::open::Purged;
use keyhall_tests::{Deployment, Person, connect};

const MOMENT: SignedDuration = SignedDuration::from_micros(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_session_goes_a_day_after_its_end_and_its_holder_learns_why_until_then() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let idle = account.super_admin.clone();
    let used = Person::sign_in(&deployment, &idle.email, &idle.password).await;
    forget_attempts(&deployment);
    let sessions = || deployment.database.count("sessions", "true");
    for _ in 0..24 {
        deployment.pass(HOUR / 2);
        used.get("/v1/me").await;
        assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    }
    // The one was not used for twelve hours, the other is twelve hours old; each is over, and neither is forgotten.
    deployment.pass(DAY - 11 * HOUR - MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    let why = |session: Person| async move { session.get("/v1/me").await.expect(401).text("detail") };
    assert_eq!(why(idle.clone()).await, "the session has expired");
    deployment.pass(MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap().removed, [("sessions", 1)]);
    assert_eq!((sessions(), why(idle).await.as_str()), (1, "the bearer token is not valid"));
    assert_eq!(why(used.clone()).await, "the session has expired");

    deployment.pass(DAY);
    assert_eq!(deployment.store.purge().await.unwrap().removed, [("sessions", 1)]);
    assert_eq!((sessions(), why(used).await.as_str()), (0, "the bearer token is not valid"));
}

#[tokio::test]
async fn links_go_once_they_have_expired_and_not_before() {
    let deployment = Deployment::start().await;
    deployment.account("Acme").await;
    forget_attempts(&deployment);
    let now = deployment.clock.now();
    let insert = |table: &str, columns: &str, values: &str| {
        deployment.database.execute(&format!(
            "INSERT INTO {table} (user_id, digest, created_at, expires_at{columns}) \
             SELECT id, sha256(''), '{now}', timestamptz '{now}' + interval '1 day'{values} FROM users"
        ));
    };
    insert("password_resets", ", issued_by", ", 'operator'");
    insert("email_changes", ", email", ", 'ada@example.org'");
    deployment.pass(DAY - MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    deployment.pass(MOMENT);
    let removed = deployment.store.purge().await.unwrap().removed;
    assert_eq!(removed, [("password resets", 1), ("e-mail changes", 1)]);
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
}

#[tokio::test]
async fn more_than_one_batch_goes_in_one_purge_and_no_event_tells_of_it() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    forget_attempts(&deployment);
    deployment.database.execute(
        "INSERT INTO sessions (id, account_id, member_id, digest, address, created_at, last_seen_at, expires_at) \
         SELECT gen_random_uuid(), account_id, member_id, sha256(number::text::bytea), address, created_at, last_seen_at, \
                created_at FROM sessions, generate_series(1, 2500) AS number",
    );
    let events = deployment.database.count("audit_events", "true");
    deployment.pass(DAY);
    assert_eq!(deployment.store.purge().await.unwrap().removed, [("sessions", 2500)]);
    assert_eq!(deployment.database.count("sessions", "true"), 1);
    assert_eq!(deployment.database.count("audit_events", "true"), events);
    account.super_admin.get("/v1/me").await.expect(401);
}

#[tokio::test]
async fn counters_go_once_their_failures_are_forgotten_and_nobody_is_trusted_by_them() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    forget_attempts(&deployment);
    deployment.sign_in_from("127.0.0.2", &root.email, &root.password).await.expect(201);
    deployment.sign_in_from("127.0.0.3", "nobody@example.com", "not the password").await.expect(401);
    let counters = || deployment.database.count("sign_in_counters", "true");
    assert_eq!(counters(), 6);
    deployment.pass(DAY - MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    deployment.pass(MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("sign-in counters"), 5);
    deployment.pass(29 * DAY - MOMENT);
    deployment.store.purge().await.unwrap();
    assert_eq!(counters(), 1, "who signed in from there is trusted for thirty days");
    deployment.pass(MOMENT);
    deployment.store.purge().await.unwrap();
    assert_eq!(counters(), 0);
}

#[tokio::test]
async fn the_record_of_a_key_goes_after_its_day() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    forget_attempts(&deployment);
    let project = serde_json::json!({ "name": "Payments" });
    let request =
        root.request(reqwest::Method::POST, "/v1/projects").header("idempotency-key", "one").json(&project);
    assert_eq!(request.send().await.unwrap().status(), 201);
    deployment.pass(DAY - MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    deployment.pass(MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("idempotency records"), 1);
    assert_eq!(deployment.database.count("idempotency_records", "true"), 0);
}

#[tokio::test]
async fn while_one_server_purges_another_leaves_it_alone() {
    let deployment = Deployment::start().await;
    deployment.account("Acme").await;
    forget_attempts(&deployment);
    deployment.pass(500 * DAY);
    let mut other = connect(deployment.database.url());
    let lock = |connection: &mut _, statement: &str| {
        use diesel::RunQueryDsl;
        diesel::sql_query(statement).execute(connection).unwrap();
    };
    lock(&mut other, "SELECT pg_advisory_lock(5394256)");
    assert_eq!(deployment.store.purge().await.unwrap(), Purged::default());
    lock(&mut other, "SELECT pg_advisory_unlock(5394256)");
    let removed = deployment.store.purge().await.unwrap().removed;
    assert_eq!(removed, [("sessions", 1), ("audit events", 2)]);
}

/// Leaves no counters of those who signed in; they have a test of their own.
fn forget_attempts(deployment: &Deployment) {
    deployment.database.execute("DELETE FROM sign_in_counters");
}
