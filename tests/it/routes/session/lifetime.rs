//! What ends a session: time, idleness, signing out.

use jiff::SignedDuration;
use keyhall_tests::{Deployment, Person};

const MOMENT: SignedDuration = SignedDuration::from_micros(1);

#[tokio::test]
async fn a_session_that_is_used_lasts_twelve_hours_to_the_moment() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;

    for _ in 0..12 {
        deployment.pass(SignedDuration::from_mins(59));
        root.get("/v1/me").await.expect(200);
    }
    deployment.pass(SignedDuration::from_mins(12) - MOMENT);
    root.get("/v1/me").await.expect(200);
    deployment.pass(MOMENT);
    let refused = root.get("/v1/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(refused.text("detail"), "the session has expired");
}

#[tokio::test]
async fn a_session_ends_after_an_hour_without_use_to_the_moment() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let hour = SignedDuration::from_hours(1);

    for _ in 0..2 {
        deployment.pass(hour - MOMENT);
        root.get("/v1/me").await.expect(200);
    }
    deployment.pass(hour);
    for _ in 0..2 {
        let refused = root.get("/v1/me").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the session was idle for too long");
    }
}

#[tokio::test]
async fn signing_out_ends_this_session_at_once_and_no_other() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let here = account.person(&deployment, "admin").await;
    let elsewhere = Person::sign_in(&deployment, &here.email, &here.password).await;
    let token = here.through_token().await;

    here.delete("/v1/sessions/current").await.expect(204);
    for _ in 0..2 {
        let refused = here.delete("/v1/sessions/current").await.expect_problem(401, "unauthenticated");
        assert_eq!(refused.text("detail"), "the bearer token is not valid");
    }
    elsewhere.get("/v1/me").await.expect(200);
    token.get("/v1/me").await.expect(200);
    account.super_admin.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_token_has_no_session_to_show_or_to_end() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let token = root.through_token().await;
    token.get("/v1/sessions/current").await.expect_problem(403, "session-required");
    token.delete("/v1/sessions/current").await.expect_problem(403, "session-required");
    root.get("/v1/sessions/current").await.expect(200);
}
