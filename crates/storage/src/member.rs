//! Members: people in an account.
//!
//! What changes one takes the account's lock and decides again under it ([`crate::transaction::Tx::reconfirm`]); who may
//! change whom is the domain's (`rank`, `super_admins`).

mod change;
mod invite;
pub(crate) mod invited_roles;
mod resend;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use keyhall_domain::authz::{ListMembers, ReadMember};
use keyhall_domain::external_id::ExternalId;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_domain::member::{Member, MemberState};
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::rank::Target;
use uuid::Uuid;

use crate::error::StoreError;
use crate::granted::Granted;
use crate::role::{RoleColumns, column};
use crate::schema::{invitations, members, users};
use crate::store::Store;
use crate::stored;

pub(crate) use change::begin;
pub use invite::Invitation;
pub(crate) use invite::{INVITATION_LIFETIME, find_or_insert_user, insert_member};

/// A member as stored, with the user's columns, and what an invitation that is still open says.
#[derive(Debug, Queryable)]
pub(crate) struct MemberRow {
    id: Uuid,
    invited_as: Option<String>,
    email: String,
    name: Option<String>,
    role: RoleColumns,
    state: String,
    external_id: Option<String>,
    created_at: jiff_diesel::Timestamp,
}

type MemberColumns = (
    members::id,
    diesel::dsl::Nullable<invitations::email>,
    users::email,
    users::name,
    (members::role, members::role_id),
    members::state,
    members::external_id,
    members::created_at,
);

fn member_columns() -> MemberColumns {
    (
        members::id,
        invitations::email.nullable(),
        users::email,
        users::name,
        (members::role, members::role_id),
        members::state,
        members::external_id,
        members::created_at,
    )
}

impl Store {
    /// The account's members, newest first; with an external id, the one who has it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_members(
        &self,
        grant: &Granted<ListMembers>,
        external_id: Option<ExternalId>,
        request: PageRequest,
    ) -> Result<Page<Member>, StoreError> {
        self.read(grant, move |tx| {
            let account = tx.account();
            let total = called(account, external_id.as_ref()).count().get_result(tx.connection)?;
            let on_page = called(account, external_id.as_ref())
                .order((members::created_at.desc(), members::id.desc()))
                .offset(request.offset())
                .limit(request.limit())
                .select(members::id);
            let rows: Vec<MemberRow> = members::table
                .inner_join(users::table)
                .left_join(invitations::table.on(invitations::member_id.eq(members::id)))
                .filter(members::id.eq_any(on_page))
                .order((members::created_at.desc(), members::id.desc()))
                .select(member_columns())
                .load(tx.connection)?;
            let results = rows.into_iter().map(Member::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// The member that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was removed since.
    pub async fn read_member(&self, grant: &Granted<ReadMember>) -> Result<Member, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account, *tx.scope())).await
    }
}

/// The members of an account, or the one with this external id.
fn called(account: Uuid, external_id: Option<&ExternalId>) -> members::BoxedQuery<'_, Pg> {
    let all = members::table.filter(members::account_id.eq(account)).into_boxed();
    match external_id {
        Some(id) => all.filter(members::external_id.eq(id.as_str())),
        None => all,
    }
}

/// Reads a member of an account.
pub(crate) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    id: MemberId,
) -> Result<Member, StoreError> {
    members::table
        .inner_join(users::table)
        .left_join(invitations::table.on(invitations::member_id.eq(members::id)))
        .filter(members::id.eq(Uuid::from(id)))
        .filter(members::account_id.eq(Uuid::from(account)))
        .select(member_columns())
        .first::<MemberRow>(connection)?
        .try_into()
}

/// Reads what the rules on rank need to know of a member.
pub(crate) fn target(
    connection: &mut PgConnection,
    account: AccountId,
    id: MemberId,
) -> Result<Target, StoreError> {
    let member = load(connection, account, id)?;
    target_of(connection, account, &member)
}

/// The same of a member that was read.
pub(crate) fn target_of(
    connection: &mut PgConnection,
    account: AccountId,
    member: &Member,
) -> Result<Target, StoreError> {
    Ok(Target { id: member.id, role: column::resolve(connection, account, member.role)? })
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        let state: MemberState = stored::parse("members.state", &row.state)?;
        // Whether an invited address belongs to a user already is nobody's business before they accept: neither their name
        // nor their own spelling of the address is shown.
        let name = row.name.filter(|_| state != MemberState::Invited);
        let email = row.invited_as.unwrap_or(row.email);
        Ok(Self {
            id: row.id.into(),
            email: stored::parse("users.email", &email)?,
            name: stored::parse_optional("users.name", name.as_deref())?,
            role: column::reference(&row.role)?,
            state,
            external_id: stored::parse_optional("members.external_id", row.external_id.as_deref())?,
            created_at: row.created_at.to_jiff(),
        })
    }
}
