//! Who one is. What people change about themselves is in `password`.

mod password;

use keyhall_tests::{Deployment, Person};
use serde_json::{Value, json};

/// What `member` holds, from the table of the access model.
const MEMBER: [&str; 21] = [
    "account:read",
    "api_credential:list",
    "api_credential:read",
    "group:list",
    "group:read",
    "integration:list",
    "integration:read",
    "member:list",
    "member:read",
    "personal_access_token:create",
    "personal_access_token:delete",
    "personal_access_token:list",
    "personal_access_token:read",
    "personal_access_token:regenerate",
    "personal_access_token:revoke",
    "personal_access_token:rotate",
    "personal_access_token:update",
    "resource_type:list",
    "resource_type:read",
    "role:list",
    "role:read",
];

#[tokio::test]
async fn everybody_learns_who_they_are_and_through_what() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let member = account.person(&deployment, "member").await;
    let session = member.get("/v1/sessions/current").await.expect(200).id();

    let me = member.get("/v1/me").await.expect(200).body;
    assert_eq!(me["member"], member.get(&format!("/v1/members/{}", member.member)).await.expect(200).body);
    assert_eq!(me["account"], member.get("/v1/account").await.expect(200).body);
    assert_eq!(me["via"], json!({ "type": "session", "id": session }));

    let made = member.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await.expect(201);
    let through_token = member.with_bearer(&made.text("token")).get("/v1/me").await.expect(200).body;
    assert_eq!(through_token["via"], json!({ "type": "personal_access_token", "id": made.id() }));
    assert_eq!(through_token["permissions"], me["permissions"]);
}

#[tokio::test]
async fn the_permissions_are_those_of_the_role() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let member = permissions(&account.person(&deployment, "member").await).await;
    let expected: Vec<_> = MEMBER.into_iter().chain(["token_policy:read"]).collect();
    assert_eq!(member, expected);

    let admin = permissions(&account.person(&deployment, "admin").await).await;
    let billing_admin = permissions(&account.person(&deployment, "billing_admin").await).await;
    let super_admin = permissions(&account.super_admin).await;
    for (permission, holders) in [
        ("member:update", [true, true, true]),
        ("project:create", [true, true, true]),
        ("billing:read", [true, true, false]),
        ("personal_access_token:manage_all", [true, false, true]),
        ("session:revoke", [true, false, true]),
        ("access:evaluate", [true, false, true]),
        ("audit_event:list", [true, false, false]),
        ("role:create", [true, false, false]),
        ("token_policy:update", [true, false, false]),
    ] {
        let has = [&super_admin, &billing_admin, &admin].map(|held| held.iter().any(|one| one == permission));
        assert_eq!(has, holders, "{permission}");
    }
}

async fn permissions(person: &Person) -> Vec<String> {
    let me = person.get("/v1/me").await.expect(200);
    let mut names: Vec<_> = me.body["permissions"].as_array().unwrap().iter().map(text).collect();
    names.sort();
    names
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
