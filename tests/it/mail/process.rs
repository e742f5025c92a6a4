//! The program itself: it sends beside its server, survives being killed, ends in order, and says no secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use keyhall_tests::{Database, Mood, Place, Process, ReceivedMail, SmtpServer, wait_until};
use serde_json::{Value, json};

fn place(database: &Database, server: &SmtpServer) -> Place {
    Place::on(database).with("mail.from", "keyhall@example.org").with("mail.smtp_url", &server.url())
}

async fn invite(process: &Process, password: &str, email: &str) -> Value {
    let ada = process.sign_in("ada@example.com", password).await;
    ada.post("/v1/members", &json!({ "email": email, "role": "member" })).await.expect(201).body
}

fn password(place: &Place) -> String {
    place.bootstrap()["password"].as_str().unwrap().to_owned()
}

async fn accept(process: &Process, mail: &ReceivedMail) -> u16 {
    let body = json!({ "token": mail.secret(), "password": super::PASSWORD, "name": "Grace" });
    let request = process.client.post(process.url("/v1/invitations/accept")).json(&body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_and_neither_its_recipient_nor_its_link_is_logged() {
    let (database, server) = (Database::migrated(), SmtpServer::start());
    let url = format!("smtp://keyhall:hunter2-hunter2@{}", server.address());
    let place = place(&database, &server).with("mail.smtp_url", &url).with("log.filter", "trace");
    let process = place.serve(&[]);
    let password = password(&place);
    let answer = invite(&process, &password, "grace.of.the.navy@example.com").await;
    assert_eq!(answer.get("invitationLink"), None, "{answer:#}");
    let [arrival] = server.wait_for(1).try_into().unwrap();
    assert_eq!(accept(&process, &arrival.mail).await, 200);

    server.set_mood(Mood::Answers(550));
    invite(&process, &password, "grace.of.the.navy+2@example.com").await;
    wait_until("it is given up", || process.log().contains("a mail was given up"));
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("a mail was sent") && log.contains("refuses the mail with 550"), "{log}");
    for secret in [&arrival.mail.secret(), "grace.of.the.navy", "hunter2", "khi_"] {
        assert!(!log.contains(secret), "`{secret}` is logged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_with_a_mail_in_its_hands_sends_it_after_its_restart_and_no_other_twice() {
    let (database, server) = (Database::migrated(), SmtpServer::start());
    let place = place(&database, &server);
    let process = place.serve(&[]);
    let password = password(&place);
    invite(&process, &password, "first@example.com").await;
    server.wait_for(1);
    wait_until("it is forgotten", || database.count("mails", "true") == 0);

    server.set_mood(Mood::TakesAndWaits);
    invite(&process, &password, "grace@example.com").await;
    server.wait_for(2);
    process.kill();
    server.set_mood(Mood::Takes);
    assert_eq!(database.count("mails", "attempts = 1"), 1, "it waits");
    let process = place.serve(&[]);
    // What two minutes do.
    database.execute("UPDATE mails SET next_attempt_at = next_attempt_at - interval '2 minutes'");
    let arrivals = server.wait_for(3);
    let to: Vec<_> = arrivals.iter().map(|arrival| arrival.to.as_str()).collect();
    assert_eq!(to, ["first@example.com", "grace@example.com", "grace@example.com"]);
    assert_eq!(arrivals[1].mail.header("Message-ID"), arrivals[2].mail.header("Message-ID"));
    assert_eq!(accept(&process, &arrivals[1].mail).await, 401);
    assert_eq!(accept(&process, &arrivals[2].mail).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_the_mail_in_hand_and_leaves_the_others_to_the_next() {
    let (database, server) = (Database::migrated(), SmtpServer::start());
    let place = place(&database, &server);
    let process = place.serve(&[]);
    let password = password(&place);
    server.set_mood(Mood::TakesAndWaits);
    invite(&process, &password, "grace@example.com").await;
    server.wait_for(1);
    invite(&process, &password, "ada.two@example.com").await;
    process.send(nix::sys::signal::Signal::SIGTERM);
    wait_until("nobody is let in", || std::net::TcpStream::connect(process.address()).is_err());
    server.set_mood(Mood::Takes);
    let (status, log) = process.end();
    assert!(status.success(), "{log}");
    assert_eq!(database.count("mails", "attempts > 0"), 0, "one was begun and not finished");
    let sent = i64::try_from(server.arrivals().len()).unwrap();
    assert_eq!(sent + database.count("mails", "true"), 2);
    let _process = place.serve(&[]);
    let to: Vec<_> = server.wait_for(2).into_iter().map(|arrival| arrival.to).collect();
    assert_eq!(to, ["grace@example.com", "ada.two@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_never_answers_does_not_keep_the_server_from_stopping() {
    let (database, server) = (Database::migrated(), SmtpServer::start());
    let place = place(&database, &server).with("server.shutdown_seconds", "1");
    let process = place.serve(&[]);
    server.set_mood(Mood::TakesAndWaits);
    invite(&process, &password(&place), "grace@example.com").await;
    server.wait_for(1);
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("it is sent again later"), "{log}");
    assert_eq!(database.count("mails", "attempts = 1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_gets_one_whole_file_for_each_mail_for_its_owners_eyes_alone() {
    let database = Database::migrated();
    let place =
        Place::on(&database).with("mail.from", "keyhall@example.org").with("mail.spool_dir", "mail/out");
    let process = place.serve(&[]);
    let password = password(&place);
    let folder = place.path("mail/out");
    for email in ["grace@example.com", "ada.two@example.com"] {
        let answer = invite(&process, &password, email).await;
        assert_eq!(answer.get("invitationLink"), None, "{answer:#}");
    }
    wait_until("both are sent", || database.count("mails", "true") == 0);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    for (file, email) in files.iter().zip(["grace@example.com", "ada.two@example.com"]) {
        assert_eq!(mode(file), 0o600);
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with("eml_") && name.ends_with(".eml"), "{name}");
        let mail = ReceivedMail::new(fs::read_to_string(file).unwrap());
        assert_eq!(mail.header("To"), email);
        assert!(mail.header("Message-ID").contains(name.trim_end_matches(".eml")), "{name}");
        assert_eq!(accept(&process, &mail).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_postgresql_away_mail_waits_and_what_was_sent_is_not_sent_again() {
    let (database, server) = (Database::migrated(), SmtpServer::start());
    let place = place(&database, &server).with("database.acquire_seconds", "1");
    let process = place.serve(&[]);
    let password = password(&place);
    server.set_mood(Mood::TakesAndWaits);
    invite(&process, &password, "grace@example.com").await;
    server.wait_for(1);
    database.cut();
    server.set_mood(Mood::Takes);
    wait_until("it is forgotten", || database.count("mails", "true") == 0);

    server.set_mood(Mood::Answers(450));
    invite(&process, &password, "ada.two@example.com").await;
    wait_until("it was tried", || database.count("mails", "attempts = 1") == 1);
    database.close();
    wait_until("it is noticed", || process.log().contains("\"mail waits\""));
    server.set_mood(Mood::Takes);
    database.reopen();
    database.execute("UPDATE mails SET next_attempt_at = next_attempt_at - interval '3 minutes'");
    let to: Vec<_> = server.wait_for(2).into_iter().map(|arrival| arrival.to).collect();
    assert_eq!(to, ["grace@example.com", "ada.two@example.com"]);
    wait_until("it says so", || process.log().contains("mail is sent again"));
}
