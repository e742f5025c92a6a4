//! Notices: the Super Admins of an account learn who became one and who is one no more.

use keyhall_domain::id::MemberId;
use keyhall_tests::{Account, Deployment, Person, SmtpServer};

use super::start;
use crate::sql;

/// A member who signs in by nothing, and their address.
fn member(deployment: &Deployment, account: &Account, role: &str, state: &str) -> (String, String) {
    let id = sql::insert_member(&deployment.database, account, role, state);
    let uuid = sql::uuid::<MemberId>(&id);
    let of_member =
        format!("SELECT email FROM users JOIN members ON user_id = users.id WHERE members.id = '{uuid}'");
    let row = sql::rows(&deployment.database, &of_member).pop().unwrap();
    (id, row["email"].as_str().unwrap().to_owned())
}

/// Sends what waits; says to whom which subject went, sorted.
async fn sent(deployment: &Deployment) -> Vec<(String, String)> {
    let server = SmtpServer::start();
    deployment.mailer(&server).send_due().await.unwrap();
    let mut sent: Vec<_> = server
        .arrivals()
        .into_iter()
        .map(|arrival| (arrival.to.clone(), arrival.mail.header("Subject")))
        .collect();
    sent.sort();
    sent
}

fn to(addresses: &[&str], subject: &str) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        addresses.iter().map(|address| ((*address).to_owned(), subject.to_owned())).collect();
    all.sort();
    all
}

const MORE: &str = "\"Acme\" has one Super Admin more";
const LESS: &str = "\"Acme\" has one Super Admin less";

#[tokio::test]
async fn every_active_super_admin_hears_of_a_new_one_and_of_one_less() {
    let (deployment, account, _) = start().await;
    let other = deployment.account("Other").await;
    let root: &Person = &account.super_admin;
    let (_, second) = member(&deployment, &account, "super_admin", "active");
    member(&deployment, &account, "super_admin", "suspended");
    member(&deployment, &account, "admin", "active");
    member(&deployment, &other, "super_admin", "active");
    let (id, grace) = member(&deployment, &account, "member", "active");
    let all = [root.email.as_str(), &second, &grace];
    let path = format!("/v1/members/{id}");

    root.put(&format!("{path}/super-admin")).await.expect(200);
    assert_eq!(sent(&deployment).await, to(&all, MORE));
    root.put(&format!("{path}/super-admin")).await.expect(200);
    assert_eq!(sent(&deployment).await, [], "it changed nothing");

    root.delete(&format!("{path}/super-admin")).await.expect(200);
    assert_eq!(sent(&deployment).await, to(&all, LESS), "by demotion");
    root.delete(&format!("{path}/super-admin")).await.expect_problem(409, "wrong-state");
    assert_eq!(sent(&deployment).await, []);

    root.put(&format!("{path}/super-admin")).await.expect(200);
    sent(&deployment).await;
    root.act(&format!("{path}/suspend")).await.expect(200);
    assert_eq!(sent(&deployment).await, to(&all, LESS), "by suspension");
    root.act(&format!("{path}/suspend")).await.expect(200);
    assert_eq!(sent(&deployment).await, [], "it changed nothing");
    root.act(&format!("{path}/reinstate")).await.expect(200);
    assert_eq!(sent(&deployment).await, to(&all, MORE), "by reinstatement");

    root.delete(&path).await.expect(204);
    assert_eq!(sent(&deployment).await, to(&all, LESS), "by removal");
}

#[tokio::test]
async fn a_notice_names_who_it_is_about_to_others_and_says_you_to_themself() {
    let (deployment, account, server) = start().await;
    let root = &account.super_admin;
    let (id, grace) = member(&deployment, &account, "member", "active");
    sql::set_user(&deployment.database, &id, "name = 'Grace Hopper'");
    root.put(&format!("/v1/members/{id}/super-admin")).await.expect(200);
    root.delete(&format!("/v1/members/{id}")).await.expect(204);
    deployment.mailer(&server).send_due().await.unwrap();
    let told = |address: &str, words: [&str; 2]| {
        let mut mails = super::mails_to(&server, address);
        mails.sort_by_key(|mail| std::cmp::Reverse(mail.header("Subject")));
        assert_eq!(mails.len(), 2);
        for (mail, words) in mails.iter().zip(words) {
            assert!(mail.text().contains(words), "{}", mail.text());
            assert!(
                mail.html().replace("<bdi>", "").replace("</bdi>", "").contains(words),
                "{}",
                mail.html()
            );
        }
    };
    let named = |rest: &str| format!("Grace Hopper ({grace}) is {rest} Super Admin of the account \"Acme\"");
    told(&root.email, [&named("now a"), &named("no")]);
    told(&grace, ["You are now a Super Admin", "You are no Super Admin of the account \"Acme\" any more"]);
}

#[tokio::test]
async fn what_was_refused_is_told_to_nobody_and_ordinary_members_come_and_go_in_silence() {
    let (deployment, account, _) = start().await;
    let root = &account.super_admin;
    let (id, _) = member(&deployment, &account, "admin", "active");
    root.delete(&format!("/v1/members/{}/super-admin", root.member)).await.expect_problem(403, "outranked");
    root.act(&format!("/v1/members/{id}/suspend")).await.expect(200);
    root.act(&format!("/v1/members/{id}/reinstate")).await.expect(200);
    root.delete(&format!("/v1/members/{id}")).await.expect(204);
    assert_eq!(super::waiting(&deployment), 0);
}
