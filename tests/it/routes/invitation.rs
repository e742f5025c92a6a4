//! Accepting invitations: the link. Who accepts is in `acceptance`, who invited in `inviter`.

mod acceptance;
mod inviter;
mod projects;

use jiff::SignedDuration;
use keyhall_tests::{Answer, Deployment, accept};
use serde_json::{Value, json};

use crate::sql;

const PASSWORD: &str = "nine amber kettles hum politely";
const MOMENT: SignedDuration = SignedDuration::from_micros(1);

#[tokio::test]
async fn a_link_works_for_seven_days_to_the_moment() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (in_time, too_late) = (
        account.invite("in-time@example.com", "member").await,
        account.invite("too-late@example.com", "member").await,
    );

    deployment.pass(SignedDuration::from_hours(7 * 24) - MOMENT);
    accept(&deployment, &in_time, PASSWORD, Some("In Time")).await.expect(200);
    deployment.pass(MOMENT);
    let refused = accept(&deployment, &too_late, PASSWORD, Some("Too Late")).await;
    refused.expect_problem(401, "invalid-link");
    let too_late = sql::standing(&deployment.database, &too_late.id());
    assert_eq!(too_late, Some(("member".to_owned(), "invited".to_owned())));
}

#[tokio::test]
async fn a_link_works_once() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);

    let before = sql::dump(&deployment.database);
    let again = accept(&deployment, &invitation, PASSWORD, Some("Somebody Else")).await;
    again.expect_problem(401, "invalid-link");
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn what_is_no_link_opens_nothing() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    let token = token_of(&invitation);
    let flipped = if token.ends_with('A') { "B" } else { "A" };
    let before = sql::dump(&deployment.database);

    for wrong in [
        "",
        "khi_",
        "garbage",
        &token[..token.len() - 1],
        &format!("{token}A"),
        &format!("{}{flipped}", &token[..token.len() - 1]),
        &token.to_uppercase(),
        &token.replacen("khi_", "khu_", 1),
        &format!(" {token}"),
        &account.super_admin.bearer,
    ] {
        let answer = post(&deployment, &json!({ "token": wrong, "password": PASSWORD, "name": "N" })).await;
        answer.expect_problem(401, "invalid-link");
    }
    assert_eq!(sql::dump(&deployment.database), before);
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
}

#[tokio::test]
async fn a_link_dies_with_its_invitation() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let first = account.invite("grace@example.com", "member").await;
    account.super_admin.delete(&format!("/v1/members/{}", first.id())).await.expect(204);
    let second = account.invite("grace@example.com", "member").await;

    let refused = accept(&deployment, &first, PASSWORD, Some("Grace Hopper")).await;
    refused.expect_problem(401, "invalid-link");
    let member = accept(&deployment, &second, PASSWORD, Some("Grace Hopper")).await.expect(200);
    assert_eq!(member.id(), second.id());
}

#[tokio::test]
async fn the_link_is_shown_once_and_stored_as_a_digest() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    let token = token_of(&invitation);
    assert_eq!(invitation.text("invitationLink"), format!("https://keyhall.example/invite#{token}"));
    assert_eq!(invitation.header("cache-control"), "no-store");

    let path = format!("/v1/members/{}", invitation.id());
    for path in [path.as_str(), "/v1/members", "/v1/audit-events"] {
        let answer = account.super_admin.get(path).await.expect(200);
        assert!(!answer.body.to_string().contains("khi_"), "{path}");
    }
    assert!(!sql::dump(&deployment.database).join("\n").contains(&token["khi_".len()..]));
}

async fn post(deployment: &Deployment, body: &Value) -> Answer {
    let request = deployment.client.post(deployment.url("/v1/invitations/accept")).json(body);
    Answer::read(request.send().await.expect("the server answers")).await
}

fn token_of(invitation: &Answer) -> String {
    invitation.text("invitationLink").split_once('#').expect("a fragment").1.to_owned()
}
