//! Who may change whom: every pair of roles, and the exceptions for oneself and for tokens.

use keyhall_domain::authz::Bearer;
use keyhall_domain::permission::PermissionSet;
use keyhall_domain::rank::{RankError, Target, may_assign, may_change, may_define, may_hand_out, outranks};
use keyhall_domain::role::{CredentialRole, HeldRole, MemberRole};

use crate::bearers::{bearer, custom, member, through_token};
use MemberRole::{Admin, BillingAdmin, Member, SuperAdmin};

fn who(role: MemberRole) -> Bearer {
    bearer(role)
}

fn other(role: MemberRole) -> Target {
    Target { id: member(2), role: role.into() }
}

fn oneself(role: MemberRole) -> Target {
    Target { id: member(1), role: role.into() }
}

#[test]
fn roles_are_no_chain() {
    let above = |one: MemberRole| {
        MemberRole::ALL
            .into_iter()
            .filter(|two| outranks(&who(one), &HeldRole::from(*two)))
            .collect::<Vec<_>>()
    };
    assert_eq!(above(SuperAdmin), [BillingAdmin, Admin, Member]);
    assert_eq!(above(BillingAdmin), [BillingAdmin, Member]);
    assert_eq!(above(Admin), [Admin, Member]);
    assert_eq!(above(Member), [Member]);
}

#[test]
fn a_super_admin_is_changed_only_by_another_in_a_session() {
    assert_eq!(may_change(&who(SuperAdmin), other(SuperAdmin)), Ok(()));
    assert_eq!(may_change(&who(SuperAdmin), oneself(SuperAdmin)), Err(RankError::Oneself));
    assert_eq!(may_change(&through_token(who(SuperAdmin)), other(SuperAdmin)), Err(RankError::Token));
    for below in [BillingAdmin, Admin, Member] {
        assert_eq!(may_change(&who(below), other(SuperAdmin)), Err(RankError::SuperAdmin), "{below:?}");
    }
    let machine = bearer(CredentialRole::SuperAdmin);
    assert_eq!(may_change(&machine, other(SuperAdmin)), Err(RankError::SuperAdmin));
}

#[test]
fn nobody_is_raised_above_who_raises_them() {
    assert_eq!(may_assign(&who(Admin), other(Member), &BillingAdmin.into()), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(Admin), oneself(Admin), &BillingAdmin.into()), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(Admin), other(Member), &Admin.into()), Ok(()));
    assert_eq!(may_assign(&who(Admin), other(BillingAdmin), &Member.into()), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(SuperAdmin), other(Member), &SuperAdmin.into()), Err(RankError::Outranked));
    assert_eq!(may_hand_out(&who(Member), &Admin.into()), Err(RankError::Outranked));
}

#[test]
fn a_token_does_not_change_its_own_owner() {
    assert_eq!(may_change(&through_token(who(Admin)), oneself(Admin)), Err(RankError::Token));
    assert_eq!(may_change(&who(Admin), oneself(Admin)), Ok(()));
    assert_eq!(may_change(&through_token(who(Admin)), other(Admin)), Ok(()));
}

#[test]
fn a_custom_role_is_outranked_by_who_holds_all_that_it_holds() {
    let lister: HeldRole<MemberRole> = custom(["member:list".parse().expect("a permission")]);
    let biller = custom(["billing:read".parse().expect("a permission")]);
    for role in [SuperAdmin, BillingAdmin, Admin, Member] {
        assert!(outranks(&who(role), &lister), "{role:?}");
    }
    assert!(outranks(&who(BillingAdmin), &biller) && !outranks(&who(Admin), &biller));
    let narrow = bearer(keyhall_domain::role::AccountRole::Member(lister));
    assert!(outranks(&narrow, &lister) && !outranks(&narrow, &Member.into()));
}

#[test]
fn a_custom_account_role_is_defined_by_who_holds_what_it_held_and_what_it_will_hold() {
    let set = |text: &str| text.parse().into_iter().collect::<PermissionSet>();
    let (billing, agents) = (set("billing:read"), set("agent:create"));
    assert_eq!(may_define(&who(Admin), &PermissionSet::EMPTY, &agents), Ok(()));
    assert_eq!(may_define(&who(Admin), &billing, &agents), Err(RankError::Outranked));
    assert_eq!(may_define(&who(Admin), &agents, &billing), Err(RankError::Outranked));
    assert_eq!(may_define(&who(SuperAdmin), &billing, &agents), Ok(()));
}
