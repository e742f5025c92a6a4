//! Every way to lay hands on a chain is found, at its place.

use keyhall_storage::FaultKind::{self, Changed, HeadMoved, Inserted, Removed, Reordered};
use keyhall_tests::{Account, Deployment};

use super::{Saved, chain, fault, make_projects, verify};
use crate::routes::audit_event::chain::rehash;

/// How many events the chain has that is tampered with.
const LAST: i64 = 10;

/// An account whose chain is `LAST` events long, and another one of the same length.
async fn lived_in() -> (Deployment, Account, Account) {
    let deployment = Deployment::start().await;
    let (account, other) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    for account in [&account, &other] {
        make_projects(account, usize::try_from(LAST).unwrap() - 2).await;
        let report = verify(&deployment, account).await;
        assert_eq!((report.events, report.dropped, report.fault), (LAST, 0, None));
        assert_eq!(report.last.sequence, LAST);
    }
    (deployment, account, other)
}

/// Does each in turn, with the chain as it was before.
async fn expect_found(tamperings: &[(&str, (i64, FaultKind))]) {
    let (deployment, account, other) = lived_in().await;
    let saved = Saved::of(&deployment.database);
    for (tampering, expected) in tamperings {
        for statement in tampering.split(';') {
            let (chain, other) = (format!("'{}'", chain(&account)), format!("'{}'", chain(&other)));
            deployment.database.execute(&statement.replace(":chain", &chain).replace(":other", &other));
        }
        assert_eq!(fault(&deployment, &account).await, Some(*expected), "{tampering}");
        saved.put_back();
        assert_eq!(fault(&deployment, &account).await, None, "{tampering}");
    }
}

#[tokio::test]
async fn a_change_of_any_column_is_found() {
    let columns = [
        "id = gen_random_uuid()",
        "time = time + interval '1 microsecond'",
        "time = 'infinity'",
        "actor_type = 'api_credential'",
        "actor_type = 'operator', actor_id = NULL",
        "actor_id = gen_random_uuid()",
        "via_type = 'personal_access_token'",
        "via_id = gen_random_uuid()",
        "via_type = NULL, via_id = NULL",
        "action = 'project.delete'",
        "object_type = 'member'",
        "object_type = 'unheard_of'",
        "object_id = gen_random_uuid()",
        "object_type = NULL, object_id = NULL",
        "project_id = gen_random_uuid()",
        "project_id = NULL",
        "outcome = 'refused'",
        "reason = ''",
        "address = '127.0.0.2'",
        "address = set_masklen(address, 8)",
        "address = NULL",
        "user_agent = 'x'",
        "request_id = NULL",
        "before = 'null'",
        "before = '{}'",
        "after = after || '{\"name\": \"Another\"}'",
        "after = after || '{\"more\": 1}'",
        "after = NULL",
        "hash = sha256('')",
    ];
    let statements =
        columns.map(|set| format!("UPDATE audit_events SET {set} WHERE chain_id = :chain AND sequence = 5"));
    let tamperings: Vec<_> = statements.iter().map(|statement| (statement.as_str(), (5, Changed))).collect();
    expect_found(&tamperings).await;
}

#[tokio::test]
async fn an_event_that_was_taken_away_moved_or_slipped_in_is_found() {
    let copy = |from: &str, values: &str| {
        let rest = "action, object_type, object_id, project_id, outcome, reason, address, user_agent, request_id, before, after, hash";
        format!(
            "INSERT INTO audit_events (id, chain_id, sequence, time, actor_type, actor_id, via_type, via_id, {rest}) \
             SELECT gen_random_uuid(), {values}, time, actor_type, actor_id, via_type, via_id, {rest} \
             FROM audit_events WHERE chain_id = {from}"
        )
    };
    let shift = |from: i64, by: i64| {
        format!(
            "UPDATE audit_events SET sequence = sequence + 1000 WHERE chain_id = :chain AND sequence >= {from};\
             UPDATE audit_events SET sequence = sequence - 1000 + {by} WHERE chain_id = :chain AND sequence > 1000"
        )
    };
    let swap = |one: i64, other: i64| {
        let exchange = [(one, 999), (other, one), (999, other)].map(|(from, to)| {
            format!("UPDATE audit_events SET sequence = {to} WHERE chain_id = :chain AND sequence = {from}")
        });
        exchange.join(";")
    };
    let remove = |which: &str| format!("DELETE FROM audit_events WHERE chain_id = :chain AND {which}");
    let tamperings = [
        (remove("sequence = 1"), (1, Removed)),
        (remove("sequence = 5"), (5, Removed)),
        (remove("sequence BETWEEN 4 AND 8"), (4, Removed)),
        (remove("sequence = 10"), (10, Removed)),
        (remove("sequence <= 3"), (1, Removed)),
        (remove("true"), (1, Removed)),
        (format!("{};DELETE FROM audit_chains WHERE id = :chain", remove("true")), (1, Removed)),
        (format!("{};{}", remove("sequence = 5"), shift(6, -1)), (5, Removed)),
        ("UPDATE audit_events SET sequence = 77 WHERE chain_id = :chain AND sequence = 5".to_owned(), (5, Removed)),
        (
            "UPDATE audit_events SET chain_id = :other, sequence = 77 WHERE chain_id = :chain AND sequence = 5".to_owned(),
            (5, Removed),
        ),
        (swap(4, 8), (4, Reordered)),
        (swap(4, 5), (4, Reordered)),
        (swap(9, 10), (9, Reordered)),
        (copy(":chain AND sequence = 10", ":chain, 11"), (11, Inserted)),
        (copy(":chain AND sequence = 3", ":chain, 1000"), (11, Inserted)),
        (format!("{};{}", shift(5, 1), copy(":chain AND sequence = 4", ":chain, 5")), (5, Inserted)),
        (format!("{};{}", shift(5, 1), copy(":other AND sequence = 5", ":chain, 5")), (5, Inserted)),
        (
            format!("{};{}", remove("sequence = 5"), copy(":other AND sequence = 5", ":chain, 5")),
            (5, Changed),
        ),
        (
            format!("{};{}", remove("sequence = 5"), copy(":chain AND sequence = 6", ":chain, 5")),
            (5, Changed),
        ),
    ];
    let tamperings: Vec<_> = tamperings.iter().map(|(sql, expected)| (sql.as_str(), *expected)).collect();
    expect_found(&tamperings).await;
}

#[tokio::test]
async fn a_head_that_is_not_keyhalls_is_found() {
    let back = "UPDATE audit_chains SET sequence = 7, hash = (SELECT hash FROM audit_events \
                WHERE chain_id = :chain AND sequence = 7) WHERE id = :chain";
    let cut = format!("{back};DELETE FROM audit_events WHERE chain_id = :chain AND sequence > 7");
    let anothers = "UPDATE audit_chains SET signature = (SELECT signature FROM audit_chains WHERE id = :other) WHERE id = :chain";
    expect_found(&[
        (back, (7, HeadMoved)),
        (&cut, (7, HeadMoved)),
        ("UPDATE audit_chains SET sequence = 11 WHERE id = :chain", (11, HeadMoved)),
        ("UPDATE audit_chains SET hash = sha256('') WHERE id = :chain", (10, HeadMoved)),
        ("UPDATE audit_chains SET signature = sha256('') WHERE id = :chain", (10, HeadMoved)),
        ("UPDATE audit_chains SET signature = NULL WHERE id = :chain", (10, HeadMoved)),
        (anothers, (10, HeadMoved)),
    ])
    .await;
}

#[tokio::test]
async fn a_row_that_no_constraint_would_let_in_is_found() {
    let (deployment, account, _) = lived_in().await;
    for name in ["actor_type", "actor", "via_type", "via", "object", "outcome", "hash_length", "sequence"] {
        deployment.database.execute(&format!("ALTER TABLE audit_events DROP CONSTRAINT audit_events_{name}"));
    }
    let saved = Saved::of(&deployment.database);
    for set in [
        "actor_type = 'robot'",
        "actor_id = NULL",
        "via_type = NULL",
        "via_id = NULL",
        "via_type = 'carrier_pigeon'",
        "object_id = NULL",
        "object_type = NULL",
        "outcome = 'maybe'",
        "hash = ''",
    ] {
        let id = chain(&account);
        let place = format!("chain_id = '{id}' AND sequence = 5");
        deployment.database.execute(&format!("UPDATE audit_events SET {set} WHERE {place}"));
        assert_eq!(fault(&deployment, &account).await, Some((5, Changed)), "{set}");
        saved.put_back();
    }
    deployment.database.execute(&format!(
        "UPDATE audit_events SET sequence = -5 WHERE chain_id = '{}' AND sequence = 5",
        chain(&account)
    ));
    assert_eq!(fault(&deployment, &account).await, Some((-5, Inserted)));
}

#[tokio::test]
async fn whoever_makes_all_hashes_anew_cannot_sign_the_head_and_keyhall_does_not_do_it_for_them() {
    let (deployment, account, _) = lived_in().await;
    let id = chain(&account);
    deployment.database.execute(&format!(
        "UPDATE audit_events SET action = 'project.read' WHERE chain_id = '{id}' AND sequence = 5"
    ));
    rehash(&deployment.database, id);
    assert_eq!(fault(&deployment, &account).await, Some((LAST, HeadMoved)));

    make_projects(&account, 2).await;
    let report = verify(&deployment, &account).await;
    assert_eq!(report.events, LAST + 2, "what happens later is written down and linked as ever");
    assert_eq!(fault(&deployment, &account).await, Some((LAST + 2, HeadMoved)));
}

#[tokio::test]
async fn a_chain_that_was_removed_as_a_whole_does_not_begin_anew_unnoticed() {
    let (deployment, account, other) = lived_in().await;
    let id = chain(&account);
    deployment.database.execute(&format!("DELETE FROM audit_events WHERE chain_id = '{id}'"));
    deployment.database.execute(&format!("DELETE FROM audit_chains WHERE id = '{id}'"));
    assert_eq!(fault(&deployment, &account).await, Some((1, Removed)));
    make_projects(&account, 3).await;
    assert_eq!(fault(&deployment, &account).await, Some((1, Removed)));
    assert_eq!(fault(&deployment, &other).await, None);
}

#[tokio::test]
async fn the_hash_that_was_noted_down_has_to_be_there() {
    let (deployment, account, _) = lived_in().await;
    let id = account.id.parse().unwrap();
    let saved = Saved::of(&deployment.database);
    let noted_early = verify(&deployment, &account).await.last;
    make_projects(&account, 3).await;
    let noted = verify(&deployment, &account).await.last;
    for noted in [noted_early, noted] {
        let report = deployment.store.verify_audit_chain(Some(id), Some(noted)).await.unwrap();
        assert_eq!((report.events, report.fault), (LAST + 3, None));
    }

    // The old state of the tables, signatures and all: by itself it is a whole and true chain.
    saved.put_back();
    assert_eq!(fault(&deployment, &account).await, None);
    let report = deployment.store.verify_audit_chain(Some(id), Some(noted)).await.unwrap();
    let fault = report.fault.map(|fault| (fault.sequence, fault.kind));
    assert_eq!(fault, Some((LAST + 3, FaultKind::CheckpointContradicted)));

    make_projects(&account, 3).await;
    let report = deployment.store.verify_audit_chain(Some(id), Some(noted)).await.unwrap();
    let fault = report.fault.map(|fault| (fault.sequence, fault.kind));
    assert_eq!(fault, Some((LAST + 3, FaultKind::CheckpointContradicted)), "it went on otherwise from there");
}
