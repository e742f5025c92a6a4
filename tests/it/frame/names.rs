//! Names: what looks the same is the same, and a search takes every character for itself.

use keyhall_tests::{Account, Person};
use serde_json::json;

use super::start;

#[tokio::test]
async fn names_are_unique_in_an_account_as_unicode_sees_them() {
    let (deployment, account) = start().await;
    for (name, same) in [
        ("Straße", "STRASSE"),
        ("Ｐａｙ", "pay"),
        ("ﬁnance", "FINANCE"),
        ("E\u{301}te\u{301}", "été"),
        ("Ops", "O\u{200B}ps "),
    ] {
        account.super_admin.post("/v1/projects", &json!({ "name": name })).await.expect(201);
        let before = deployment.database.count("projects", "true");
        let again = account.super_admin.post("/v1/projects", &json!({ "name": same })).await;
        again.expect_problem(409, "name-taken");
        assert_eq!(deployment.database.count("projects", "true"), before, "{same}");
    }
    let other = deployment.account("Other").await;
    other.super_admin.post("/v1/projects", &json!({ "name": "STRASSE" })).await.expect(201);
}

#[tokio::test]
async fn a_name_is_shown_as_it_was_given_in_its_composed_form() {
    let (_deployment, account) = start().await;
    let made = account.super_admin.post("/v1/projects", &json!({ "name": " E\u{301}te\u{301} " })).await;
    assert_eq!(made.expect(201).text("name"), "Été");
}

#[tokio::test]
async fn a_search_is_for_a_part_of_the_name_without_case() {
    let (_deployment, account) = start().await;
    make(&account, &["Payments", "Card payments", "Straßen", "Billing"]).await;
    for (part, found) in [
        ("PAY", vec!["Card payments", "Payments"]),
        ("ayment", vec!["Card payments", "Payments"]),
        ("strasse", vec!["Straßen"]),
        ("STRAẞE", vec!["Straßen"]),
        ("ill", vec!["Billing"]),
        ("nothing", vec![]),
    ] {
        assert_eq!(search(&account.super_admin, part).await, found, "{part}");
    }
    assert_eq!(search(&account.super_admin, "").await.len(), 4);
}

#[tokio::test]
async fn a_search_takes_percent_underscore_and_backslash_for_themselves() {
    let (_deployment, account) = start().await;
    make(&account, &["100% sure", "100x sure", "a_b", "axb", "c\\d", "cxd", "'; DROP TABLE projects; --"])
        .await;
    for (part, found) in [
        ("100%", vec!["100% sure"]),
        ("%", vec!["100% sure"]),
        ("_", vec!["a_b"]),
        ("a_b", vec!["a_b"]),
        ("\\", vec!["c\\d"]),
        ("\\%", vec![]),
        ("';", vec!["'; DROP TABLE projects; --"]),
    ] {
        assert_eq!(search(&account.super_admin, part).await, found, "{part}");
    }
}

async fn make(account: &Account, names: &[&str]) {
    for name in names {
        account.super_admin.post("/v1/projects", &json!({ "name": name })).await.expect(201);
    }
}

/// The names that a search finds, sorted; the list's total is their number.
async fn search(person: &Person, part: &str) -> Vec<String> {
    let part: String = part.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let list = person.get(&format!("/v1/projects?name={part}")).await.expect(200);
    let results = list.body["results"].as_array().expect("a list has results");
    let mut names: Vec<_> =
        results.iter().map(|project| project["name"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    assert_eq!(list.body["total"], names.len());
    names
}
