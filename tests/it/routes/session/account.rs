//! Which account a session is of.

use keyhall_tests::{Deployment, Person, accept};
use serde_json::json;

use super::{observable, post, sign_in};
use crate::sql;

#[tokio::test]
async fn who_is_in_several_accounts_says_which_one() {
    let deployment = Deployment::start().await;
    let (acme, umbrella, other) = (
        deployment.account("Acme").await,
        deployment.account("Umbrella").await,
        deployment.account("Other").await,
    );
    let person = acme.person(&deployment, "member").await;
    let invitation = umbrella.invite(&person.email, "member").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);
    // An invitation that is not accepted is no membership yet, and nobody's business at the sign-in.
    other.invite(&person.email, "member").await;

    let sessions = deployment.database.count("sessions", "true");
    let choice = sign_in(&deployment, &person.email, &person.password).await;
    let choice = choice.expect_problem(409, "several-accounts");
    let mut names: Vec<_> = choice.body["accounts"].as_array().unwrap().iter().map(name_of).collect();
    names.sort_unstable();
    assert_eq!(names, ["Acme", "Umbrella"]);
    assert_eq!(deployment.database.count("sessions", "true"), sessions);
    let told =
        deployment.database.count("audit_events", "reason = 'several-accounts' AND outcome = 'refused'");
    assert_eq!(told, 1, "whoever learns that a password is right is written down");

    let wrong = sign_in(&deployment, &person.email, "not the password").await;
    let wrong = wrong.expect_problem(401, "invalid-credentials");
    for account in [&acme, &umbrella] {
        let session = sign_in_to(&deployment, &person, &account.id).await.expect(201);
        assert_eq!(session.text("accountId"), account.id);
    }
    let invited_only = sign_in_to(&deployment, &person, &other.id).await;
    assert_eq!(observable(&invited_only), observable(&wrong));
    let not_theirs = sign_in_to(&deployment, &acme.super_admin, &umbrella.id).await;
    assert_eq!(observable(&not_theirs), observable(&wrong));
    let not_members = deployment.database.count("audit_events", "reason = 'not-a-member'");
    assert_eq!(not_members, 2, "the audit can tell them apart");
}

#[tokio::test]
async fn an_account_that_one_is_kept_out_of_is_no_choice() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let person = acme.person(&deployment, "member").await;
    let invitation = umbrella.invite(&person.email, "member").await;
    accept(&deployment, &invitation, &person.password, None).await.expect(200);

    umbrella.super_admin.act(&format!("/v1/members/{}/suspend", invitation.id())).await.expect(200);
    let session = sign_in(&deployment, &person.email, &person.password).await.expect(201);
    assert_eq!(session.text("accountId"), acme.id);
    let refused = sign_in_to(&deployment, &person, &umbrella.id).await;
    assert_eq!(refused.expect_problem(401, "unauthenticated").text("detail"), "the member is suspended");

    sql::set_account_state(&deployment.database, &acme.id, "suspended");
    sign_in(&deployment, &person.email, &person.password).await.expect_problem(401, "unauthenticated");
}

async fn sign_in_to(deployment: &Deployment, person: &Person, account: &str) -> keyhall_tests::Answer {
    let body = json!({ "email": person.email, "password": person.password, "account": account });
    post(deployment, &body).await
}

fn name_of(account: &serde_json::Value) -> &str {
    account["name"].as_str().unwrap()
}
