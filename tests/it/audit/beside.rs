//! Verification beside a server that writes and clears away: nothing is taken for tampering.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use keyhall_domain::audit::Retention;
use keyhall_tests::{Account, Deployment, Options};
use serde_json::json;
use uuid::Uuid;

use super::verify;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_and_dropped_meanwhile_is_no_fault() {
    let audit_retention = Retention::days(NonZero::<u16>::MIN);
    let options = Options { pool_size: 8, audit_retention, ..Options::default() };
    let deployment = Arc::new(Deployment::start_with(options).await);
    let account = Arc::new(deployment.account("Acme").await);
    let enough = Arc::new(AtomicBool::new(false));
    let bearer = account.super_admin.through_token().await;
    let writers: Vec<_> = (0..3)
        .map(|_| {
            let (bearer, enough) = (bearer.clone(), enough.clone());
            tokio::spawn(async move {
                let mut written = 0;
                while !enough.load(Ordering::SeqCst) {
                    let body = json!({ "name": Uuid::now_v7().to_string() });
                    bearer.post("/v1/projects", &body).await.expect(201);
                    written += 1;
                }
                written
            })
        })
        .collect();
    let dropped = verify_often(&deployment, &account).await;
    enough.store(true, Ordering::SeqCst);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let report = verify(&deployment, &account).await;
    assert_eq!((report.events, report.fault), (written + 3 - dropped, None));
    assert!(dropped > 0 && report.events > 0, "{report:?}");
}

/// Verifies again and again while time passes and the oldest events are dropped, and says how many those were.
async fn verify_often(deployment: &Deployment, account: &Account) -> i64 {
    let mut dropped = 0;
    for round in 0..60 {
        let report = verify(deployment, account).await;
        assert_eq!(report.fault, None);
        if round % 10 == 9 {
            deployment.pass(SignedDuration::from_hours(25));
            let purged = deployment.store.purge().await.unwrap();
            assert!(purged.tampered.is_empty());
            dropped += i64::try_from(purged.count_of("audit events")).unwrap();
        }
    }
    dropped
}
