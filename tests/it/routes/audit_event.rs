//! Audit events: each change writes one, and nothing else does. The chain of hashes is in `chain`, what no event says in
//! `silence`, reading on and on in `paging`, a part of it in `filters`.

pub(crate) mod chain;
mod filters;
mod paging;
mod silence;

use keyhall_tests::{Account, Answer, Deployment, Person, accept};
use reqwest::Method;
use serde_json::{Value, json};

const EVENTS: &str = "/v1/audit-events";

/// What the last event of an account has to say.
struct Expected<'a> {
    action: &'a str,
    actor: Value,
    via: &'a Value,
    object: (&'a str, &'a str),
    before: Value,
    after: Value,
}

/// Counts the events of an account and looks at the last.
struct Watch<'a> {
    deployment: &'a Deployment,
    root: &'a Person,
    seen: i64,
}

impl Watch<'_> {
    /// Exactly one event was written since the last look, and it says this.
    async fn expect_one(&mut self, expected: Expected<'_>) {
        let Expected { action, actor, via, object: (kind, id), before, after } = expected;
        self.seen += 1;
        assert_eq!(self.deployment.database.count("audit_events", "true"), self.seen, "{action}");
        let event = self.root.get(&format!("{EVENTS}?limit=1")).await.expect(200).body["results"][0].clone();
        assert_eq!((&event["action"], &event["outcome"]), (&json!(action), &json!("success")));
        assert_eq!((&event["actor"], &event["via"]), (&actor, via), "{event:#}");
        assert_eq!(event["object"], json!({ "type": kind, "id": id }), "{event:#}");
        assert_eq!((&event["before"], &event["after"]), (&before, &after), "{event:#}");
        assert_eq!(event["address"], "127.0.0.1");
        assert_eq!(event["time"], self.deployment.clock.now().to_string());
    }
}

#[tokio::test]
async fn each_change_of_people_writes_one_event_that_says_it_all() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let (by, via) = (member(root), via_session(root).await);
    let seen = deployment.database.count("audit_events", "true");
    let mut watch = Watch { deployment: &deployment, root, seen };
    let expected = |action, object, before, after| Expected {
        action,
        actor: by.clone(),
        via: &via,
        object: ("member", object),
        before,
        after,
    };

    let invitation = account.invite("grace@example.com", "member").await;
    let id = invitation.id();
    let path = format!("/v1/members/{id}");
    let after = json!({ "role": "member", "state": "invited" });
    watch.expect_one(expected("member.invite", &id, Value::Null, after)).await;

    accept(&deployment, &invitation, "nine amber kettles hum politely", Some("Grace")).await.expect(200);
    watch
        .expect_one(Expected {
            actor: json!({ "type": "member", "id": id }),
            via: &Value::Null,
            ..expected("member.accept", &id, json!({ "state": "invited" }), json!({ "state": "active" }))
        })
        .await;

    let (role, state) = (|role: &str| json!({ "role": role }), |state: &str| json!({ "state": state }));
    let gone = json!({ "role": "member", "state": "active" });
    for (method, suffix, action, before, after) in [
        (Method::PATCH, "", "member.update", role("member"), role("admin")),
        (Method::PUT, "/super-admin", "super_admin.grant", role("admin"), role("super_admin")),
        (Method::DELETE, "/super-admin", "super_admin.revoke", role("super_admin"), role("member")),
        (Method::POST, "/suspend", "member.suspend", state("active"), state("suspended")),
        (Method::POST, "/reinstate", "member.reinstate", state("suspended"), state("active")),
        (Method::DELETE, "", "member.remove", gone, Value::Null),
    ] {
        let body = (method == Method::PATCH).then(|| role("admin"));
        let answer = root.send(method, &format!("{path}{suffix}"), body.as_ref()).await;
        assert!(answer.status < 300, "{action}: {:#}", answer.body);
        watch.expect_one(expected(action, &id, before, after)).await;
    }
}

#[tokio::test]
async fn each_change_of_things_writes_one_event_that_says_through_what() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let seen = deployment.database.count("audit_events", "true");
    let mut watch = Watch { deployment: &deployment, root, seen };

    let person = account.person(&deployment, "admin").await;
    watch.seen += 2;
    let (session, via) = (person.get("/v1/sessions/current").await.expect(200), via_session(&person).await);
    let after = json!({ "memberId": person.member, "expiresAt": session.text("expiresAt") });
    let event = Expected {
        action: "session.create",
        actor: member(&person),
        via: &Value::Null,
        object: ("session", &session.id()),
        before: Value::Null,
        after,
    };
    watch.expect_one(event).await;

    let made = person.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await.expect(201);
    let after = json!({ "name": "laptop", "access": "inherit", "expiresAt": made.text("expiresAt") });
    let by = |action, via, object, before, after| Expected {
        action,
        actor: member(&person),
        via,
        object,
        before,
        after,
    };
    let token_id = made.id();
    let object = ("personal_access_token", token_id.as_str());
    watch.expect_one(by("personal_access_token.create", &via, object, Value::Null, after)).await;

    let token = person.with_bearer(&made.text("token"));
    let through_token = json!({ "type": "personal_access_token", "id": made.id() });
    let project = token.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let after = json!({ "name": "Payments", "description": null });
    let id = project.id();
    watch.expect_one(by("project.create", &through_token, ("project", &id), Value::Null, after)).await;
    let event = root.get(&format!("{EVENTS}?limit=1")).await.expect(200).body["results"][0].clone();
    assert_eq!(event["projectId"], project.body["id"]);

    let revoke = format!("/v1/personal-access-tokens/{}/revoke", made.id());
    person.post(&revoke, &json!({ "reason": "lost" })).await.expect(200);
    let after = json!({ "status": "revoked", "reason": "lost" });
    let before = json!({ "status": "active" });
    watch.expect_one(by("personal_access_token.revoke", &via, object, before, after)).await;

    person.delete("/v1/sessions/current").await.expect(204);
    watch.expect_one(by("session.end", &via, ("session", &session.id()), json!({}), Value::Null)).await;
}

#[tokio::test]
async fn what_fails_or_only_looks_writes_no_event() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, member) = (&account.super_admin, account.person(&deployment, "member").await);
    root.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let path = format!("/v1/members/{}", member.member);
    let events = deployment.database.count("audit_events", "true");

    root.post("/v1/projects", &json!({ "name": "payments" })).await.expect(409);
    root.post("/v1/projects", &json!({ "name": "" })).await.expect(400);
    member.post("/v1/projects", &json!({ "name": "Billing" })).await.expect(403);
    root.post("/v1/members", &json!({ "email": member.email, "role": "member" })).await.expect(409);
    root.patch(&path, &json!({ "role": "super_admin" })).await.expect(400);
    root.patch(&path, &json!({ "role": "member" })).await.expect(200);
    root.act(&format!("{path}/reinstate")).await.expect(409);
    root.delete(&format!("{path}/super-admin")).await.expect(409);
    root.delete(&format!("/v1/members/{}", root.member)).await.expect(403);
    let stale = root.request(Method::DELETE, &path).header("If-Match", "\"stale\"").send().await.unwrap();
    assert_eq!(stale.status(), 412);
    for path in ["/v1/me", "/v1/members", "/v1/projects", EVENTS, "/v1/personal-access-tokens"] {
        root.get(path).await.expect(200);
    }
    root.with_bearer("khu_nobody").get("/v1/me").await.expect(401);
    assert_eq!(deployment.database.count("audit_events", "true"), events);
}

#[tokio::test]
async fn the_audit_is_for_super_admins_alone() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for role in ["admin", "billing_admin", "member"] {
        let refused = account.person(&deployment, role).await.get(EVENTS).await;
        let refused = refused.expect_problem(403, "missing-permission");
        assert_eq!(refused.text("missingPermission"), "audit_event:list");
        assert_eq!(refused.text("scope"), account.id);
    }
    account.super_admin.through_token().await.get(EVENTS).await.expect(200);
}

/// The person as an actor.
fn member(person: &Person) -> Value {
    json!({ "type": "member", "id": person.member })
}

/// The person's session as that through which something is done.
async fn via_session(person: &Person) -> Value {
    json!({ "type": "session", "id": person.get("/v1/sessions/current").await.expect(200).id() })
}

/// A deployment in which much has happened: two accounts, people, projects, tokens, failures.
async fn lived_in(deployment: &Deployment) -> (Account, Account) {
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    for account in [&acme, &umbrella] {
        let person = account.person(deployment, "admin").await;
        let token = person.through_token().await;
        token.post("/v1/projects", &json!({ "name": "Zürich 🚀 \"quoted\" \u{7f}" })).await;
        let project = json!({ "name": "Zürich 🚀 \"quoted\" \\", "description": "a\nb" });
        token.post("/v1/projects", &project).await.expect(201);
        account.super_admin.act(&format!("/v1/members/{}/suspend", person.member)).await.expect(200);
        for password in [person.password.as_str(), "not the password"] {
            sign_in(deployment, &person.email, password).await.expect(401);
        }
    }
    sign_in(deployment, "nobody@example.com", "not the password").await.expect(401);
    (acme, umbrella)
}

async fn sign_in(deployment: &Deployment, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    let request = deployment.client.post(deployment.url("/v1/sessions")).header("user-agent", "curl/8 \"x\"");
    Answer::read(request.json(&body).send().await.expect("the server answers")).await
}
