//! Invitations by mail: the link reaches the invited person and nobody else.

use jiff::SignedDuration;
use keyhall_tests::{accept, accept_link};
use serde_json::{Value, json};

use super::{PASSWORD, assert_nowhere, invite, mails_to, start, waiting};
use crate::sql;

#[tokio::test]
async fn an_invited_person_comes_in_by_the_link_from_the_mail_which_the_inviter_never_sees() {
    let (deployment, account, server) = start().await;
    let root = &account.super_admin;
    let invited = invite(&account, "grace@example.com").await;
    assert_eq!(invited.body.get("invitationLink"), None, "{:#}", invited.body);
    assert!(invited.body["invitationExpiresAt"].is_string(), "{:#}", invited.body);
    assert_eq!(waiting(&deployment), 1);

    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 1);
    assert_eq!(waiting(&deployment), 0);
    let arrivals = server.arrivals();
    let [arrival] = arrivals.as_slice() else { panic!("{arrivals:?}") };
    assert_eq!((arrival.from.as_str(), arrival.to.as_str()), ("keyhall@example.org", "grace@example.com"));
    let mail = &arrival.mail;
    assert_eq!(mail.header("Subject"), "Your invitation to \"Acme\"");
    assert_eq!(mail.header("From"), "keyhall@example.org");
    assert_eq!(mail.header("To"), "grace@example.com");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.link().starts_with("https://keyhall.example/invite#khi_"), "{}", mail.link());
    let until = deployment.clock.now() + SignedDuration::from_hours(7 * 24);
    let until = until.strftime("%-d %B %Y, %H:%M UTC").to_string();
    for form in [mail.text(), mail.html()] {
        for word in [root.email.as_str(), "Acme", &until, "there is nothing to do"] {
            assert!(form.contains(word), "no `{word}` in {form}");
        }
    }

    assert_nowhere(&deployment, &mail.secret());
    for path in ["/v1/members", "/v1/audit-events"] {
        assert!(!root.get(path).await.expect(200).body.to_string().contains("khi_"), "{path}");
    }
    let member = accept_link(&deployment, &mail.link(), PASSWORD, Some("Grace Hopper")).await.expect(200);
    assert_eq!((member.id(), &member.body["state"]), (invited.id(), &json!("active")));
    let again = accept_link(&deployment, &mail.link(), PASSWORD, Some("Grace Hopper")).await;
    again.expect_problem(401, "invalid-link");
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_has_expired_is_not_sent() {
    let (deployment, account, server) = start().await;
    let (removed, expired) =
        (invite(&account, "a@example.com").await, invite(&account, "b@example.com").await);
    let again = {
        account.super_admin.delete(&format!("/v1/members/{}", removed.id())).await.expect(204);
        invite(&account, "a@example.com").await
    };
    let member = sql::uuid::<keyhall_domain::id::MemberId>(&expired.id());
    let now = deployment.clock.now();
    deployment
        .database
        .execute(&format!("UPDATE invitations SET expires_at = '{now}' WHERE member_id = '{member}'"));

    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 1);
    assert_eq!((server.arrivals().len(), waiting(&deployment)), (1, 0));
    let [mail] = mails_to(&server, "a@example.com").try_into().unwrap();
    let member = accept_link(&deployment, &mail.link(), PASSWORD, Some("A")).await.expect(200);
    assert_eq!(member.id(), again.id());
}

#[tokio::test]
async fn a_mail_says_who_invites_by_the_name_that_they_gave() {
    let (deployment, account, server) = start().await;
    sql::set_user(&deployment.database, &account.super_admin.member, "name = 'Ada <b>Lovelace</b>'");
    invite(&account, "grace@example.com").await;
    deployment.mailer(&server).send_due().await.unwrap();
    let [mail] = mails_to(&server, "grace@example.com").try_into().unwrap();
    assert!(mail.text().contains("Ada <b>Lovelace</b> (root-"), "{}", mail.text());
    assert!(!mail.html().contains("<b>"), "{}", mail.html());
}

#[tokio::test]
async fn a_hostile_name_of_an_account_adds_neither_headers_nor_markup() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer(&server);
    invite(&account, "first@example.com").await;
    mailer.send_due().await.unwrap();
    let [plain] = mails_to(&server, "first@example.com").try_into().unwrap();

    for (index, name) in [
        "</p><script>alert(1)</script>",
        "Acme\"><a href=\"https://evil.example/#khi_x\">here</a>",
        "=?utf-8?q?=0D=0ABcc:_victim@example.com?=",
        "Acme Bcc: victim@example.com",
        "\u{645}\u{62F} \u{200F}evil",
    ]
    .iter()
    .enumerate()
    {
        let quoted = name.replace('\'', "''");
        deployment.database.execute(&format!("UPDATE accounts SET name = '{quoted}'"));
        let email = format!("grace-{index}@example.com");
        invite(&account, &email).await;
        mailer.send_due().await.unwrap();
        let [mail] = mails_to(&server, &email).try_into().unwrap();
        assert_eq!(mail.header_names(), plain.header_names(), "{}", mail.raw());
        assert_eq!(mail.html().matches("<a ").count(), 1, "{}", mail.html());
        assert!(!mail.html().contains("<script"), "{}", mail.html());
        assert!(mail.text().contains(name), "{}", mail.text());
    }
}

#[tokio::test]
async fn a_name_with_line_breaks_that_only_the_database_could_hold_is_not_sent_and_holds_nobody_up() {
    let (deployment, account, server) = start().await;
    let other = deployment.account("Other").await;
    invite(&account, "grace@example.com").await;
    let account_id = sql::uuid::<keyhall_domain::id::AccountId>(&account.id);
    let hostile =
        format!("UPDATE accounts SET name = E'A\\r\\nBcc: v@example.com' WHERE id = '{account_id}'");
    deployment.database.execute(&hostile);
    invite(&other, "ada@example.com").await;

    let mailer = deployment.mailer(&server);
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    assert_eq!(mails_to(&server, "ada@example.com").len(), 1);
    assert_eq!((server.arrivals().len(), waiting(&deployment)), (1, 1));

    deployment.database.execute(&format!("UPDATE accounts SET name = 'Acme' WHERE id = '{account_id}'"));
    deployment.pass(SignedDuration::from_mins(1));
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    assert_eq!(mails_to(&server, "grace@example.com").len(), 1);
}

#[tokio::test]
async fn without_mail_the_inviter_gets_the_link_and_nothing_is_written_down_to_be_sent() {
    let deployment = keyhall_tests::Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    assert!(matches!(invitation.body["invitationLink"], Value::String(_)));
    let second = account.person(&deployment, "super_admin").await;
    account.super_admin.delete(&format!("/v1/members/{}", second.member)).await.expect(204);
    assert_eq!(waiting(&deployment), 0);
    accept(&deployment, &invitation, PASSWORD, Some("Grace Hopper")).await.expect(200);
}
