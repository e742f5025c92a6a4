//! Credentials that end while they are used.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_tests::{Account, Answer, Deployment, Person, connect};
use serde_json::json;

use super::ROUNDS;
use crate::sql;

const TOKENS: &str = "/v1/personal-access-tokens";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_answer_to_a_revocation_no_request_with_the_token_succeeds() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for round in 0..ROUNDS {
        let made = root.post(TOKENS, &json!({ "name": format!("token {round}") })).await.expect(201);
        let (token, is_revoked) = (root.with_bearer(&made.text("token")), Arc::new(AtomicBool::new(false)));
        let users = [(); 2].map(|()| tokio::spawn(use_until_refused(token.clone(), is_revoked.clone())));
        root.act(&format!("{TOKENS}/{}/revoke", made.id())).await.expect(200);
        is_revoked.store(true, Ordering::SeqCst);
        for user in users {
            assert_eq!(user.await.expect("it runs"), 401, "round {round}");
        }
    }
}

/// Uses the token again and again; the status of the first request that began after the revocation was answered.
async fn use_until_refused(token: Person, is_revoked: Arc<AtomicBool>) -> u16 {
    loop {
        let began_after = is_revoked.load(Ordering::SeqCst);
        let status = token.get("/v1/me").await.status;
        if began_after {
            return status;
        }
        assert!([200, 401].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_change_that_waits_while_its_credential_ends_does_not_come_about() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "admin").await;
    let token = person.through_token().await;
    let member = sql::uuid::<MemberId>(&person.member);
    let target = sql::insert_member(&deployment.database, &account, "member", "active");

    for (by, end) in [
        (&token, "UPDATE personal_access_tokens SET revoked_at = now(), revoked_by = owner_id, revoked_by_kind = 'member'".to_owned()),
        (&person, format!("DELETE FROM sessions WHERE member_id = '{member}'")),
    ] {
        let path = format!("/v1/members/{target}");
        let answer = while_locked(&deployment, &account, &end, by.patch(&path, &json!({ "role": "admin" }))).await;
        answer.expect_problem(401, "unauthenticated");
        assert_eq!(sql::standing(&deployment.database, &target).unwrap().0, "member");
    }
}

#[tokio::test]
async fn a_project_of_somebody_who_is_removed_meanwhile_is_not_made() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let person = account.person(&deployment, "admin").await;
    let member = sql::uuid::<MemberId>(&person.member);

    for (end, status, code) in [
        (format!("UPDATE members SET role = 'member' WHERE id = '{member}'"), 403, "missing-permission"),
        (
            format!("UPDATE members SET role = 'admin', state = 'suspended' WHERE id = '{member}'"),
            401,
            "unauthenticated",
        ),
        (
            format!(
                "UPDATE members SET state = 'active' WHERE id = '{member}'; DELETE FROM principals WHERE id = '{member}'"
            ),
            401,
            "unauthenticated",
        ),
    ] {
        deployment
            .database
            .execute(&format!("UPDATE members SET role = 'admin', state = 'active' WHERE id = '{member}'"));
        let project = json!({ "name": "Payments" });
        let answer = while_locked(&deployment, &account, &end, person.post("/v1/projects", &project)).await;
        answer.expect_problem(status, code);
        assert_eq!(deployment.database.count("projects", "true"), 0);
    }
}

/// Sends a request that waits for the account's lock, and lets something else happen under the lock before it goes on.
pub(crate) async fn while_locked(
    deployment: &Deployment,
    account: &Account,
    statement: &str,
    request: impl Future<Output = Answer>,
) -> Answer {
    let mut connection = connect(deployment.database.url());
    let id = sql::uuid::<AccountId>(&account.id);
    let lock = format!("BEGIN; SELECT FROM accounts WHERE id = '{id}' FOR NO KEY UPDATE");
    connection.batch_execute(&lock).expect("the lock is taken");
    let release = async {
        let (began, waits) = (Instant::now(), "wait_event_type = 'Lock' AND datname = current_database()");
        while deployment.database.count("pg_stat_activity", waits) == 0 {
            assert!(began.elapsed() < Duration::from_secs(10), "the request does not wait for the lock");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        connection.batch_execute(&format!("{statement}; COMMIT")).expect("the change is made");
    };
    let (answer, ()) = tokio::join!(request, release);
    answer
}
