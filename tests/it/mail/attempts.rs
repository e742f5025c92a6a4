//! What does not go out at once: tried again, given up, claimed by one server at a time.

use jiff::SignedDuration;
use keyhall_tests::{Mood, SmtpServer, accept_link};

use super::{PASSWORD, assert_nowhere, invite, mails_to, start, waiting};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn while_the_mail_server_is_down_a_mail_waits_and_then_arrives() {
    let (deployment, account, server) = start().await;
    let (mailer, address) = (deployment.mailer(&server), server.address());
    server.stop();
    invite(&account, "grace@example.com").await;
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    assert_eq!(waiting(&deployment), 1);

    let server = SmtpServer::again_at(address);
    assert_eq!(mailer.send_due().await.unwrap(), 0, "it waits for a while");
    deployment.pass(MINUTE);
    assert_eq!(mailer.send_due().await.unwrap(), 1);
    let [mail] = mails_to(&server, "grace@example.com").try_into().unwrap();
    accept_link(&deployment, &mail.link(), PASSWORD, Some("Grace")).await.expect(200);
    deployment.pass(DAY);
    assert_eq!(mailer.send_due().await.unwrap(), 0, "it is not sent twice");
}

#[tokio::test]
async fn a_mail_that_the_server_took_without_saying_so_is_sent_again_and_only_its_last_link_works() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer(&server);
    server.set_mood(Mood::TakesAndBreaks);
    invite(&account, "grace@example.com").await;
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    server.set_mood(Mood::Takes);
    deployment.pass(MINUTE);
    assert_eq!(mailer.send_due().await.unwrap(), 1);

    let [first, second] = mails_to(&server, "grace@example.com").try_into().unwrap();
    assert_eq!(first.header("Message-ID"), second.header("Message-ID"), "it can be recognised");
    let dead = accept_link(&deployment, &first.link(), PASSWORD, Some("Grace")).await;
    dead.expect_problem(401, "invalid-link");
    assert_nowhere(&deployment, &second.secret());
    accept_link(&deployment, &second.link(), PASSWORD, Some("Grace")).await.expect(200);
}

#[tokio::test]
async fn an_answer_for_now_is_waited_out_and_an_answer_for_ever_is_taken() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer(&server);
    for code in [421, 450, 451, 452, 530] {
        server.set_mood(Mood::Answers(code));
        invite(&account, &format!("grace-{code}@example.com")).await;
        assert_eq!(mailer.send_due().await.unwrap(), 0);
        assert_eq!(deployment.store.mail_queue().await.unwrap().given_up, 0, "{code}");
    }
    for mood in [Mood::Answers(554), Mood::Blocks] {
        server.set_mood(mood);
        invite(&account, &format!("blocked-{}@example.com", waiting(&deployment))).await;
        assert_eq!(mailer.send_due().await.unwrap(), 0);
    }
    assert_eq!((waiting(&deployment), deployment.store.mail_queue().await.unwrap().given_up), (7, 0));
    for (given_up, code) in (1..).zip([550, 551, 552, 553, 556]) {
        server.set_mood(Mood::Answers(code));
        invite(&account, &format!("grace-{code}@example.com")).await;
        assert_eq!(mailer.send_due().await.unwrap(), 0);
        let queue = deployment.store.mail_queue().await.unwrap();
        assert_eq!((queue.waiting, queue.given_up), (7, given_up), "{code}");
    }
    server.set_mood(Mood::Takes);
    deployment.pass(MINUTE);
    assert_eq!(mailer.send_due().await.unwrap(), 7);
}

#[tokio::test]
async fn a_wrong_password_for_the_mail_server_costs_no_mail() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer_to(&format!("smtp://keyhall:wrong@{}", server.address()));
    server.set_mood(Mood::AnswersSignIn(535));
    invite(&account, "grace@example.com").await;
    assert_eq!(mailer.send_due().await.unwrap(), 0);
    assert_eq!(waiting(&deployment), 1);
    server.set_mood(Mood::Takes);
    deployment.pass(MINUTE);
    assert_eq!(mailer.send_due().await.unwrap(), 1);
}

#[tokio::test]
async fn a_mail_is_given_up_after_three_days_and_not_before() {
    let (deployment, account, server) = start().await;
    let mailer = deployment.mailer(&server);
    server.set_mood(Mood::Answers(451));
    invite(&account, "grace@example.com").await;
    let begun = deployment.clock.now();
    while waiting(&deployment) == 1 {
        assert_eq!(mailer.send_due().await.unwrap(), 0);
        deployment.pass(SignedDuration::from_mins(30));
    }
    let waited = deployment.clock.now().duration_since(begun);
    assert!(waited > DAY * 2 && waited <= DAY * 3 + MINUTE * 30, "{waited}");
    assert_eq!(deployment.store.mail_queue().await.unwrap().given_up, 1);
    let attempts = server.connections();
    assert!((15..=25).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn what_was_claimed_is_nobody_elses_until_the_claim_has_ended() {
    let (deployment, account, server) = start().await;
    invite(&account, "grace@example.com").await;
    let store = &deployment.store;
    let first = store.claim_mail().await.unwrap().expect("it is due");
    deployment.pass(MINUTE * 2 - SignedDuration::from_micros(1));
    assert!(store.claim_mail().await.unwrap().is_none());
    deployment.pass(SignedDuration::from_micros(1));
    let second = store.claim_mail().await.unwrap().expect("its sender is dead");
    assert_eq!(first.id, second.id);

    store.put_off_mail(&first).await.unwrap();
    store.forget_mail(&first).await.unwrap();
    assert_eq!(waiting(&deployment), 1, "whoever comes late changes nothing");
    assert!(store.claim_mail().await.unwrap().is_none());
    store.forget_mail(&second).await.unwrap();
    assert_eq!((waiting(&deployment), server.arrivals().len()), (0, 0));
}

#[tokio::test]
async fn how_much_mail_waits_and_how_long_can_be_asked() {
    let (deployment, account, server) = start().await;
    let queue = deployment.store.mail_queue().await.unwrap();
    assert_eq!((queue.waiting, queue.oldest, queue.given_up), (0, None, 0));
    invite(&account, "grace@example.com").await;
    deployment.pass(MINUTE);
    invite(&account, "ada@example.com").await;
    let queue = deployment.store.mail_queue().await.unwrap();
    assert_eq!((queue.waiting, queue.oldest), (2, Some(MINUTE.unsigned_abs())));
    deployment.mailer(&server).send_due().await.unwrap();
    assert_eq!(deployment.store.mail_queue().await.unwrap().waiting, 0);
}
