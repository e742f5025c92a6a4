//! Bearers to decide about.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use keyhall_domain::authz::{Bearer, Ceiling, Origin, Speaks};
use keyhall_domain::id::{AccountId, ApiCredentialId, MemberId, PersonalAccessTokenId, ProjectId, SessionId};
use keyhall_domain::principal::{Principal, PrincipalId};
use keyhall_domain::role::{AccountRole, CredentialRole, MemberRole, ProjectRole};
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
pub(crate) fn bearer(role: AccountRole) -> Bearer {
    let id = match role {
        AccountRole::Member(_) => PrincipalId::Member(member(1)),
        AccountRole::Credential(_) => {
            PrincipalId::ApiCredential(ApiCredentialId::from(Uuid::from_u128(3_001)))
        }
    };
    Bearer {
        account: account(1),
        principal: Principal { id, role, projects: BTreeMap::new() },
        speaks: Speaks::Session(SessionId::from(Uuid::from_u128(4_001))),
        ceiling: Ceiling::All,
        networks: Vec::new(),
        origin: Origin::new(IpAddr::V4(Ipv4Addr::LOCALHOST), None, "test".to_owned()),
    }
}

/// The same bearer with a role on project 1.
pub(crate) fn with_project(bearer: Bearer, role: ProjectRole) -> Bearer {
    let projects = BTreeMap::from([(project(1), role)]);
    Bearer { principal: Principal { projects, ..bearer.principal.clone() }, ..bearer }
}

/// The same bearer speaking through a personal access token.
pub(crate) fn through_token(bearer: Bearer) -> Bearer {
    let id = PersonalAccessTokenId::from(Uuid::from_u128(5_001));
    Bearer { speaks: Speaks::PersonalAccessToken(id), ..bearer }
}

/// Any account role of members or credentials.
pub(crate) fn any_role() -> impl Strategy<Value = AccountRole> {
    let members = MemberRole::ALL.map(AccountRole::Member);
    let credentials = CredentialRole::ALL.map(AccountRole::Credential);
    proptest::sample::select([members.as_slice(), credentials.as_slice()].concat())
}

/// Any bearer of one of three accounts, with roles on some of four projects.
pub(crate) fn any_bearer() -> impl Strategy<Value = Bearer> {
    let roles = proptest::collection::btree_map(
        (0..4_u128).prop_map(project),
        proptest::sample::select(ProjectRole::ALL.to_vec()),
        0..4,
    );
    (any_role(), 1..4_u128, roles, any::<bool>(), any_networks()).prop_map(
        |(role, number, projects, token, networks)| {
            let bearer = bearer(role);
            let principal = Principal { projects, ..bearer.principal.clone() };
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
