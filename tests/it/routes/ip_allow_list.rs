//! The account's IP allow list: who is let in, through whatever they speak, and how nobody locks themself out.

use keyhall_tests::{Deployment, Person};
use serde_json::{Value, json};

const LIST: &str = "/v1/account/ip-allow-list";

async fn set(person: &Person, networks: &[&str]) -> keyhall_tests::Answer {
    let entries: Vec<_> = networks.iter().map(|network| json!({ "network": network })).collect();
    person.send(reqwest::Method::PUT, LIST, Some(&json!({ "entries": entries }))).await
}

#[tokio::test]
async fn an_account_without_a_list_is_reached_from_everywhere() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let list = root.get(LIST).await.expect(200);
    assert_eq!(list.body, json!({ "entries": [] }));
    root.from_address("127.0.0.9").get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_list_acts_at_once_on_sessions_tokens_and_signing_in() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, member) = (&account.super_admin, account.person(&deployment, "member").await);
    let token = member.through_token().await;
    set(root, &["127.0.0.1", "192.0.2.0/24"]).await.expect(200);

    for bearer in [&member, &token, root] {
        bearer.get("/v1/me").await.expect(200);
        let elsewhere = bearer.from_address("127.0.0.2");
        for path in ["/v1/me", "/v1/projects", "/v1/members", "/v1/sessions/current", LIST] {
            elsewhere.get(path).await.expect_problem(403, "address-not-allowed");
        }
        let project = json!({ "name": "from elsewhere" });
        elsewhere.post("/v1/projects", &project).await.expect_problem(403, "address-not-allowed");
    }
    assert_eq!(deployment.database.count("projects", "true"), 0);

    deployment.sign_in_from("127.0.0.1", &member.email, &member.password).await.expect(201);
    let refused = deployment.sign_in_from("127.0.0.2", &member.email, &member.password).await;
    refused.expect_problem(403, "address-not-allowed");
    let wrong = deployment.sign_in_from("127.0.0.2", &member.email, "not the password at all").await;
    wrong.expect_problem(401, "invalid-credentials");
    let events = "action = 'session.create' AND reason = 'address-not-allowed' AND address = '127.0.0.2'";
    assert_eq!(deployment.database.count("audit_events", events), 1);

    set(root, &[]).await.expect(200);
    token.from_address("127.0.0.2").get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_list_of_one_account_is_no_concern_of_another() {
    let deployment = Deployment::start().await;
    let (acme, other) = (deployment.account("Acme").await, deployment.account("Other").await);
    set(&acme.super_admin, &["127.0.0.1"]).await.expect(200);
    other.super_admin.from_address("127.0.0.2").get("/v1/me").await.expect(200);
    acme.super_admin.from_address("127.0.0.2").get("/v1/me").await.expect_problem(403, "address-not-allowed");
}

#[tokio::test]
async fn who_is_in_two_accounts_is_offered_only_those_that_let_them_in() {
    let deployment = Deployment::start().await;
    let (here, there) = (deployment.account("Here").await, deployment.account("There").await);
    let person = here.person(&deployment, "member").await;
    let invitation = there.invite(&person.email, "member").await;
    keyhall_tests::accept(&deployment, &invitation, &person.password, None).await.expect(200);
    set(&there.super_admin, &["127.0.0.1"]).await.expect(200);

    let session = deployment.sign_in_from("127.0.0.2", &person.email, &person.password).await.expect(201);
    assert_eq!(session.text("accountId"), here.id);
    let either = deployment.sign_in_from("127.0.0.1", &person.email, &person.password).await;
    either.expect_problem(409, "several-accounts");
}

#[tokio::test]
async fn nobody_locks_themself_out() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for networks in [vec!["192.0.2.0/24"], vec!["127.0.0.2"], vec!["::1", "::/1"]] {
        let refused = set(&root, &networks).await.expect_problem(409, "would-lock-you-out");
        assert!(refused.text("detail").contains("127.0.0.1"), "{:#}", refused.body);
    }
    assert_eq!(root.get(LIST).await.expect(200).body, json!({ "entries": [] }));
    set(&root, &["::ffff:127.0.0.0/104"]).await.expect(200);
    assert_eq!(root.get(LIST).await.expect(200).body["entries"][0]["network"], "127.0.0.0/8");
}

#[tokio::test]
async fn a_list_that_cannot_be_is_refused_and_changes_nothing() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    set(&root, &["127.0.0.1"]).await.expect(200);
    for (network, message) in [
        ("0.0.0.0/0", "lets every address in; an empty list does that"),
        ("::/0", "lets every address in; an empty list does that"),
        ("10.1.2.3/8", "has bits set behind its prefix; the network is `10.0.0.0/8`"),
        (
            "example.com",
            "must be an address or a network such as `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/48`",
        ),
    ] {
        let refused = set(&root, &["127.0.0.1", network]).await.expect_problem(400, "invalid-request");
        let expected = json!([{ "field": "entries[1].network", "message": message }]);
        assert_eq!(refused.body["violations"], expected);
    }
    let too_many = vec!["127.0.0.1"; 501];
    assert_eq!(set(&root, &too_many).await.expect_problem(400, "invalid-request").violated(), ["entries"]);
    set(&root, &vec!["127.0.0.1"; 10_000]).await.expect_problem(413, "payload-too-large");
    set(&root, &too_many[..500]).await.expect(200);
    set(&root, &["127.0.0.1"]).await.expect(200);
}

#[tokio::test]
async fn nobody_overwrites_a_list_that_they_have_not_seen() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let seen = root.get(LIST).await.expect(200).header("etag").to_owned();
    set(&root, &["127.0.0.1"]).await.expect(200);
    let body = json!({ "entries": [{ "network": "127.0.0.0/8", "description": "Loopback" }] });
    let put =
        |tag: String| root.request(reqwest::Method::PUT, LIST).header("if-match", tag).json(&body).send();
    assert_eq!(put(seen).await.unwrap().status(), 412);
    let now = root.get(LIST).await.expect(200).header("etag").to_owned();
    assert_eq!(put(now).await.unwrap().status(), 200);

    let event = root.get("/v1/audit-events?limit=1").await.expect(200).body["results"][0].clone();
    assert_eq!(event["action"], "ip_allow_list.update");
    assert_eq!(event["before"], json!({ "networks": ["127.0.0.1/32"], "descriptions": [null] }));
    assert_eq!(event["after"], json!({ "networks": ["127.0.0.0/8"], "descriptions": ["Loopback"] }));
    assert_eq!(event["object"]["type"], Value::from("account"));
}

#[tokio::test]
async fn nobody_accepts_an_invitation_from_an_address_that_is_not_let_in() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    set(&account.super_admin, &["127.0.0.1"]).await.expect(200);
    let link = invitation.text("invitationLink");
    let token = link.split_once('#').unwrap().1;
    let body = json!({ "token": token, "password": "seven purple otters juggle lanterns", "name": "Grace" });
    let elsewhere = account.super_admin.from_address("127.0.0.2");
    elsewhere.post("/v1/invitations/accept", &body).await.expect_problem(403, "address-not-allowed");
    let events = "action = 'member.accept' AND reason = 'address-not-allowed'";
    assert_eq!(deployment.database.count("audit_events", events), 1);
    account.super_admin.post("/v1/invitations/accept", &body).await.expect(200);
}
