//! Who may hand out which role where.

use keyhall_domain::authz::{
    Bearer, HandOutError, Place, Refusal, ScopeRef, may_give_out, may_grant, may_grant_everywhere,
};
use keyhall_domain::permission::{Level, Permission, PermissionSet};
use keyhall_domain::role::{BuiltInRole, CredentialRole, EnvironmentRole, HeldRole, MemberRole, ProjectRole};
use proptest::prelude::*;

use crate::bearers::{
    account, any_bearer, bearer, custom, environment, own, project, through_token, with_environment,
    with_project,
};

fn on_project(number: u128) -> ScopeRef {
    ScopeRef::project(account(1), project(number))
}

fn on_environment() -> ScopeRef {
    ScopeRef::environment(account(1), environment(1))
}

fn permissions(texts: &[&str]) -> Vec<Permission> {
    texts.iter().map(|text| text.parse().expect("a permission")).collect()
}

fn set(texts: &[&str]) -> PermissionSet {
    permissions(texts).into_iter().collect()
}

/// Somebody with a role of the account's own on project 1.
fn granter(texts: &[&str]) -> Bearer {
    with_project(bearer(MemberRole::Member), custom::<ProjectRole>(permissions(texts)))
}

#[test]
fn an_owner_hands_out_every_role_of_the_project_and_of_its_environments() {
    let owner = with_project(bearer(MemberRole::Member), ProjectRole::Owner);
    for role in ProjectRole::ROLES {
        assert_eq!(may_grant(&owner, role.permissions(), &on_project(1)), Ok(()));
    }
    let shut_out = with_environment(owner, vec![own(EnvironmentRole::None)], EnvironmentRole::None);
    for role in EnvironmentRole::ROLES {
        assert_eq!(may_grant(&shut_out, role.permissions(), &on_environment()), Ok(()));
    }
}

#[test]
fn an_environments_owner_hands_out_roles_there_and_nowhere_else() {
    let viewer = with_project(bearer(MemberRole::Member), ProjectRole::Viewer);
    let owner = with_environment(viewer, vec![own(EnvironmentRole::Owner)], EnvironmentRole::None);
    assert_eq!(may_grant(&owner, EnvironmentRole::Owner.permissions(), &on_environment()), Ok(()));
    let refused = may_grant(&owner, ProjectRole::Viewer.permissions(), &on_project(1));
    assert!(matches!(refused, Err(HandOutError::Refused(Refusal::Missing { .. }))), "{refused:?}");
}

#[test]
fn whoever_else_may_grant_hands_out_no_more_than_they_hold() {
    let may = |texts: &[&str], role: &PermissionSet| may_grant(&granter(texts), role, &on_project(1));
    let exceeds = |text: &str| {
        let permission = text.parse().expect("a permission");
        Err(HandOutError::Exceeds { permission, at: on_project(1) })
    };
    assert_eq!(may(&["grant:create"], &PermissionSet::EMPTY), Ok(()));
    assert_eq!(may(&["grant:create"], &set(&["project:read"])), exceeds("project:read"));
    assert_eq!(may(&["grant:create", "project:read"], &set(&["project:read"])), Ok(()));
    assert_eq!(
        may(&["grant:create", "project:read"], ProjectRole::Viewer.permissions()),
        exceeds("project:list")
    );
    let refused = may(&["project:read"], &set(&["project:read"]));
    assert!(matches!(refused, Err(HandOutError::Refused(Refusal::Missing { .. }))), "{refused:?}");
}

#[test]
fn whoever_grants_in_a_project_grants_in_its_environments_what_they_hold_there() {
    let granter = granter(&["grant:create", "environment:read"]);
    let role: HeldRole<EnvironmentRole> = custom(permissions(&["environment:read"]));
    assert_eq!(may_grant(&granter, role.permissions(), &on_environment()), Ok(()));
    let owner = EnvironmentRole::Owner.permissions();
    let refused = may_grant(&granter, owner, &on_environment());
    assert!(
        matches!(refused, Err(HandOutError::Exceeds { at, .. }) if at == on_environment()),
        "{refused:?}"
    );
}

#[test]
fn every_place_of_a_group_has_to_be_ones_own_to_hand_out() {
    let owner = with_project(bearer(MemberRole::Admin), ProjectRole::Owner);
    let viewer = *ProjectRole::Viewer.permissions();
    assert_eq!(may_grant_everywhere(&owner, &[]), Ok(()));
    assert_eq!(may_grant_everywhere(&owner, &[(on_project(1), viewer)]), Ok(()));
    let refused = may_grant_everywhere(&owner, &[(on_project(1), viewer), (on_project(2), viewer)]);
    let Err(HandOutError::Refused(Refusal::Missing { permission, at })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((permission.to_string().as_str(), at), ("grant:create", ScopeRef::account(account(1))));
}

#[test]
fn super_admins_hand_out_everything_and_other_account_roles_nothing() {
    let owner = ProjectRole::Owner.permissions();
    assert_eq!(may_grant(&bearer(MemberRole::SuperAdmin), owner, &on_project(1)), Ok(()));
    assert_eq!(may_grant(&through_token(bearer(MemberRole::SuperAdmin)), owner, &on_project(1)), Ok(()));
    assert_eq!(may_grant(&bearer(CredentialRole::SuperAdmin), owner, &on_project(1)), Ok(()));
    for role in [MemberRole::BillingAdmin, MemberRole::Admin, MemberRole::Member] {
        assert!(may_grant(&bearer(role), &PermissionSet::EMPTY, &on_project(1)).is_err(), "{role:?}");
    }
}

proptest! {
    #[test]
    fn nobody_but_an_owner_hands_out_what_they_do_not_hold(
        bearer in any_bearer(),
        number in 0..4_u128,
        in_environment in any::<bool>(),
        role in proptest::sample::subsequence(Level::Project.permissions().iter().collect::<Vec<_>>(), 0..12),
    ) {
        let place = if in_environment { Place::Environment(environment(number)) } else { Place::Project(project(number)) };
        let at = ScopeRef { account: bearer.account, place };
        let role: PermissionSet = role.into_iter().collect();
        if may_grant(&bearer, &role, &at).is_ok() {
            let held = bearer.permissions_at(&place).expect("who hands out has a part in it");
            let owner = *EnvironmentRole::Owner.permissions();
            let on_project = bearer.permissions_at(&Place::Project(project(number))).expect("and in its project");
            let owns = in_environment && on_project.has_all(ProjectRole::Owner.permissions());
            prop_assert!(held.has_all(&role) || owns && held.union(&owner).has_all(&role));
            prop_assert!(held.has("grant:create".parse().expect("a permission")));
        }
    }

    #[test]
    fn who_gives_out_without_speaking_gives_no_more_than_who_speaks(bearer in any_bearer(), number in 0..4_u128) {
        let at = ScopeRef::project(bearer.account, project(number));
        for role in ProjectRole::ROLES {
            let spoken = Bearer { networks: Vec::new(), ..bearer.clone() };
            let unspoken = may_give_out(&spoken.principal, role.permissions(), &at).is_ok();
            prop_assert_eq!(unspoken, may_grant(&spoken, role.permissions(), &at).is_ok());
        }
    }
}
