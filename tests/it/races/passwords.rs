//! Passwords and links under two hands at once.

use keyhall_storage::open::UserSelector;
use keyhall_tests::Deployment;
use serde_json::json;

use super::{ROUNDS, race};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_two_use_at_once_sets_one_password() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    for round in 0..ROUNDS {
        let user = UserSelector::Email(root.email.parse().expect("an address"));
        let secret =
            deployment.store.issue_password_reset(user).await.expect("a link").secret.reveal().to_owned();
        let confirm = |who: &str| {
            let body = json!({ "token": secret, "password": format!("{who} {round} walruses fix bicycles") });
            let request = deployment.client.post(deployment.url("/v1/password-resets/confirm")).json(&body);
            async move { request.send().await.expect("the server answers").status().as_u16() }
        };
        let mut statuses = race(confirm("eleven"), confirm("twelve")).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 401], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_survives_a_password_that_changed_while_it_began() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let mut password = root.password.clone();
    let mut survived = 0;
    for round in 0..ROUNDS {
        let user = UserSelector::Email(root.email.parse().expect("an address"));
        let secret =
            deployment.store.issue_password_reset(user).await.expect("a link").secret.reveal().to_owned();
        let new = format!("{round} green walruses fix bicycles");
        let post = |path: &str, body: serde_json::Value| {
            let request = deployment.client.post(deployment.url(path)).json(&body);
            async move {
                let response = request.send().await.expect("the server answers");
                (response.status().as_u16(), response.json::<serde_json::Value>().await.unwrap_or_default())
            }
        };
        let sign_in = post("/v1/sessions", json!({ "email": root.email, "password": password }));
        let reset = post("/v1/password-resets/confirm", json!({ "token": secret, "password": new }));
        let [(signed_in, session), (confirmed, _)] = race(sign_in, reset).await;
        assert_eq!(confirmed, 204, "round {round}");
        assert!([201, 401, 409].contains(&signed_in), "round {round}: {signed_in} {session:#}");
        if signed_in == 201 {
            let bearer = root.with_bearer(session["token"].as_str().expect("a token"));
            survived += usize::from(bearer.get("/v1/me").await.status == 200);
        }
        password = new;
        // Whoever failed to sign in meanwhile is forgiven, or the rounds would come to an end.
        deployment.database.execute("DELETE FROM sign_in_counters");
    }
    assert_eq!(survived, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_wanted_while_the_password_is_reset_is_not_confirmed_afterwards() {
    let deployment = Deployment::with_mail().await;
    let mut root = deployment.account("Acme").await.super_admin;
    for round in 0..ROUNDS {
        let user = UserSelector::Email(root.email.parse().expect("an address"));
        let secret =
            deployment.store.issue_password_reset(user).await.expect("a link").secret.reveal().to_owned();
        let new = format!("{round} green walruses fix bicycles");
        let body = json!({ "token": secret, "password": new });
        let confirm = deployment.client.post(deployment.url("/v1/password-resets/confirm")).json(&body);
        let patch = json!({ "email": "mallory@example.com", "currentPassword": root.password });
        let want = root.request(reqwest::Method::PATCH, "/v1/me").json(&patch);
        let send = |request: reqwest::RequestBuilder| async move {
            request.send().await.expect("the server answers").status().as_u16()
        };
        let [wanted, confirmed] = race(send(want), send(confirm)).await;
        assert_eq!(confirmed, 204, "round {round}");
        assert!([200, 401, 403, 409].contains(&wanted), "round {round}: {wanted}");
        assert_eq!(deployment.database.count("email_changes", "true"), 0, "round {round}: {wanted}");
        deployment.database.execute("DELETE FROM sign_in_counters");
        deployment.database.execute("DELETE FROM mails");
        root = keyhall_tests::Person::sign_in(&deployment, &root.email, &new).await;
    }
}
