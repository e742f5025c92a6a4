//! Who outranks whom: every role, through a session and through a token, against every other, for everything that changes
//! a member.

use keyhall_tests::{Answer, Deployment, Person};
use reqwest::Method;
use serde_json::json;

use crate::sql;

/// From the access model: whom each role outranks. Super Admins change one another in a session alone.
const OUTRANKS: [(&str, &[&str]); 4] = [
    ("super_admin", &["billing_admin", "admin", "member"]),
    ("billing_admin", &["billing_admin", "member"]),
    ("admin", &["admin", "member"]),
    ("member", &[]),
];

/// What is done to a member.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Patch(&'static str),
    Suspend,
    Reinstate,
    Remove,
}

const DEEDS: [Deed; 6] = [
    Deed::Patch("billing_admin"),
    Deed::Patch("admin"),
    Deed::Patch("member"),
    Deed::Suspend,
    Deed::Reinstate,
    Deed::Remove,
];

#[tokio::test]
async fn a_member_is_changed_by_those_who_outrank_them_before_and_afterwards() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for (role, outranked) in OUTRANKS {
        let person = account.person(&deployment, role).await;
        let token = person.through_token().await;
        for (target, _) in OUTRANKS {
            for deed in DEEDS {
                for (by, in_session) in [(&person, true), (&token, false)] {
                    let state = if matches!(deed, Deed::Reinstate) { "suspended" } else { "active" };
                    let member = sql::insert_member(&deployment.database, &account, target, state);
                    let answer = act(by, &member, deed).await;
                    let expected = expected(role, outranked, target, deed, in_session);
                    let case =
                        format!("{role} (session: {in_session}), {deed:?} of {target}: {}", answer.body);
                    assert_eq!((answer.status, code(&answer).as_str()), expected, "{case}");
                    let before = (target.to_owned(), state.to_owned());
                    let after = if answer.status < 300 { outcome(target, deed) } else { Some(before) };
                    assert_eq!(sql::standing(&deployment.database, &member), after, "{case}");
                }
            }
        }
    }
}

#[tokio::test]
async fn nobody_raises_themself_and_a_token_never_touches_its_owner() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for (role, other) in [("admin", "billing_admin"), ("billing_admin", "admin")] {
        let person = account.person(&deployment, role).await;
        let token = person.through_token().await;
        let before = sql::standing(&deployment.database, &person.member);

        act(&person, &person.member, Deed::Patch(other)).await.expect_problem(403, "outranked");
        for deed in [Deed::Patch(other), Deed::Patch("member"), Deed::Suspend, Deed::Remove] {
            act(&token, &person.member, deed).await.expect_problem(403, "outranked");
        }
        assert_eq!(sql::standing(&deployment.database, &person.member), before);
        act(&person, &person.member, Deed::Patch("member")).await.expect(200);
        let refused = act(&person, &person.member, Deed::Patch(role)).await;
        refused.expect_problem(403, "missing-permission");
    }
}

#[tokio::test]
async fn an_account_without_a_super_admin_is_lawful_and_its_members_change() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let admin = account.person(&deployment, "admin").await;
    deployment.database.execute("ALTER TABLE members DISABLE TRIGGER members_keep_a_super_admin");
    sql::set_member(&deployment.database, &account.super_admin.member, "role = 'member'");
    deployment.database.execute("ALTER TABLE members ENABLE TRIGGER members_keep_a_super_admin");

    let member = sql::insert_member(&deployment.database, &account, "member", "active");
    for deed in [Deed::Patch("admin"), Deed::Suspend, Deed::Reinstate, Deed::Remove] {
        assert!(act(&admin, &member, deed).await.status < 300, "{deed:?}");
    }
    let path = format!("/v1/members/{}/super-admin", admin.member);
    admin.put(&path).await.expect_problem(403, "outranked");
    account.super_admin.get("/v1/audit-events").await.expect_problem(403, "missing-permission");
}

async fn act(by: &Person, member: &str, deed: Deed) -> Answer {
    let path = format!("/v1/members/{member}");
    match deed {
        Deed::Patch(role) => by.patch(&path, &json!({ "role": role })).await,
        Deed::Suspend => by.act(&format!("{path}/suspend")).await,
        Deed::Reinstate => by.act(&format!("{path}/reinstate")).await,
        Deed::Remove => by.send(Method::DELETE, &path, None).await,
    }
}

fn expected(
    role: &str,
    outranked: &[&str],
    target: &str,
    deed: Deed,
    in_session: bool,
) -> (u16, &'static str) {
    let done = if matches!(deed, Deed::Remove) { 204 } else { 200 };
    match (role, target, deed) {
        ("member", ..) => (403, "missing-permission"),
        ("super_admin", "super_admin", _) if !in_session => (403, "outranked"),
        ("super_admin", "super_admin", Deed::Patch(_)) => (409, "wrong-state"),
        ("super_admin", "super_admin", _) => (done, ""),
        (_, target, _) if !outranked.contains(&target) => (403, "outranked"),
        (_, _, Deed::Patch(new)) if !outranked.contains(&new) => (403, "outranked"),
        _ => (done, ""),
    }
}

/// What the member is after the deed came about.
fn outcome(target: &str, deed: Deed) -> Option<(String, String)> {
    match deed {
        Deed::Patch(role) => Some((role.to_owned(), "active".to_owned())),
        Deed::Suspend => Some((target.to_owned(), "suspended".to_owned())),
        Deed::Reinstate => Some((target.to_owned(), "active".to_owned())),
        Deed::Remove => None,
    }
}

/// The last part of the problem's type; nothing when there is no problem.
fn code(answer: &Answer) -> String {
    let kind = answer.body["type"].as_str().unwrap_or_default();
    kind.rsplit('/').next().unwrap_or_default().to_owned()
}
