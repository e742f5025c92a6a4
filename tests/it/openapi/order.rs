//! The order of judgement: who may not ask is told so before anything that they sent is looked at.

use keyhall_tests::{Answer, Deployment};
use reqwest::RequestBuilder;

use super::document::{Operation, guarded};
use super::fixture::{call, fill};
use super::verdict::Verdict;

#[tokio::test]
async fn garbage_without_a_credential_is_told_that_there_is_no_credential() {
    let deployment = Deployment::start().await;
    for operation in guarded() {
        // No such ids: not even the path is looked at.
        let url = deployment.url(&operation.path.replace(['{', '}'], "!"));
        let request = deployment.client.request(operation.method.clone(), url + GARBAGE_QUERY);
        garbage(request).await.expect_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn garbage_without_the_right_is_told_what_order_would_be() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let token = account.person(&deployment, "member").await.through_token().await;
    let mut refused = 0;
    for operation in guarded() {
        let path = fill(&operation, &account, &account.super_admin).await.path;
        let in_order = Verdict::of(&call(&operation, &path, &token, &account).await);
        if in_order == Verdict::LetThrough {
            continue;
        }
        let request = token.request(operation.method.clone(), &format!("{path}{GARBAGE_QUERY}"));
        assert_eq!(Verdict::of(&garbage(request).await), in_order, "{operation}");
        refused += 1;
    }
    assert!(refused > 0, "a member lacks some right");
}

#[tokio::test]
async fn garbage_with_the_right_is_told_that_it_is_garbage() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = &account.super_admin;
    for operation in guarded().into_iter().filter(reads_what_is_sent) {
        let path = fill(&operation, &account, admin).await.path;
        let request = admin.request(operation.method.clone(), &format!("{path}{GARBAGE_QUERY}"));
        let answer = garbage(request).await;
        assert!([400, 415].contains(&answer.status), "{operation}: {} {:#}", answer.status, answer.body);
    }
}

/// A query that no list can make sense of.
const GARBAGE_QUERY: &str = "?size=0&size=1&nonsense=x";

/// Whether there is anything in the request that could be wrong.
fn reads_what_is_sent(operation: &Operation) -> bool {
    let (query, headers) = (operation.parameters("query"), operation.parameters("header"));
    operation.has_body() || !query.is_empty() || !headers.is_empty()
}

/// Sends it with a precondition, a media type and a body that are none.
async fn garbage(request: RequestBuilder) -> Answer {
    let request =
        request.header("if-match", "nonsense").header("content-type", "text/plain").body("{\"a\": ");
    Answer::read(request.send().await.expect("the server answers")).await
}
