//! Mail, from what causes it to who reads it, through a mail server on loopback.

mod attempts;
mod email_change;
mod invitation;
mod links;
mod notices;
mod password_reset;
mod process;
mod race;
mod resend;
mod transport;

use keyhall_domain::id::MailId;
use keyhall_tests::{Account, Answer, Deployment, Person, ReceivedMail, SmtpServer};
use serde_json::json;
use uuid::Uuid;

use crate::sql;

const PASSWORD: &str = "nine amber kettles hum politely";

/// A deployment that sends mail, with an account, and the mail server.
async fn start() -> (Deployment, Account, SmtpServer) {
    let deployment = Deployment::with_mail().await;
    let account = deployment.account("Acme").await;
    (deployment, account, SmtpServer::start())
}

/// Invites somebody, in an answer without a link.
async fn invite(account: &Account, email: &str) -> Answer {
    account.super_admin.post("/v1/members", &json!({ "email": email, "role": "member" })).await.expect(201)
}

/// The first Super Admin, signed in anew, after time has passed.
async fn back(deployment: &Deployment, account: &mut Account) {
    let Person { email, password, .. } = &account.super_admin;
    account.super_admin = Person::sign_in(deployment, email, password).await;
}

/// The mails that arrived for an address, in the order of their arrival.
fn mails_to(server: &SmtpServer, address: &str) -> Vec<ReceivedMail> {
    let arrivals = server.arrivals().into_iter();
    arrivals.filter(|arrival| arrival.to == address).map(|arrival| arrival.mail).collect()
}

/// How many mails wait.
fn waiting(deployment: &Deployment) -> i64 {
    deployment.database.count("mails", "true")
}

/// Writes a mail down past the application, due at once, to the only user with this address; whoever asks for a new password
/// is looked up later.
fn enqueue(deployment: &Deployment, kind: &str, email: &str, recipient: &str) -> MailId {
    let id = MailId::generate(deployment.clock.now());
    let (uuid, now) = (Uuid::from(id), deployment.clock.now());
    let sql = format!(
        "INSERT INTO mails (id, kind, recipient, user_id, created_at, next_attempt_at) \
         SELECT '{uuid}', '{kind}', '{recipient}', nullif(id, CASE '{kind}' WHEN 'password_reset' THEN id END), \
             '{now}', '{now}' FROM users WHERE email = '{email}'"
    );
    assert_eq!(deployment.database.execute(&sql), 1);
    id
}

/// That no secret of a link stands anywhere in the database, whole or in part.
#[track_caller]
fn assert_nowhere(deployment: &Deployment, secret: &str) {
    let (_, random) = secret.split_once('_').expect("a secret has a prefix");
    let dump = sql::dump(&deployment.database).join("\n");
    assert!(!dump.contains("khi_") && !dump.contains(&random[..12]), "a secret is stored");
}
