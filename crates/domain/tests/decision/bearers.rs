//! Bearers to decide about.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use keyhall_domain::authz::{
    Bearer, Ceiling, EnvironmentRef, EnvironmentRights, HeldGrant, Origin, ProjectRights, Speaks,
};
use keyhall_domain::id::{
    AccountId, ApiCredentialId, EnvironmentId, GrantId, GroupId, MemberId, PersonalAccessTokenId, ProjectId,
    RoleId, SessionId,
};
use keyhall_domain::permission::Permission;
use keyhall_domain::principal::{Principal, PrincipalId};
use keyhall_domain::role::{
    AccountRole, BuiltInRole, CredentialRole, EnvironmentRole, HeldRole, MemberRole, ProjectRole,
};
use proptest::prelude::*;
use uuid::Uuid;

/// One of a few accounts, so that two bearers often share one.
pub(crate) fn account(number: u128) -> AccountId {
    Uuid::from_u128(number).into()
}

/// One of a few projects.
pub(crate) fn project(number: u128) -> ProjectId {
    Uuid::from_u128(1_000 + number).into()
}

/// The member of this number.
pub(crate) fn member(number: u128) -> MemberId {
    Uuid::from_u128(2_000 + number).into()
}

/// A bearer of account 1 with this role, signed in, with no project.
pub(crate) fn bearer(role: impl Into<AccountRole>) -> Bearer {
    let role = role.into();
    let id = match role {
        AccountRole::Member(_) => PrincipalId::Member(member(1)),
        AccountRole::Credential(_) => {
            PrincipalId::ApiCredential(ApiCredentialId::from(Uuid::from_u128(3_001)))
        }
    };
    Bearer {
        account: account(1),
        principal: Principal::new(id, role),
        speaks: Speaks::Session(SessionId::from(Uuid::from_u128(4_001))),
        ceiling: Ceiling::All,
        networks: Vec::new(),
        origin: Origin::new(IpAddr::V4(Ipv4Addr::LOCALHOST), None, "test".to_owned()),
    }
}

/// One of a few environments, each in the project of the same number.
pub(crate) fn environment(number: u128) -> EnvironmentRef {
    EnvironmentRef {
        project: project(number),
        environment: EnvironmentId::from(Uuid::from_u128(6_000 + number)),
    }
}

/// A grant of a role, of the principal's own.
pub(crate) fn own<B>(role: impl Into<HeldRole<B>>) -> HeldGrant<B> {
    HeldGrant { id: GrantId::from(Uuid::from_u128(7_001)), role: role.into(), group: None }
}

/// A grant of a role to a group that the principal is in.
pub(crate) fn of_group<B>(number: u128, role: impl Into<HeldRole<B>>) -> HeldGrant<B> {
    let group = Some(GroupId::from(Uuid::from_u128(8_000 + number)));
    HeldGrant { id: GrantId::from(Uuid::from_u128(7_100 + number)), role: role.into(), group }
}

/// A role of the account's own that permits this.
pub(crate) fn custom<B>(permissions: impl IntoIterator<Item = Permission>) -> HeldRole<B> {
    HeldRole::Custom {
        id: RoleId::from(Uuid::from_u128(9_001)),
        permissions: permissions.into_iter().collect(),
    }
}

/// The same bearer with a role on project 1.
pub(crate) fn with_project(bearer: Bearer, role: impl Into<HeldRole<ProjectRole>>) -> Bearer {
    with_project_grants(bearer, vec![own(role)])
}

/// The same bearer with these grants on project 1.
pub(crate) fn with_project_grants(mut bearer: Bearer, grants: Vec<HeldGrant<ProjectRole>>) -> Bearer {
    bearer.principal.projects.insert(project(1), ProjectRights { grants });
    bearer
}

/// The same bearer with these grants on environment 1, which has this default role.
pub(crate) fn with_environment(
    mut bearer: Bearer,
    grants: Vec<HeldGrant<EnvironmentRole>>,
    default: impl Into<HeldRole<EnvironmentRole>>,
) -> Bearer {
    let rights = EnvironmentRights { grants, default: default.into() };
    bearer.principal.environments.insert(environment(1).environment, rights);
    bearer
}

/// The same bearer speaking through a personal access token.
pub(crate) fn through_token(bearer: Bearer) -> Bearer {
    let id = PersonalAccessTokenId::from(Uuid::from_u128(5_001));
    Bearer { speaks: Speaks::PersonalAccessToken(id), ..bearer }
}

/// Any built-in account role of members or credentials.
pub(crate) fn any_role() -> impl Strategy<Value = AccountRole> {
    let members = MemberRole::ALL.map(AccountRole::from);
    let credentials = CredentialRole::ALL.map(AccountRole::from);
    proptest::sample::select([members.as_slice(), credentials.as_slice()].concat())
}

/// Any built-in role of a kind, or one that permits anything of its level.
fn any_held<B: BuiltInRole>() -> impl Strategy<Value = HeldRole<B>> {
    let built_in = proptest::sample::select(B::ROLES.to_vec()).prop_map(HeldRole::BuiltIn);
    let all: Vec<_> = B::KIND.level().permissions().iter().collect();
    let count = all.len();
    let own = proptest::sample::subsequence(all, 0..=count).prop_map(custom);
    prop_oneof![3 => built_in, 1 => own]
}

/// A few grants: at most one of the principal's own, and those of groups, who are never granted `none`.
fn any_grants<B: BuiltInRole>() -> impl Strategy<Value = Vec<HeldGrant<B>>> {
    let to_group =
        any_held::<B>().prop_filter("a role of groups", |role| role.reference().to_string() != "none");
    (proptest::option::of(any_held::<B>()), proptest::collection::vec(to_group, 0..3)).prop_map(
        |(direct, groups)| {
            let groups = groups.into_iter().zip(1..).map(|(role, number)| of_group(number, role));
            direct.map(own).into_iter().chain(groups).collect()
        },
    )
}

/// Any bearer of one of three accounts, with roles on some of four projects and their environments.
pub(crate) fn any_bearer() -> impl Strategy<Value = Bearer> {
    let projects = proptest::collection::btree_map(
        (0..4_u128).prop_map(project),
        any_grants().prop_map(|grants| ProjectRights { grants }),
        0..4,
    );
    let environments = proptest::collection::btree_map(
        (0..4_u128).prop_map(|number| environment(number).environment),
        (any_grants(), any_held()).prop_map(|(grants, default)| EnvironmentRights { grants, default }),
        0..4,
    );
    (any_role(), 1..4_u128, projects, environments, any::<bool>(), any_networks()).prop_map(
        |(role, number, projects, environments, token, networks)| {
            let bearer = bearer(role);
            let principal = Principal { projects, environments, ..bearer.principal.clone() };
            let bearer = Bearer { account: account(number), principal, networks, ..bearer };
            if token { through_token(bearer) } else { bearer }
        },
    )
}

/// An account's allow list: mostly none, else one with loopback in it or without.
fn any_networks() -> impl Strategy<Value = Vec<IpNet>> {
    let lists = [&[][..], &[], &[], &["127.0.0.0/8", "192.0.2.0/24"], &["192.0.2.0/24"]];
    proptest::sample::select(lists.to_vec())
        .prop_map(|list| list.iter().map(|network| network.parse().expect("a network")).collect())
}
