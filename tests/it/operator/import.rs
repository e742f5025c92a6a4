//! Accounts from an older system. What is wrong with a file is the domain's (`account::import`).

use jiff::SignedDuration;
use keyhall_domain::account::AccountImport;
use keyhall_domain::super_admins::Elevation;
use keyhall_storage::open::{ElevationRequest, ImportedAccount, MemberSelector};
use keyhall_tests::{Answer, Deployment, Person};
use serde_json::{Value, json};

use super::{actions, events, user};
use crate::routes::audit_event::chain::expect_whole;
use crate::sql;

const PASSWORD: &str = "nine amber kettles hum politely";

async fn import(deployment: &Deployment, members: Value) -> ImportedAccount {
    let import = AccountImport::parse(&json!({ "name": "Older", "members": members })).expect("it is valid");
    deployment.store.import_account(import).await.expect("it is imported")
}

async fn accept(deployment: &Deployment, imported: &ImportedAccount, place: usize, body: Value) -> Answer {
    let mut body = body;
    body["token"] = json!(imported.members[place].secret.reveal());
    let request = deployment.client.post(deployment.url("/v1/invitations/accept")).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}

#[tokio::test]
async fn members_come_in_by_their_links_with_their_roles_and_names() {
    let deployment = Deployment::start().await;
    let known = deployment.account("Acme").await.super_admin;
    let imported = import(
        &deployment,
        json!([
            { "email": "ada@example.com", "name": "Ada Lovelace", "role": "admin" },
            { "email": "Grace@Example.com", "name": "G. Hopper", "role": "billing_admin" },
            { "email": known.email.to_uppercase(), "name": "Somebody Else", "role": "member" },
            { "email": "linus@example.com", "role": "member" },
        ]),
    )
    .await;
    assert_eq!(imported.members.len(), 4);
    assert_eq!(imported.members[1].email.as_str(), "Grace@Example.com");

    let ada = accept(&deployment, &imported, 0, json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!(
        (ada.text("name"), ada.text("role"), ada.text("state")),
        ("Ada Lovelace".into(), "admin".into(), "active".into())
    );
    let body = json!({ "password": PASSWORD, "name": "Grace Hopper" });
    let grace = accept(&deployment, &imported, 1, body).await.expect(200);
    assert_eq!((grace.text("name"), grace.text("role")), ("Grace Hopper".into(), "billing_admin".into()));

    let wrong = accept(&deployment, &imported, 2, json!({ "password": PASSWORD, "name": "Mallory" })).await;
    wrong.expect_problem(401, "invalid-credentials");
    let root = accept(&deployment, &imported, 2, json!({ "password": known.password })).await.expect(200);
    assert_ne!(root.body["name"], "Somebody Else", "nothing of a user who was there is changed");
    assert_eq!(root.text("email"), known.email);

    let nameless = accept(&deployment, &imported, 3, json!({ "password": PASSWORD })).await;
    assert_eq!(nameless.expect_problem(400, "invalid-request").violated(), ["name"]);
    accept(&deployment, &imported, 3, json!({ "password": PASSWORD, "name": "Linus" })).await.expect(200);

    let again = accept(&deployment, &imported, 0, json!({ "password": PASSWORD })).await;
    again.expect_problem(401, "invalid-link");
    let ada = Person::sign_in(&deployment, "ada@example.com", PASSWORD).await;
    ada.post("/v1/members", &json!({ "email": "new@example.com", "role": "member" })).await.expect(201);
}

#[tokio::test]
async fn it_has_no_super_admin_until_the_operator_makes_one() {
    let deployment = Deployment::start().await;
    let imported =
        import(&deployment, json!([{ "email": "ada@example.com", "name": "Ada", "role": "admin" }])).await;
    let (account, member) = (imported.account.id, imported.members[0].id);
    accept(&deployment, &imported, 0, json!({ "password": PASSWORD })).await.expect(200);
    let ada = Person::sign_in(&deployment, "ada@example.com", PASSWORD).await;
    ada.put(&format!("/v1/members/{member}/super-admin")).await.expect_problem(403, "outranked");
    // An account that never had one is lawful, so nobody holds it.
    deployment.store.disable_user(user(&ada)).await.unwrap();
    deployment.store.enable_user(user(&ada)).await.unwrap();

    let request = ElevationRequest { account, member: MemberSelector::Id(member), how: Elevation::First };
    deployment.store.elevate_member(request).await.unwrap();
    let ada = Person::sign_in(&deployment, "ada@example.com", PASSWORD).await;
    let listed = ada.get("/v1/audit-events?limit=100").await.expect(200);
    let listed = listed.body["results"].as_array().unwrap().len() as i64;
    assert_eq!(
        listed,
        deployment.database.count("audit_events", "chain_id <> '00000000-0000-0000-0000-000000000000'")
    );
}

#[tokio::test]
async fn it_is_written_down_with_every_member_and_without_a_name_or_secret() {
    let deployment = Deployment::start().await;
    let imported = import(
        &deployment,
        json!([
            { "email": "ada@example.com", "name": "Ada Lovelace", "role": "admin" },
            { "email": "grace@example.com", "name": "Grace Hopper", "role": "member" },
        ]),
    )
    .await;
    let account = imported.account.id.to_string();
    let events = events(&deployment.database, Some(&account));
    assert_eq!(actions(&events), ["account.import", "member.invite", "member.invite"]);
    assert_eq!(events[0]["after"], json!({ "name": "Older", "members": 2 }));
    assert_eq!(events[1]["after"], json!({ "role": "admin", "state": "invited" }));
    let text = json!(events).to_string();
    for person in ["Lovelace", "Hopper", "example.com", "khi_"] {
        assert!(!text.contains(person), "{person}");
    }
    let dump = sql::dump(&deployment.database).join("\n");
    for member in &imported.members {
        assert!(!dump.contains(&member.secret.reveal()["khi_".len()..]));
    }
    assert_eq!(deployment.database.count("invitations", "invited_by IS NULL"), 2);
    expect_whole(&deployment.database);
}

#[tokio::test]
async fn links_work_for_seven_days_and_whoever_changes_a_role_answers_for_it() {
    let deployment = Deployment::start().await;
    let imported = import(
        &deployment,
        json!([
            { "email": "ada@example.com", "name": "Ada", "role": "admin" },
            { "email": "grace@example.com", "name": "Grace", "role": "member" },
            { "email": "linus@example.com", "name": "Linus", "role": "member" },
        ]),
    )
    .await;
    accept(&deployment, &imported, 0, json!({ "password": PASSWORD })).await.expect(200);
    let ada = Person::sign_in(&deployment, "ada@example.com", PASSWORD).await;
    let grace = format!("/v1/members/{}", imported.members[1].id);
    ada.patch(&grace, &json!({ "role": "admin" })).await.expect(200);
    deployment.store.disable_user(user(&ada)).await.unwrap();
    let lost = accept(&deployment, &imported, 1, json!({ "password": PASSWORD })).await;
    lost.expect_problem(409, "inviter-lost-right");

    deployment.pass(SignedDuration::from_hours(7 * 24));
    let late = accept(&deployment, &imported, 2, json!({ "password": PASSWORD })).await;
    late.expect_problem(401, "invalid-link");
}

#[tokio::test]
async fn more_members_than_one_statement_takes_are_all_there() {
    let deployment = Deployment::start().await;
    let members: Vec<_> = (0..2_001)
        .map(|n| json!({ "email": format!("m{n}@example.com"), "name": format!("M {n}"), "role": "member" }))
        .collect();
    let imported = import(&deployment, json!(members)).await;
    for (n, member) in imported.members.iter().enumerate().step_by(400) {
        assert_eq!(member.email.as_str(), format!("m{n}@example.com"));
        assert_eq!(sql::standing(&deployment.database, &member.id.to_string()).unwrap().1, "invited");
    }
    let last = accept(&deployment, &imported, 2_000, json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!((last.text("name"), last.id()), ("M 2000".to_owned(), imported.members[2_000].id.to_string()));
    assert_eq!(deployment.database.count("audit_events", "action = 'member.invite'"), 2_001);
}
