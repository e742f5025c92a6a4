//! Making tokens: lifetimes, names, how many.

use jiff::{SignedDuration, Timestamp};
use keyhall_tests::Deployment;
use serde_json::{Value, json};

use super::{TOKENS, create, path, time};

#[tokio::test]
async fn a_token_lives_as_long_as_was_asked_for_and_90_days_otherwise() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let now = deployment.clock.now();
    let days = |days: i64| now + SignedDuration::from_hours(24 * days);
    let moment = now + SignedDuration::from_micros(1);

    for (lifetime, expected) in [
        (json!({}), days(90)),
        (json!({ "lifetime": "P90D" }), days(90)),
        (json!({ "lifetime": "PT1H" }), now + SignedDuration::from_hours(1)),
        (json!({ "lifetime": "P366D" }), days(366)),
        (json!({ "lifetime": days(366).to_string() }), days(366)),
        (json!({ "lifetime": moment.to_string() }), moment),
    ] {
        let mut body = lifetime.clone();
        body["name"] = json!(format!("token {lifetime}"));
        let made = create(&root, body).await.expect(201);
        assert_eq!((time(&made, "createdAt"), time(&made, "expiresAt")), (now, expected), "{lifetime}");
        assert_eq!((made.text("status"), made.text("access")), ("active".to_owned(), "inherit".to_owned()));
        assert_eq!(made.body["owner"], json!({ "type": "member", "id": root.member }));
        assert_eq!(made.header("location"), format!("https://keyhall.example{}", path(&made)));
    }
}

#[tokio::test]
async fn no_lifetime_is_endless_over_the_policy_or_in_the_past() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let now = deployment.clock.now();
    let later = now + SignedDuration::from_hours(24 * 366) + SignedDuration::from_micros(1);

    for lifetime in [
        Value::Null,
        json!(0),
        json!(86400),
        json!({ "days": 90 }),
        json!(""),
        json!("never"),
        json!("P0D"),
        json!("PT0S"),
        json!("-P90D"),
        json!("P-90D"),
        json!("P367D"),
        json!("P366DT0.000001S"),
        json!("P2Y"),
        json!("P9999999D"),
        json!("P99999999999999999999D"),
        json!("PT9999999999999999H"),
        json!(now.to_string()),
        json!((now - SignedDuration::from_secs(1)).to_string()),
        json!(later.to_string()),
        json!("9999-12-31T23:59:59Z"),
        json!("2027-01-31"),
    ] {
        let answer = create(&root, json!({ "name": "laptop", "lifetime": lifetime })).await;
        assert_eq!(answer.expect_problem(400, "invalid-request").violated(), ["lifetime"], "{lifetime}");
    }
    assert_eq!(deployment.database.count("personal_access_tokens", "true"), 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_told_at_once() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let body =
        json!({ "name": "", "access": "everything", "lifetime": "P0D", "owner": root.member, "token": "x" });
    let answer = create(&root, body).await.expect_problem(400, "invalid-request");
    assert_eq!(answer.violated(), ["access", "lifetime", "name", "owner", "token"]);
}

#[tokio::test]
async fn a_name_is_taken_by_a_living_token_of_the_same_owner_alone() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, other) = (&account.super_admin, account.person(&deployment, "member").await);
    let first = create(root, json!({ "name": "Laptop", "lifetime": "PT30M" })).await.expect(201);

    for same in ["Laptop", "LAPTOP", "ｌａｐｔｏｐ"] {
        create(root, json!({ "name": same })).await.expect_problem(409, "name-taken");
    }
    create(&other, json!({ "name": "Laptop" })).await.expect(201);
    root.act(&format!("{}/revoke", path(&first))).await.expect(200);
    create(root, json!({ "name": "laptop", "lifetime": "PT30M" })).await.expect(201);
    create(root, json!({ "name": "Laptop" })).await.expect_problem(409, "name-taken");
    deployment.pass(SignedDuration::from_mins(30));
    create(root, json!({ "name": "Laptop" })).await.expect(201);
    assert_eq!(root.get(&format!("{TOKENS}?status=all")).await.expect(200).body["total"], 4);
}

#[tokio::test]
async fn an_owner_has_at_most_a_hundred_living_tokens() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, other) = (&account.super_admin, account.person(&deployment, "member").await);
    let first = create(root, json!({ "name": "0" })).await.expect(201);
    for number in 1..99 {
        create(root, json!({ "name": number.to_string() })).await.expect(201);
    }
    let last = create(root, json!({ "name": "last", "lifetime": "PT30M" })).await.expect(201);
    let expires: Timestamp = time(&last, "expiresAt");

    let refused = create(root, json!({ "name": "one too many" })).await;
    assert!(refused.expect_problem(409, "limit-reached").text("detail").contains("100 living tokens"));
    create(&other, json!({ "name": "theirs" })).await.expect(201);
    root.act(&format!("{}/revoke", path(&first))).await.expect(200);
    create(root, json!({ "name": "in its place" })).await.expect(201);
    create(root, json!({ "name": "one too many" })).await.expect_problem(409, "limit-reached");
    deployment.pass(expires.duration_since(deployment.clock.now()));
    create(root, json!({ "name": "after one expired" })).await.expect(201);
}
