//! Who sees which tokens.

use keyhall_tests::{Deployment, Person};
use serde_json::json;

use super::{TOKENS, create, path};

#[tokio::test]
async fn everybody_sees_their_own_tokens_and_who_manages_all_sees_all() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, admin) = (&account.super_admin, account.person(&deployment, "admin").await);
    let (billing_admin, member) =
        (account.person(&deployment, "billing_admin").await, account.person(&deployment, "member").await);
    let people = [root, &admin, &billing_admin, &member];
    let mut tokens = Vec::new();
    for person in people {
        tokens.push(create(person, json!({ "name": "laptop" })).await.expect(201));
    }
    let ids: Vec<_> = tokens.iter().map(keyhall_tests::Answer::id).collect();

    for (person, token) in people.into_iter().zip(&tokens) {
        let manages_all = person.member == root.member || person.member == admin.member;
        let through_token = person.with_bearer(&token.text("token"));
        for bearer in [person, &through_token] {
            let seen = list(bearer, "").await;
            let expected = if manages_all { ids.iter().rev().cloned().collect() } else { vec![token.id()] };
            assert_eq!(sorted(&seen), sorted(&expected));
            for other in &tokens {
                let answer = bearer.get(&path(other)).await;
                if expected.contains(&other.id()) {
                    assert_eq!(answer.expect(200).id(), other.id());
                } else {
                    answer.expect_problem(404, "not-found");
                    let revoking = bearer.act(&format!("{}/revoke", path(other))).await;
                    revoking.expect_problem(404, "not-found");
                }
            }
        }
    }
    assert_eq!(deployment.database.count("personal_access_tokens", "revoked_at IS NOT NULL"), 0);
}

#[tokio::test]
async fn a_list_has_the_status_the_name_and_the_page_that_were_asked_for() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let expired = create(&root, json!({ "name": "CI old", "lifetime": "PT10M" })).await.expect(201).id();
    let revoked = create(&root, json!({ "name": "ci 100%" })).await.expect(201);
    root.act(&format!("{}/revoke", path(&revoked))).await.expect(200);
    let revoked = revoked.id();
    deployment.pass(jiff::SignedDuration::from_mins(10));
    let laptop = create(&root, json!({ "name": "Laptop" })).await.expect(201).id();
    deployment.pass(jiff::SignedDuration::from_secs(1));
    let active = create(&root, json!({ "name": "ci_new" })).await.expect(201).id();

    for (query, expected) in [
        ("", vec![&active, &laptop]),
        ("?status=active", vec![&active, &laptop]),
        ("?status=expired", vec![&expired]),
        ("?status=revoked", vec![&revoked]),
        ("?status=all&name=CI", vec![&active, &revoked, &expired]),
        ("?status=all&name=%25", vec![&revoked]),
        ("?status=all&name=_", vec![&active]),
        ("?status=all&name=nothing", vec![]),
        ("?size=1&page=1", vec![&laptop]),
        ("?page=7", vec![]),
    ] {
        let mut seen = list(&root, query).await;
        let mut expected: Vec<_> = expected.into_iter().cloned().collect();
        if query.contains("name=CI") {
            // Two of them were made at the same moment.
            (seen, expected) = (sorted(&seen), sorted(&expected));
        }
        assert_eq!(seen, expected, "{query}");
    }
    let answer = root.get(&format!("{TOKENS}?status=pending&size=0&owner=me")).await;
    assert_eq!(answer.expect_problem(400, "invalid-request").violated(), ["owner", "size", "status"]);
}

async fn list(person: &Person, query: &str) -> Vec<String> {
    let answer = person.get(&format!("{TOKENS}{query}")).await.expect(200);
    let results = answer.body["results"].as_array().unwrap();
    if !query.contains("page") {
        assert_eq!(answer.body["total"], results.len(), "{query}");
    }
    results.iter().map(|token| token["id"].as_str().unwrap().to_owned()).collect()
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}
