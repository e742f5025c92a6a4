//! Who is in a group.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, AddGroupMember, GroupPlace, ListGroupMembers, RemoveGroupMember};
use keyhall_domain::group::{Group, GroupError, GroupMember};
use keyhall_domain::member::MemberState;
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::principal::UserState;
use serde_json::json;
use uuid::Uuid;

use super::{load, require_handing_out};
use crate::error::StoreError;
use crate::grant::{self, fall, ownership, rise};
use crate::granted::Granted;
use crate::schema::{group_members, members, principals, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// Somebody in a group, as the database has it.
#[derive(Debug, Queryable)]
struct GroupMemberRow {
    kind: String,
    principal: Uuid,
    state: Option<String>,
    name: Option<String>,
    email: Option<String>,
    added_at: Option<jiff_diesel::Timestamp>,
}

impl Store {
    /// Who is in the group, who was added last first; in `everyone` all active members, the newest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the group was deleted since.
    pub async fn list_group_members(
        &self,
        grant: &Granted<ListGroupMembers>,
        request: PageRequest,
    ) -> Result<Page<GroupMember>, StoreError> {
        self.read(grant, move |tx| {
            let group = load(tx.connection, tx.bearer().account, *tx.scope())?;
            let account = tx.account();
            let (rows, total) = match group.built_in {
                true => load_everyone(tx.connection, account, request)?,
                false => load_added(tx.connection, account, &group, request)?,
            };
            let results = rows.into_iter().map(GroupMember::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// Puts a principal of the account into a group; who is in it already stays there.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the bearer may not hand out what the group was granted; [`crate::Conflict::Group`] for
    /// `everyone`.
    pub async fn add_group_member(&self, grant: &Granted<AddGroupMember>) -> Result<(), StoreError> {
        self.write(grant, |tx| {
            begin(tx)?;
            require_handing_out(tx, tx.scope().group)?;
            let (_, principal) = stored::principal_columns(tx.scope().principal);
            let added = diesel::insert_into(group_members::table)
                .values((
                    group_members::account_id.eq(tx.account()),
                    group_members::group_id.eq(Uuid::from(tx.scope().group)),
                    group_members::principal_id.eq(principal),
                    group_members::added_at.eq(stored::time(tx.now)),
                ))
                .on_conflict_do_nothing()
                .execute(tx.connection)?;
            Ok(match added {
                0 => Done::unchanged(()),
                _ => Done::changed((), Change::created(group_of(tx.scope()), who(tx.scope()))),
            })
        })
        .await
    }

    /// Takes a principal out of a group.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for who is not in it; [`crate::Conflict::Group`] for `everyone`.
    pub async fn remove_group_member(&self, grant: &Granted<RemoveGroupMember>) -> Result<(), StoreError> {
        self.write(grant, |tx| {
            begin(tx)?;
            let (_, principal) = stored::principal_columns(tx.scope().principal);
            let place = group_members::table
                .filter(group_members::account_id.eq(tx.account()))
                .filter(group_members::group_id.eq(Uuid::from(tx.scope().group)))
                .filter(group_members::principal_id.eq(principal));
            let account = tx.bearer().account;
            let (group, leaving) = (tx.scope().group, tx.scope().principal);
            if is_in(tx)? {
                let granted = grant::of_group(tx.connection, account, group)?;
                rise::require_none_by_leaving(tx, leaving, &granted)?;
            }
            let fallen =
                ownership::keeping(tx, |tx| match diesel::delete(place).execute(tx.connection)? {
                    0 => Err(StoreError::NotFound),
                    _ => fall::of_principal(tx, principal),
                })?;
            let done = Done::changed((), Change::removed(group_of(tx.scope()), who(tx.scope())));
            Ok(fall::recorded(done, tx.bearer().account, &fallen))
        })
        .await
    }
}

/// Locks the account and decides again; the group must be one whose members are put there by hand.
fn begin<A: Action<Scope = GroupPlace>>(tx: &mut Tx<'_, A>) -> Result<(), StoreError> {
    tx.reconfirm()?;
    let group = load(tx.connection, tx.bearer().account, tx.scope().group)?;
    if group.built_in { Err(GroupError::BuiltIn.into()) } else { Ok(()) }
}

/// Whether the principal is in the group.
fn is_in<A: Action<Scope = GroupPlace>>(tx: &mut Tx<'_, A>) -> Result<bool, StoreError> {
    let (_, principal) = stored::principal_columns(tx.scope().principal);
    let place = group_members::table.find((tx.account(), Uuid::from(tx.scope().group), principal));
    Ok(diesel::select(diesel::dsl::exists(place)).get_result(tx.connection)?)
}

fn load_everyone(
    connection: &mut PgConnection,
    account: Uuid,
    request: PageRequest,
) -> Result<(Vec<GroupMemberRow>, i64), StoreError> {
    let everyone = members::table
        .inner_join(users::table)
        .filter(members::account_id.eq(account))
        .filter(members::state.eq(MemberState::Active.name()))
        .filter(users::state.eq(UserState::Active.name()));
    let total = everyone.count().get_result(connection)?;
    let never = diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>>("NULL");
    let rows = everyone
        .order((members::created_at.desc(), members::id.desc()))
        .offset(request.offset())
        .limit(request.limit())
        .select((
            members::kind,
            members::id,
            members::state.nullable(),
            users::name,
            users::email.nullable(),
            never,
        ))
        .load(connection)?;
    Ok((rows, total))
}

fn load_added(
    connection: &mut PgConnection,
    account: Uuid,
    group: &Group,
    request: PageRequest,
) -> Result<(Vec<GroupMemberRow>, i64), StoreError> {
    let added = group_members::table
        .filter(group_members::account_id.eq(account))
        .filter(group_members::group_id.eq(Uuid::from(group.id)));
    let total = added.count().get_result(connection)?;
    let rows = added
        .inner_join(principals::table.on(principals::id.eq(group_members::principal_id)))
        .left_join(members::table.on(members::id.eq(group_members::principal_id)))
        .left_join(users::table.on(users::id.eq(members::user_id)))
        .order((group_members::added_at.desc(), group_members::principal_id.desc()))
        .offset(request.offset())
        .limit(request.limit())
        .select((
            principals::kind,
            principals::id,
            members::state.nullable(),
            users::name.nullable(),
            users::email.nullable(),
            group_members::added_at.nullable(),
        ))
        .load(connection)?;
    Ok((rows, total))
}

fn group_of(place: &GroupPlace) -> Object {
    Object::Group(place.group)
}

fn who(place: &GroupPlace) -> serde_json::Value {
    json!({ "member": place.principal })
}

impl TryFrom<GroupMemberRow> for GroupMember {
    type Error = StoreError;

    fn try_from(row: GroupMemberRow) -> Result<Self, StoreError> {
        // Of who was invited nothing is shown that only the user knows; see `member`.
        let has_accepted = row.state.as_deref() != Some(MemberState::Invited.name());
        let (name, email) = (row.name.filter(|_| has_accepted), row.email.filter(|_| has_accepted));
        Ok(Self {
            principal: stored::principal(&row.kind, row.principal)?,
            name: stored::parse_optional("users.name", name.as_deref())?,
            email: stored::parse_optional("users.email", email.as_deref())?,
            added_at: row.added_at.map(jiff_diesel::Timestamp::to_jiff),
        })
    }
}
