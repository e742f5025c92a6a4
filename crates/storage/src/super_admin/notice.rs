//! Telling the Super Admins of an account that there is one more, or one less: in the transaction that made it so.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, UserId};
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::MemberState;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::{BuiltInRole, MemberRole};
use uuid::Uuid;

use crate::error::StoreError;
use crate::mail::{self, About, LinkDelivery, NewMail};
use crate::schema::{members, users};
use crate::stored;

/// Writes down a notice about a member to each active Super Admin of the account and to the member, whom each gets once. The
/// member must be there still.
pub(crate) fn notify(
    connection: &mut PgConnection,
    delivery: LinkDelivery,
    kind: MailKind,
    (account, member): (AccountId, MemberId),
    now: Timestamp,
) -> Result<(), StoreError> {
    if delivery == LinkDelivery::Caller {
        return Ok(());
    }
    let user: Uuid = members::table.find(Uuid::from(member)).select(members::user_id).first(connection)?;
    let about = About { account, member, user: user.into() };
    for (user, recipient) in readers(connection, account, member)? {
        mail::enqueue(connection, delivery, &NewMail { kind, recipient, user, about: Some(about) }, now)?;
    }
    Ok(())
}

fn readers(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<Vec<(UserId, Email)>, StoreError> {
    let is_super_admin = members::role
        .eq(MemberRole::SuperAdmin.name())
        .and(members::state.eq(MemberState::Active.name()))
        .and(users::state.eq(UserState::Active.name()));
    let rows: Vec<(Uuid, String)> = members::table
        .inner_join(users::table)
        .filter(members::account_id.eq(Uuid::from(account)))
        .filter(is_super_admin.or(members::id.eq(Uuid::from(member))))
        .order(members::id)
        .select((users::id, users::email))
        .load(connection)?;
    rows.into_iter().map(|(user, email)| Ok((user.into(), stored::parse("users.email", &email)?))).collect()
}
