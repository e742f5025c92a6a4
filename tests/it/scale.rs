//! An account as large as they come: 10,000 projects, 100,000 environments, 1,000,000 grants. Pages stay exact, and every
//! statement behind them finds its rows by an index. `cargo xtask test -- -p keyhall-tests --test it -- scale --nocapture` also
//! prints how long each page took, beside a single project.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use keyhall_domain::id::{AccountId, MemberId, ProjectId};
use keyhall_tests::{Account, Deployment, Options, Person, connect};
use uuid::Uuid;

use crate::sql;

const PROJECTS: i64 = 10_000;
const ENVIRONMENTS: i64 = 100_000;
const GRANTS: i64 = 1_000_000;

/// How often each page is asked for.
const TIMES: usize = 15;

/// A large account, one of whose members has a role on every project.
struct Large {
    deployment: Deployment,
    account: Account,
    busy: Person,
    project: String,
    environment: String,
}

#[tokio::test]
async fn pages_of_a_large_account_are_exact() {
    let large = Large::new().await;
    let (root, busy) = (&large.account.super_admin, &large.busy);
    let (database, floor) = (&large.deployment.database, large.median(root, &large.project).await);
    for (table, count) in [("projects", PROJECTS), ("environments", ENVIRONMENTS), ("grants", GRANTS)] {
        assert_eq!(database.count(table, "true"), count, "{table}");
    }
    let (project, environment) = (&large.project, &large.environment);
    let own = format!("/v1/members/{}/access?size=100", busy.member);
    for (who, path, total) in [
        (root, "/v1/projects?size=100".to_owned(), PROJECTS),
        (busy, "/v1/projects?size=100".to_owned(), PROJECTS),
        (busy, "/v1/projects?size=100&page=99&sort=name".to_owned(), PROJECTS),
        (busy, "/v1/projects?name=PROJECT%20999".to_owned(), 11),
        (busy, "/v1/projects?page=100&size=100".to_owned(), PROJECTS),
        (busy, format!("{project}/environments?size=100"), 10),
        (busy, format!("{project}/grants?size=100"), 90),
        (busy, format!("{project}/access?size=100"), 91),
        (busy, format!("{environment}/access?size=100&sort=role"), 91),
        (busy, own, PROJECTS),
    ] {
        let list = who.get(&path).await.expect(200).body;
        assert_eq!(list["total"], total, "{path}");
        let results = list["results"].as_array().expect("a list").len();
        let expected = if path.contains("page=100&") {
            0
        } else {
            total.min(if path.contains("size=100") { 100 } else { 25 })
        };
        assert_eq!(i64::try_from(results).expect("a number"), expected, "{path}");
        let median = large.median(who, &path).await;
        let times = median.as_secs_f64() / floor.as_secs_f64();
        println!("{:>9.2} ms  {times:>6.1} x a single project  {path}", median.as_secs_f64() * 1000.0);
    }
    for plan in large.plans() {
        assert!(!plan.contains("Seq Scan on grants") && plan.contains("Index"), "{plan}");
        println!("\n{plan}");
    }
}

impl Large {
    async fn new() -> Self {
        let options = Options { statement_timeout: Duration::from_secs(60), ..Options::default() };
        let deployment = Deployment::start_with(options).await;
        let account = deployment.account("Acme").await;
        let busy = account.person(&deployment, "member").await;
        let (id, member) = (sql::uuid::<AccountId>(&account.id), sql::uuid::<MemberId>(&busy.member));
        let url = deployment.database.url().to_owned();
        tokio::task::spawn_blocking(move || seed(&url, id, member)).await.expect("it is seeded");
        let projects = busy.get("/v1/projects?size=1").await.expect(200).body;
        let project = format!("/v1/projects/{}", projects["results"][0]["id"].as_str().expect("an id"));
        let environments = busy.get(&format!("{project}/environments?size=1")).await.expect(200).body;
        let environment = environments["results"][0]["id"].as_str().expect("an id");
        let environment = format!("{project}/environments/{environment}");
        Self { deployment, account, busy, project, environment }
    }

    async fn median(&self, who: &Person, path: &str) -> Duration {
        let mut all = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            who.get(path).await.expect(200);
            all.push(began.elapsed());
        }
        all.sort_unstable();
        all[TIMES / 2]
    }

    /// The plans of what looks for the grants of one principal, one project, and one principal on all projects.
    fn plans(&self) -> Vec<String> {
        let mut connection = connect(self.deployment.database.url());
        let (account, member) =
            (sql::uuid::<AccountId>(&self.account.id), sql::uuid::<MemberId>(&self.busy.member));
        let project = sql::uuid::<ProjectId>(self.project.rsplit('/').next().expect("a path"));
        let project = format!("project_id = '{project}' AND environment_id IS NULL");
        let principal = format!("principal_id = '{member}'");
        [
            format!("SELECT * FROM held_grants WHERE {principal} AND {project}"),
            format!("SELECT * FROM held_grants WHERE {project}"),
            format!("SELECT project_id FROM held_grants WHERE {principal} AND environment_id IS NULL AND role = 'viewer'"),
        ]
        .map(|query| {
            let query = format!("{query} AND account_id = '{account}'");
            format!("{query}\n{}", explain(&mut connection, &query))
        })
        .to_vec()
    }
}

/// Puts 89 members beside the busy one, and everything that they have roles on, past the application.
fn seed(database: &str, account: Uuid, busy: Uuid) {
    let mut connection = connect(database);
    let statements = format!(
        "CREATE TEMP TABLE people AS SELECT gen_random_uuid() AS id, gen_random_uuid() AS user_id, n FROM generate_series(1, 89) n;
         INSERT INTO users (id, email, email_key, name, state, created_at)
            SELECT user_id, 'p' || n || '@example.com', 'p' || n || '@example.com', 'Person ' || n, 'active', now() FROM people;
         INSERT INTO principals (id, account_id, kind) SELECT id, '{account}', 'member' FROM people;
         INSERT INTO members (id, account_id, user_id, role, state, created_at)
            SELECT id, '{account}', user_id, 'member', 'active', now() FROM people;
         INSERT INTO projects (id, account_id, name, name_key, created_by, created_by_kind, created_at)
            SELECT gen_random_uuid(), '{account}', 'Project ' || n, 'project ' || n, '{busy}', 'member', now() + n * interval '1 ms'
            FROM generate_series(0, {PROJECTS} - 1) n;
         INSERT INTO environments (id, account_id, project_id, name, name_key, default_role, created_by, created_by_kind, created_at)
            SELECT gen_random_uuid(), '{account}', projects.id, 'Environment ' || n, 'environment ' || n, 'viewer', '{busy}', 'member', now()
            FROM projects, generate_series(1, 10) n;
         INSERT INTO grants (id, account_id, project_id, principal_id, role, granted_by, granted_by_kind, created_at)
            SELECT gen_random_uuid(), '{account}', projects.id, who.id, 'viewer', '{busy}', 'member', now()
            FROM projects, (SELECT id FROM people UNION ALL SELECT '{busy}') who;
         INSERT INTO grants (id, account_id, project_id, environment_id, principal_id, role, granted_by, granted_by_kind, created_at)
            SELECT gen_random_uuid(), '{account}', project_id, environments.id, '{busy}', 'operator', '{busy}', 'member', now()
            FROM environments;"
    );
    connection.batch_execute(&statements).expect("it is seeded");
    // What autovacuum does sooner or later.
    connection.batch_execute("VACUUM ANALYZE").expect("it is tidied up");
}

fn explain(connection: &mut PgConnection, query: &str) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let lines: Vec<Line> =
        diesel::sql_query(format!("EXPLAIN (ANALYZE, BUFFERS) {query}")).load(connection).expect("a plan");
    lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
}
