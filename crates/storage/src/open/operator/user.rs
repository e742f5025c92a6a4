//! A user with all their memberships, locked: what shutting one out and deleting one begin with.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::account::Account;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, UserId};
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::MemberState;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::{MemberRole, MemberRoleRef};
use keyhall_domain::super_admins::left_without;
use uuid::Uuid;

use super::OperatorError;
use crate::account::AccountRow;
use crate::error::{Conflict, StoreError};
use crate::mail::LinkDelivery;
use crate::role::{RoleColumns, column};
use crate::schema::{accounts, email_changes, members, password_resets, sessions, users};
use crate::stored;
use crate::super_admin;

/// How a user is named.
#[derive(Debug, Clone)]
pub enum UserSelector {
    /// By the id.
    Id(UserId),
    /// By the address, in any spelling.
    Email(Email),
}

/// A person, as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: Email,
    /// Whether they may sign in anywhere.
    pub state: UserState,
}

/// One of the accounts that a user belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The account.
    pub account: Account,
    /// As which member.
    pub member: MemberId,
    /// With which role.
    pub role: MemberRoleRef,
    /// Whether the member may speak.
    pub state: MemberState,
}

/// A user whom the operator shut out, let in, or deleted.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// The user; as it was, when it is gone.
    pub user: User,
    /// Where it takes effect.
    pub memberships: Vec<Membership>,
    /// Whether it was otherwise before.
    pub changed: bool,
    /// How many sessions ended.
    pub sessions: usize,
}

type UserColumns = (Uuid, String, String);
const USER: (users::id, users::email, users::state) = (users::id, users::email, users::state);

/// Locks all accounts of a user, in the order of ids, and then the user, so that nobody takes them into another account or
/// changes anything about them; and reads both.
pub(super) fn lock(
    connection: &mut PgConnection,
    selector: &UserSelector,
) -> Result<(User, Vec<Membership>), StoreError> {
    let id = find(connection, selector)?;
    let of_user = members::table.filter(members::user_id.eq(Uuid::from(id)));
    let locked: Vec<Uuid> = accounts::table
        .filter(accounts::id.eq_any(of_user.select(members::account_id)))
        .order(accounts::id)
        .select(accounts::id)
        .for_no_key_update()
        .load(connection)?;
    let user = users::table.find(Uuid::from(id)).select(USER).for_update().first::<UserColumns>(connection);
    let user = user.optional()?.ok_or(OperatorError::NoUser)?;
    let (user, memberships) = (read(user)?, load_memberships(connection, id)?);
    // Somebody took them into another account before the user was locked: once more, with that one.
    let all_locked = memberships.iter().all(|one| locked.contains(&one.account.id.into()));
    if all_locked && is_meant(&user, selector) {
        Ok((user, memberships))
    } else {
        Err(StoreError::Conflict(Conflict::Concurrent))
    }
}

/// The id of a user.
fn find(connection: &mut PgConnection, selector: &UserSelector) -> Result<UserId, StoreError> {
    let found = match selector {
        UserSelector::Id(id) => users::table.find(Uuid::from(*id)).select(users::id).first(connection),
        UserSelector::Email(email) => users::table
            .filter(users::email_key.eq(email.key().as_str()))
            .select(users::id)
            .first::<Uuid>(connection),
    };
    Ok(found.optional()?.ok_or(OperatorError::NoUser)?.into())
}

/// A user, locked against being shut out, changed and deleted, but not against being invited.
pub(super) fn lock_alone(
    connection: &mut PgConnection,
    selector: &UserSelector,
) -> Result<(User, Option<String>), StoreError> {
    let id = Uuid::from(find(connection, selector)?);
    let (user, password): (UserColumns, Option<String>) = users::table
        .find(id)
        .select((USER, users::password_hash))
        .for_no_key_update()
        .first(connection)
        .optional()?
        .ok_or(OperatorError::NoUser)?;
    let user = read(user)?;
    if is_meant(&user, selector) {
        Ok((user, password))
    } else {
        Err(StoreError::Conflict(Conflict::Concurrent))
    }
}

/// Whether a user who was found is still who was meant, now that it is locked: the address may have become another.
fn is_meant(user: &User, selector: &UserSelector) -> bool {
    match selector {
        UserSelector::Id(id) => user.id == *id,
        UserSelector::Email(email) => user.email.key() == email.key(),
    }
}

/// Where a user is a member, in the order of the accounts' ids.
pub(super) fn load_memberships(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<(AccountRow, (Uuid, RoleColumns, String))> = members::table
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .filter(members::user_id.eq(Uuid::from(user)))
        .order(accounts::id)
        .select((AccountRow::as_select(), (members::id, (members::role, members::role_id), members::state)))
        .load(connection)?;
    let read = |(account, (member, role, state)): (AccountRow, (Uuid, RoleColumns, String))| {
        Ok(Membership {
            account: account.try_into()?,
            member: member.into(),
            role: column::reference(&role)?,
            state: stored::parse("members.state", &state)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Refuses to take a user out of action who is the last active Super Admin anywhere.
///
/// INVARIANT: the accounts are locked ([`lock`]), so that what is counted here holds until the transaction ends.
pub(super) fn keep_super_admins(
    connection: &mut PgConnection,
    memberships: &[Membership],
) -> Result<(), StoreError> {
    let mut present = Vec::new();
    for membership in memberships {
        let admins = super_admin::load(connection, membership.account.id)?;
        present.push((membership.account.clone(), membership.member, admins));
    }
    match left_without(present) {
        accounts if accounts.is_empty() => Ok(()),
        accounts => Err(OperatorError::LastSuperAdmin(accounts).into()),
    }
}

/// Ends what a user can come in by now: sessions, and links to a new password or address. Answers with the number of sessions.
pub(super) fn shut_out(
    connection: &mut PgConnection,
    user: &User,
    memberships: &[Membership],
) -> Result<usize, StoreError> {
    let id = Uuid::from(user.id);
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(id))).execute(connection)?;
    diesel::delete(email_changes::table.find(id)).execute(connection)?;
    let mut ended = 0;
    for Membership { account, member, .. } in memberships {
        ended += end_sessions(connection, account.id, *member)?;
    }
    Ok(ended)
}

fn end_sessions(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<usize, StoreError> {
    let theirs = sessions::table
        .filter(sessions::account_id.eq(Uuid::from(account)))
        .filter(sessions::member_id.eq(Uuid::from(member)));
    Ok(diesel::delete(theirs).execute(connection)?)
}

fn read((id, email, state): UserColumns) -> Result<User, StoreError> {
    Ok(User {
        id: id.into(),
        email: stored::parse("users.email", &email)?,
        state: stored::parse("users.state", &state)?,
    })
}

/// Tells the Super Admins of each account of which the user, who is not disabled yet, was one that there is one less.
pub(super) fn tell_super_admins(
    connection: &mut PgConnection,
    delivery: LinkDelivery,
    memberships: &[Membership],
    now: Timestamp,
) -> Result<(), StoreError> {
    for one in memberships {
        if one.role == MemberRole::SuperAdmin && one.state == MemberState::Active {
            let who = (one.account.id, one.member);
            super_admin::notify(connection, delivery, MailKind::SuperAdminRevoked, who, now)?;
        }
    }
    Ok(())
}
