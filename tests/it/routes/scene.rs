//! A project with an environment, and people who have something to do with them.

use keyhall_tests::{Account, Answer, Deployment, Person};
use serde_json::{Value, json};

/// A project `Payments` with an environment `Production`, both made by an ordinary admin.
pub(crate) struct Scene {
    pub(crate) deployment: Deployment,
    pub(crate) account: Account,
    /// Who made both, and so owns them; no Super Admin.
    pub(crate) owner: Person,
    /// The path of the project.
    pub(crate) project: String,
    /// The path of the environment.
    pub(crate) environment: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let deployment = Deployment::start().await;
        let account = deployment.account("Acme").await;
        let owner = account.person(&deployment, "admin").await;
        let project = owner.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201).id();
        let project = format!("/v1/projects/{project}");
        let environments = format!("{project}/environments");
        let made = owner.post(&environments, &json!({ "name": "Production" })).await.expect(201).id();
        let environment = format!("{environments}/{made}");
        Self { deployment, account, owner, project, environment }
    }

    /// The Super Admin.
    pub(crate) fn root(&self) -> &Person {
        &self.account.super_admin
    }

    /// Somebody new in the account, who is `member`.
    pub(crate) async fn person(&self) -> Person {
        self.account.person(&self.deployment, "member").await
    }

    /// Somebody new with a role on the project.
    pub(crate) async fn with_role(&self, role: &str) -> Person {
        let person = self.person().await;
        self.grant(&self.project, &person.member, role).await;
        person
    }

    /// A grant by the owner; its path.
    pub(crate) async fn grant(&self, place: &str, principal: &str, role: &str) -> String {
        let id = grant(&self.owner, place, principal, role).await.expect(201).id();
        format!("{place}/grants/{id}")
    }

    /// A group with these members; its id.
    pub(crate) async fn group(&self, name: &str, members: &[&Person]) -> String {
        let id = self.root().post("/v1/groups", &json!({ "name": name })).await.expect(201).id();
        for member in members {
            self.root().put(&format!("/v1/groups/{id}/members/{}", member.member)).await.expect(204);
        }
        id
    }

    /// A role of the account's own; its id.
    pub(crate) async fn role(&self, level: &str, permissions: &[&str]) -> String {
        role(self.root(), level, permissions).await.expect(201).id()
    }

    /// The id of the project.
    pub(crate) fn project_id(&self) -> &str {
        self.project.rsplit('/').next().expect("a path")
    }

    /// The id of the environment.
    pub(crate) fn environment_id(&self) -> &str {
        self.environment.rsplit('/').next().expect("a path")
    }

    /// Makes every Super Admin an ordinary admin, as in an account that came from an older system.
    pub(crate) fn lose_super_admins(&self) {
        let database = &self.deployment.database;
        database.execute("ALTER TABLE members DISABLE TRIGGER USER");
        database.execute("UPDATE members SET role = 'admin' WHERE role = 'super_admin'");
        database.execute("ALTER TABLE members ENABLE TRIGGER USER");
    }
}

/// Tries to grant a role.
pub(crate) async fn grant(by: &Person, place: &str, principal: &str, role: &str) -> Answer {
    by.post(&format!("{place}/grants"), &json!({ "principal": principal, "role": role })).await
}

/// Tries to make a role of the account's own.
pub(crate) async fn role(by: &Person, level: &str, permissions: &[&str]) -> Answer {
    let name = format!("{level} {}", permissions.join(" "));
    let name: String = name.chars().take(100).collect();
    let mut body = json!({ "name": name, "level": level, "permissions": permissions });
    if level == "account" {
        body["principals"] = json!("member");
    }
    by.post("/v1/roles", &body).await
}

/// Explains a permission, of oneself.
pub(crate) async fn explain(by: &Person, body: Value) -> Answer {
    by.post("/v1/access/explain", &body).await
}
