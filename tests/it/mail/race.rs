//! Several servers on one database: each mail is sent by one of them.

use std::sync::Arc;

use keyhall_storage::LinkDelivery;
use keyhall_tests::{Deployment, Options, SmtpServer};
use tokio::sync::Barrier;

use super::{enqueue, waiting};

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
