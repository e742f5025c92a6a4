//! A second implementation of the decision, in plain words and without any of the product's tables, and the comparison.

use ipnet::IpNet;
use keyhall_domain::authz::{Bearer, Decision, Place, Refusal, ScopeRef, Via, decide};
use keyhall_domain::id::{EnvironmentId, ProjectId};
use keyhall_domain::permission::Permission;
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::role::{AccountRole, BuiltInRole, EnvironmentRole, HeldRole, ProjectRole};
use proptest::prelude::*;

use crate::bearers::{account, any_bearer, environment, member, project};

/// Who holds what in the account: `s`uper_admin, `b`illing_admin, `a`dmin, `m`ember, `d`ecision_client; members before the
/// bar, credentials behind it. Copied from the model's two tables by hand.
const ACCOUNT: &str = "
    account:read                        sbam | sbam
    account:update                      sba  |
    billing:read billing:update         sb   | sb
    agent:create agent:read agent:list agent:update agent:delete   s a | s a
    api_credential:read api_credential:list                        sbam |
    api_credential:create api_credential:update api_credential:rotate api_credential:delete  s |
    ip_allow_list:read ip_allow_list:update                        s |
    member:read member:list group:read group:list                  sbam | sbam
    member:create member:update member:delete group:create group:update group:delete  sba |
    session:list session:revoke         s a  |
    role:read role:list                 sbam | sbam
    role:create role:update role:delete s |
    project:create                      sba  | sba
    audit_event:read audit_event:list   s    | s
    lineage:read                        s    | s
    resource_type:read resource_type:list integration:read integration:list  sbam | sbam
    resource_type:create resource_type:update resource_type:delete           s a  | s
    integration:create integration:update integration:delete                 s    |
    token_policy:read                   sbam |
    token_policy:update                 s    |
    personal_access_token:create personal_access_token:list personal_access_token:update  sbam |
    personal_access_token:regenerate personal_access_token:delete                          sbam |
    personal_access_token:read personal_access_token:revoke personal_access_token:rotate   sbam | sbam
    personal_access_token:manage_all    s a  |
    access:evaluate access:search access:explain  s a | s a d
";

/// Who holds what in a project: `o`wner, `c`ontributor, `v`iewer.
const PROJECT: &str = "
    project:read project:list environment:list environment:read grant:list grant:read   ocv
    repository:list repository:read                                                     ocv
    project:update repository:create repository:update repository:delete                oc
    project:delete grant:create grant:update grant:delete                               o
    environment:create environment:update environment:delete                            o
";

/// Who holds what in an environment by a role on it: `o`wner, `c`ontributor, o`p`erator, `v`iewer. `none` holds nothing.
const ENVIRONMENT: &str = "
    environment:read environment:list grant:list grant:read                             ocpv
    environment:update grant:create grant:update grant:delete                           o
";

fn letters(table: &str, permission: Permission) -> String {
    let name = permission.to_string();
    let line = table.lines().find(|line| line.split_whitespace().any(|word| word == name));
    line.map(|line| line.split_whitespace().filter(|word| !word.contains(':')).collect()).unwrap_or_default()
}

fn role_letter(role: AccountRole) -> char {
    role.to_string().chars().next().unwrap_or_default()
}

fn holds_in_account(bearer: &Bearer, permission: Permission) -> bool {
    let letters = letters(ACCOUNT, permission);
    let (members, credentials) = letters.split_once('|').unwrap_or_default();
    let column = match bearer.role() {
        AccountRole::Member(_) => members,
        AccountRole::Credential(_) => credentials,
    };
    column.contains(role_letter(bearer.role()))
}

/// Whether somebody knows of the project, and holds the permission there.
fn in_project(bearer: &Bearer, permission: Permission, id: ProjectId) -> (bool, bool) {
    if role_letter(bearer.role()) == 's' {
        return (true, letters(PROJECT, permission).contains('o'));
    }
    let grants = bearer.principal.projects.get(&id).map(|rights| rights.grants.clone()).unwrap_or_default();
    let gives = |role: &HeldRole<ProjectRole>| match role {
        HeldRole::Custom { permissions, .. } => permissions.has(permission),
        HeldRole::BuiltIn(role) => {
            role.name().chars().next().is_some_and(|letter| letters(PROJECT, permission).contains(letter))
        }
    };
    (!grants.is_empty(), grants.iter().any(|grant| gives(&grant.role)))
}

/// Whether a role on the environment gives the permission: `none` of one's own takes everything; grants add up; the default is
/// for who has none.
fn in_environment(bearer: &Bearer, permission: Permission, id: EnvironmentId) -> bool {
    let Some(rights) = bearer.principal.environments.get(&id) else { return false };
    let gives = |role: &HeldRole<EnvironmentRole>| match role {
        HeldRole::Custom { permissions, .. } => permissions.has(permission),
        HeldRole::BuiltIn(role) => {
            let letter = match role.name() {
                "owner" => 'o',
                "contributor" => 'c',
                "operator" => 'p',
                "viewer" => 'v',
                _ => '-',
            };
            letters(ENVIRONMENT, permission).contains(letter)
        }
    };
    let is_none = |role: &HeldRole<EnvironmentRole>| role.reference().to_string() == "none";
    let shut_out = rights.grants.iter().any(|grant| grant.group.is_none() && is_none(&grant.role));
    match rights.grants.len() {
        0 => gives(&rights.default),
        _ => !shut_out && rights.grants.iter().any(|grant| gives(&grant.role)),
    }
}

/// The answer in the model's words: `yes`, `missing` (403), `session` (403), `elsewhere` (403), `hidden` (404).
fn expected(bearer: &Bearer, permission: Permission, at: &ScopeRef, via: Via) -> &'static str {
    let (known, held) = match at.place {
        Place::Account => (true, holds_in_account(bearer, permission)),
        Place::OwnedBy(owner) => {
            let held = holds_in_account(bearer, permission);
            (owner == bearer.id() || held, held)
        }
        Place::Project(id) => in_project(bearer, permission, id),
        Place::Environment(at) => {
            let name = permission.to_string();
            let (known, on_project) = in_project(bearer, permission, at.project);
            let reaches = name.starts_with("environment:") || name.starts_with("grant:");
            let is_super_admin = role_letter(bearer.role()) == 's';
            let here = known && !is_super_admin && in_environment(bearer, permission, at.environment);
            (known, (on_project && reaches) || here)
        }
    };
    let listed = |network: &IpNet| network.to_string() == "127.0.0.0/8";
    match () {
        () if at.account != bearer.account => "hidden",
        // Every bearer of these tests calls from 127.0.0.1.
        () if !bearer.networks.is_empty() && !bearer.networks.iter().any(listed) => "elsewhere",
        () if !known => "hidden",
        () if !held => "missing",
        () if via == Via::SessionOnly && !bearer.in_session() => "session",
        () => "yes",
    }
}

fn actual(bearer: &Bearer, permission: Permission, at: &ScopeRef, via: Via) -> &'static str {
    match decide(bearer, permission, at, via) {
        Decision::Allowed(_) => "yes",
        Decision::Refused(Refusal::NotFound) => "hidden",
        Decision::Refused(Refusal::Missing { permission: missing, at: place }) => {
            assert_eq!((missing, place), (permission, *at), "the refusal names what was asked");
            "missing"
        }
        Decision::Refused(Refusal::SessionRequired) => "session",
        Decision::Refused(Refusal::AddressNotAllowed) => "elsewhere",
    }
}

fn any_permission() -> impl Strategy<Value = Permission> {
    let all: Vec<_> = Permission::all().collect();
    proptest::sample::select(all)
}

fn any_place() -> impl Strategy<Value = ScopeRef> {
    let place = prop_oneof![
        Just(Place::Account),
        (0..4_u128).prop_map(|number| Place::Project(project(number))),
        (0..4_u128).prop_map(|number| Place::Environment(environment(number))),
        (1..3_u128).prop_map(|number| Place::OwnedBy(PrincipalId::Member(member(number)))),
    ];
    (1..4_u128, place).prop_map(|(number, place)| ScopeRef { account: account(number), place })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_decision_is_what_the_model_says(
        bearer in any_bearer(),
        permission in any_permission(),
        at in any_place(),
        session_only in any::<bool>(),
    ) {
        let via = if session_only { Via::SessionOnly } else { Via::Any };
        prop_assert_eq!(actual(&bearer, permission, &at, via), expected(&bearer, permission, &at, via));
    }
}

#[test]
fn the_oracle_knows_every_permission_of_the_catalogue() {
    for permission in Permission::all() {
        assert!(!(letters(ACCOUNT, permission) + &letters(PROJECT, permission)).is_empty(), "{permission}");
    }
}
