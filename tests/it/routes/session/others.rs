//! Sessions of a whole account: who sees whose, and who signs out whom.

use keyhall_tests::{Account, Deployment, Person};
use serde_json::json;

use crate::sql;

const ROLES: [&str; 4] = ["super_admin", "billing_admin", "admin", "member"];

/// One person of each role besides the first Super Admin, signed in once each.
async fn people(deployment: &Deployment, account: &Account) -> Vec<Person> {
    let mut people = Vec::new();
    for role in ROLES {
        people.push(account.person(deployment, role).await);
    }
    people
}

async fn session(person: &Person) -> String {
    person.get("/v1/sessions/current").await.expect(200).id()
}

#[tokio::test]
async fn everybody_sees_their_own_sessions_and_those_that_they_could_end() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let people = people(&deployment, &account).await;
    for (number, sees) in [(0, vec![0, 1, 2, 3, 4]), (1, vec![1]), (2, vec![2, 3]), (3, vec![3])] {
        let person = &people[number];
        for bearer in [person, &person.through_token().await] {
            let list = bearer.get("/v1/sessions?size=100").await.expect(200).body;
            let results = list["results"].as_array().unwrap();
            let mut seen: Vec<_> = results.iter().map(|one| one["memberId"].as_str().unwrap()).collect();
            let all: Vec<_> =
                people.iter().chain([&account.super_admin]).map(|one| one.member.as_str()).collect();
            let mut expected: Vec<_> = sees.iter().map(|index| all[*index]).collect();
            seen.sort_unstable();
            expected.sort_unstable();
            assert_eq!(seen, expected, "{}", ROLES[number]);
            assert_eq!(list["total"], expected.len());
        }
    }
}

#[tokio::test]
async fn a_list_tells_which_session_is_ones_own_and_how_it_was_used() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let here = account.person(&deployment, "member").await;
    deployment.pass(jiff::SignedDuration::from_mins(30));
    let elsewhere = Person::sign_in(&deployment, &here.email, &here.password).await;
    here.get("/v1/me").await.expect(200);

    let list = here.get(&format!("/v1/sessions?member={}", here.member)).await.expect(200).body;
    let [newer, older] = [&list["results"][0], &list["results"][1]];
    assert_eq!(newer["id"], session(&elsewhere).await);
    assert_eq!((&newer["current"], &older["current"]), (&json!(false), &json!(true)));
    assert!(older["lastSeenAt"].as_str() > older["createdAt"].as_str());
    assert!(!list.to_string().contains("khu_"));

    deployment.pass(jiff::SignedDuration::from_mins(59));
    elsewhere.get("/v1/me").await.expect(200);
    deployment.pass(jiff::SignedDuration::from_mins(2));
    assert_eq!(elsewhere.get("/v1/sessions").await.expect(200).body["total"], 1, "the other one is idle");
}

#[tokio::test]
async fn whoever_outranks_a_member_signs_them_out_at_once() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let people = people(&deployment, &account).await;
    let [other_root, billing, admin, member] = people.as_slice() else { unreachable!() };
    let path = |id: &str| format!("/v1/sessions/{id}");

    let root_session = session(&account.super_admin).await;
    let before = sql::sizes(&deployment.database)["sessions"];
    admin.delete(&path(&root_session)).await.expect_problem(403, "outranked");
    admin.delete(&path(&session(billing).await)).await.expect_problem(403, "outranked");
    billing.delete(&path(&session(member).await)).await.expect_problem(404, "not-found");
    member.delete(&path(&session(admin).await)).await.expect_problem(404, "not-found");
    other_root.through_token().await.delete(&path(&root_session)).await.expect_problem(403, "outranked");
    assert_eq!(sql::sizes(&deployment.database)["sessions"], before);

    let theirs = session(member).await;
    admin.through_token().await.delete(&path(&theirs)).await.expect(204);
    member.get("/v1/me").await.expect_problem(401, "unauthenticated");
    admin.delete(&path(&theirs)).await.expect_problem(404, "not-found");
    other_root.delete(&path(&root_session)).await.expect(204);
    account.super_admin.get("/v1/me").await.expect_problem(401, "unauthenticated");
    let event = other_root.get("/v1/audit-events?limit=1").await.expect(200).body["results"][0].clone();
    assert_eq!(
        (&event["action"], &event["before"]["memberId"]),
        (&json!("session.revoke"), &json!(account.super_admin.member))
    );
}

#[tokio::test]
async fn everybody_ends_their_own_sessions_wherever_they_began() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    for role in ROLES {
        let here = account.person(&deployment, role).await;
        let elsewhere = Person::sign_in(&deployment, &here.email, &here.password).await;
        here.delete(&format!("/v1/sessions/{}", session(&elsewhere).await)).await.expect(204);
        elsewhere.get("/v1/me").await.expect_problem(401, "unauthenticated");
        let (token, own) = (here.through_token().await, format!("/v1/sessions/{}", session(&here).await));
        token.delete(&own).await.expect_problem(403, "outranked");
        here.delete(&own).await.expect(204);
        here.get("/v1/me").await.expect_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn nobody_sees_the_sessions_of_another_account_whomever_they_ask_for() {
    let deployment = Deployment::start().await;
    let (acme, other) = (deployment.account("Acme").await, deployment.account("Other").await);
    let path = format!("/v1/sessions?member={}", other.super_admin.member);
    let list = acme.super_admin.get(&path).await.expect(200).body;
    assert_eq!((&list["total"], &list["results"]), (&json!(0), &json!([])));
    assert_eq!(acme.super_admin.get("/v1/sessions?member=prj_x").await.violated(), ["member"]);
}
