//! What no event says: who somebody is by name or address, and any secret.

use keyhall_credential::digest::sha256;
use keyhall_tests::{Deployment, accept};
use serde_json::json;

use super::{lived_in, sign_in};
use crate::sql;

#[tokio::test]
async fn no_event_names_a_person_or_holds_a_secret() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let (email, password, name) = ("grace@example.com", "nine amber kettles hum politely", "Grace Hopper");
    let invitation = account.invite(email, "admin").await;
    let link = invitation.text("invitationLink").split_once('#').unwrap().1.to_owned();
    accept(&deployment, &invitation, password, Some(name)).await.expect(200);
    sign_in(&deployment, email, "a wrong guess at it").await.expect(401);
    let session = sign_in(&deployment, email, password).await.expect(201).text("token");
    let grace = root.with_bearer(&session);
    let made = grace.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await.expect(201);
    let token = made.text("token");
    let revoke = format!("/v1/personal-access-tokens/{}/revoke", made.id());
    grace.post(&revoke, &json!({ "reason": "lost" })).await.expect(200);
    root.delete(&format!("/v1/members/{}", invitation.id())).await.expect(204);

    let dump = sql::dump(&deployment.database);
    let events: Vec<_> = dump.iter().filter(|line| line.starts_with("audit_events ")).collect();
    let events = events.into_iter().cloned().collect::<Vec<_>>().join("\n").to_lowercase();
    assert!(events.contains("personal_access_token.revoke") && events.contains("session.create"));
    let digests = [&link, &session, &token, &root.bearer].map(|secret| hex(&sha256(&[secret.as_bytes()])));
    let hashes = sql::rows(&deployment.database, "SELECT password_hash FROM users");
    let hashes = hashes.iter().map(|row| row["password_hash"].as_str().unwrap().to_owned());
    let plain = [email, password, name, "a wrong guess at it", &root.email, &root.password];
    let secrets = [&link, &session, &token, &root.bearer].map(|secret| secret[4..].to_owned());
    for silent in plain.map(str::to_owned).into_iter().chain(secrets).chain(digests).chain(hashes) {
        assert!(!events.contains(&silent.to_lowercase()), "an event holds {silent}");
    }
}

#[tokio::test]
async fn whatever_happens_no_users_address_or_name_is_written_down() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = lived_in(&deployment).await;
    for role in ["member", "billing_admin", "super_admin"] {
        let person = acme.person(&deployment, role).await;
        // Known already, under another spelling; refused, changed, accepted, removed.
        let invitation = umbrella.invite(&person.email.to_uppercase(), "member").await;
        accept(&deployment, &invitation, "not the password", Some("Mallory")).await.expect(401);
        let path = format!("/v1/members/{}", invitation.id());
        umbrella.super_admin.patch(&path, &json!({ "role": "admin" })).await.expect(200);
        accept(&deployment, &invitation, &person.password, Some("Mallory")).await.expect(200);
        sign_in(&deployment, &person.email, &person.password).await.expect(409);
        umbrella.super_admin.delete(&path).await.expect(204);
        person.delete("/v1/sessions/current").await.expect(204);
    }
    let events = sql::rows(&deployment.database, "SELECT * FROM audit_events");
    let events = serde_json::to_string(&events).unwrap().to_lowercase();
    let users = sql::rows(&deployment.database, "SELECT email, email_key, name FROM users");
    assert!(users.len() >= 7, "{users:?}");
    for user in users {
        for personal in ["email", "email_key", "name"] {
            let Some(personal) = user[personal].as_str() else { continue };
            assert!(!events.contains(&personal.to_lowercase()), "an event holds {personal}");
        }
    }
    assert!(!events.contains('@') && !events.contains("mallory"));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
