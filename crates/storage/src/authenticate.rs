//! Who speaks: from the raw header to a living bearer.
//!
//! Storage looks at the credential itself and nobody else can say who somebody is. The shape and the checksum are tested
//! before PostgreSQL is asked; the state of what was found is told only after its digest matched.

use diesel::dsl::Nullable;
use diesel::expression::SqlLiteral;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Cidr};
use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::secret::PresentedSecret;
use keyhall_domain::account::AccountState;
use keyhall_domain::authz::{Bearer, Ceiling, Origin, Speaks};
use keyhall_domain::id::{AccountId, MemberId, PersonalAccessTokenId, SessionId};
use keyhall_domain::member::MemberState;
use keyhall_domain::personal_access_token::TokenStatus;
use keyhall_domain::principal::{MemberStanding, Principal, PrincipalId, UserState};
use keyhall_domain::role::AccountRole;
use keyhall_domain::session::SessionLifetimes;
use uuid::Uuid;

use crate::error::{StoreError, Unauthenticated};
use crate::ip_allow_list::networks_of_account;
use crate::personal_access_token::status_at;
use crate::role::{HeldColumns, column};
use crate::schema::{accounts, members, personal_access_tokens, roles, sessions, users};
use crate::store::Store;
use crate::stored;

/// The use of a session is written down at most once a minute, and more often where sessions are idle after less than an
/// hour: counting from what was written down, a session is never idle later than it should be, and at most a sixtieth of the
/// time sooner.
fn seen_every(lifetimes: SessionLifetimes) -> SignedDuration {
    (lifetimes.idle / 60).min(SignedDuration::from_secs(60))
}

/// Somebody whose credential was verified, and who is alive. Only storage makes one.
#[derive(Debug)]
pub struct Authenticated(Bearer);

/// A living principal, the account that it speaks in, and from where that can be reached.
pub(crate) struct Living {
    pub(crate) principal: Principal,
    pub(crate) account: AccountId,
    pub(crate) networks: Vec<IpNet>,
}

/// The columns on which it depends whether a member may speak, and as what.
type StandingColumns = (Uuid, Uuid, HeldColumns, String, String, String, Vec<IpNet>);

impl Authenticated {
    /// Who it is.
    pub fn principal(&self) -> PrincipalId {
        self.0.id()
    }

    /// Through what they speak.
    pub fn speaks(&self) -> Speaks {
        self.0.speaks
    }

    pub(crate) fn into_bearer(self) -> Bearer {
        self.0
    }
}

impl Store {
    /// Verifies the `Authorization` header of a request, as it came.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what is wrong; [`StoreError::Unavailable`] when PostgreSQL cannot say.
    pub async fn authenticate(
        &self,
        header: Option<&str>,
        origin: Origin,
    ) -> Result<Authenticated, StoreError> {
        let secret = parse_header(header).map_err(StoreError::unauthenticated)?;
        let (now, lifetimes) = (self.clock().now(), self.session_lifetimes());
        self.reading(move |connection| {
            let (Living { principal, account, networks }, speaks) = match &secret {
                PresentedSecret::Session(secret) => {
                    find_session(connection, &secret.digest(), now, lifetimes)?
                }
                PresentedSecret::PersonalAccessToken(secret) => {
                    find_token(connection, &secret.digest(), now)?
                }
                PresentedSecret::Client(_) | PresentedSecret::OneTime(_) => {
                    return Err(StoreError::unauthenticated(Unauthenticated::Unknown));
                }
            };
            Ok(Authenticated(Bearer {
                account,
                principal,
                speaks,
                ceiling: Ceiling::All,
                networks,
                origin: origin.clone(),
            }))
        })
        .await
    }
}

/// The same bearer with its role and standing as they are now, for a decision inside a transaction; none when the session
/// or token that it speaks through was ended since.
pub(crate) fn reload(
    connection: &mut PgConnection,
    bearer: &Bearer,
    now: Timestamp,
) -> Result<Bearer, StoreError> {
    let PrincipalId::Member(member) = bearer.id() else {
        return Err(StoreError::unauthenticated(Unauthenticated::Unknown));
    };
    let Living { principal, account, networks } = load_living(connection, member)?;
    check_not_ended(connection, bearer.speaks, now)?;
    Ok(Bearer { account, principal, networks, ..bearer.clone() })
}

/// A living member.
///
/// # Errors
/// [`StoreError::Refused`] when it is gone, or may not speak.
pub(crate) fn load_living(connection: &mut PgConnection, member: MemberId) -> Result<Living, StoreError> {
    let columns = find_standing(connection, member)?;
    living(columns.ok_or(StoreError::unauthenticated(Unauthenticated::Unknown))?)
}

/// A member of an account, whether it may speak now or not.
///
/// # Errors
/// [`StoreError::NotFound`] when the account has no such member.
pub(crate) fn load_principal(
    connection: &mut PgConnection,
    account: AccountId,
    member: MemberId,
) -> Result<(Principal, MemberStanding), StoreError> {
    let columns = find_standing(connection, member)?.ok_or(StoreError::NotFound)?;
    match standing(columns)? {
        (Living { principal, account: theirs, .. }, standing) if theirs == account => {
            Ok((principal, standing))
        }
        _ => Err(StoreError::NotFound),
    }
}

fn find_standing(
    connection: &mut PgConnection,
    member: MemberId,
) -> Result<Option<StandingColumns>, StoreError> {
    Ok(members::table
        .inner_join(users::table)
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .left_join(roles::table.on(members::role_id.eq(roles::id.nullable())))
        .filter(members::id.eq(Uuid::from(member)))
        .select(standing_columns())
        .first(connection)
        .optional()?)
}

/// Whether the session or token that somebody speaks through is still there and has not ended since.
fn check_not_ended(connection: &mut PgConnection, speaks: Speaks, now: Timestamp) -> Result<(), StoreError> {
    let (found, why) = match speaks {
        Speaks::Session(id) => {
            let session = sessions::table
                .find(Uuid::from(id))
                .filter(sessions::expires_at.gt(stored::time(now)))
                .select(sessions::id);
            (session.first::<Uuid>(connection).optional()?, Unauthenticated::Unknown)
        }
        Speaks::PersonalAccessToken(id) => {
            let token = personal_access_tokens::table
                .find(Uuid::from(id))
                .filter(status_at(now).eq(TokenStatus::Active.name()))
                .select(personal_access_tokens::id);
            (token.first(connection).optional()?, Unauthenticated::Unknown)
        }
    };
    found.map(drop).ok_or(StoreError::unauthenticated(why))
}

fn parse_header(header: Option<&str>) -> Result<PresentedSecret, Unauthenticated> {
    let header = header.ok_or(Unauthenticated::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(Unauthenticated::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() || token.trim().contains(' ') {
        return Err(Unauthenticated::Malformed);
    }
    PresentedSecret::parse(token.trim()).map_err(|_| Unauthenticated::Unknown)
}

fn find_session(
    connection: &mut PgConnection,
    digest: &SecretDigest,
    now: Timestamp,
    lifetimes: SessionLifetimes,
) -> Result<(Living, Speaks), StoreError> {
    type Row = (Uuid, jiff_diesel::Timestamp, jiff_diesel::Timestamp, StandingColumns);
    let (id, last_seen_at, expires_at, columns): Row = sessions::table
        .inner_join(members::table.on(members::id.eq(sessions::member_id)))
        .inner_join(users::table.on(users::id.eq(members::user_id)))
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .left_join(roles::table.on(members::role_id.eq(roles::id.nullable())))
        .filter(sessions::digest.eq(digest.as_bytes().as_slice()))
        .select((sessions::id, sessions::last_seen_at, sessions::expires_at, standing_columns()))
        .first(connection)
        .optional()?
        .ok_or(StoreError::unauthenticated(Unauthenticated::Unknown))?;
    lifetimes
        .check(expires_at.to_jiff(), last_seen_at.to_jiff(), now)
        .map_err(|why| StoreError::unauthenticated(Unauthenticated::Session(why)))?;
    let living = living(columns)?;
    if now.duration_since(last_seen_at.to_jiff()) >= seen_every(lifetimes) {
        diesel::update(sessions::table.find(id))
            .set(sessions::last_seen_at.eq(stored::time(now)))
            .execute(connection)?;
    }
    Ok((living, Speaks::Session(SessionId::from(id))))
}

fn find_token(
    connection: &mut PgConnection,
    digest: &SecretDigest,
    now: Timestamp,
) -> Result<(Living, Speaks), StoreError> {
    type Row = (Uuid, Option<jiff_diesel::Timestamp>, Option<jiff_diesel::Timestamp>, StandingColumns);
    let (id, expires_at, revoked_at, columns): Row = personal_access_tokens::table
        .inner_join(members::table.on(members::id.eq(personal_access_tokens::owner_id)))
        .inner_join(users::table.on(users::id.eq(members::user_id)))
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .left_join(roles::table.on(members::role_id.eq(roles::id.nullable())))
        .filter(personal_access_tokens::digest.eq(digest.as_bytes().as_slice()))
        .select((
            personal_access_tokens::id,
            personal_access_tokens::expires_at,
            personal_access_tokens::revoked_at,
            standing_columns(),
        ))
        .first(connection)
        .optional()?
        .ok_or(StoreError::unauthenticated(Unauthenticated::Unknown))?;
    let instant = |time: Option<jiff_diesel::Timestamp>| time.map(jiff_diesel::Timestamp::to_jiff);
    match TokenStatus::at(now, instant(expires_at), instant(revoked_at)) {
        TokenStatus::Active => {}
        ended => return Err(StoreError::unauthenticated(Unauthenticated::Token(ended))),
    }
    Ok((living(columns)?, Speaks::PersonalAccessToken(PersonalAccessTokenId::from(id))))
}

type Standing = (
    members::id,
    members::account_id,
    (members::role, members::role_id, Nullable<roles::permissions>),
    members::state,
    users::state,
    accounts::state,
    SqlLiteral<Array<Cidr>>,
);

fn standing_columns() -> Standing {
    (
        members::id,
        members::account_id,
        (members::role, members::role_id, roles::permissions.nullable()),
        members::state,
        users::state,
        accounts::state,
        networks_of_account(),
    )
}

/// The living principal of these columns; no rights on projects loaded yet.
fn living(columns: StandingColumns) -> Result<Living, StoreError> {
    let (living, standing) = standing(columns)?;
    standing.check().map_err(|why| StoreError::unauthenticated(Unauthenticated::Standing(why)))?;
    Ok(living)
}

/// A member, whether alive or not, and on what that depends.
fn standing(columns: StandingColumns) -> Result<(Living, MemberStanding), StoreError> {
    let (id, account, role, member_state, user_state, account_state, networks) = columns;
    let role = AccountRole::Member(column::held(&role)?);
    let standing = MemberStanding {
        account: stored::parse::<AccountState>("accounts.state", &account_state)?,
        user: stored::parse::<UserState>("users.state", &user_state)?,
        member: stored::parse::<MemberState>("members.state", &member_state)?,
    };
    let principal = Principal::new(PrincipalId::Member(MemberId::from(id)), role);
    Ok((Living { principal, account: AccountId::from(account), networks }, standing))
}
