//! What must hold whatever the tables say.

use keyhall_domain::authz::{
    CreatePersonalAccessToken, Decision, ListProjects, Place, ReadMyself, ReadPersonalAccessToken, Refusal,
    ScopeRef, Via, decide, decide_action,
};
use keyhall_domain::permission::{Operation, Permission, PermissionSet, ResourceType};
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::role::{BuiltInRole, CredentialRole, EnvironmentRole, MemberRole, ProjectRole};
use proptest::prelude::*;

use crate::bearers::{
    account, any_bearer, bearer, environment, member, of_group, own, project, through_token, with_environment,
};

fn is_allowed(decision: Decision) -> bool {
    matches!(decision, Decision::Allowed(_))
}

proptest! {
    #[test]
    fn nothing_crosses_an_account(bearer in any_bearer(), number in 0..4_u128) {
        let elsewhere = account(99);
        for place in [
            Place::Account,
            Place::Project(project(number)),
            Place::Environment(environment(number)),
            Place::OwnedBy(bearer.id()),
        ] {
            let at = ScopeRef { account: elsewhere, place };
            for permission in Permission::all() {
                let decision = decide(&bearer, permission, &at, Via::Any);
                prop_assert_eq!(decision, Decision::Refused(Refusal::NotFound));
            }
            prop_assert!(!is_allowed(decide_action::<ListProjects>(&bearer, &at)));
            prop_assert!(!is_allowed(decide_action::<ReadMyself>(&bearer, &at)));
        }
    }

    #[test]
    fn a_token_never_has_more_than_its_owner(bearer in any_bearer(), number in 0..4_u128) {
        let token = through_token(bearer.clone());
        for place in [
            Place::Account,
            Place::Project(project(number)),
            Place::Environment(environment(number)),
            Place::OwnedBy(bearer.id()),
        ] {
            let at = ScopeRef { account: bearer.account, place };
            for permission in Permission::all() {
                for via in [Via::Any, Via::SessionOnly] {
                    let (owner, token) = (decide(&bearer, permission, &at, via), decide(&token, permission, &at, via));
                    prop_assert!(is_allowed(owner) || !is_allowed(token), "{permission}");
                }
            }
        }
    }

    #[test]
    fn what_is_held_is_what_is_decided(bearer in any_bearer(), number in 0..4_u128) {
        let bearer = keyhall_domain::authz::Bearer { networks: Vec::new(), ..bearer };
        for place in [Place::Project(project(number)), Place::Environment(environment(number))] {
            let at = ScopeRef { account: bearer.account, place };
            let held = bearer.permissions_at(&place);
            for permission in Permission::all() {
                let decision = decide(&bearer, permission, &at, Via::Any);
                let level = at.level();
                match held {
                    None => prop_assert_eq!(decision, Decision::Refused(Refusal::NotFound)),
                    Some(held) if permission.is_held_at(level) => {
                        prop_assert_eq!(is_allowed(decision), held.has(permission), "{}", permission);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    #[test]
    fn a_none_leaves_what_the_project_role_gives_and_nothing_else(bearer in any_bearer()) {
        let place = Place::Environment(environment(1));
        let without = with_environment(bearer.clone(), vec![], EnvironmentRole::None);
        let shut_out = vec![of_group(1, EnvironmentRole::Owner), own(EnvironmentRole::None)];
        let with = with_environment(bearer, shut_out, EnvironmentRole::Owner);
        prop_assert_eq!(with.permissions_at(&place), without.permissions_at(&place));
    }

    #[test]
    fn nothing_on_an_environment_counts_without_a_role_on_its_project(bearer in any_bearer()) {
        let mut stranger = with_environment(bearer, vec![own(EnvironmentRole::Owner)], EnvironmentRole::Owner);
        stranger.principal.projects.clear();
        let held = stranger.permissions_at(&Place::Environment(environment(1)));
        prop_assert_eq!(held.is_some(), stranger.principal.role.owns_everything());
    }

    #[test]
    fn taking_a_project_role_away_never_gives_anything(bearer in any_bearer(), number in 0..4_u128) {
        let mut poorer = bearer.clone();
        poorer.principal.projects.remove(&project(number));
        for number in 0..4 {
            let at = ScopeRef { account: bearer.account, place: Place::Project(project(number)) };
            for permission in Permission::all() {
                let (before, after) = (decide(&bearer, permission, &at, Via::Any), decide(&poorer, permission, &at, Via::Any));
                prop_assert!(is_allowed(before) || !is_allowed(after));
            }
        }
    }
}

#[test]
fn a_super_admin_member_holds_everything_at_every_level() {
    let bearer = bearer(MemberRole::SuperAdmin);
    for permission in Permission::all() {
        let allowed = [Place::Account, Place::Project(project(7))].into_iter().any(|place| {
            is_allowed(decide(&bearer, permission, &ScopeRef { account: account(1), place }, Via::Any))
        });
        assert!(allowed, "{permission}");
    }
}

#[test]
fn no_credential_holds_a_write_on_principals_or_policies() {
    use Operation::{Create, Delete, ManageAll, Rotate, Update};
    let writes = PermissionSet::EMPTY
        .with(ResourceType::Member, &[Create, Update, Delete])
        .with(ResourceType::Group, &[Create, Update, Delete])
        .with(ResourceType::Role, &[Create, Update, Delete])
        .with(ResourceType::ApiCredential, &[Create, Update, Rotate, Delete])
        .with(ResourceType::PersonalAccessToken, &[Create, Update, Delete, ManageAll])
        .with(ResourceType::Account, &[Update])
        .with(ResourceType::IpAllowList, &[Update])
        .with(ResourceType::TokenPolicy, &[Update]);
    for role in CredentialRole::ALL {
        let held: Vec<_> = role.permissions().iter().filter(|permission| writes.has(*permission)).collect();
        assert!(held.is_empty(), "{role:?} holds {held:?}");
    }
}

#[test]
fn each_project_role_holds_all_that_the_one_below_it_holds() {
    for pair in ProjectRole::ROLES.windows(2) {
        assert!(pair[0].permissions().has_all(pair[1].permissions()), "{pair:?}");
        assert!(!pair[1].permissions().has_all(pair[0].permissions()), "{pair:?}");
    }
}

#[test]
fn who_manages_all_tokens_may_make_one_but_only_in_a_session() {
    let admin = bearer(MemberRole::Admin);
    let at = ScopeRef { account: account(1), place: Place::Account };
    assert!(is_allowed(decide_action::<CreatePersonalAccessToken>(&admin, &at)));
    let token = through_token(admin);
    let refused = Decision::Refused(Refusal::SessionRequired);
    assert_eq!(decide_action::<CreatePersonalAccessToken>(&token, &at), refused);
}

#[test]
fn anothers_token_does_not_exist_for_who_does_not_manage_all() {
    let at = ScopeRef { account: account(1), place: Place::OwnedBy(PrincipalId::Member(member(2))) };
    for (role, allowed) in [
        (MemberRole::SuperAdmin, true),
        (MemberRole::Admin, true),
        (MemberRole::BillingAdmin, false),
        (MemberRole::Member, false),
    ] {
        let decision = decide_action::<ReadPersonalAccessToken>(&bearer(role), &at);
        assert_eq!(is_allowed(decision), allowed, "{role:?}");
        assert!(allowed || decision == Decision::Refused(Refusal::NotFound), "{role:?}");
    }
}
