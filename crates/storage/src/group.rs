//! Groups. `everyone` is in every account from the beginning; the others are made.
//!
//! Who is in which group is in [`members`]. Whoever puts somebody into a group that holds grants, or deletes it, hands these
//! out or takes them away, and needs the right to do that.

mod members;

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, CreateGroup, DeleteGroup, ListGroups, ReadGroup, UpdateGroup};
use keyhall_domain::grant::Grant;
use keyhall_domain::group::{EVERYONE, Group, GroupError, GroupPatch, NewGroup};
use keyhall_domain::id::{AccountId, GroupId};
use keyhall_domain::name::{Description, NameSearch};
use keyhall_domain::page::{NamedOrder, Page, PageRequest};
use keyhall_domain::permission::PermissionSet;
use serde_json::json;
use uuid::Uuid;

use crate::error::StoreError;
use crate::grant::{self, fall, ownership, rise};
use crate::granted::Granted;
use crate::hand_out;
use crate::idempotency::{Attempt, Creation};
use crate::precondition::Precondition;
use crate::project::contains;
use crate::schema::{group_members, groups};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

/// What `groups.kind` says of a group that was made.
const CUSTOM: &str = "custom";

/// A group as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = groups, check_for_backend(Pg))]
struct GroupRow {
    id: Uuid,
    kind: String,
    name: String,
    description: Option<String>,
    created_by: Option<Uuid>,
    created_by_kind: Option<String>,
    created_at: jiff_diesel::Timestamp,
}

impl Store {
    /// The account's groups.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_groups(
        &self,
        grant: &Granted<ListGroups>,
        name: Option<NameSearch>,
        order: NamedOrder,
        request: PageRequest,
    ) -> Result<Page<Group>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let total = named(tx.account(), pattern.as_deref()).count().get_result(tx.connection)?;
            let rows = ordered(named(tx.account(), pattern.as_deref()), order)
                .offset(request.offset())
                .limit(request.limit())
                .select(GroupRow::as_select())
                .load(tx.connection)?;
            let results = rows.into_iter().map(Group::try_from).collect::<Result<_, _>>()?;
            Ok(request.page(results, total))
        })
        .await
    }

    /// Makes a group.
    ///
    /// # Errors
    /// [`crate::Conflict::GroupName`] when the account has one of this name.
    pub async fn create_group(
        &self,
        grant: &Granted<CreateGroup>,
        attempt: Option<Attempt>,
        new: NewGroup,
    ) -> Result<Creation<Group>, StoreError> {
        self.create(grant, attempt, move |tx| {
            let group = insert(tx, &new)?;
            let change = Change::created(Object::Group(group.id), described(&group));
            Ok(Done::changed(group, change))
        })
        .await
    }

    /// The group that was granted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since.
    pub async fn read_group(&self, grant: &Granted<ReadGroup>) -> Result<Group, StoreError> {
        self.read(grant, |tx| load(tx.connection, tx.bearer().account, *tx.scope())).await
    }

    /// Changes a group's name or description.
    ///
    /// # Errors
    /// [`crate::Conflict::GroupName`]; [`crate::Conflict::Group`] for `everyone`; [`StoreError::Precondition`].
    pub async fn update_group(
        &self,
        grant: &Granted<UpdateGroup>,
        precondition: Precondition,
        patch: GroupPatch,
    ) -> Result<Group, StoreError> {
        self.write(grant, move |tx| {
            let before = begin(tx, &precondition)?;
            let GroupPatch { name, description } = patch.clone();
            let after = Group {
                name: name.into_option().unwrap_or_else(|| before.name.clone()),
                description: description.over(before.description.clone()),
                ..before.clone()
            };
            if after == before {
                return Ok(Done::unchanged(before));
            }
            update(tx.connection, &after)?;
            let change = Change::updated(Object::Group(after.id), described(&before), described(&after));
            Ok(Done::changed(after, change))
        })
        .await
    }

    /// Deletes a group; its grants go with it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the bearer may not hand out what the group was granted; [`crate::Conflict::Group`] for
    /// `everyone`; [`StoreError::Precondition`].
    pub async fn delete_group(
        &self,
        grant: &Granted<DeleteGroup>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            let group = begin(tx, &precondition)?;
            require_taking_away(tx, group.id)?;
            let account = tx.bearer().account;
            let granted = grant::of_group(tx.connection, account, group.id)?;
            let before = with_what_goes(tx, &group, &granted)?;
            let projects: Vec<_> = granted.iter().map(|(one, _)| one.project_id).collect();
            let fallen = ownership::keeping(tx, |tx| {
                diesel::delete(groups::table.find(Uuid::from(group.id))).execute(tx.connection)?;
                fall::in_projects(tx, &projects)
            })?;
            let done = Done::changed((), Change::removed(Object::Group(group.id), before));
            Ok(fall::recorded(done, account, &fallen))
        })
        .await
    }
}

/// Makes the group that every account has.
pub(crate) fn insert_everyone(
    connection: &mut PgConnection,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(groups::table)
        .values((
            groups::id.eq(Uuid::from(GroupId::generate(now))),
            groups::account_id.eq(Uuid::from(account)),
            (groups::kind.eq(EVERYONE), groups::name.eq(EVERYONE), groups::name_key.eq(EVERYONE)),
            groups::created_at.eq(stored::time(now)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Locks the account, decides again, and reads the group as it is now; it must be one that can be changed.
fn begin<A: Action<Scope = GroupId>>(
    tx: &mut Tx<'_, A>,
    precondition: &Precondition,
) -> Result<Group, StoreError> {
    tx.reconfirm()?;
    let group = load(tx.connection, tx.bearer().account, *tx.scope())?;
    precondition.check(&group)?;
    if group.built_in { Err(GroupError::BuiltIn.into()) } else { Ok(group) }
}

/// Whether the bearer may hand out what the group was granted.
fn require_handing_out<A: Action>(tx: &mut Tx<'_, A>, group: GroupId) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let grants = grant::of_group(tx.connection, account, group)?;
    let at: Vec<_> = grants.iter().map(|(one, role)| (grant::place_of(one).place(), *role)).collect();
    hand_out::require(tx, &at)
}

/// Whether the bearer may hand out anything wherever the group was granted something, and so take it away.
fn require_taking_away<A: Action>(tx: &mut Tx<'_, A>, group: GroupId) -> Result<(), StoreError> {
    let account = tx.bearer().account;
    let grants = grant::of_group(tx.connection, account, group)?;
    let nothing = PermissionSet::EMPTY;
    let at: Vec<_> = grants.iter().map(|(one, _)| (grant::place_of(one).place(), nothing)).collect();
    hand_out::require(tx, &at)?;
    grants.iter().try_for_each(|(one, _)| rise::require_none(tx, one))
}

fn named<'a>(account: Uuid, pattern: Option<&'a str>) -> groups::BoxedQuery<'a, Pg> {
    let all = groups::table.filter(groups::account_id.eq(account)).into_boxed();
    match pattern {
        Some(pattern) => all.filter(groups::name_key.like(pattern)),
        None => all,
    }
}

fn ordered(query: groups::BoxedQuery<'_, Pg>, order: NamedOrder) -> groups::BoxedQuery<'_, Pg> {
    match order {
        NamedOrder::Name => query.order((groups::name_key.asc(), groups::id.asc())),
        NamedOrder::NameDescending => query.order((groups::name_key.desc(), groups::id.desc())),
        NamedOrder::Oldest => query.order((groups::created_at.asc(), groups::id.asc())),
        NamedOrder::Newest => query.order((groups::created_at.desc(), groups::id.desc())),
    }
}

fn load(connection: &mut PgConnection, account: AccountId, id: GroupId) -> Result<Group, StoreError> {
    groups::table
        .filter(groups::id.eq(Uuid::from(id)))
        .filter(groups::account_id.eq(Uuid::from(account)))
        .select(GroupRow::as_select())
        .first(connection)?
        .try_into()
}

fn insert(tx: &mut Tx<'_, CreateGroup>, new: &NewGroup) -> Result<Group, StoreError> {
    let (kind, principal) = stored::principal_columns(tx.bearer().id());
    diesel::insert_into(groups::table)
        .values((
            groups::id.eq(Uuid::from(GroupId::generate(tx.now))),
            groups::account_id.eq(tx.account()),
            groups::kind.eq(CUSTOM),
            groups::name.eq(new.name.as_str()),
            groups::name_key.eq(new.name.key().as_str()),
            groups::description.eq(new.description.as_ref().map(Description::as_str)),
            (groups::created_by.eq(principal), groups::created_by_kind.eq(kind)),
            groups::created_at.eq(stored::time(tx.now)),
        ))
        .returning(GroupRow::as_returning())
        .get_result(tx.connection)?
        .try_into()
}

fn update(connection: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    diesel::update(groups::table.find(Uuid::from(group.id)))
        .set((
            groups::name.eq(group.name.as_str()),
            groups::name_key.eq(group.name.key().as_str()),
            groups::description.eq(group.description.as_ref().map(Description::as_str)),
        ))
        .execute(connection)?;
    Ok(())
}

fn described(group: &Group) -> serde_json::Value {
    json!({ "name": group.name, "description": group.description })
}

/// What the event of a deletion says: how many were in it, of whom each has an event of their coming, and what it was granted.
fn with_what_goes<A: Action>(
    tx: &mut Tx<'_, A>,
    group: &Group,
    granted: &[(Grant, PermissionSet)],
) -> Result<serde_json::Value, StoreError> {
    let id = Uuid::from(group.id);
    let members: i64 = group_members::table
        .filter(group_members::account_id.eq(tx.account()).and(group_members::group_id.eq(id)))
        .count()
        .get_result(tx.connection)?;
    let place = |(one, _): &(Grant, PermissionSet)| json!({ "projectId": one.project_id, "environmentId": one.environment_id, "role": one.role });
    let grants: Vec<_> = granted.iter().map(place).collect();
    let mut before = described(group);
    if let Some(fields) = before.as_object_mut() {
        fields.insert("members".to_owned(), members.into());
        fields.insert("grants".to_owned(), grants.into());
    }
    Ok(before)
}

impl TryFrom<GroupRow> for Group {
    type Error = StoreError;

    fn try_from(row: GroupRow) -> Result<Self, StoreError> {
        let maker = row.created_by_kind.zip(row.created_by);
        Ok(Self {
            id: row.id.into(),
            name: stored::parse("groups.name", &row.name)?,
            description: stored::parse_optional("groups.description", row.description.as_deref())?,
            built_in: row.kind == EVERYONE,
            created_at: row.created_at.to_jiff(),
            created_by: maker.map(|(kind, id)| stored::principal(&kind, id)).transpose()?,
        })
    }
}
