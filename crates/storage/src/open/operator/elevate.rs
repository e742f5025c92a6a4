//! The Super Admin of an account that has none, or that has lost those who it had.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::account::Account;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_domain::mail::MailKind;
use keyhall_domain::member::Member;
use keyhall_domain::role::{BuiltInRole, MemberRole};
use keyhall_domain::super_admins::{Elevation, SuperAdmins};
use serde_json::json;
use uuid::Uuid;

use super::OperatorError;
use super::account::lock;
use crate::audit::Chain;
use crate::error::StoreError;
use crate::member;
use crate::schema::{members, users};
use crate::store::Store;
use crate::super_admin::{self, user_state};
use crate::transaction::Done;

/// Whom the operator makes Super Admin.
#[derive(Debug, Clone)]
pub struct ElevationRequest {
    /// The account.
    pub account: AccountId,
    /// The member.
    pub member: MemberSelector,
    /// On what the operator relies.
    pub how: Elevation,
}

/// How a member is named.
#[derive(Debug, Clone)]
pub enum MemberSelector {
    /// By the id.
    Id(MemberId),
    /// By the user's address.
    Email(Email),
}

/// Whom the operator made Super Admin.
#[derive(Debug, Clone)]
pub struct ElevatedMember {
    /// The account.
    pub account: Account,
    /// The member as it is now.
    pub member: Member,
    /// Whether they were none before.
    pub changed: bool,
    /// How many active Super Admins the account has besides.
    pub others: usize,
}

impl Store {
    /// Makes an active member Super Admin. The account may be suspended.
    ///
    /// # Errors
    /// [`OperatorError::NoAccount`], [`OperatorError::NoMember`]; [`OperatorError::HasSuperAdmins`] unless the glass is to be
    /// broken; [`crate::Conflict::MemberState`] when the member is not active.
    pub async fn elevate_member(&self, request: ElevationRequest) -> Result<ElevatedMember, StoreError> {
        let delivery = self.link_delivery();
        self.write_as_operator("super_admin.grant", move |connection, clock| {
            let (id, how) = (request.account, request.how);
            let account = lock(connection, id)?;
            let before = find(connection, id, &request.member)?;
            let present = super_admin::load(connection, id)?;
            let count = present.as_ref().map_or(0, SuperAdmins::len);
            let after = SuperAdmins::elevate(present.as_ref(), before.id, how)
                .map_err(|_| OperatorError::HasSuperAdmins { count })?;
            before.state.can_be_super_admin(user_state(connection, before.id)?)?;
            let others = after.len().saturating_sub(1);
            if after.len() == count {
                let unchanged = ElevatedMember { account, member: before, changed: false, others };
                return Ok((Done::unchanged(unchanged), Chain::Account(id)));
            }
            let role = MemberRole::SuperAdmin;
            diesel::update(members::table.find(Uuid::from(before.id)))
                .set((members::role.eq(role.name()), members::role_id.eq(None::<Uuid>)))
                .execute(connection)?;
            let kind = MailKind::SuperAdminGranted;
            super_admin::notify(connection, delivery, kind, (id, before.id), clock.now())?;
            let is = json!({ "role": role, "breakGlass": how == Elevation::BreakGlass });
            let change = Change::updated(Object::Member(before.id), json!({ "role": before.role }), is);
            let member = Member { role: role.into(), ..before };
            let changed = ElevatedMember { account, member, changed: true, others };
            Ok((Done::changed(changed, change), Chain::Account(id)))
        })
        .await
    }
}

fn find(
    connection: &mut PgConnection,
    account: AccountId,
    selector: &MemberSelector,
) -> Result<Member, StoreError> {
    let id = match selector {
        MemberSelector::Id(id) => Some(*id),
        MemberSelector::Email(email) => members::table
            .inner_join(users::table)
            .filter(members::account_id.eq(Uuid::from(account)))
            .filter(users::email_key.eq(email.key().as_str()))
            .select(members::id)
            .first::<Uuid>(connection)
            .optional()?
            .map(MemberId::from),
    };
    let member = id.map(|id| member::load(connection, account, id));
    match member {
        None | Some(Err(StoreError::NotFound)) => Err(OperatorError::NoMember.into()),
        Some(found) => found,
    }
}
