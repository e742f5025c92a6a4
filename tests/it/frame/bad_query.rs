//! Query strings: what is not known, not once, or not in its range is refused.

use serde_json::json;

use super::start;

/// The lists that have pages.
const LISTS: [&str; 3] = ["/v1/members", "/v1/projects", "/v1/personal-access-tokens"];

#[tokio::test]
async fn a_parameter_out_of_its_range_is_refused_by_name() {
    let (_deployment, account) = start().await;
    for list in LISTS {
        for size in ["0", "101", "abc", "-1", "1.5", "", "%2B5", "4294967297"] {
            let answer = account.super_admin.get(&format!("{list}?size={size}")).await;
            let message = "must be a whole number from 1 to 100";
            assert_eq!(answer.body["violations"], json!([{ "field": "size", "message": message }]), "{size}");
            answer.expect_problem(400, "invalid-request");
        }
        for page in ["-1", "abc", "", "4294967296", "0x1"] {
            let answer = account.super_admin.get(&format!("{list}?page={page}")).await;
            assert_eq!(answer.violated(), ["page"], "{list} {page}");
            answer.expect_problem(400, "invalid-request");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_or_stands_twice_is_refused_by_name() {
    let (_deployment, account) = start().await;
    for list in LISTS.into_iter().chain(["/v1/audit-events"]) {
        for (query, field) in
            [("colour=red", "colour"), ("Page=0", "Page"), ("=1", ""), ("access_token=x", "access_token")]
        {
            let answer = account.super_admin.get(&format!("{list}?{query}")).await;
            assert_eq!(answer.violated(), [field], "{list}?{query}");
            answer.expect_problem(400, "invalid-request");
        }
    }
    for (query, field) in
        [("page=0&page=0", "page"), ("size=5&page=0&size=7", "size"), ("name=a&name=a", "name")]
    {
        let answer = account.super_admin.get(&format!("/v1/projects?{query}")).await;
        assert_eq!(answer.violated(), [field], "{query}");
        answer.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_query_is_told_at_once() {
    let (_deployment, account) = start().await;
    let answer =
        account.super_admin.get("/v1/personal-access-tokens?status=dead&size=0&page=x&colour=red").await;
    assert_eq!(answer.violated(), ["colour", "page", "size", "status"]);
    let answer = account.super_admin.get("/v1/audit-events?limit=0&paginationToken=x&page=0").await;
    assert_eq!(answer.violated(), ["limit", "page"]);
}

#[tokio::test]
async fn a_pagination_token_that_was_changed_is_refused() {
    let (_deployment, account) = start().await;
    account.invite("ada@example.com", "member").await;
    let first = account.super_admin.get("/v1/audit-events?limit=1").await.expect(200);
    let token = first.text("more");
    let path = format!("/v1/audit-events?limit=1&paginationToken={token}");
    assert_ne!(account.super_admin.get(&path).await.expect(200).body["results"], first.body["results"]);
    let last = if token.ends_with('A') { "B" } else { "A" };
    let changed = [
        format!("{}{last}", &token[..token.len() - 1]),
        token[1..].to_owned(),
        format!("{token}A"),
        "x".to_owned(),
    ];
    for changed in changed {
        let path = format!("/v1/audit-events?paginationToken={changed}");
        let answer = account.super_admin.get(&path).await.expect_problem(400, "invalid-request");
        assert_eq!(answer.violated(), ["paginationToken"]);
    }
}

#[tokio::test]
async fn a_search_for_what_no_name_can_have_in_it_is_refused_or_finds_nothing() {
    let (_deployment, account) = start().await;
    account.super_admin.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    for list in ["/v1/projects", "/v1/personal-access-tokens"] {
        for control in ["%00", "Pay%00ments", "%0A"] {
            let answer = account.super_admin.get(&format!("{list}?name={control}")).await;
            assert_eq!(answer.expect_problem(400, "invalid-request").violated(), ["name"], "{control}");
        }
        let found = account.super_admin.get(&format!("{list}?name=%ff")).await.expect(200);
        assert_eq!(found.body["total"], 0, "no text in UTF-8");
    }
}
