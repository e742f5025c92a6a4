//! Accepting an invitation: the link proves that one was invited, the password who one is.
//!
//! Somebody new sets name and password. For somebody who has a password already it is checked like at a sign-in, and nothing
//! of theirs is set. The inviter's right to the role is checked again, now.

use std::net::IpAddr;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use ipnet::IpNet;
use jiff::Timestamp;
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::password::{Password, PasswordError, PasswordHash};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::account::AccountState;
use keyhall_domain::audit::{Change, Deed, Object};
use keyhall_domain::authz::{Origin, Refusal};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId};
use keyhall_domain::ip_allow_list;
use keyhall_domain::member::{Member, MemberState};
use keyhall_domain::name::Name;
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::principal::{StandingError, UserState};
use keyhall_domain::rank;
use keyhall_domain::role::{HeldRole, MemberRole};
use keyhall_domain::violation::Violations;
use serde_json::json;
use uuid::Uuid;

use super::sign_in::reason;
use crate::audit::Chain;
use crate::authenticate::{Living, load_living};
use crate::error::{Conflict, Refused, StoreError, Unauthenticated};
use crate::ip_allow_list::networks_of_account;
use crate::member::{self, invited_roles};
use crate::role::{HeldColumns, column};
use crate::schema::{accounts, invitations, members, roles, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, RefusedDeed, lock_account};

const ACTION: &str = "member.accept";

/// What the holder of an invitation's link says.
#[derive(Debug)]
pub struct Acceptance {
    /// The link's secret; `None` when what was sent has not its shape.
    pub secret: Option<OneTimeSecret>,
    /// The password: a new one, or the one that the user has; or why it can be neither.
    pub password: Result<Password, PasswordError>,
    /// The name; needed by who is new, unless they were imported with one.
    pub name: Option<Name>,
}

/// An invitation that can be accepted, and for whom it is.
#[derive(Debug, Clone)]
struct Open {
    account: AccountId,
    account_name: String,
    account_state: AccountState,
    networks: Vec<IpNet>,
    member: MemberId,
    role: HeldRole<MemberRole>,
    /// `None` when it was the operator, who imported the account.
    inviter: Option<MemberId>,
    user: Uuid,
    email: String,
    /// Of somebody new: what the older system called them, where the account was imported.
    name: Option<Name>,
    user_state: UserState,
    password_hash: Option<String>,
}

/// What an acceptance writes about its user.
#[derive(Debug)]
enum Newcomer {
    /// New: gets a name and a password.
    New { name: Name, hash: Box<PasswordHash> },
    /// Was there before, and has proven it.
    Known,
}

impl Store {
    /// Accepts an invitation.
    ///
    /// # Errors
    /// [`Unauthenticated::Link`] for a link that is used up, expired or wrong; [`Unauthenticated::Password`] for an existing
    /// user's wrong password; [`StoreError::Invalid`] for a weak new one or a missing name; [`Conflict::InviterLostRight`].
    pub async fn accept_invitation(
        &self,
        acceptance: Acceptance,
        origin: Origin,
    ) -> Result<Member, StoreError> {
        let Acceptance { secret, password, name } = acceptance;
        let digest = secret.ok_or(StoreError::unauthenticated(Unauthenticated::Link))?.digest();
        let now = self.clock().now();
        let seen = self.reading(move |connection| find_open(connection, &digest, now)).await?;
        let newcomer = match self.prove(&seen, password, name, &origin).await {
            Err(StoreError::Refused(Refused::Unauthenticated(why))) => {
                let refused =
                    RefusedDeed { object: Some(Object::Member(seen.member)), reason: "wrong-password" };
                let (deed, chain) = (Deed::anonymous(origin), Chain::Account(seen.account));
                self.write_as(deed, ACTION, move |_, _| Ok((Done::refused((), refused), chain))).await?;
                return Err(StoreError::unauthenticated(why));
            }
            newcomer => newcomer?,
        };
        let address = origin.address;
        let deed = Deed::by_member(seen.member, origin);
        self.write_as(deed, ACTION, move |connection, clock| {
            lock_account(connection, seen.account)?;
            let open = find_open(connection, &digest, clock.now())?;
            if open.password_hash != seen.password_hash {
                return Err(StoreError::Conflict(Conflict::PasswordMoved));
            }
            if let Some((why, reason)) = find_obstacle(connection, &open, address)? {
                let refused = RefusedDeed { object: Some(Object::Member(open.member)), reason };
                return Ok((Done::refused(Err(why), refused), Chain::Account(open.account)));
            }
            let granted = invited_roles::give(connection, open.account, open.member, clock.now())?;
            admit(connection, &open, &newcomer)?;
            let member = member::load(connection, open.account, open.member)?;
            let change = Change::updated(
                Object::Member(member.id),
                json!({ "state": MemberState::Invited }),
                json!({ "state": member.state }),
            );
            let chain = Chain::Account(open.account);
            let done = Done::changed(Ok(member), change);
            let with_grant = |done: Done<_>, grant| done.and(chain, "grant.create", grant);
            Ok((granted.into_iter().fold(done, with_grant), chain))
        })
        .await?
    }

    /// Hashes the newcomer's password, or verifies the known user's, which counts like a sign-in. No transaction is open
    /// meanwhile.
    async fn prove(
        &self,
        open: &Open,
        password: Result<Password, PasswordError>,
        name: Option<Name>,
        origin: &Origin,
    ) -> Result<Newcomer, StoreError> {
        if let Some(hash) = &open.password_hash {
            let hash = PasswordHash::parse(hash).map_err(StoreError::unexpected)?;
            let email: Email = stored::parse("users.email", &open.email)?;
            return match self.prove_password(&email.key(), origin.address, password.ok(), hash).await? {
                true => Ok(Newcomer::Known),
                false => Err(StoreError::unauthenticated(Unauthenticated::Password)),
            };
        }
        let name = name.or_else(|| open.name.clone());
        let words = vec![
            open.account_name.clone(),
            open.email.clone(),
            name.as_ref().map_or("", Name::as_str).to_owned(),
        ];
        let hash = self.passwords().choose_in_field("password", password, words).await?;
        match (name.ok_or_else(|| Violations::one("name", "is required")), hash) {
            (Ok(name), Ok(hash)) => Ok(Newcomer::New { name, hash: Box::new(hash) }),
            (Err(missing), Err(weak)) => Err(StoreError::Invalid(missing.with(weak))),
            (Err(wrong), Ok(_)) | (Ok(_), Err(wrong)) => Err(StoreError::Invalid(wrong)),
        }
    }
}

/// The invitation with this digest, if it can be accepted at `now`.
fn find_open(
    connection: &mut PgConnection,
    digest: &SecretDigest,
    now: Timestamp,
) -> Result<Open, StoreError> {
    type User = (Uuid, String, Option<String>, String, Option<String>);
    type Row = ((Uuid, String, String, Vec<IpNet>), (Uuid, HeldColumns, Option<Uuid>), User);
    let ((account, account_name, account_state, networks), (member, role, inviter), user): Row =
        invitations::table
            .inner_join(members::table.on(members::id.eq(invitations::member_id)))
            .inner_join(users::table.on(users::id.eq(members::user_id)))
            .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
            .left_join(roles::table.on(members::role_id.eq(roles::id.nullable())))
            .filter(invitations::digest.eq(digest.as_bytes().as_slice()))
            .filter(invitations::expires_at.gt(stored::time(now)))
            .filter(members::state.eq(MemberState::Invited.name()))
            .select((
                (accounts::id, accounts::name, accounts::state, networks_of_account()),
                (
                    members::id,
                    (members::role, members::role_id, roles::permissions.nullable()),
                    invitations::invited_by,
                ),
                (users::id, users::email, users::name, users::state, users::password_hash),
            ))
            .first(connection)
            .optional()?
            .ok_or(StoreError::unauthenticated(Unauthenticated::Link))?;
    let (user, email, name, user_state, password_hash) = user;
    Ok(Open {
        account: account.into(),
        account_name,
        account_state: stored::parse("accounts.state", &account_state)?,
        networks,
        member: member.into(),
        role: column::held(&role)?,
        inviter: inviter.map(MemberId::from),
        user,
        email,
        name: stored::parse_optional("users.name", name.as_deref())?,
        user_state: stored::parse("users.state", &user_state)?,
        password_hash,
    })
}

/// What keeps somebody out who has the link and the password, and what the audit says of it.
fn find_obstacle(
    connection: &mut PgConnection,
    open: &Open,
    address: IpAddr,
) -> Result<Option<(StoreError, &'static str)>, StoreError> {
    let standing = match (open.account_state, open.user_state) {
        (AccountState::Suspended, _) => Some(StandingError::AccountSuspended),
        (_, UserState::Disabled) => Some(StandingError::UserDisabled),
        (AccountState::Active, UserState::Active) => None,
    };
    if let Some(why) = standing {
        return Ok(Some((StoreError::unauthenticated(Unauthenticated::Standing(why)), reason(why))));
    }
    if !ip_allow_list::allows(&open.networks, address) {
        return Ok(Some((Refusal::AddressNotAllowed.into(), "address-not-allowed")));
    }
    let lost = || (StoreError::Conflict(Conflict::InviterLostRight), "inviter-lost-right");
    let may =
        inviter_may(connection, open)? && invited_roles::may_be_given(connection, open.account, open.member)?;
    Ok((!may).then(lost))
}

/// Whether the inviter is still there, may still invite, and may still hand out the role. The operator, whose right is the
/// command line, may.
fn inviter_may(connection: &mut PgConnection, open: &Open) -> Result<bool, StoreError> {
    let Some(inviter) = open.inviter else { return Ok(true) };
    let invite = Permission::new(ResourceType::Member, Operation::Create);
    let inviter = match load_living(connection, inviter) {
        Ok(Living { principal, account, .. }) if account == open.account => Some(principal),
        Ok(_) | Err(StoreError::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(inviter.is_some_and(|inviter| {
        inviter.role.permissions().has(invite) && rank::role_outranks(&inviter.role, &open.role)
    }))
}

fn admit(connection: &mut PgConnection, open: &Open, newcomer: &Newcomer) -> Result<(), StoreError> {
    if let Newcomer::New { name, hash } = newcomer {
        // The account's lock does not cover the user, who may be invited into another account at the same moment.
        let new = users::table.find(open.user).filter(users::password_hash.is_null());
        let set = (users::name.eq(name.as_str()), users::password_hash.eq(hash.as_phc()));
        if diesel::update(new).set(set).execute(connection)? == 0 {
            return Err(StoreError::Conflict(Conflict::PasswordMoved));
        }
    }
    let member = Uuid::from(open.member);
    diesel::update(members::table.find(member))
        .set(members::state.eq(MemberState::Active.name()))
        .execute(connection)?;
    diesel::delete(invitations::table.filter(invitations::member_id.eq(member))).execute(connection)?;
    Ok(())
}
