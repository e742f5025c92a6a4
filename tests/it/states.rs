//! Whoever is kept out is refused on the next request, through a session as through a token, and comes back as the design
//! says.

mod rights;

use keyhall_tests::{Account, Deployment, Options, Person};
use serde_json::json;

use crate::operator::{id_of, user};

/// Every path that a bearer may ask for, whatever their role.
const PATHS: [&str; 7] = [
    "/v1/me",
    "/v1/account",
    "/v1/sessions",
    "/v1/members",
    "/v1/groups",
    "/v1/projects",
    "/v1/personal-access-tokens",
];

/// Somebody with a session and a token that both work, on two servers.
struct Subject {
    session: Person,
    token: Person,
    second: Deployment,
}

impl Subject {
    async fn of(account: &Account, deployment: &Deployment) -> Self {
        let session = account.person(deployment, "admin").await;
        let token = session.through_token().await;
        let (database, clock) = (deployment.database.clone(), deployment.clock.clone());
        let second = Deployment::on(database, clock, &Options::default()).await;
        let subject = Self { session, token, second };
        subject.expect_in(&subject.session).await;
        subject.expect_in(&subject.token).await;
        subject
    }

    async fn expect_in(&self, bearer: &Person) {
        for bearer in [bearer, &bearer.at(&self.second)] {
            for path in PATHS {
                bearer.get(path).await.expect(200);
            }
        }
    }

    /// Every request is refused on either server, reading and writing alike, and says why.
    async fn expect_out(&self, bearer: &Person, why: &str) {
        for bearer in [bearer, &bearer.at(&self.second)] {
            for path in PATHS {
                let refused = bearer.get(path).await.expect_problem(401, "unauthenticated");
                assert_eq!(refused.text("detail"), why, "{path}");
            }
            for collection in ["/v1/projects", "/v1/groups"] {
                let body = json!({ "name": "from outside" });
                bearer.post(collection, &body).await.expect_problem(401, "unauthenticated");
            }
        }
    }

    /// Whether the right password opens a new session.
    async fn signs_in(&self, deployment: &Deployment) -> bool {
        let body = json!({ "email": self.session.email, "password": self.session.password });
        let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
        request.send().await.expect("the server answers").status() == 201
    }
}

#[tokio::test]
async fn a_disabled_user_is_out_and_their_tokens_come_back_without_the_sessions() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let subject = Subject::of(&account, &deployment).await;

    let disabled = deployment.store.disable_user(user(&subject.session)).await.unwrap();
    assert_eq!((disabled.changed, disabled.sessions), (true, 1));
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_out(&subject.token, "the user is disabled").await;
    assert!(!subject.signs_in(&deployment).await);
    account.super_admin.get("/v1/me").await.expect(200);

    deployment.store.enable_user(user(&subject.session)).await.unwrap();
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_in(&subject.token).await;
    assert!(subject.signs_in(&deployment).await);
}

#[tokio::test]
async fn a_suspended_member_is_out_and_their_tokens_come_back_without_the_sessions() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let subject = Subject::of(&account, &deployment).await;
    let path = format!("/v1/members/{}", subject.session.member);

    account.super_admin.act(&format!("{path}/suspend")).await.expect(200);
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_out(&subject.token, "the member is suspended").await;
    assert!(!subject.signs_in(&deployment).await);

    account.super_admin.act(&format!("{path}/reinstate")).await.expect(200);
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_in(&subject.token).await;
    assert!(subject.signs_in(&deployment).await);
}

#[tokio::test]
async fn a_removed_member_is_out_for_good() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let subject = Subject::of(&account, &deployment).await;

    account.super_admin.delete(&format!("/v1/members/{}", subject.session.member)).await.expect(204);
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_out(&subject.token, "the bearer token is not valid").await;
    assert!(!subject.signs_in(&deployment).await);
}

#[tokio::test]
async fn a_suspended_account_is_shut_and_opens_again_for_tokens() {
    let deployment = Deployment::start().await;
    let (account, other) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let subject = Subject::of(&account, &deployment).await;

    let suspended = deployment.store.suspend_account(id_of(&account)).await.unwrap();
    assert_eq!((suspended.changed, suspended.sessions), (true, 2));
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_out(&subject.token, "the account is suspended").await;
    subject.expect_out(&account.super_admin, "the bearer token is not valid").await;
    assert!(!subject.signs_in(&deployment).await);
    other.super_admin.get("/v1/me").await.expect(200);

    deployment.store.resume_account(id_of(&account)).await.unwrap();
    subject.expect_out(&subject.session, "the bearer token is not valid").await;
    subject.expect_in(&subject.token).await;
    assert!(subject.signs_in(&deployment).await);
}
