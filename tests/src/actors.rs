//! People who use a deployment, as types: each speaks with their own bearer.

use std::sync::Arc;

use keyhall_domain::email::Email;
use keyhall_storage::open::NewAccount;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::deployment::{Deployment, client_from};

/// The password of everybody whom a test invites.
const PASSWORD: &str = "seven purple otters juggle lanterns";

/// An account with its first Super Admin.
#[derive(Debug)]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// The Super Admin who was there first.
    pub super_admin: Person,
}

/// Somebody with a bearer, in one account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their membership.
    pub member: String,
    /// The bearer that they speak with.
    pub bearer: String,
    client: reqwest::Client,
    base: Arc<str>,
}

impl Account {
    pub(crate) async fn bootstrap(deployment: &Deployment, name: &str) -> Self {
        let email: Email =
            format!("root-{}@example.com", Uuid::now_v7().simple()).parse().expect("an address");
        let name = name.parse().expect("a name");
        let new = NewAccount { name, email: email.clone(), only_first: false };
        let made = deployment.store.bootstrap(new).await.expect("it is made").expect("it is new");
        let password = made.password.expect("the user is new").password().reveal().to_owned();
        let super_admin = Person::sign_in(deployment, email.as_str(), &password).await;
        Self { id: made.account.id.to_string(), super_admin }
    }

    /// Somebody new with this role, signed in: invited by the first Super Admin, and made one where that is the role.
    pub async fn person(&self, deployment: &Deployment, role: &str) -> Person {
        let email = format!("{role}-{}@example.com", Uuid::now_v7().simple());
        let invited_as = if role == "super_admin" { "member" } else { role };
        let invitation = self.invite(&email, invited_as).await;
        accept(deployment, &invitation, PASSWORD, Some("Somebody New")).await.expect(200);
        if role == "super_admin" {
            let path = format!("/v1/members/{}/super-admin", invitation.id());
            self.super_admin.put(&path).await.expect(200);
        }
        Person::sign_in(deployment, &email, PASSWORD).await
    }

    /// An invitation by the first Super Admin.
    pub async fn invite(&self, email: &str, role: &str) -> Answer {
        self.super_admin.post("/v1/members", &json!({ "email": email, "role": role })).await.expect(201)
    }
}

/// Accepts an invitation, with whatever is said.
pub async fn accept(
    deployment: &Deployment,
    invitation: &Answer,
    password: &str,
    name: Option<&str>,
) -> Answer {
    accept_link(deployment, &invitation.text("invitationLink"), password, name).await
}

/// Accepts the invitation that a link belongs to.
pub async fn accept_link(deployment: &Deployment, link: &str, password: &str, name: Option<&str>) -> Answer {
    let token = link.split_once('#').map(|(_, token)| token.to_owned()).expect("a link has a fragment");
    let mut body = json!({ "token": token, "password": password });
    if let Some(name) = name {
        body["name"] = json!(name);
    }
    let request = deployment.client.post(deployment.url("/v1/invitations/accept")).json(&body);
    Answer::read(request.send().await.expect("the server answers")).await
}

impl Person {
    /// Somebody who signs in to their only account.
    pub async fn sign_in(deployment: &Deployment, email: &str, password: &str) -> Self {
        Self::sign_in_at(&deployment.client, &deployment.url(""), email, password).await
    }

    /// The same wherever a server is.
    pub(crate) async fn sign_in_at(
        client: &reqwest::Client,
        base: &str,
        email: &str,
        password: &str,
    ) -> Self {
        let body = json!({ "email": email, "password": password });
        let request = client.post(format!("{base}/v1/sessions")).json(&body);
        let answer = Answer::read(request.send().await.expect("the server answers")).await.expect(201);
        Self {
            email: email.to_owned(),
            password: password.to_owned(),
            member: answer.text("memberId"),
            bearer: answer.text("token"),
            client: client.clone(),
            base: base.into(),
        }
    }

    /// The same person, speaking through a new personal access token.
    pub async fn through_token(&self) -> Self {
        let body = json!({ "name": format!("token {}", Uuid::now_v7()) });
        let token = self.post("/v1/personal-access-tokens", &body).await.expect(201).text("token");
        self.with_bearer(&token)
    }

    /// The same person, asking another server.
    pub fn at(&self, deployment: &Deployment) -> Self {
        Self { base: deployment.url("").into(), ..self.clone() }
    }

    /// The same person, calling from another address of loopback.
    pub fn from_address(&self, address: &str) -> Self {
        Self { client: client_from(address), ..self.clone() }
    }

    /// The same person with another bearer.
    pub fn with_bearer(&self, bearer: &str) -> Self {
        Self { bearer: bearer.to_owned(), ..self.clone() }
    }

    /// A request that can be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.bearer)
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Answer::read(request.send().await.expect("the server answers")).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `POST` with a body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `POST` without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    /// `PATCH`.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// `PUT` without a body.
    pub async fn put(&self, path: &str) -> Answer {
        self.send(Method::PUT, path, None).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }
}
