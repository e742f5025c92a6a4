//! Several servers on one database: each mail is sent by one of them. And an invitation that is sent again while it is sent.

use std::sync::Arc;

use keyhall_credential::secret::OneTimeSecret;
use keyhall_storage::LinkDelivery;
use keyhall_tests::{Deployment, Options, SmtpServer, accept_link};
use tokio::sync::Barrier;

use super::{PASSWORD, enqueue, invite, mails_to, start, waiting};

const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_look_at_the_same_moment_one_sends_each_mail() {
    let options = Options { link_delivery: LinkDelivery::Mail, ..Options::default() };
    let one = Deployment::start_with(options.clone()).await;
    let account = one.account("Acme").await;
    let other = Deployment::on(one.database.clone(), one.clock.clone(), &options).await;
    let server = SmtpServer::start();
    let email = account.super_admin.email.as_str();
    let mut sent_by = [0, 0];

    for round in 1..=ROUNDS {
        for _ in 0..2 {
            enqueue(&one, "password_changed", email, email);
        }
        let barrier = Arc::new(Barrier::new(2));
        let senders = [one.mailer(&server), other.mailer(&server)].map(|mailer| {
            let barrier = barrier.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                mailer.send_due().await.unwrap()
            })
        });
        for (sent, sender) in sent_by.iter_mut().zip(senders) {
            *sent += sender.await.unwrap();
        }
        assert_eq!((server.arrivals().len(), waiting(&one)), (2 * round, 0), "round {round}");
    }
    assert_eq!(sent_by[0] + sent_by[1], 2 * ROUNDS);
    assert!(sent_by.iter().all(|sent| *sent > 0), "one of them did nothing: {sent_by:?}");
    let mut ids: Vec<_> =
        server.arrivals().into_iter().map(|arrival| arrival.mail.header("Message-ID")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2 * ROUNDS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_invitation_sent_again_while_it_is_being_sent_the_last_mail_has_the_link_that_works() {
    let (deployment, account, server) = start().await;
    let invited = invite(&account, "grace@example.com").await;
    let path = format!("/v1/members/{}/resend-invitation", invited.id());
    let mailer = deployment.mailer(&server);
    for round in 0..ROUNDS {
        let barrier = Arc::new(Barrier::new(2));
        let (sends, resends) = (barrier.clone(), barrier);
        let (sender, root, path) = (mailer.clone(), account.super_admin.clone(), path.clone());
        let sending = tokio::spawn(async move {
            sends.wait().await;
            sender.send_due().await.unwrap()
        });
        let resending = tokio::spawn(async move {
            resends.wait().await;
            root.act(&path).await.expect(200)
        });
        sending.await.unwrap();
        resending.await.unwrap();
        mailer.send_due().await.unwrap();

        let last = mails_to(&server, "grace@example.com").pop().expect("one arrived");
        let secret = OneTimeSecret::parse(&last.secret()).expect("a secret");
        let digest: String = secret.digest().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let works = format!("encode(digest, 'hex') = '{digest}'");
        assert_eq!(deployment.database.count("invitations", &works), 1, "round {round}");
        assert_eq!(waiting(&deployment), 0, "round {round}");
    }
    let deadlocked = "datname = current_database() AND deadlocks > 0";
    assert_eq!(deployment.database.count("pg_stat_database", deadlocked), 0);
    let last = mails_to(&server, "grace@example.com").pop().expect("one arrived");
    accept_link(&deployment, &last.link(), PASSWORD, Some("Grace")).await.expect(200);
}
