//! The operator's commands as they are typed: beside a running server, without one, and with what they refuse. Links and
//! results are on standard output, and on standard error stands nothing that opens a door. What is refused is in `refused`.

mod refused;

use keyhall_tests::{Answer, Database, Ended, Person, Place, Process};
use serde_json::{Value, json};

const PASSWORD: &str = "nine amber kettles hum politely";

/// The `khi_…` of a link.
fn secret_of(link: &str) -> &str {
    link.split_once('#').expect("a link has a fragment").1
}

#[track_caller]
fn said(ended: &Ended) -> &str {
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stderr, "", "a command that succeeds complains of nothing");
    &ended.stdout
}

#[track_caller]
fn json_of(ended: &Ended) -> Value {
    serde_json::from_str(said(ended)).expect("one JSON object")
}

async fn accept(process: &Process, link: &str) -> Answer {
    let body = json!({ "token": secret_of(link), "password": PASSWORD });
    let request = process.client.post(process.url("/v1/invitations/accept")).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}

/// An account imported from a file, with one admin, and their link.
fn import(place: &Place) -> (Value, String) {
    let account = json!({
        "name": "Older",
        "members": [{ "email": "grace@example.com", "name": "Grace Hopper", "role": "admin" }],
    });
    let file = place.write("older.json", &account.to_string(), 0o600);
    let imported = json_of(&place.run(&["admin", "account", "import", file.to_str().unwrap(), "--json"]));
    let link = imported["members"][0]["invitationLink"].as_str().unwrap().to_owned();
    (imported, link)
}

/// Everything from the import to the deletion, beside the server of this place.
async fn a_whole_life(place: &Place) {
    let process = place.serve(&[]);
    let (imported, link) = import(place);
    let account = imported["account"]["id"].as_str().unwrap();
    accept(&process, &link).await.expect(200);
    let grace = process.sign_in("grace@example.com", PASSWORD).await;
    grace.get("/v1/audit-events").await.expect(403);

    let elevated = json_of(&place.run(&[
        "admin",
        "elevate",
        "--account",
        account,
        "--email",
        "grace@example.com",
        "--json",
    ]));
    assert_eq!(
        (&elevated["member"]["role"], &elevated["otherSuperAdmins"]),
        (&json!("super_admin"), &json!(0))
    );
    grace.get("/v1/audit-events").await.expect(200);
    let token = grace.through_token().await;

    let suspended = place.run(&["admin", "account", "suspend", account]);
    assert_eq!(
        said(&suspended),
        format!("Account      Older ({account})\nState        suspended\nSessions     1 ended\n")
    );
    expect_out(&grace, "the bearer token is not valid").await;
    expect_out(&token, "the account is suspended").await;
    let again = place.run(&["admin", "account", "suspend", account]);
    assert!(
        said(&again).ends_with("State        as it was already; nothing was changed\n"),
        "{}",
        again.stdout
    );
    assert_eq!(json_of(&place.run(&["admin", "account", "resume", account, "--json"]))["changed"], true);
    token.get("/v1/me").await.expect(200);

    let last = place.run(&["admin", "user", "disable", "--email", "grace@example.com"]);
    let complaint = last.complaint(&[]);
    assert!(
        complaint.contains("the last active Super Admin of `Older`") && complaint.contains(account),
        "{complaint}"
    );
    token.get("/v1/me").await.expect(200);

    let wrong = place.run(&["admin", "account", "delete", account, "--confirm", "Elder"]);
    assert!(wrong.complaint(&[]).contains("`--confirm` is not the account's name"), "{}", wrong.stderr);
    let deleted =
        json_of(&place.run(&["admin", "account", "delete", account, "--confirm", "Older", "--json"]));
    assert_eq!((&deleted["deleted"], &deleted["account"]["members"]), (&json!(true), &json!(1)));
    expect_out(&token, "the bearer token is not valid").await;
    let (status, log) = process.stop();
    assert!(status.success() && !log.contains(secret_of(&link)), "{log}");
}

async fn expect_out(bearer: &Person, why: &str) {
    let refused = bearer.get("/v1/me").await.expect(401);
    assert_eq!(refused.text("detail"), why);
}

#[tokio::test]
async fn an_account_lives_from_its_import_to_its_deletion_beside_a_server_on_a_database() {
    a_whole_life(&Place::on(&Database::migrated())).await;
}

#[tokio::test]
async fn an_account_lives_from_its_import_to_its_deletion_beside_a_server_with_its_own_postgresql() {
    let place = Place::embedded();
    a_whole_life(&place).await;
    // And without a server: the command's own PostgreSQL, for its duration.
    let list = json_of(&place.run(&["admin", "account", "list", "--json"]));
    assert_eq!(list, json!({ "accounts": [] }));
    assert_eq!(place.postmaster(), None, "it stopped with the command");
}

#[tokio::test]
async fn a_user_is_shut_out_let_in_and_deleted_beside_a_running_server() {
    let place = Place::on(&Database::migrated());
    let process = place.serve(&[]);
    let made = place.bootstrap();
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    let invited =
        ada.post("/v1/members", &json!({ "email": "bob@example.com", "role": "member" })).await.expect(201);
    let body =
        json!({ "token": secret_of(&invited.text("invitationLink")), "password": PASSWORD, "name": "Bob" });
    let request = process.client.post(process.url("/v1/invitations/accept")).json(&body);
    Answer::read(request.send().await.unwrap()).await.expect(200);
    let bob = process.sign_in("bob@example.com", PASSWORD).await;
    let token = bob.through_token().await;

    let disabled = place.run(&["admin", "user", "disable", "--email", "BOB@example.com"]);
    let lines: Vec<_> = said(&disabled).lines().collect();
    let [user, "State        disabled", "Sessions     1 ended", account] = lines.as_slice() else {
        panic!("{}", disabled.stdout)
    };
    assert!(user.starts_with("User         bob@example.com (usr_"), "{user}");
    assert!(account.starts_with("Account      Acme (acc_") && account.ends_with("), as member"), "{account}");
    expect_out(&bob, "the bearer token is not valid").await;
    expect_out(&token, "the user is disabled").await;
    let reset = place.run(&["admin", "reset-password", "--email", "bob@example.com"]);
    assert!(reset.complaint(&[]).contains("the user is disabled"), "{}", reset.stderr);

    let enabled = json_of(&place.run(&["admin", "user", "enable", "--email", "bob@example.com", "--json"]));
    let id = enabled["user"]["id"].as_str().unwrap();
    assert_eq!((&enabled["changed"], &enabled["user"]["state"]), (&json!(true), &json!("active")));
    token.get("/v1/me").await.expect(200);

    let wrong = place.run(&["admin", "user", "delete", "--user", id, "--confirm", "ada@example.com"]);
    assert!(
        wrong.complaint(&[]).contains("`--confirm` is not the user's e-mail address"),
        "{}",
        wrong.stderr
    );
    let deleted = place.run(&["admin", "user", "delete", "--user", id, "--confirm", "bob@example.com"]);
    assert!(said(&deleted).contains("State        deleted\n"), "{}", deleted.stdout);
    expect_out(&token, "the bearer token is not valid").await;
    let unknown = place.run(&["admin", "user", "enable", "--user", id]);
    assert!(unknown.complaint(&[]).contains("there is no user"), "{}", unknown.stderr);
    ada.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_link_to_a_new_password_is_printed_once_for_super_admins_too_and_changes_nothing_yet() {
    let database = Database::migrated();
    let place = Place::on(&database).with("server.public_url", "https://keyhall.example/");
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    let reset = json_of(&place.run(&["admin", "reset-password", "--email", "ada@example.com", "--json"]));
    let link = reset["resetLink"].as_str().unwrap();
    assert!(link.starts_with("https://keyhall.example/reset#khi_"), "{link}");
    assert_eq!(reset["accounts"][0]["role"], "super_admin");
    ada.get("/v1/me").await.expect(200);
    assert_eq!(database.count("password_resets", "true"), 1);

    let text = place.run(&["admin", "reset-password", "--email", "ada@example.com"]);
    let lines: Vec<_> = said(&text).lines().collect();
    let [_, link, works] = lines.as_slice() else { panic!("{}", text.stdout) };
    assert!(link.starts_with("Link         https://keyhall.example/reset#khi_"), "{link}");
    assert!(works.starts_with("Works        once, until ") && works.ends_with(" (shown once)"), "{works}");
    let unknown = place.run(&["admin", "reset-password", "--email", "nobody@example.com"]);
    assert!(
        unknown.complaint(&[]).contains("there is no user with this e-mail address or id"),
        "{}",
        unknown.stderr
    );
}

#[tokio::test]
async fn an_account_that_locked_itself_out_is_let_in_again() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let made = place.bootstrap();
    let account = made["account"]["id"].as_str().unwrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;
    database.execute(
        "INSERT INTO ip_allow_list_entries (account_id, position, network) SELECT id, 0, '192.0.2.0/24' FROM accounts",
    );
    ada.get("/v1/me").await.expect(403);

    let cleared = place.run(&["admin", "ip-allow-list", "clear", account]);
    let expected = format!(
        "Account      Acme ({account})\nAllow list   empty; 1 network removed, and every address is let in\n"
    );
    assert_eq!(said(&cleared), expected);
    let event = ada.get("/v1/audit-events?limit=1").await.expect(200).body["results"][0].clone();
    assert_eq!(
        (&event["action"], &event["actor"]["type"]),
        (&json!("ip_allow_list.clear"), &json!("operator"))
    );
    let again = json_of(&place.run(&["admin", "ip-allow-list", "clear", account, "--json"]));
    assert_eq!((&again["changed"], &again["networksRemoved"]), (&json!(false), &json!(0)));
}

#[test]
fn a_folder_without_a_keyhall_is_named_and_left_as_it_is() {
    let place = Place::embedded();
    for command in
        [&["account", "list"][..], &["reset-password", "--email", "ada@example.com"], &["audit", "verify"]]
    {
        let ended = place.run(&[&["admin"], command].concat());
        let folder = place.data_dir().display().to_string();
        let complaint = ended.complaint(&[]);
        assert!(complaint.contains(&folder) && complaint.contains("keyhall admin bootstrap"), "{complaint}");
    }
    assert!(!place.data_dir().exists());
}
