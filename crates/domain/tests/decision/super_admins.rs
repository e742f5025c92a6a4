//! The set of Super Admins, under any sequence of changes.

use keyhall_domain::id::MemberId;
use keyhall_domain::super_admins::{SuperAdminError, SuperAdmins};
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

proptest! {
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
