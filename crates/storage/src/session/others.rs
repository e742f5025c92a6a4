//! Sessions of a whole account: who is signed in, and signing others out.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Bearer, EndSession, ListSessions, Speaks};
use keyhall_domain::id::MemberId;
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::permission::{Level, Operation, Permission, ResourceType};
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::rank;
use keyhall_domain::role::{BuiltInRole, HeldRole, MemberRole};
use keyhall_domain::session::{ListedSession, SessionLifetimes};
use serde_json::json;
use uuid::Uuid;

use super::SessionRow;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::member;
use crate::precondition::Precondition;
use crate::schema::{members, roles, sessions};
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

/// Which sessions are asked for: `None` for all that the bearer may see.
type OfMember = Option<MemberId>;

impl Store {
    /// The living sessions that the bearer may see, newest first: its own, and with `session:list` those of whom it outranks
    /// (of other Super Admins too, for a Super Admin).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_sessions(
        &self,
        grant: &Granted<ListSessions>,
        of: OfMember,
        request: PageRequest,
    ) -> Result<Page<ListedSession>, StoreError> {
        let lifetimes = self.session_lifetimes();
        self.read(grant, move |tx| {
            let bearer = tx.bearer().clone();
            let visible = |now| visible(&bearer, of, lifetimes, now);
            let total = visible(tx.now).count().get_result(tx.connection)?;
            let rows: Vec<(SessionRow, jiff_diesel::Timestamp, Option<String>)> = visible(tx.now)
                .order((sessions::created_at.desc(), sessions::id.desc()))
                .offset(request.offset())
                .limit(request.limit())
                .select((SessionRow::as_select(), sessions::last_seen_at, sessions::user_agent))
                .load(tx.connection)?;
            let results = rows.into_iter().map(|(row, last_seen_at, user_agent)| {
                let session = keyhall_domain::session::Session::from(row);
                let current = bearer.speaks == Speaks::Session(session.id);
                ListedSession { session, last_seen_at: last_seen_at.to_jiff(), user_agent, current }
            });
            Ok(request.page(results.collect(), total))
        })
        .await
    }

    /// Ends a session: in a session one's own, or that of somebody whom one outranks.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when its member outranks the bearer, or a token would end its owner's; [`StoreError::NotFound`] when it was ended since;
    /// [`StoreError::Precondition`].
    pub async fn end_session(
        &self,
        grant: &Granted<EndSession>,
        precondition: Precondition,
    ) -> Result<(), StoreError> {
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            let id = *tx.scope();
            let session = super::load(tx, id)?;
            precondition.check(&session)?;
            let is_own = PrincipalId::Member(session.member_id) == tx.bearer().id();
            if !is_own || !tx.bearer().in_session() {
                let target = member::target(tx.connection, tx.bearer().account, session.member_id)?;
                rank::may_change(tx.bearer(), target)?;
            }
            diesel::delete(sessions::table.find(Uuid::from(id))).execute(tx.connection)?;
            let before = json!({ "memberId": session.member_id });
            Ok(Done::changed((), Change::removed(Object::Session(id), before)))
        })
        .await
    }
}

/// Ends all sessions of a user, in every account.
pub(crate) fn end_all_of_user(connection: &mut PgConnection, user: Uuid) -> Result<(), StoreError> {
    let of_user = members::table.filter(members::user_id.eq(user)).select(members::id);
    diesel::delete(sessions::table.filter(sessions::member_id.eq_any(of_user))).execute(connection)?;
    Ok(())
}

fn visible(
    bearer: &Bearer,
    of: OfMember,
    lifetimes: SessionLifetimes,
    now: Timestamp,
) -> sessions::BoxedQuery<'static, Pg> {
    let account = Uuid::from(bearer.account);
    let (_, oneself) = stored::principal_columns(bearer.id());
    let roles: Vec<&str> = roles_in_sight(bearer).into_iter().map(MemberRole::name).collect();
    let in_sight = members::table
        .filter(members::account_id.eq(account))
        .filter(members::role.eq_any(roles))
        .select(members::id);
    let custom = permissions_in_sight(bearer).map(|permissions| {
        let within = roles::table
            .filter(roles::account_id.eq(account))
            .filter(roles::permissions.is_contained_by(permissions))
            .select(roles::id.nullable());
        members::table
            .filter(members::account_id.eq(account))
            .filter(members::role_id.eq_any(within))
            .select(members::id)
    });
    let mut query = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::expires_at.gt(stored::time(now)))
        .filter(sessions::last_seen_at.gt(stored::time(now - lifetimes.idle)))
        .filter(sessions::member_id.eq(oneself).or(sessions::member_id.eq_any(in_sight)))
        .into_boxed();
    if let Some(custom) = custom {
        query = query.or_filter(
            sessions::account_id
                .eq(account)
                .and(sessions::expires_at.gt(stored::time(now)))
                .and(sessions::last_seen_at.gt(stored::time(now - lifetimes.idle)))
                .and(sessions::member_id.eq_any(custom)),
        );
    }
    if let Some(member) = of {
        query = query.filter(sessions::member_id.eq(Uuid::from(member)));
    }
    query
}

/// The built-in roles of those whose sessions the bearer sees.
fn roles_in_sight(bearer: &Bearer) -> Vec<MemberRole> {
    let sees = |role: &MemberRole| {
        rank::outranks(bearer, &HeldRole::from(*role))
            || (*role == MemberRole::SuperAdmin && bearer.is_super_admin())
    };
    if may_list(bearer) { MemberRole::ALL.into_iter().filter(sees).collect() } else { Vec::new() }
}

/// What roles of the account's own may permit at most for the bearer to see the sessions of those who have them.
fn permissions_in_sight(bearer: &Bearer) -> Option<Vec<String>> {
    let held =
        if bearer.is_super_admin() { Level::Account.permissions() } else { *bearer.account_permissions() };
    may_list(bearer).then(|| held.iter().map(|permission| permission.to_string()).collect())
}

fn may_list(bearer: &Bearer) -> bool {
    bearer.holds_in_account(Permission::new(ResourceType::Session, Operation::List))
}
