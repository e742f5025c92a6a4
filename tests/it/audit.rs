//! The audit against those who can write to the database: what they do is found, and what Keyhall does by itself is not
//! taken for it.

mod beside;
mod command;
mod purge;
mod retention;
mod tampering;

use keyhall_domain::id::AccountId;
use keyhall_storage::{ChainReport, Fault, FaultKind};
use keyhall_tests::{Account, Database, Deployment};
use serde_json::json;
use uuid::Uuid;

use crate::sql;

/// The chain's id in the database.
fn chain(account: &Account) -> Uuid {
    sql::uuid::<AccountId>(&account.id)
}

/// What verification finds in the account's chain.
async fn verify(deployment: &Deployment, account: &Account) -> ChainReport {
    let id = account.id.parse().unwrap();
    deployment.store.verify_audit_chain(Some(id), None).await.unwrap()
}

/// The first fault of the account's chain.
async fn fault(deployment: &Deployment, account: &Account) -> Option<(i64, FaultKind)> {
    verify(deployment, account).await.fault.map(|Fault { sequence, kind }| (sequence, kind))
}

/// Makes so many projects, and with each an event.
async fn make_projects(account: &Account, count: usize) {
    for _ in 0..count {
        let body =
            json!({ "name": format!("Project {}", Uuid::now_v7()), "description": "Zürich 🚀 \"x\" \\" });
        account.super_admin.post("/v1/projects", &body).await.expect(201);
    }
}

/// The tables of the audit as they are now, to be put back.
struct Saved<'a>(&'a Database);

const TABLES: [&str; 3] = ["audit_chains", "audit_events", "audit_anchors"];

impl<'a> Saved<'a> {
    fn of(database: &'a Database) -> Self {
        for table in TABLES {
            database.execute(&format!("CREATE TABLE saved_{table} AS TABLE {table}"));
        }
        Self(database)
    }

    fn put_back(&self) {
        self.0.execute(&format!("TRUNCATE {}", TABLES.join(", ")));
        for table in TABLES {
            self.0.execute(&format!("INSERT INTO {table} SELECT * FROM saved_{table}"));
        }
    }
}
