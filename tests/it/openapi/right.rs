//! Every operation with every built-in role, in a session and through a token: who lacks the right is refused and told
//! what is missing where, who has it is let through. What is expected follows from `x-permission` and the role tables.

use keyhall_domain::permission::Permission;
use keyhall_domain::role::{BuiltInRole, EnvironmentRole, MemberRole, ProjectRole};
use keyhall_tests::{Account, Deployment, Person};

use super::document::{Mode, Operation, guarded};
use super::fixture::{Filled, call, fill, grant, grant_in_environment};
use super::verdict::Verdict;

#[tokio::test]
async fn a_super_admin_is_let_through_by_the_table() {
    walk(MemberRole::SuperAdmin).await;
}

#[tokio::test]
async fn a_billing_admin_is_let_through_by_the_table_and_nowhere_else() {
    walk(MemberRole::BillingAdmin).await;
}

#[tokio::test]
async fn an_admin_is_let_through_by_the_table_and_nowhere_else() {
    walk(MemberRole::Admin).await;
}

#[tokio::test]
async fn a_member_is_let_through_by_the_table_and_nowhere_else() {
    walk(MemberRole::Member).await;
}

/// In what relation the caller stands to what the path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// In none but being in its account.
    Account,
    /// It is the caller's own.
    Own,
    /// It is somebody else's own.
    Others,
    /// The caller has this role on the project.
    Project(Option<ProjectRole>),
    /// The caller has this role on the environment, and nothing on its project.
    Environment(EnvironmentRole),
}

async fn walk(role: MemberRole) {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let mut person = account.person(&deployment, role.name()).await;
    let token = person.through_token().await;
    for operation in guarded() {
        for relation in relations(&operation) {
            for in_session in [true, false] {
                let caller = if in_session { &person } else { &token };
                let filled = prepare(&account, &operation, (&person, relation)).await;
                let answer = call(&operation, &filled.path, caller, &account).await;
                let expected = expected(&operation, role, relation, in_session, (&account, &filled));
                let context =
                    format!("{operation}, {relation:?}, in a session: {in_session}: {:#}", answer.body);
                assert_eq!(Verdict::of(&answer), expected, "{context}");
                person = still_signed_in(&deployment, person).await;
            }
        }
    }
}

fn relations(operation: &Operation) -> Vec<Relation> {
    if operation.is_in("projectId") {
        let roles = ProjectRole::ROLES.iter().copied().map(Some).chain([None]).map(Relation::Project);
        let here = EnvironmentRole::ROLES.iter().filter(|_| operation.is_in("environmentId"));
        roles.chain(here.copied().map(Relation::Environment)).collect()
    } else if matches!(operation.right.mode, Mode::OwnOr(_)) {
        vec![Relation::Own, Relation::Others]
    } else {
        vec![Relation::Account]
    }
}

async fn prepare(
    account: &Account,
    operation: &Operation,
    (person, relation): (&Person, Relation),
) -> Filled {
    let owner = if relation == Relation::Own { person } else { &account.super_admin };
    let filled = fill(operation, account, owner).await;
    match (relation, &filled.project, &filled.environment) {
        (Relation::Project(Some(role)), Some(project), _) => grant(account, person, project, role).await,
        (Relation::Environment(role), Some(project), Some(environment)) => {
            grant_in_environment(account, person, (project, environment), role).await;
        }
        _ => {}
    }
    filled
}

fn expected(
    operation: &Operation,
    role: MemberRole,
    relation: Relation,
    in_session: bool,
    (account, filled): (&Account, &Filled),
) -> Verdict {
    let right = &operation.right;
    let permission = match (&right.mode, relation) {
        (Mode::OwnOr(others), Relation::Others) => others.clone(),
        _ => right.permission.clone().expect("a guarded operation names its permission"),
    };
    let is_free = matches!(right.mode, Mode::Own | Mode::Filter) && !is_hidden(role, relation);
    let holds = is_free || held(role, relation, &permission);
    let narrowest = filled.environment.as_ref().or(filled.project.as_ref());
    let scope = narrowest.unwrap_or(&account.id).clone();
    match relation {
        _ if holds && right.needs_session() && !in_session => Verdict::SessionRequired,
        _ if holds => Verdict::LetThrough,
        Relation::Others | Relation::Project(None) => Verdict::NotFound,
        Relation::Account | Relation::Own | Relation::Project(Some(_)) | Relation::Environment(_) => {
            Verdict::Missing { permission, scope }
        }
    }
}

fn held(role: MemberRole, relation: Relation, permission: &str) -> bool {
    let is_it = |held: Permission| held.to_string() == permission;
    match relation {
        Relation::Project(_) | Relation::Environment(_) if role == MemberRole::SuperAdmin => {
            ProjectRole::Owner.permissions().iter().any(is_it)
        }
        Relation::Project(role) => role.is_some_and(|role| role.permissions().iter().any(is_it)),
        Relation::Environment(role) => role.permissions().iter().any(is_it),
        Relation::Account | Relation::Own | Relation::Others => role.permissions().iter().any(is_it),
    }
}

/// Whether the thing is not there for the caller at all.
fn is_hidden(role: MemberRole, relation: Relation) -> bool {
    relation == Relation::Project(None) && role != MemberRole::SuperAdmin
}

/// The person, signed in again where the operation ended their session.
async fn still_signed_in(deployment: &Deployment, person: Person) -> Person {
    match person.get("/v1/sessions/current").await.status {
        401 => Person::sign_in(deployment, &person.email, &person.password).await,
        _ => person,
    }
}
