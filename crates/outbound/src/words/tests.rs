//! Every kind of mail, in both forms, with what hostile people would put into it.

use mail_parser::{Message as Parsed, MessageParser};

use super::*;
use crate::letter::{FromAddress, Letter};

const LINK: &str = "https://keyhall.example/invite#khi_0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

fn at() -> Timestamp {
    "2026-12-01T14:05:00Z".parse().unwrap()
}

fn link() -> Link {
    Link::new(LINK.to_owned())
}

fn somebody(name: &str) -> Person {
    Person { name: Some(name.parse().unwrap()), email: "ada@example.com".parse().unwrap() }
}

fn invitation(account: &str, inviter: &str) -> Message<Link> {
    let (account, inviter) = (account.parse().unwrap(), Some(somebody(inviter)));
    Message::Invitation { account, inviter, link: link(), until: at() }
}

fn written(message: Message<Link>, to: &str) -> String {
    let letter = Letter {
        id: "eml_01m80000000000000000000000".parse().unwrap(),
        to: to.parse().unwrap(),
        message,
        deployment: "https://keyhall.example".to_owned(),
    };
    let from: FromAddress = "Keyhall <keyhall@example.org>".parse().unwrap();
    String::from_utf8(letter.write(&from, at()).unwrap().formatted()).expect("ASCII")
}

fn parsed(raw: &str) -> Parsed<'_> {
    MessageParser::default().parse(raw).expect("a mail")
}

fn both(message: &Parsed<'_>) -> [String; 2] {
    [message.body_text(0).unwrap().into_owned(), message.body_html(0).unwrap().into_owned()]
}

#[test]
fn every_kind_is_readable_in_both_forms() {
    let other = || Subject::Another(somebody("Ada Lovelace"));
    let account = || "Acme".parse::<Name>().unwrap();
    for (message, subject, words) in [
        (
            invitation("Acme", "Ada Lovelace"),
            "Your invitation to \"Acme\"",
            vec![
                "Ada Lovelace (ada@example.com) invites you to the account",
                "Acme",
                "1 December 2026, 14:05 UTC",
            ],
        ),
        (
            Message::Invitation { account: account(), inviter: None, link: link(), until: at() },
            "Your invitation to \"Acme\"",
            vec!["You are invited to the account", "Acme"],
        ),
        (
            Message::PasswordReset { link: link(), until: at() },
            "Choose a new password",
            vec!["asked for a new password", "until 1 December 2026, 14:05 UTC", "did not ask for it"],
        ),
        (
            Message::EmailChange { link: link(), until: at() },
            "Confirm your new address",
            vec!["wants to sign in", "until 1 December 2026, 14:05 UTC", "not you"],
        ),
        (Message::EmailChanged { at: at() }, "Your address was changed", vec!["1 December 2026", "not you"]),
        (
            Message::PasswordChanged { at: at() },
            "Your password was changed",
            vec!["1 December 2026", "not you"],
        ),
        (
            Message::SuperAdminGranted { account: account(), who: other(), at: at() },
            "\"Acme\" has one Super Admin more",
            vec!["Ada Lovelace (ada@example.com) is now a Super Admin", "1 December 2026"],
        ),
        (
            Message::SuperAdminGranted { account: account(), who: Subject::Reader, at: at() },
            "\"Acme\" has one Super Admin more",
            vec!["You are now a Super Admin"],
        ),
        (
            Message::SuperAdminRevoked { account: account(), who: other(), at: at() },
            "\"Acme\" has one Super Admin less",
            vec!["Ada Lovelace (ada@example.com) is no Super Admin", "1 December 2026"],
        ),
        (
            Message::SuperAdminRevoked { account: account(), who: Subject::Gone, at: at() },
            "\"Acme\" has one Super Admin less",
            vec!["Somebody whose user is gone by now is no Super Admin"],
        ),
    ] {
        let has_link = !matches!(
            message,
            Message::EmailChanged { .. }
                | Message::PasswordChanged { .. }
                | Message::SuperAdminGranted { .. }
                | Message::SuperAdminRevoked { .. }
        );
        let raw = written(message, "grace@example.com");
        let mail = parsed(&raw);
        assert_eq!(mail.subject(), Some(subject));
        let [text, html] = both(&mail);
        for word in words {
            assert!(text.contains(word), "no `{word}` in {text}");
            let plain = html.replace("<bdi>", "").replace("</bdi>", "");
            assert!(plain.contains(word), "no `{word}` in {html}");
        }
        for form in [&text, &html] {
            assert_eq!(form.contains(LINK), has_link, "{form}");
            assert!(form.contains("Written by Keyhall at https://keyhall.example."), "{form}");
            assert!(!form.contains("{{") && !form.contains("{%"), "{form}");
        }
    }
}

#[test]
fn a_mail_has_these_headers_and_no_others() {
    let raw = written(invitation("Acme", "Ada Lovelace"), "grace@example.com");
    let (headers, _) = raw.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = headers.split("\r\n").filter(|line| !line.starts_with("Content-Type:")).collect();
    lines.retain(|line| !line.starts_with(' '));
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "Auto-Submitted: auto-generated",
            "Date: Tue, 01 Dec 2026 14:05:00 +0000",
            "From: Keyhall <keyhall@example.org>",
            "MIME-Version: 1.0",
            "Message-ID: <eml_01m80000000000000000000000@example.org>",
            "Subject: Your invitation to \"Acme\"",
            "To: grace@example.com",
        ]
    );
    assert!(raw.contains("multipart/alternative"), "{raw}");
}

#[test]
fn what_people_choose_adds_neither_headers_nor_markup() {
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "Acme</bdi></p><a href='https://evil.example'>",
        "a&amp;b & c",
        "{{ 7 * 7 }}{% include \"letter.txt\" %}",
        "=?utf-8?q?=0D=0ABcc:_x@example.com?=",
        "Bcc: x@example.com",
        "مدفوعات \u{200F}evil\u{200F}",
        &"й".repeat(100),
    ] {
        let raw = written(invitation(hostile, hostile), "grace@example.com");
        let mail = parsed(&raw);
        let [text, html] = both(&mail);
        assert_eq!(mail.headers().iter().filter(|header| header.name() == "Bcc").count(), 0, "{raw}");
        assert_eq!(mail.headers().len(), 8, "{raw}");
        assert_eq!(
            mail.to().and_then(|to| to.first()).and_then(|to| to.address()),
            Some("grace@example.com")
        );
        assert!(raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{raw}");
        assert!(text.replace("\r\n", "\n").contains(hostile), "{text}");
        for markup in ["<script", "<img", "<a href='"] {
            assert!(!html.contains(markup), "{html}");
        }
        assert_eq!(html.matches("<a href=").count(), 1, "{html}");
        assert_eq!(html.matches("<bdi>").count(), html.matches("</bdi>").count(), "{html}");
    }
}

#[test]
fn a_name_of_any_script_is_set_apart_and_comes_through() {
    let raw = written(invitation("مدفوعات", "Ada"), "grace@example.com");
    assert!(raw.is_ascii(), "{raw}");
    let mail = parsed(&raw);
    assert_eq!(mail.subject(), Some("Your invitation to \"\u{2068}مدفوعات\u{2069}\""));
    let [text, html] = both(&mail);
    assert!(text.contains("\"\u{2068}مدفوعات\u{2069}\""), "{text}");
    assert!(html.contains("<bdi>\u{2068}مدفوعات\u{2069}</bdi>"), "{html}");
}

#[test]
fn an_address_of_any_script_is_put_as_mail_servers_take_it() {
    let raw = written(invitation("Acme", "Ada"), "grace@bücher.example");
    assert!(raw.contains("To: grace@xn--bcher-kva.example\r\n"), "{raw}");
}

#[test]
fn what_mail_may_not_be_from_is_refused() {
    for text in ["keyhall@example.com", " Keyhall <keyhall@example.com> ", "\"Key, hall\" <k@example.com>"] {
        assert!(text.parse::<FromAddress>().is_ok(), "{text}");
    }
    for text in [
        "",
        "Keyhall",
        "@example.com",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a\u{e9}@example.com",
    ] {
        assert!(text.parse::<FromAddress>().is_err(), "{text}");
    }
}
