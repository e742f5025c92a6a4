//! `keyhall admin audit verify`, beside a server: what it prints, and how it ends.

use keyhall_tests::{Database, Ended, Person, Place, Process};
use serde_json::{Value, json};

use super::Saved;

const VERIFY: [&str; 3] = ["admin", "audit", "verify"];

async fn started(database: &Database) -> (Place, Process, Person, String) {
    let place = Place::on(database);
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    make_projects(&ada, &["Payments", "Billing"]).await;
    (place, process, ada, made["account"]["id"].as_str().unwrap().to_owned())
}

async fn make_projects(ada: &Person, names: &[&str]) {
    for name in names {
        ada.post("/v1/projects", &json!({ "name": name })).await.expect(201);
    }
}

fn verify(place: &Place, arguments: &[&str]) -> Ended {
    place.run(&[&VERIFY, arguments].concat())
}

#[tokio::test]
async fn a_whole_audit_is_told_chain_by_chain_and_a_tampered_one_fails() {
    let database = Database::migrated();
    let (place, process, _, account) = started(&database).await;
    let wrong = json!({ "email": "ada@example.com", "password": "not the password" });
    process.client.post(process.url("/v1/sessions")).json(&wrong).send().await.unwrap();

    let ended = verify(&place, &[]);
    assert!(ended.success, "{}", ended.stderr);
    let expected = [
        "deployment                      1 events, 1 to 1".to_owned(),
        format!("{account}  4 events, 1 to 4"),
        "2 chains, all as they were written".to_owned(),
    ];
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), expected);
    let only = verify(&place, &["--account", &account]);
    assert!(only.success && !only.stdout.contains("deployment"), "{}", only.stdout);

    database.execute("UPDATE audit_events SET action = 'project.read' WHERE sequence = 3");
    let ended = verify(&place, &[]);
    assert!(ended.complaint(&[]).contains("in 1 of its chains"), "{}", ended.stderr);
    assert!(ended.stdout.contains("deployment                      1 events"), "{}", ended.stdout);
    let wrong = format!("{account}  WRONG at 3: changed: it is not the event that was written");
    assert!(ended.stdout.contains(&wrong), "{}", ended.stdout);
    let ended = verify(&place, &["--account", &account, "--json"]);
    assert!(!ended.success);
    let line: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&line["chain"], &line["events"]), (&json!(account), &json!(2)));
    assert_eq!(line["fault"], json!({ "sequence": 3, "kind": "changed" }));
}

#[tokio::test]
async fn an_earlier_output_contradicts_a_state_that_was_put_back() {
    let database = Database::migrated();
    let (place, _process, ada, _) = started(&database).await;
    let saved = Saved::of(&database);
    make_projects(&ada, &["Ledger"]).await;
    let output = verify(&place, &["--json"]).stdout;
    let noted = place.write("noted.jsonl", &output, 0o600).display().to_string();
    make_projects(&ada, &["Invoices"]).await;
    let ended = verify(&place, &["--against", &noted]);
    assert!(ended.success, "{}{}", ended.stdout, ended.stderr);

    saved.put_back();
    assert!(verify(&place, &[]).success, "the old state is true by itself");
    let ended = verify(&place, &["--against", &noted]);
    assert!(
        !ended.success && ended.stdout.contains("WRONG at 5: checkpoint contradicted"),
        "{}",
        ended.stdout
    );
    database.execute("TRUNCATE audit_chains, audit_events, audit_anchors");
    assert!(verify(&place, &["--against", &noted]).stdout.contains("WRONG at 1: removed"));
}

#[tokio::test]
async fn what_cannot_be_verified_is_said_and_fails() {
    let place = Place::on(&Database::migrated());
    let missing = place.path("missing").display().to_string();
    let broken = place.write("broken", "{\"chain\":\"deployment\"}\n", 0o600).display().to_string();
    let nobody = "acc_01k8yzj4c5e6rtb7mf9gq2w3xn";
    for (arguments, expected) in [
        (["--account", nobody], nobody),
        (["--account", "prj_01k8yzj4c5e6rtb7mf9gq2w3xn"], "acc_"),
        (["--against", &missing], "cannot be used"),
        (["--against", &broken], "line 1 of"),
    ] {
        let ended = verify(&place, &arguments);
        assert!(ended.complaint(&[]).contains(expected), "{}", ended.stderr);
    }
    let ended = verify(&place, &[]);
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout, "0 chains, all as they were written\n");
    let help = verify(&place, &["--help"]).stdout;
    for word in ["checkpoint-contradicted", "exit code", "--against", "--account", "--json"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}
