//! What stands in the database, read and written past the application.

use std::collections::BTreeMap;
use std::str::FromStr;

use diesel::prelude::*;
use diesel::sql_types::Text;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_tests::{Account, Database, connect};
use serde_json::Value;
use uuid::Uuid;

/// The text of one column.
#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The rows of a query, each as a JSON object.
pub(crate) fn rows(database: &Database, query: &str) -> Vec<Value> {
    let lines = lines(database, &format!("SELECT row_to_json(row)::text AS line FROM ({query}) AS row"));
    lines.iter().map(|line| serde_json::from_str(line).expect("PostgreSQL writes JSON")).collect()
}

/// Every row of every table, as text; byte strings are hexadecimal.
pub(crate) fn dump(database: &Database) -> Vec<String> {
    let tables = lines(database, "SELECT tablename AS line FROM pg_tables WHERE schemaname = 'public'");
    let selects: Vec<_> = tables
        .iter()
        .map(|table| format!("SELECT '{table} ' || t::text AS line FROM {table} AS t"))
        .collect();
    lines(
        database,
        &format!("SELECT line FROM ({}) AS everything ORDER BY line", selects.join(" UNION ALL ")),
    )
}

/// Every row of every table but the audit's.
pub(crate) fn unaudited(database: &Database) -> Vec<String> {
    dump(database).into_iter().filter(|line| !line.starts_with("audit_")).collect()
}

/// How many rows each table has.
pub(crate) fn sizes(database: &Database) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    for line in dump(database) {
        let table = line.split(' ').next().unwrap_or_default().to_owned();
        *sizes.entry(table).or_default() += 1;
    }
    sizes
}

/// The id as the database has it.
pub(crate) fn uuid<T: FromStr<Err: std::fmt::Debug> + Into<Uuid>>(id: &str) -> Uuid {
    id.parse::<T>().expect("an id of its kind").into()
}

/// A member who never signs in, made without the cost of a password.
pub(crate) fn insert_member(database: &Database, account: &Account, role: &str, state: &str) -> String {
    let (user, member) = (Uuid::now_v7(), Uuid::now_v7());
    let account = uuid::<AccountId>(&account.id);
    database.execute(&format!(
        "WITH new_user AS (
             INSERT INTO users (id, email, email_key, state, created_at)
             VALUES ('{user}', '{user}@example.com', '{user}@example.com', 'active', now())
         ), new_principal AS (
             INSERT INTO principals (id, account_id, kind) VALUES ('{member}', '{account}', 'member')
         )
         INSERT INTO members (id, account_id, user_id, role, state, created_at)
         VALUES ('{member}', '{account}', '{user}', '{role}', '{state}', now())"
    ));
    MemberId::from(member).to_string()
}

/// The role and the state of a member; `None` when there is none.
pub(crate) fn standing(database: &Database, member: &str) -> Option<(String, String)> {
    let id = uuid::<MemberId>(member);
    let row = rows(database, &format!("SELECT role, state FROM members WHERE id = '{id}'")).pop()?;
    Some((row["role"].as_str()?.to_owned(), row["state"].as_str()?.to_owned()))
}

/// Changes the row of a member.
pub(crate) fn set_member(database: &Database, member: &str, assignments: &str) {
    let id = uuid::<MemberId>(member);
    assert_eq!(database.execute(&format!("UPDATE members SET {assignments} WHERE id = '{id}'")), 1);
}

/// Changes the user of a member.
pub(crate) fn set_user(database: &Database, member: &str, assignments: &str) {
    let id = uuid::<MemberId>(member);
    let of_member = format!("id = (SELECT user_id FROM members WHERE id = '{id}')");
    assert_eq!(database.execute(&format!("UPDATE users SET {assignments} WHERE {of_member}")), 1);
}

/// Changes the state of an account, as the operator does.
pub(crate) fn set_account_state(database: &Database, account: &str, state: &str) {
    let id = uuid::<AccountId>(account);
    assert_eq!(database.execute(&format!("UPDATE accounts SET state = '{state}' WHERE id = '{id}'")), 1);
}

fn lines(database: &Database, query: &str) -> Vec<String> {
    let lines: Vec<Line> =
        diesel::sql_query(query).load(&mut connect(database.url())).expect("the rows are read");
    lines.into_iter().map(|line| line.line).collect()
}
