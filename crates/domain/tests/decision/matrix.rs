//! Every built-in role x every permission x every scope, through `decide`, as one table that a reviewer reads.

use keyhall_domain::authz::{Bearer, Decision, Place, Refusal, ScopeRef, Via, decide};
use keyhall_domain::permission::{CATALOGUE, Entry, Level, Permission};
use keyhall_domain::role::{
    AccountRole, BuiltInRole, CredentialRole, EnvironmentRole, MemberRole, ProjectRole,
};

use crate::bearers::{account, bearer, environment, of_group, own, project, with_environment, with_project};

/// A column: its heading, and who asks.
type Column = (String, Bearer);

#[test]
fn the_policy_matrix_is_as_it_was_approved() {
    let members = MemberRole::ALL.map(AccountRole::from);
    let credentials = CredentialRole::ALL.map(AccountRole::from);
    let text = [
        section("The account, asked by members", Level::Account, &account_columns(&members)),
        section("The account, asked by API credentials", Level::Account, &account_columns(&credentials)),
        section("A project, asked by members", Level::Project, &project_columns(&members)),
        section("A project, asked by API credentials", Level::Project, &project_columns(&credentials)),
        section(
            "An environment, by the role on its project, the default role being `none`",
            Level::Environment,
            &by_project_role(&members),
        ),
        section(
            "An environment, by the role on it, asked by members of the project who hold nothing there",
            Level::Environment,
            &by_environment_role(members[3]),
        ),
        section(
            "An environment, by the role on it, asked by API credentials that hold nothing on the project",
            Level::Environment,
            &by_environment_role(credentials[3]),
        ),
    ]
    .join("\n");
    insta::assert_snapshot!("policy_matrix", text);
}

fn account_columns(roles: &[AccountRole]) -> Vec<Column> {
    roles.iter().map(|role| (role.to_string(), bearer(*role))).collect()
}

/// One column for each project role of somebody who is nobody in particular in the account, and one for each account role
/// without any role on the project.
fn project_columns(roles: &[AccountRole]) -> Vec<Column> {
    let member = *roles.iter().find(|role| role.to_string() == "member").expect("there is such a role");
    let by_grant =
        ProjectRole::ROLES.iter().map(|role| (role.name().to_owned(), with_project(bearer(member), *role)));
    let without = roles.iter().map(|role| (format!("no role, {role}"), bearer(*role)));
    by_grant.chain(without).collect()
}

/// One column for each project role, with and without a `none` on the environment, and one for each account role without any
/// role on the project.
fn by_project_role(roles: &[AccountRole]) -> Vec<Column> {
    let member = bearer(MemberRole::Member);
    let here = |grants| move |bearer: Bearer| with_environment(bearer, grants, EnvironmentRole::None);
    let granted = ProjectRole::ROLES.iter().flat_map(|role| {
        let on_project = with_project(member.clone(), *role);
        [
            (role.name().to_owned(), here(vec![])(on_project.clone())),
            (format!("{}, none here", role.name()), here(vec![own(EnvironmentRole::None)])(on_project)),
        ]
    });
    let without = roles.iter().map(|role| (format!("no role, {role}"), here(vec![])(bearer(*role))));
    granted.chain(without).collect()
}

/// One column for each environment role, come by in each way, for somebody whose role on the project holds nothing.
fn by_environment_role(role: AccountRole) -> Vec<Column> {
    let nothing = with_project(bearer(role), crate::bearers::custom([]));
    let none = EnvironmentRole::None;
    let mut columns = Vec::new();
    for role in EnvironmentRole::ROLES {
        columns.push((role.name().to_owned(), with_environment(nothing.clone(), vec![own(*role)], none)));
        columns.push((format!("default {}", role.name()), with_environment(nothing.clone(), vec![], *role)));
    }
    let owner = of_group(1, EnvironmentRole::Owner);
    let shut_out = with_environment(nothing.clone(), vec![owner, own(none)], EnvironmentRole::Owner);
    columns.push(("group owner".to_owned(), with_environment(nothing, vec![owner], none)));
    columns.push(("group owner, none".to_owned(), shut_out));
    columns
}

fn section(title: &str, level: Level, columns: &[Column]) -> String {
    let at = match level {
        Level::Account => ScopeRef { account: account(1), place: Place::Account },
        Level::Project => ScopeRef { account: account(1), place: Place::Project(project(1)) },
        Level::Environment => ScopeRef { account: account(1), place: Place::Environment(environment(1)) },
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
