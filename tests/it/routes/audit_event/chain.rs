//! The chain of hashes, made anew from the rows: SHA-256 over the hash before and the event's canonical JSON (RFC 8785).

use jiff::Timestamp;
use keyhall_credential::digest::sha256;
use keyhall_domain::id::{
    AccountId, AuditEventId, MemberId, PersonalAccessTokenId, ProjectId, SessionId, UserId,
};
use keyhall_tests::{Database, Deployment};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{EVENTS, lived_in};
use crate::sql;

#[tokio::test]
async fn every_chain_can_be_made_anew_from_its_rows() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = lived_in(&deployment).await;

    assert_eq!(expect_whole(&deployment.database), 3, "one for each account and one for the deployment");
    for account in [acme, umbrella] {
        let id = sql::uuid::<AccountId>(&account.id);
        let query = format!("SELECT * FROM audit_events WHERE chain_id = '{id}' ORDER BY sequence DESC");
        let stored: Vec<_> = sql::rows(&deployment.database, &query).iter().map(event).collect();
        let shown = account.super_admin.get(&format!("{EVENTS}?limit=100")).await.expect(200);
        assert_eq!(shown.body["results"], json!(stored), "what is shown is what was hashed");
        assert_eq!(stored.len(), 9);
        let reasons: Vec<_> = stored.iter().filter_map(|event| event["reason"].as_str()).collect();
        assert_eq!(
            reasons,
            ["member-suspended"],
            "what is known to concern the account, its Super Admins see"
        );
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_in_the_deployments_chain_and_names_nobody() {
    let deployment = Deployment::start().await;
    lived_in(&deployment).await;

    let nil = Uuid::nil();
    let query = format!("SELECT * FROM audit_events WHERE chain_id = '{nil}' ORDER BY sequence");
    let events: Vec<_> = sql::rows(&deployment.database, &query).iter().map(event).collect();
    let reasons: Vec<_> = events.iter().map(|event| event["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["wrong-password"; 3]);
    for event in &events {
        assert_eq!((&event["action"], &event["outcome"]), (&json!("session.create"), &json!("refused")));
        assert_eq!((&event["actor"], &event["accountId"]), (&json!({ "type": "anonymous" }), &Value::Null));
        assert_eq!((&event["userAgent"], &event["via"]), (&json!("curl/8 \"x\""), &Value::Null));
    }
    assert_eq!(events[0]["object"]["type"], "user");
    assert_eq!(events[2]["object"], Value::Null, "nobody is known by this address");
}

/// Makes every chain anew from its rows, and says how many there are.
pub(crate) fn expect_whole(database: &Database) -> usize {
    let heads = sql::rows(database, "SELECT * FROM audit_chains");
    for head in &heads {
        let chain = head["id"].as_str().unwrap();
        let query = format!("SELECT * FROM audit_events WHERE chain_id = '{chain}' ORDER BY sequence");
        let rows = sql::rows(database, &query);
        let mut previous = vec![0; 32];
        for (place, row) in rows.iter().enumerate() {
            assert_eq!(row["sequence"], place + 1);
            previous = sha256(&[&previous, canonical(&event(row)).as_bytes()]).to_vec();
            assert_eq!(row["hash"], hex(&previous), "{row:#}");
        }
        assert_eq!((&head["sequence"], &head["hash"]), (&json!(rows.len()), &json!(hex(&previous))));
    }
    heads.len()
}

/// Makes the hashes of a chain anew, as somebody can who has the database and not the key; the head's too.
pub(crate) fn rehash(database: &Database, chain: Uuid) {
    let query = format!("SELECT * FROM audit_events WHERE chain_id = '{chain}' ORDER BY sequence");
    let (mut previous, mut last) = (vec![0; 32], 0);
    for row in sql::rows(database, &query) {
        previous = sha256(&[&previous, canonical(&event(&row)).as_bytes()]).to_vec();
        last = row["sequence"].as_i64().unwrap();
        let hash = hex(&previous);
        let place = format!("chain_id = '{chain}' AND sequence = {last}");
        database.execute(&format!("UPDATE audit_events SET hash = '{hash}' WHERE {place}"));
    }
    let head = format!("sequence = {last}, hash = '{}'", hex(&previous));
    database.execute(&format!("UPDATE audit_chains SET {head} WHERE id = '{chain}'"));
}

/// The event as it is shown and hashed.
fn event(row: &Value) -> Value {
    let chain: Uuid = row["chain_id"].as_str().unwrap().parse().unwrap();
    let time: Timestamp = row["time"].as_str().unwrap().parse().unwrap();
    json!({
        "id": id("audit_event", &row["id"]),
        "time": time.to_string(),
        "accountId": (!chain.is_nil()).then(|| id("account", &row["chain_id"])),
        "sequence": row["sequence"],
        "actor": reference(&row["actor_type"], &row["actor_id"]),
        "via": reference(&row["via_type"], &row["via_id"]),
        "action": row["action"],
        "object": reference(&row["object_type"], &row["object_id"]),
        "projectId": (!row["project_id"].is_null()).then(|| id("project", &row["project_id"])),
        "outcome": row["outcome"],
        "reason": row["reason"],
        "address": row["address"],
        "userAgent": row["user_agent"],
        "requestId": row["request_id"],
        "before": row["before"],
        "after": row["after"],
    })
}

/// A type and an id; no id where the type needs none, nothing where there is no type.
fn reference(kind: &Value, uuid: &Value) -> Value {
    match (kind.as_str(), uuid) {
        (None, _) => Value::Null,
        (Some(kind), Value::Null) => json!({ "type": kind }),
        (Some(kind), uuid) => json!({ "type": kind, "id": id(kind, uuid) }),
    }
}

fn id(kind: &str, uuid: &Value) -> String {
    let uuid: Uuid = uuid.as_str().unwrap().parse().unwrap();
    match kind {
        "account" => AccountId::from(uuid).to_string(),
        "audit_event" => AuditEventId::from(uuid).to_string(),
        "member" => MemberId::from(uuid).to_string(),
        "personal_access_token" => PersonalAccessTokenId::from(uuid).to_string(),
        "project" => ProjectId::from(uuid).to_string(),
        "session" => SessionId::from(uuid).to_string(),
        "user" => UserId::from(uuid).to_string(),
        other => panic!("no id of `{other}` was expected"),
    }
}

/// RFC 8785 for what events hold: sorted names, no spaces, whole numbers.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort();
            let fields: Vec<_> = names
                .into_iter()
                .map(|name| format!("{}:{}", json!(name), canonical(&fields[name])))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

/// As `row_to_json` writes a byte string.
fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{digits}")
}
