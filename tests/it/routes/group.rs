//! Groups: made, changed, filled and deleted, and what handing out their grants takes.

use keyhall_domain::id::{AccountId, GroupId, MemberId, ProjectId};
use keyhall_tests::{Account, Deployment, Person};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::sql;

const GROUPS: &str = "/v1/groups";

#[tokio::test]
async fn a_group_is_made_shown_changed_and_deleted() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;

    let made = root.post(GROUPS, &json!({ "name": "Backend", "description": "On call" })).await.expect(201);
    let path = format!("{GROUPS}/{}", made.id());
    assert_eq!(made.header("location"), format!("https://keyhall.example{path}"));
    assert_eq!((made.text("name"), &made.body["builtIn"]), ("Backend".to_owned(), &json!(false)));
    assert_eq!(made.body["createdBy"], json!({ "type": "member", "id": root.member }));
    assert_eq!(root.get(&path).await.expect(200).body, made.body);

    let renamed = root.patch(&path, &json!({ "name": "Platform", "description": null })).await.expect(200);
    assert_eq!((renamed.text("name"), &renamed.body["description"]), ("Platform".to_owned(), &Value::Null));
    let events = deployment.database.count("audit_events", "true");
    root.patch(&path, &json!({})).await.expect(200);
    assert_eq!(deployment.database.count("audit_events", "true"), events, "it changed nothing");

    root.delete(&path).await.expect(204);
    root.get(&path).await.expect_problem(404, "not-found");
    root.post(GROUPS, &json!({ "name": "Platform" })).await.expect(201);
    root.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn names_of_groups_are_compared_as_people_see_them() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    root.post(GROUPS, &json!({ "name": "Straße" })).await.expect(201);
    root.post(GROUPS, &json!({ "name": "STRASSE" })).await.expect_problem(409, "name-taken");
    root.post(GROUPS, &json!({ "name": "Everyone" })).await.expect_problem(409, "name-taken");

    let list = root.get("/v1/groups?name=stras").await.expect(200);
    assert_eq!((&list.body["total"], &list.body["results"][0]["name"]), (&json!(1), &json!("Straße")));
    assert_eq!(root.get(GROUPS).await.expect(200).body["total"], 2);
    assert_eq!(root.get("/v1/groups?name=%25").await.expect(200).body["total"], 0);
}

#[tokio::test]
async fn everyone_is_there_has_the_active_members_and_cannot_be_changed() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let active = account.person(&deployment, "member").await;
    let suspended = account.person(&deployment, "member").await;
    let disabled = account.person(&deployment, "member").await;
    account.invite("invited@example.com", "member").await;
    root.act(&format!("/v1/members/{}/suspend", suspended.member)).await.expect(200);
    sql::set_user(&deployment.database, &disabled.member, "state = 'disabled'");

    let everyone = root.get("/v1/groups?name=everyone").await.expect(200).body["results"][0].clone();
    assert_eq!((&everyone["builtIn"], &everyone["createdBy"]), (&json!(true), &Value::Null));
    let path = format!("{GROUPS}/{}", everyone["id"].as_str().unwrap());
    let list = members(root, &path).await;
    let mut expected = vec![root.member.clone(), active.member.clone()];
    let mut seen = list.clone();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);

    let before = sql::dump(&deployment.database);
    root.patch(&path, &json!({ "name": "Nobody" })).await.expect_problem(409, "built-in");
    root.delete(&path).await.expect_problem(409, "built-in");
    let theirs = format!("{path}/members/{}", active.member);
    root.put(&theirs).await.expect_problem(409, "built-in");
    root.delete(&theirs).await.expect_problem(409, "built-in");
    assert_eq!(sql::dump(&deployment.database), before);
}

#[tokio::test]
async fn members_come_and_go_once_and_leave_with_their_membership() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let (ada, invited) = (
        account.person(&deployment, "member").await,
        account.invite("grace@example.com", "member").await.id(),
    );
    let path =
        format!("{GROUPS}/{}", root.post(GROUPS, &json!({ "name": "Backend" })).await.expect(201).id());

    for who in [&ada.member, &invited] {
        deployment.pass(jiff::SignedDuration::from_secs(1));
        for _ in 0..2 {
            root.put(&format!("{path}/members/{who}")).await.expect(204);
        }
    }
    let list = root.get(&format!("{path}/members")).await.expect(200).body;
    assert_eq!(list["results"][0]["principal"], json!({ "type": "member", "id": invited }));
    assert_eq!((&list["results"][0]["name"], &list["results"][0]["email"]), (&Value::Null, &Value::Null));
    assert_eq!(list["results"][1]["email"], ada.email);
    let events = "action = 'group.add_member'";
    assert_eq!(deployment.database.count("audit_events", events), 2, "adding again is no event");

    root.delete(&format!("{path}/members/{invited}")).await.expect(204);
    root.delete(&format!("{path}/members/{invited}")).await.expect_problem(404, "not-found");
    root.delete(&format!("/v1/members/{}", ada.member)).await.expect(204);
    assert!(members(root, &path).await.is_empty());
}

#[tokio::test]
async fn who_is_no_principal_of_the_account_is_put_into_no_group() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    let group = root.post(GROUPS, &json!({ "name": "Backend" })).await.expect(201).id();
    let removed = account.invite("grace@example.com", "member").await.id();
    root.delete(&format!("/v1/members/{removed}")).await.expect(204);
    let credential = removed.replace("mbr_", "crd_");

    for unknown in [removed, credential] {
        root.put(&format!("{GROUPS}/{group}/members/{unknown}")).await.expect_problem(404, "not-found");
    }
    let member_as_credential = root.member.replace("mbr_", "crd_");
    root.put(&format!("{GROUPS}/{group}/members/{member_as_credential}"))
        .await
        .expect_problem(404, "not-found");
    for wrong in [group.as_str(), "everyone", "mbr_x"] {
        let answer = root.put(&format!("{GROUPS}/{group}/members/{wrong}")).await;
        assert_eq!(answer.violated(), ["principalId"]);
    }
}

#[tokio::test]
async fn whoever_fills_or_deletes_a_group_must_be_able_to_hand_out_its_grants() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (root, admin) = (&account.super_admin, account.person(&deployment, "admin").await);
    let project = root.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201).id();
    let group = root.post(GROUPS, &json!({ "name": "Backend" })).await.expect(201).id();
    let path = format!("{GROUPS}/{group}");
    let oneself = format!("{path}/members/{}", admin.member);
    grant_to_group(&deployment, &account, &group, &project);

    let before = sql::dump(&deployment.database);
    for bearer in [&admin, &admin.through_token().await] {
        let refused = bearer.put(&oneself).await.expect_problem(403, "missing-permission");
        assert_eq!(refused.text("missingPermission"), "grant:create");
        assert_eq!(refused.text("scope"), account.id, "a project that is not there for them is not named");
        bearer.delete(&path).await.expect_problem(403, "missing-permission");
    }
    let unchanged =
        |dump: Vec<String>| dump.into_iter().filter(|line| line.starts_with("group")).collect::<Vec<_>>();
    assert_eq!(unchanged(sql::dump(&deployment.database)), unchanged(before));

    let own = admin.post("/v1/projects", &json!({ "name": "Own" })).await.expect(201).id();
    let mine = admin.post(GROUPS, &json!({ "name": "Mine" })).await.expect(201).id();
    grant_to_group(&deployment, &account, &mine, &own);
    admin.put(&format!("{GROUPS}/{mine}/members/{}", root.member)).await.expect(204);
    admin.delete(&format!("{GROUPS}/{mine}")).await.expect(204);

    root.put(&oneself).await.expect(204);
    admin.delete(&oneself).await.expect(204);
    root.delete(&path).await.expect(204);
    assert_eq!(deployment.database.count("grants", "group_id IS NOT NULL"), 0, "they went with the groups");
}

async fn members(person: &Person, path: &str) -> Vec<String> {
    let list = person.get(&format!("{path}/members?size=100")).await.expect(200).body;
    let results = list["results"].as_array().unwrap();
    assert_eq!(list["total"], results.len());
    results.iter().map(|one| one["principal"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Makes a group contributor of a project, as an owner could.
fn grant_to_group(deployment: &Deployment, account: &Account, group: &str, project: &str) {
    let id = Uuid::now_v7();
    let (account_id, group) = (sql::uuid::<AccountId>(&account.id), sql::uuid::<GroupId>(group));
    let project = sql::uuid::<ProjectId>(project);
    let granter = sql::uuid::<MemberId>(&account.super_admin.member);
    deployment.database.execute(&format!(
        "INSERT INTO grants (id, account_id, project_id, group_id, role, granted_by, granted_by_kind, created_at) \
         VALUES ('{id}', '{account_id}', '{project}', '{group}', 'contributor', '{granter}', 'member', now())"
    ));
}
