//! Links of resets and of changes of address: made when the mail is sent, and only for the address that they are about.

use jiff::SignedDuration;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_tests::{Deployment, ReceivedMail};

use super::{assert_nowhere, enqueue, mails_to, start, waiting};
use crate::sql;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Asks for a change of address, past the application.
fn want_address(deployment: &Deployment, email: &str, wanted: &str) {
    let now = deployment.clock.now();
    let until = now + SignedDuration::from_hours(24);
    deployment.database.execute(&format!(
        "INSERT INTO email_changes (user_id, email, created_at, expires_at) \
         SELECT id, '{wanted}', '{now}', '{until}' FROM users WHERE email = '{email}' \
         ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, digest = NULL"
    ));
}

/// That the link of a mail is the one whose digest is stored.
#[track_caller]
fn assert_opens(deployment: &Deployment, table: &str, mail: &ReceivedMail) {
    let secret = OneTimeSecret::parse(&mail.secret()).expect("a secret");
    let digest: String = secret.digest().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(deployment.database.count(table, &format!("encode(digest, 'hex') = '{digest}'")), 1);
    assert_nowhere(deployment, &mail.secret());
}

#[tokio::test]
async fn a_reset_is_sent_with_a_link_that_replaces_the_one_before() {
    let (deployment, account, server) = start().await;
    let (mailer, email) = (deployment.mailer(&server), account.super_admin.email.as_str());
    enqueue(&deployment, "password_reset", email, email);
    mailer.send_due().await.unwrap();
    let [first] = mails_to(&server, email).try_into().unwrap();
    assert_eq!(first.header("Subject"), "Choose a new password");
    assert!(first.link().starts_with("https://keyhall.example/reset#khi_"), "{}", first.link());
    assert_opens(&deployment, "password_resets", &first);

    enqueue(&deployment, "password_reset", email, email);
    mailer.send_due().await.unwrap();
    let [_, second] = mails_to(&server, email).try_into().unwrap();
    assert_ne!(first.link(), second.link());
    assert_opens(&deployment, "password_resets", &second);
}

#[tokio::test]
async fn a_reset_is_not_sent_to_an_address_that_is_no_longer_the_users() {
    let (deployment, account, server) = start().await;
    let root = &account.super_admin;
    enqueue(&deployment, "password_reset", &root.email, &root.email);
    sql::set_user(
        &deployment.database,
        &root.member,
        "email = 'new@example.com', email_key = 'new@example.com'",
    );
    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 0);
    assert_eq!((waiting(&deployment), server.arrivals().len()), (0, 0));
    assert_eq!(deployment.database.count("password_resets", "true"), 0);
}

#[tokio::test]
async fn a_reset_that_waited_for_longer_than_its_link_would_have_lived_is_not_sent() {
    let (deployment, account, server) = start().await;
    let email = account.super_admin.email.as_str();
    let mailer = deployment.mailer(&server);
    enqueue(&deployment, "password_reset", email, email);
    deployment.pass(SignedDuration::from_hours(24) - MINUTE);
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    enqueue(&deployment, "password_reset", email, email);
    deployment.pass(SignedDuration::from_hours(24));
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    assert_eq!((waiting(&deployment), server.arrivals().len()), (0, 1));
}

#[tokio::test]
async fn a_change_of_address_is_confirmed_there_and_nowhere_else() {
    let (deployment, account, server) = start().await;
    let (mailer, email) = (deployment.mailer(&server), account.super_admin.email.as_str());
    want_address(&deployment, email, "one@example.com");
    enqueue(&deployment, "email_change", email, "one@example.com");
    want_address(&deployment, email, "two@example.com");
    enqueue(&deployment, "email_change", email, "two@example.com");
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    assert_eq!(mails_to(&server, "one@example.com").len(), 0);
    let [mail] = mails_to(&server, "two@example.com").try_into().unwrap();
    assert_eq!(mail.header("Subject"), "Confirm your new address");
    assert!(mail.link().starts_with("https://keyhall.example/confirm-email#khi_"), "{}", mail.link());
    assert_opens(&deployment, "email_changes", &mail);

    enqueue(&deployment, "email_change", email, "two@example.com");
    deployment.pass(SignedDuration::from_hours(24));
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    enqueue(&deployment, "email_change", email, "two@example.com");
    deployment.database.execute("DELETE FROM email_changes");
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    assert_eq!(waiting(&deployment), 0);
}

#[tokio::test]
async fn notices_about_oneself_go_to_the_address_that_they_were_written_for_and_have_no_link() {
    let (deployment, account, server) = start().await;
    let email = account.super_admin.email.as_str();
    for kind in ["email_changed", "password_changed"] {
        enqueue(&deployment, kind, email, "old@example.com");
    }
    assert_eq!(deployment.mailer(&server).send_due().await.unwrap(), 2);
    let mails = mails_to(&server, "old@example.com");
    let mut subjects: Vec<_> = mails.iter().map(|mail| mail.header("Subject")).collect();
    subjects.sort();
    assert_eq!(subjects, ["Your address was changed", "Your password was changed"]);
    for mail in mails {
        assert!(!mail.raw().contains("khi_"), "{}", mail.raw());
    }
}
