//! Who may change whom: every pair of roles, and the exceptions for oneself and for tokens.

use keyhall_domain::authz::Bearer;
use keyhall_domain::rank::{RankError, Target, may_assign, may_change, may_hand_out, outranks};
use keyhall_domain::role::{AccountRole, CredentialRole, MemberRole};

use crate::bearers::{bearer, member, through_token};
use MemberRole::{Admin, BillingAdmin, Member, SuperAdmin};

fn who(role: MemberRole) -> Bearer {
    bearer(AccountRole::Member(role))
}

fn other(role: MemberRole) -> Target {
    Target { id: member(2), role }
}

fn oneself(role: MemberRole) -> Target {
    Target { id: member(1), role }
}

#[test]
fn roles_are_no_chain() {
    let above = |one: MemberRole| {
        MemberRole::ALL.into_iter().filter(|two| outranks(&who(one), *two)).collect::<Vec<_>>()
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
    let machine = bearer(AccountRole::Credential(CredentialRole::SuperAdmin));
    assert_eq!(may_change(&machine, other(SuperAdmin)), Err(RankError::SuperAdmin));
}

#[test]
fn nobody_is_raised_above_who_raises_them() {
    assert_eq!(may_assign(&who(Admin), other(Member), BillingAdmin), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(Admin), oneself(Admin), BillingAdmin), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(Admin), other(Member), Admin), Ok(()));
    assert_eq!(may_assign(&who(Admin), other(BillingAdmin), Member), Err(RankError::Outranked));
    assert_eq!(may_assign(&who(SuperAdmin), other(Member), SuperAdmin), Err(RankError::Outranked));
    assert_eq!(may_hand_out(&who(Member), Admin), Err(RankError::Outranked));
}

#[test]
fn a_token_does_not_change_its_own_owner() {
    assert_eq!(may_change(&through_token(who(Admin)), oneself(Admin)), Err(RankError::Token));
    assert_eq!(may_change(&who(Admin), oneself(Admin)), Ok(()));
    assert_eq!(may_change(&through_token(who(Admin)), other(Admin)), Ok(()));
}
