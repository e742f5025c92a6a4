//! Every built-in role x every permission x every scope, through `decide`, as one table that a reviewer reads.

use keyhall_domain::authz::{Bearer, Decision, Place, Refusal, ScopeRef, Via, decide};
use keyhall_domain::permission::{CATALOGUE, Entry, Level, Permission};
use keyhall_domain::role::{AccountRole, CredentialRole, MemberRole, ProjectRole};

use crate::bearers::{account, bearer, project, with_project};

/// A column: its heading, and who asks.
type Column = (String, Bearer);

#[test]
fn the_policy_matrix_is_as_it_was_approved() {
    let members = MemberRole::ALL.map(AccountRole::Member);
    let credentials = CredentialRole::ALL.map(AccountRole::Credential);
    let text = [
        section("The account, asked by members", Level::Account, &account_columns(&members)),
        section("The account, asked by API credentials", Level::Account, &account_columns(&credentials)),
        section("A project, asked by members", Level::Project, &project_columns(&members)),
        section("A project, asked by API credentials", Level::Project, &project_columns(&credentials)),
    ]
    .join("\n");
    insta::assert_snapshot!("policy_matrix", text);
}

fn account_columns(roles: &[AccountRole]) -> Vec<Column> {
    roles.iter().map(|role| (role.name().to_owned(), bearer(*role))).collect()
}

/// One column for each project role of somebody who is nobody in particular in the account, and one for each account role
/// without any role on the project.
fn project_columns(roles: &[AccountRole]) -> Vec<Column> {
    let member = *roles.iter().find(|role| role.name() == "member").expect("there is such a role");
    let by_grant = ProjectRole::ALL.map(|role| (role.name().to_owned(), with_project(bearer(member), role)));
    let without = roles.iter().map(|role| (format!("no role, {}", role.name()), bearer(*role)));
    by_grant.into_iter().chain(without).collect()
}

fn section(title: &str, level: Level, columns: &[Column]) -> String {
    let at = match level {
        Level::Account => ScopeRef { account: account(1), place: Place::Account },
        Level::Project => ScopeRef { account: account(1), place: Place::Project(project(1)) },
    };
    let permissions = CATALOGUE.iter().filter(|entry| entry.level == level).flat_map(Entry::permissions);
    let heading: String = columns.iter().map(|(name, _)| format!("  {name}")).collect();
    let mut text = format!("{title}\n{:34}{heading}\n", "");
    for permission in permissions {
        let cells: String = columns
            .iter()
            .map(|(name, bearer)| format!("  {:^1$}", cell(bearer, permission, &at), name.len()))
            .collect();
        text.push_str(format!("{:34}{cells}", permission.to_string()).trim_end());
        text.push('\n');
    }
    text
}

/// `yes`, nothing for a 403, `-` where the thing does not exist for who asks (404).
fn cell(bearer: &Bearer, permission: Permission, at: &ScopeRef) -> &'static str {
    match decide(bearer, permission, at, Via::Any) {
        Decision::Allowed(_) => "yes",
        Decision::Refused(Refusal::NotFound) => "-",
        Decision::Refused(_) => "",
    }
}
