//! The schema is brought up to date at the operator's word, and never guessed at.

use keyhall_tests::{Database, Place};

const SERVE: &[&str] = &["serve", "--stop-with-parent"];

#[tokio::test]
async fn an_empty_database_is_served_after_it_was_migrated_and_not_before() {
    let database = Database::empty();
    let place = Place::on(&database);
    let ended = place.run(SERVE);
    assert!(ended.complaint(&[]).contains("run `keyhall migrate`"), "{}", ended.stderr);

    let first = place.run(&["migrate"]);
    assert!(first.success && first.stdout.starts_with("migrated "), "{first:?}");
    let second = place.run(&["migrate"]);
    assert!(second.success, "{second:?}");
    assert_eq!(second.stdout, "the schema is up to date\n");
    place.serve(&[]).get("/health/ready").await.expect(200);
}

#[tokio::test]
async fn a_server_that_may_migrate_does_so() {
    let place = Place::on(&Database::empty()).with("database.migrate", "true");
    place.serve(&[]).get("/health/ready").await.expect(200);
}

#[test]
fn a_database_that_is_newer_than_the_program_is_left_alone() {
    let database = Database::migrated();
    database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')");
    let place = Place::on(&database);
    for arguments in
        [SERVE, &["migrate"], &["admin", "bootstrap", "--account", "A", "--email", "a@example.com"]]
    {
        let ended = place.run(arguments);
        let complaint = ended.complaint(&[]);
        assert!(complaint.contains("`99990101000000`") && complaint.contains("newer Keyhall"), "{complaint}");
    }
    assert_eq!(database.count("accounts", "true"), 0);
}

#[test]
fn of_two_that_migrate_at_once_one_does_and_both_succeed() {
    let database = Database::empty();
    let place = Place::on(&database);
    let both = [place.spawn(&["migrate"]), place.spawn(&["migrate"])];
    let outputs = both.map(|child| child.wait_with_output().unwrap());
    let texts = outputs.map(|output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    });
    let idle = texts.iter().filter(|text| *text == "the schema is up to date\n").count();
    assert_eq!(idle, 1, "{texts:?}");
}

#[test]
fn a_master_key_that_is_not_the_databases_is_refused() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let (status, log) = place.serve(&[]).stop();
    assert!(status.success(), "{log}");

    let other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let ended = place.with("secrets.master_key", other).run(SERVE);
    let complaint = ended.complaint(&[other]);
    assert!(complaint.contains("master key") && !complaint.contains("unexpected"), "{complaint}");
}

#[test]
fn somebody_elses_database_is_left_as_it_is() {
    let foreign = Database::empty();
    foreign.execute("CREATE TABLE users (name text)");
    let elsewhere = Database::empty();
    elsewhere.execute(
        "CREATE TABLE __diesel_schema_migrations (version text PRIMARY KEY, run_on timestamp DEFAULT now())",
    );
    elsewhere.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20200101000000')");
    for database in [foreign, elsewhere] {
        for arguments in [SERVE, &["migrate"]] {
            let ended = Place::on(&database).run(arguments);
            assert!(ended.complaint(&[]).contains("tables that are not Keyhall's"), "{}", ended.stderr);
        }
        assert_eq!(database.count("pg_tables", "schemaname = 'public'"), 1);
    }
}

#[test]
fn to_look_whether_a_database_was_migrated_writes_nothing_into_it() {
    let database = Database::empty();
    assert!(!Place::on(&database).run(SERVE).success);
    assert_eq!(database.count("pg_tables", "schemaname = 'public'"), 0);
}

#[tokio::test]
async fn a_role_of_the_databases_that_is_no_superuser_is_enough() {
    let database = Database::migrated();
    let role = format!("plain_{}", uuid::Uuid::now_v7().simple());
    database.execute(&format!("CREATE ROLE {role} LOGIN"));
    database.execute(&format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"));
    let plain = database.as_role(&role);
    let place = Place::on(&plain);
    let made =
        place.run(&["admin", "bootstrap", "--account", "Acme", "--email", "ada@example.com", "--json"]);
    assert!(made.success, "{made:?}");
    place.serve(&[]).get("/health/ready").await.expect(200);
}
