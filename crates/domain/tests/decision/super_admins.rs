//! The set of Super Admins, under any sequence of changes.

use keyhall_domain::id::MemberId;
use keyhall_domain::super_admins::{
    Elevation, ElevationError, LastSuperAdminError, SuperAdminError, SuperAdmins, left_without,
};
use proptest::prelude::*;

use crate::bearers::member;

#[test]
fn there_is_no_empty_set() {
    assert_eq!(SuperAdmins::new([]), None);
}

#[test]
fn the_last_one_cannot_be_removed_by_anybody() {
    let only = SuperAdmins::new([member(1)]).expect("not empty");
    assert_eq!(only.without(member(1), member(1)), Err(SuperAdminError::Oneself));
    assert_eq!(only.without(member(1), member(2)), Err(SuperAdminError::NotOneOfThem));
    assert_eq!(only.with(member(2), member(3)), Err(SuperAdminError::NotOneOfThem));
}

#[test]
fn the_operator_takes_nobody_who_is_the_last_and_makes_a_first_one_only_where_there_is_none() {
    let only = SuperAdmins::new([member(1)]).expect("not empty");
    assert_eq!(only.losing(member(1)), Err(LastSuperAdminError));
    assert_eq!(only.losing(member(2)), Ok(only.clone()), "who is none of them may go");

    for how in [Elevation::First, Elevation::BreakGlass] {
        assert_eq!(SuperAdmins::elevate(None, member(1), how), Ok(only.clone()));
    }
    assert_eq!(SuperAdmins::elevate(Some(&only), member(2), Elevation::First), Err(ElevationError));
    let both =
        SuperAdmins::elevate(Some(&only), member(2), Elevation::BreakGlass).expect("the glass is broken");
    assert_eq!((both.len(), both.has(member(1)), both.has(member(2))), (2, true, true));
}

proptest! {
    #[test]
    fn a_user_goes_only_where_every_account_that_has_super_admins_keeps_one(
        accounts in proptest::collection::vec(proptest::collection::btree_set(0..3_u128, 0..3), 0..6),
    ) {
        // The user is member 0 in each of them.
        let sets: Vec<_> = accounts.iter().map(|ids| SuperAdmins::new(ids.iter().copied().map(member))).collect();
        let memberships = sets.iter().cloned().enumerate().map(|(account, set)| (account, member(0), set));
        let left = left_without(memberships);
        for (account, ids) in accounts.iter().enumerate() {
            let others = ids.iter().any(|id| *id != 0);
            prop_assert_eq!(left.contains(&account), ids.contains(&0) && !others, "{:?}", ids);
        }
    }

    #[test]
    fn whatever_members_and_operator_do_an_account_that_has_one_keeps_one(
        steps in proptest::collection::vec((0..4_u8, 0..4_u128, 0..4_u128), 0..50),
    ) {
        let mut present: Option<SuperAdmins> = None;
        for (what, target, by) in steps {
            let (target, by): (MemberId, MemberId) = (member(target), member(by));
            let had = present.is_some();
            match (what, present.clone()) {
                (0, before) => {
                    if let Ok(after) = SuperAdmins::elevate(before.as_ref(), target, Elevation::First) {
                        prop_assert!(!had && after.len() == 1);
                        present = Some(after);
                    }
                }
                (1, before) => {
                    let after = SuperAdmins::elevate(before.as_ref(), target, Elevation::BreakGlass);
                    present = Some(after.expect("the glass is broken"));
                    prop_assert!(present.as_ref().is_some_and(|set| set.has(target)));
                }
                (2, Some(set)) => match set.losing(target) {
                    Ok(after) => {
                        prop_assert!(!after.has(target));
                        present = Some(after);
                    }
                    Err(LastSuperAdminError) => prop_assert!(set.has(target) && set.len() == 1),
                },
                (_, Some(set)) => present = Some(set.without(target, by).unwrap_or(set)),
                (_, None) => {}
            }
            prop_assert!(!had || present.as_ref().is_some_and(|set| set.len() >= 1));
        }
    }

    #[test]
    fn any_sequence_of_changes_leaves_one_who_was_asked_for(
        start in proptest::collection::btree_set(0..5_u128, 1..5),
        steps in proptest::collection::vec((any::<bool>(), 0..6_u128, 0..6_u128), 0..50),
    ) {
        let mut admins = SuperAdmins::new(start.into_iter().map(member)).expect("not empty");
        for (adds, target, by) in steps {
            let (target, by): (MemberId, MemberId) = (member(target), member(by));
            let after = if adds { admins.with(target, by) } else { admins.without(target, by) };
            match after {
                Ok(after) => {
                    prop_assert!(admins.has(by) && after.has(by), "who changes the set is in it before and after");
                    prop_assert_eq!(after.has(target), adds);
                    admins = after;
                }
                Err(SuperAdminError::NotOneOfThem) => prop_assert!(!admins.has(by)),
                Err(SuperAdminError::Oneself) => prop_assert!(!adds && target == by && admins.has(by)),
            }
            prop_assert!(admins.len() >= 1);
        }
    }
}
