//! Who may put somebody into a group: whoever could hand out everything that the group was granted.

use keyhall_domain::authz::{Place, Refusal, ScopeRef};
use keyhall_domain::group::may_hand_out_grants;
use keyhall_domain::role::{AccountRole, MemberRole, ProjectRole};

use crate::bearers::{account, bearer, project, with_project};

fn at(number: u128) -> ScopeRef {
    ScopeRef { account: account(1), place: Place::Project(project(number)) }
}

#[test]
fn a_group_without_grants_hands_nothing_out() {
    let member = bearer(AccountRole::Member(MemberRole::Member));
    assert_eq!(may_hand_out_grants(&member, &[]), Ok(()));
}

#[test]
fn every_scope_of_the_group_has_to_be_ones_own_to_hand_out() {
    let admin = bearer(AccountRole::Member(MemberRole::Admin));
    let owner = with_project(admin.clone(), ProjectRole::Owner);
    assert_eq!(may_hand_out_grants(&owner, &[at(1)]), Ok(()));
    for (who, scopes, first) in [
        (&owner, vec![at(1), at(2)], at(2)),
        (&admin, vec![at(1)], at(1)),
        (&with_project(admin.clone(), ProjectRole::Contributor), vec![at(1)], at(1)),
    ] {
        let refusal = may_hand_out_grants(who, &scopes).unwrap_err();
        let Refusal::Missing { permission, at } = refusal else { panic!("{refusal:?}") };
        assert_eq!((permission.to_string().as_str(), at), ("grant:create", first));
    }
}

#[test]
fn a_super_admin_hands_out_everything() {
    let root = bearer(AccountRole::Member(MemberRole::SuperAdmin));
    assert_eq!(may_hand_out_grants(&root, &[at(1), at(2)]), Ok(()));
}
