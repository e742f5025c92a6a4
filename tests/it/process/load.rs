//! People who write and read as fast as they can, and what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyhall_tests::{Ended, Person, Place};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How many write at the same time.
const WRITERS: usize = 6;

/// Writers, and somebody whose token was revoked and who tries all the same.
pub(super) struct Load {
    enough: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Told>>,
    intruder: JoinHandle<usize>,
}

/// What writers were told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The ids of what was acknowledged.
    pub(super) acknowledged: Vec<String>,
    /// How many were told of an outage.
    pub(super) outages: usize,
}

impl Load {
    /// Begins.
    pub(super) async fn begin(ada: &Person) -> Self {
        let revoked = revoked(ada).await;
        let enough = Arc::new(AtomicBool::new(false));
        let writers = (0..WRITERS).map(|_| tokio::spawn(write(enough.clone(), ada.clone()))).collect();
        let intruder = tokio::spawn(intrude(enough.clone(), revoked));
        Self { enough, writers, intruder }
    }

    /// Ends when everybody has their last answer, or, where the server is gone, none.
    pub(super) async fn end(self) -> Told {
        self.enough.store(true, Ordering::SeqCst);
        let mut told = Told::default();
        for writer in self.writers {
            let one = writer.await.unwrap();
            told.acknowledged.extend(one.acknowledged);
            told.outages += one.outages;
        }
        assert!(self.intruder.await.unwrap() > 0, "nobody tried with the revoked token");
        assert!(!told.acknowledged.is_empty(), "nothing was written in time");
        told
    }
}

impl Told {
    /// What was acknowledged is there, each with its event, and the audit is whole.
    pub(super) async fn expect_kept(&self, ada: &Person, place: &Place) {
        for id in &self.acknowledged {
            ada.get(&format!("/v1/projects/{id}")).await.expect(200);
            let events = ada.get(&format!("/v1/audit-events?object={id}")).await.expect(200);
            assert_eq!(events.body["results"].as_array().map(Vec::len), Some(1), "{:#}", events.body);
        }
        let projects = ada.get("/v1/projects?size=1").await.expect(200).body["total"].as_u64().unwrap();
        let possible = self.acknowledged.len() + self.outages;
        let kept = usize::try_from(projects).unwrap();
        assert!((self.acknowledged.len()..=possible).contains(&kept), "{kept} of {self:?}");
        let Ended { success, stdout, stderr } = place.run(&["admin", "audit", "verify"]);
        assert!(success, "{stdout}{stderr}");
    }
}

async fn write(enough: Arc<AtomicBool>, ada: Person) -> Told {
    let mut told = Told::default();
    while !enough.load(Ordering::SeqCst) {
        let body = json!({ "name": format!("Project {}", Uuid::now_v7()) });
        let request = ada.request(Method::POST, "/v1/projects").json(&body);
        let Ok(response) = request.send().await else {
            told.outages += 1;
            break;
        };
        match response.status().as_u16() {
            201 => {
                let Ok(project) = response.json::<Value>().await else {
                    told.outages += 1;
                    break;
                };
                told.acknowledged.push(project["id"].as_str().unwrap().to_owned());
            }
            503 => {
                let seconds: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=60).contains(&seconds));
                told.outages += 1;
            }
            status => panic!("a write was answered with {status}: {}", response.text().await.unwrap()),
        }
    }
    told
}

/// Tries to read with a token that was revoked, whatever happens to the database. Never a wrong yes.
async fn intrude(enough: Arc<AtomicBool>, revoked: Person) -> usize {
    let mut tries = 0;
    while !enough.load(Ordering::SeqCst) {
        let Ok(response) = revoked.request(Method::GET, "/v1/projects").send().await else { break };
        let status = response.status().as_u16();
        assert!([401, 503].contains(&status), "a revoked token was answered with {status}");
        tries += 1;
    }
    tries
}

/// Somebody with a token that worked and was revoked.
async fn revoked(ada: &Person) -> Person {
    let made = ada.post("/v1/personal-access-tokens", &json!({ "name": "lost" })).await.expect(201);
    let token = ada.with_bearer(&made.text("token"));
    token.get("/v1/projects").await.expect(200);
    ada.act(&format!("/v1/personal-access-tokens/{}/revoke", made.id())).await.expect(200);
    token.get("/v1/projects").await.expect(401);
    token
}
