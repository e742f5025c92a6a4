//! Sending an invitation once more.

use jiff::SignedDuration;
use keyhall_domain::id::MemberId;
use keyhall_tests::{Answer, Deployment, Person, accept, accept_link};

use super::{PASSWORD, back, invite, mails_to, start, waiting};
use crate::sql;

const MOMENT: SignedDuration = SignedDuration::from_micros(1);
const SEVEN_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

async fn resend(person: &Person, member: &str) -> Answer {
    person.act(&format!("/v1/members/{member}/resend-invitation")).await
}

#[tokio::test]
async fn the_old_link_dies_at_once_and_the_new_one_comes_by_mail_for_seven_days() {
    let (deployment, mut account, server) = start().await;
    let mailer = deployment.mailer(&server);
    let invited = invite(&account, "Grace@Example.com").await;
    mailer.send_due().await.unwrap();
    deployment.pass(SignedDuration::from_hours(24));
    back(&deployment, &mut account).await;

    let answer = resend(&account.super_admin, &invited.id()).await.expect(200);
    assert_eq!(answer.body.get("invitationLink"), None, "{:#}", answer.body);
    let expires = deployment.clock.now() + SEVEN_DAYS;
    assert_eq!(answer.text("invitationExpiresAt"), expires.to_string());
    assert_eq!((answer.id(), answer.text("email")), (invited.id(), "Grace@Example.com".to_owned()));
    let [first] = mails_to(&server, "Grace@example.com").try_into().unwrap();
    let dead = accept_link(&deployment, &first.link(), PASSWORD, Some("Grace")).await;
    dead.expect_problem(401, "invalid-link");

    mailer.send_due().await.unwrap();
    let [_, second] = mails_to(&server, "Grace@example.com").try_into().unwrap();
    assert_ne!(first.header("Message-ID"), second.header("Message-ID"));
    let dead = accept_link(&deployment, &first.link(), PASSWORD, Some("Grace")).await;
    dead.expect_problem(401, "invalid-link");
    deployment.pass(SEVEN_DAYS - MOMENT);
    accept_link(&deployment, &second.link(), PASSWORD, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn an_expired_invitation_can_be_sent_again_and_what_was_not_sent_yet_is_sent_once() {
    let (deployment, mut account, server) = start().await;
    let invited = invite(&account, "grace@example.com").await;
    deployment.pass(SEVEN_DAYS);
    back(&deployment, &mut account).await;
    for _ in 0..3 {
        resend(&account.super_admin, &invited.id()).await.expect(200);
    }
    assert_eq!(waiting(&deployment), 1);
    deployment.mailer(&server).send_due().await.unwrap();
    let [mail] = mails_to(&server, "grace@example.com").try_into().unwrap();
    accept_link(&deployment, &mail.link(), PASSWORD, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn without_mail_the_answer_has_the_new_link() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let first = account.invite("grace@example.com", "member").await;
    let second = resend(&account.super_admin, &first.id()).await.expect(200);
    assert_ne!(first.text("invitationLink"), second.text("invitationLink"));
    assert_eq!(second.header("cache-control"), "no-store");
    accept(&deployment, &first, PASSWORD, Some("Grace")).await.expect_problem(401, "invalid-link");
    accept(&deployment, &second, PASSWORD, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn only_who_may_hand_out_the_role_sends_it_again_and_answers_for_it_from_then_on() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (admin, billing) =
        (account.person(&deployment, "admin").await, account.person(&deployment, "billing_admin").await);
    let member = account.person(&deployment, "member").await;
    let invited = account.invite("grace@example.com", "admin").await;

    let before = sql::dump(&deployment.database);
    resend(&member, &invited.id()).await.expect_problem(403, "missing-permission");
    resend(&billing, &invited.id()).await.expect_problem(403, "outranked");
    resend(&admin.through_token().await, &invited.id()).await.expect_problem(403, "session-required");
    let changed = sql::dump(&deployment.database).into_iter().filter(|line| !before.contains(line));
    assert!(changed.clone().all(|line| !line.starts_with("invitations") && !line.starts_with("members")));

    let second = resend(&admin, &invited.id()).await.expect(200);
    account.super_admin.delete(&format!("/v1/members/{}", admin.member)).await.expect(204);
    accept(&deployment, &second, PASSWORD, Some("Grace")).await.expect_problem(409, "inviter-lost-right");
    let third = resend(&account.super_admin, &invited.id()).await.expect(200);
    accept(&deployment, &third, PASSWORD, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn who_has_accepted_is_not_invited_again() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (member, root) = (account.person(&deployment, "member").await, &account.super_admin);
    let before = sql::dump(&deployment.database);
    resend(root, &member.member).await.expect_problem(409, "wrong-state");
    resend(root, &root.member).await.expect_problem(409, "wrong-state");
    assert_eq!(sql::dump(&deployment.database), before);
    sql::set_member(&deployment.database, &member.member, "state = 'suspended'");
    resend(root, &member.member).await.expect_problem(409, "wrong-state");
    let nobody = MemberId::generate(deployment.clock.now()).to_string();
    resend(root, &nobody).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn sending_again_is_in_the_audit_and_heeds_if_match() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invited = account.invite("grace@example.com", "member").await;
    let path = format!("/v1/members/{}/resend-invitation", invited.id());
    let request = account.super_admin.request(reqwest::Method::POST, &path).header("if-match", "\"other\"");
    Answer::read(request.send().await.unwrap()).await.expect_problem(412, "precondition-failed");

    deployment.pass(jiff::SignedDuration::from_secs(1));
    resend(&account.super_admin, &invited.id()).await.expect(200);
    let events = account.super_admin.get("/v1/audit-events?limit=1").await.expect(200);
    let event = &events.body["results"][0];
    assert_eq!(event["action"], "member.resend_invitation");
    assert_eq!(event["object"]["id"], invited.id());
    assert!(event["after"]["invitationExpiresAt"].is_string(), "{event:#}");
}
