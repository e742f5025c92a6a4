//! What is kept long enough goes, and leaves an anchor that nobody else can make.

use jiff::SignedDuration;
use keyhall_storage::FaultKind::{AnchorForged, Inserted, Removed};
use keyhall_tests::{Account, Deployment, Person};

use super::{Saved, chain, fault, make_projects, verify};

const MOMENT: SignedDuration = SignedDuration::from_micros(1);
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Signs in anew: the session of before is over long ago.
async fn signed_in_again(deployment: &Deployment, account: &Account) -> Account {
    let Person { email, password, .. } = &account.super_admin;
    let super_admin = Person::sign_in(deployment, email, password).await;
    Account { id: account.id.clone(), super_admin }
}

/// An account with six events, and, an hour later, three more.
async fn lived_in(deployment: &Deployment) -> Account {
    let account = deployment.account("Acme").await;
    make_projects(&account, 4).await;
    deployment.pass(HOUR);
    let account = signed_in_again(deployment, &account).await;
    make_projects(&account, 2).await;
    account
}

#[tokio::test]
async fn an_event_is_kept_400_days_to_the_moment_and_leaves_an_anchor() {
    let deployment = Deployment::start().await;
    let account = lived_in(&deployment).await;

    deployment.pass(KEPT - HOUR);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("audit events"), 0);
    deployment.pass(MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("audit events"), 6);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("audit events"), 0);
    let report = verify(&deployment, &account).await;
    assert_eq!((report.dropped, report.events, report.last.sequence, report.fault), (6, 3, 9, None));

    let account = signed_in_again(&deployment, &account).await;
    let events = account.super_admin.get("/v1/audit-events?limit=100").await.expect(200).body;
    assert_eq!(events["results"].as_array().unwrap().len(), 4);
    deployment.pass(KEPT - MOMENT);
    assert_eq!(deployment.store.purge().await.unwrap().count_of("audit events"), 3);
    let report = verify(&deployment, &account).await;
    assert_eq!((report.dropped, report.events, report.last.sequence, report.fault), (9, 1, 10, None));
}

#[tokio::test]
async fn a_chain_of_which_all_was_dropped_goes_on_where_it_was() {
    let deployment = Deployment::start().await;
    let account = lived_in(&deployment).await;
    deployment.pass(KEPT * 2);
    deployment.store.purge().await.unwrap();
    let report = verify(&deployment, &account).await;
    assert_eq!((report.dropped, report.events, report.fault), (9, 0, None));
    assert_eq!(deployment.database.count("audit_events", "true"), 0);

    let account = signed_in_again(&deployment, &account).await;
    make_projects(&account, 1).await;
    let report = verify(&deployment, &account).await;
    assert_eq!((report.dropped, report.events, report.last.sequence, report.fault), (9, 2, 11, None));
}

#[tokio::test]
async fn more_events_than_one_batch_are_dropped_at_once() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    // A sign-in that fails writes into the deployment's chain, and costs a password's check; so a chain is multiplied instead.
    make_projects(&account, 3).await;
    let id = chain(&account);
    for _ in 0..9 {
        double(&deployment, id);
    }
    crate::routes::audit_event::chain::rehash(&deployment.database, id);
    let count = deployment.database.count("audit_events", &format!("chain_id = '{id}'"));
    assert!(count > 2000);
    deployment.pass(KEPT + MOMENT);
    let purged = deployment.store.purge().await.unwrap();
    assert_eq!(i64::try_from(purged.count_of("audit events")).unwrap(), count);
    assert!(purged.tampered.is_empty(), "{purged:?}");
    assert_eq!(deployment.database.count("audit_events", "true"), 0);
}

/// Appends a copy of the whole chain to it.
fn double(deployment: &Deployment, id: uuid::Uuid) {
    let same = "time, actor_type, actor_id, via_type, via_id, action, object_type, object_id, outcome, address, hash";
    deployment.database.execute(&format!(
        "INSERT INTO audit_events (id, chain_id, sequence, {same}) \
         SELECT gen_random_uuid(), chain_id, sequence + (SELECT max(sequence) FROM audit_events WHERE chain_id = '{id}'), {same} \
         FROM audit_events WHERE chain_id = '{id}'"
    ));
}

#[tokio::test]
async fn a_forged_moved_or_missing_anchor_is_found() {
    let deployment = Deployment::start().await;
    let account = lived_in(&deployment).await;
    let id = chain(&account);
    let database = &deployment.database;
    database.execute("CREATE TABLE dropped AS TABLE audit_events");
    deployment.pass(KEPT - HOUR + MOMENT);
    deployment.store.purge().await.unwrap();
    let saved = Saved::of(database);
    let forge = |set: &str| format!("UPDATE audit_anchors SET {set} WHERE chain_id = '{id}'");
    let next = format!("(SELECT hash FROM audit_events WHERE chain_id = '{id}' AND sequence = 7)");
    let forward = format!("sequence = 7, hash = {next}");
    let drop_more = format!("DELETE FROM audit_events WHERE chain_id = '{id}' AND sequence = 7");
    let old = |which: &str| {
        format!("INSERT INTO audit_events SELECT * FROM dropped WHERE chain_id = '{id}' AND {which}")
    };
    for (statements, expected) in [
        (vec![forge("sequence = 5")], (5, AnchorForged)),
        (vec![forge("hash = sha256('')")], (6, AnchorForged)),
        (vec![forge("dropped_at = dropped_at + interval '1 day'")], (6, AnchorForged)),
        (vec![forge("signature = sha256('')")], (6, AnchorForged)),
        (vec![forge(&forward), drop_more.clone()], (7, AnchorForged)),
        (vec![format!("DELETE FROM audit_anchors WHERE chain_id = '{id}'")], (1, Removed)),
        (vec![drop_more.clone()], (7, Removed)),
        (vec![old("sequence = 6")], (6, Inserted)),
        (vec![old("sequence <= 6")], (1, Inserted)),
    ] {
        for statement in &statements {
            database.execute(statement);
        }
        assert_eq!(fault(&deployment, &account).await, Some(expected), "{statements:?}");
        saved.put_back();
        assert_eq!(fault(&deployment, &account).await, None);
    }

    // What was there of an anchor before vouches for no more than it did then.
    deployment.pass(HOUR);
    deployment.store.purge().await.unwrap();
    assert_eq!(verify(&deployment, &account).await.dropped, 9);
    database.execute("DELETE FROM audit_anchors");
    database.execute("INSERT INTO audit_anchors SELECT * FROM saved_audit_anchors");
    assert_eq!(fault(&deployment, &account).await, Some((7, Removed)));
}

#[tokio::test]
async fn what_was_tampered_with_is_not_dropped_and_the_purge_says_so() {
    let deployment = Deployment::start().await;
    let account = lived_in(&deployment).await;
    let other = deployment.account("Umbrella").await;
    let id = chain(&account);
    deployment
        .database
        .execute(&format!("UPDATE audit_events SET reason = 'x' WHERE chain_id = '{id}' AND sequence = 4"));
    deployment.pass(KEPT * 2);
    for removed in [3 + 2, 0] {
        let purged = deployment.store.purge().await.unwrap();
        assert_eq!(purged.count_of("audit events"), removed);
        assert_eq!(purged.tampered, [Some(account.id.parse().unwrap())]);
    }
    assert_eq!(deployment.database.count("audit_events", &format!("chain_id = '{id}'")), 6);
    let found = fault(&deployment, &account).await.map(|(sequence, _)| sequence);
    assert_eq!(found, Some(4));
    assert_eq!(fault(&deployment, &other).await, None);

    deployment.database.execute(&format!("UPDATE audit_anchors SET sequence = 2 WHERE chain_id = '{id}'"));
    let purged = deployment.store.purge().await.unwrap();
    assert_eq!(purged.tampered.len(), 1, "{purged:?}");
    assert_eq!(fault(&deployment, &account).await, Some((2, AnchorForged)), "it was not signed anew");
}
