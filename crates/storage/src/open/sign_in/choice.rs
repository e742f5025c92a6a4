//! Where somebody signs in to whose password was right.

use std::net::IpAddr;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use ipnet::IpNet;
use keyhall_domain::authz::Refusal;
use keyhall_domain::id::{AccountId, MemberId, UserId};
use keyhall_domain::ip_allow_list;
use keyhall_domain::principal::{MemberStanding, StandingError};
use uuid::Uuid;

use crate::account::AccountRow;
use crate::audit::Chain;
use crate::error::{AccountChoice, Conflict, StoreError, Unauthenticated};
use crate::ip_allow_list::networks_of_account;
use crate::schema::{accounts, members, users};
use crate::stored;

/// Where a user signs in to, or why nowhere, and in which chain that is written down.
pub(super) enum Choice {
    Account { account: AccountId, member: MemberId },
    None { why: StoreError, reason: &'static str, chain: Chain },
}

/// One of the accounts that a user belongs to.
pub(super) type Membership = (AccountRow, Vec<IpNet>, (Uuid, String, String));

/// The user's memberships. Their accounts are locked first, in the order of ids, so that nobody is suspended or removed until
/// the session stands.
pub(super) fn load_memberships(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<Membership>, StoreError> {
    let of_user = members::table.filter(members::user_id.eq(Uuid::from(user)));
    accounts::table
        .filter(accounts::id.eq_any(of_user.select(members::account_id)))
        .order(accounts::id)
        .select(accounts::id)
        .for_share()
        .load::<Uuid>(connection)?;
    Ok(of_user
        .inner_join(users::table)
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .order(accounts::id)
        .select((AccountRow::as_select(), networks_of_account(), (members::id, members::state, users::state)))
        .load(connection)?)
}

/// The membership to sign in to: the one that was asked for, or the only one that is alive and can be reached from here.
pub(super) fn choose(
    memberships: Vec<Membership>,
    account: Option<AccountId>,
    address: IpAddr,
) -> Result<Choice, StoreError> {
    let mut alive: Vec<(AccountChoice, Uuid)> = Vec::new();
    let nowhere = StoreError::unauthenticated(Unauthenticated::Password);
    let mut none = Choice::None { why: nowhere, reason: "not-a-member", chain: Chain::Deployment };
    for (row, networks, (member, member_state, user_state)) in memberships {
        let choice = AccountChoice::try_from(row)?;
        if account.is_some_and(|account| account != choice.id) {
            continue;
        }
        let chain = Chain::Account(choice.id);
        let standing = MemberStanding {
            account: choice.state,
            user: stored::parse("users.state", &user_state)?,
            member: stored::parse("members.state", &member_state)?,
        };
        match standing.check() {
            Ok(()) if ip_allow_list::allows(&networks, address) => alive.push((choice, member)),
            Ok(()) => {
                let why = Refusal::AddressNotAllowed.into();
                none = Choice::None { why, reason: "address-not-allowed", chain };
            }
            Err(StandingError::Invited) => {}
            Err(why) => {
                let reason = reason(why);
                let why = StoreError::unauthenticated(Unauthenticated::Standing(why));
                none = Choice::None { why, reason, chain };
            }
        }
    }
    match alive.as_slice() {
        [] => Ok(none),
        [(choice, member)] => Ok(Choice::Account { account: choice.id, member: MemberId::from(*member) }),
        _ => {
            let choices = alive.into_iter().map(|(choice, _)| choice).collect();
            let why = StoreError::Conflict(Conflict::SeveralAccounts(choices));
            Ok(Choice::None { why, reason: "several-accounts", chain: Chain::Deployment })
        }
    }
}

/// What the audit says of a sign-in that failed with the right password.
pub(in crate::open) fn reason(why: StandingError) -> &'static str {
    match why {
        StandingError::AccountSuspended => "account-suspended",
        StandingError::UserDisabled => "user-disabled",
        StandingError::Invited | StandingError::Suspended => "member-suspended",
    }
}
