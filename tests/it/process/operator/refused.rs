//! What the operator's commands refuse, and what their `--help` says before.

use keyhall_tests::{Database, Place};
use serde_json::{Value, json};

use super::said;

#[test]
fn an_account_that_has_a_super_admin_is_elevated_in_only_with_the_glass_broken() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let account = place.bootstrap()["account"]["id"].as_str().unwrap().to_owned();
    let arguments = ["admin", "elevate", "--account", &account, "--email", "ada@example.com"];
    let refused = place.run(&arguments);
    let complaint = refused.complaint(&[]);
    assert!(complaint.contains("`--break-glass`") && complaint.contains("super-admin"), "{complaint}");
    let broken = place.run(&[&arguments[..], &["--break-glass"]].concat());
    assert!(said(&broken).contains("was one already; nothing was changed"), "{}", broken.stdout);
    let stranger = place.run(&[
        "admin",
        "elevate",
        "--account",
        &account,
        "--email",
        "bob@example.com",
        "--break-glass",
    ]);
    assert!(stranger.complaint(&[]).contains("the account has no member"), "{}", stranger.stderr);
    assert_eq!(database.count("audit_events", "action = 'super_admin.grant'"), 0);
}

#[test]
fn a_file_that_is_not_as_it_has_to_be_is_told_with_every_place_and_imports_nothing() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let wrong = json!({
        "name": "Older",
        "\u{1b}[2J": "what a terminal would obey",
        "members": [
            { "email": "ada@example.com", "name": "Ada", "role": "super_admin" },
            { "email": "ADA@example.com", "name": "Ada", "role": "member", "password": "hunter2" },
        ],
    });
    let text = |value: &Value| value.to_string();
    for (file, complaints) in [
        (
            text(&wrong),
            &[
                "members[0].role: must be one of",
                "members[1].password: is not a known",
                "members[1].email: is the",
            ][..],
        ),
        ("{\"name\": \"A\",\n \"name\": \"B\"}".to_owned(), &["has a field twice in one object, at line 2"]),
        ("{\"name\": ".to_owned(), &["ends too early"]),
        ("name: Older".to_owned(), &["is not JSON, at line 1"]),
        (text(&json!({ "name": "Older", "members": [] })), &["members: must have at least 1 item"]),
    ] {
        let path = place.write("wrong.json", &file, 0o600);
        let ended = place.run(&["admin", "account", "import", path.to_str().unwrap()]);
        let complaint = ended.complaint(&["hunter2", "\u{1b}"]);
        for expected in complaints {
            assert!(complaint.contains(expected), "{expected} is missing: {complaint}");
        }
    }
    let missing = place.run(&["admin", "account", "import", "nowhere.json"]);
    assert!(missing.complaint(&[]).contains("`nowhere.json` cannot be used"), "{}", missing.stderr);
    assert_eq!(database.count("accounts", "true") + database.count("users", "true"), 0);
}

#[test]
fn what_is_no_id_and_nobody_named_are_refused_before_anything_is_looked_for() {
    // Nothing listens there: whoever got so far would say that PostgreSQL cannot be reached.
    let place = Place::on(&Database::migrated()).with("database.url", "host=127.0.0.1 port=1");
    for (arguments, complaint) in [
        (
            &["admin", "account", "suspend", "mbr_01h2xcejqtf2nbrexx3vqjhp41"][..],
            "must be an id of the form `acc_`",
        ),
        (&["admin", "account", "delete", "acc_01h2xcejqtf2nbrexx3vqjhp41"], "--confirm <NAME>"),
        (&["admin", "user", "disable"], "--email <E-MAIL>"),
        (
            &[
                "admin",
                "user",
                "disable",
                "--user",
                "usr_01h2xcejqtf2nbrexx3vqjhp41",
                "--email",
                "a@example.com",
            ],
            "cannot be used with",
        ),
        (&["admin", "user", "disable", "--email", "nobody"], "must be an e-mail address"),
        (&["admin", "elevate", "--email", "a@example.com"], "--account <ACCOUNT_ID>"),
        (&["admin", "reset-password"], "--email <E-MAIL>"),
    ] {
        let ended = place.run(arguments);
        assert!(ended.complaint(&[]).contains(complaint), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("PostgreSQL"), "{}", ended.stderr);
    }
}

#[test]
fn every_command_says_what_it_does_what_it_changes_and_who_is_affected() {
    let place = Place::embedded();
    for (command, words) in [
        (
            &["account", "suspend"][..],
            &["sessions in it end", "tokens are refused", "all its members", "audit"][..],
        ),
        (&["account", "resume"], &["Its tokens work again", "all its members", "audit"]),
        (&["account", "delete"], &["Stays: the users", "no way back", "Super Admins go with it", "audit"]),
        (&["account", "import"], &["seven days", "no Super Admin", "10,000", "nothing is imported"]),
        (&["account", "list"], &["Changes nothing"]),
        (
            &["user", "disable"],
            &["sessions end everywhere", "last active Super Admin", "nothing is changed anywhere", "audit"],
        ),
        (&["user", "enable"], &["Their tokens work again", "audit"]),
        (&["user", "delete"], &["every membership", "no way back", "last active Super Admin", "audit"]),
        (
            &["elevate"],
            &["accepted their invitation", "--break-glass", "nothing is taken from them", "audit"],
        ),
        (&["reset-password"], &["24 hours", "no session ends", "hand it to them", "audit"]),
    ] {
        let ended = place.run(&[&["admin"], command, &["--help"]].concat());
        let help = said(&ended).split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(help.contains(word), "`{word}` is missing in the help of {command:?}: {help}");
        }
        assert!(help.contains("--json"), "{command:?}");
    }
}
