//! Importing an account from an older system: everything in one transaction, and a link for each member.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::SecretDigest;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::account::{Account, AccountImport, ImportedMember};
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, InviteMember};
use keyhall_domain::email::{Email, EmailKey};
use keyhall_domain::id::{AccountId, InvitationId, MemberId, UserId};
use keyhall_domain::member::MemberState;
use keyhall_domain::name::Name;
use keyhall_domain::principal::UserState;
use keyhall_domain::role::{BuiltInRole, MemberRole};
use serde_json::json;
use uuid::Uuid;

use crate::audit::Chain;
use crate::error::{Conflict, StoreError};
use crate::member::INVITATION_LIFETIME;
use crate::open::bootstrap::insert_account;
use crate::schema::{invitations, members, principals, users};
use crate::store::Store;
use crate::stored;
use crate::transaction::Done;

/// How many rows one statement inserts.
const BATCH: usize = 1_000;

/// An account that was just imported.
#[derive(Debug)]
pub struct ImportedAccount {
    /// The account. It has no Super Admin.
    pub account: Account,
    /// Its members, in the order in which they stood there.
    pub members: Vec<InvitedMember>,
    /// Until when the links can be used.
    pub expires_at: Timestamp,
}

/// An imported member with their link: the only moment at which its secret is known.
#[derive(Debug)]
pub struct InvitedMember {
    /// The member.
    pub id: MemberId,
    /// The address, as it stood there.
    pub email: Email,
    /// The role.
    pub role: MemberRole,
    /// The secret for the link.
    pub secret: OneTimeSecret,
}

/// What is written of one member.
#[derive(Debug)]
struct Row<'a> {
    imported: &'a ImportedMember,
    key: EmailKey,
    digest: &'a SecretDigest,
}

impl Store {
    /// Makes an account with these members, all of them invited. Who is a user already is found by address, and nothing of theirs
    /// is changed; of somebody new the name is kept until they say another at acceptance. Nobody in the account invited them: the
    /// operator answers for their roles.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn import_account(&self, import: AccountImport) -> Result<ImportedAccount, StoreError> {
        let secrets: Vec<OneTimeSecret> = import
            .members
            .iter()
            .map(|_| OneTimeSecret::generate())
            .collect::<Result<_, _>>()
            .map_err(StoreError::unexpected)?;
        let digests: Vec<SecretDigest> = secrets.iter().map(OneTimeSecret::digest).collect();
        let AccountImport { name, members } = import;
        let people = members.clone();
        let (account, ids, expires_at) = self
            .write_as_operator("account.import", move |connection, clock| {
                let now = clock.now();
                let account = insert_account(connection, AccountId::generate(now), &name, now)?;
                let rows = rows(&members, &digests);
                let users = find_or_insert_users(connection, &rows, now)?;
                let ids = insert_members(connection, account.id, &rows, &users, now)?;
                let after = json!({ "name": account.name, "members": ids.len() });
                let (chain, expires_at) = (Chain::Account(account.id), now + INVITATION_LIFETIME);
                let invited: Vec<_> = ids.iter().copied().zip(rows.iter().map(role)).collect();
                let change = Change::created(Object::Account(account.id), after);
                let done = Done::changed((account, ids, expires_at), change);
                let done = invited.into_iter().fold(done, |done, (member, role)| {
                    let after = json!({ "role": role, "state": MemberState::Invited });
                    done.and(chain, InviteMember::NAME, Change::created(Object::Member(member), after))
                });
                Ok((done, chain))
            })
            .await?;
        let invited = people.into_iter().zip(ids).zip(secrets);
        let members = invited
            .map(|((person, id), secret)| InvitedMember {
                id,
                email: person.email,
                role: person.role.into(),
                secret,
            })
            .collect();
        Ok(ImportedAccount { account, members, expires_at })
    }
}

fn rows<'a>(members: &'a [ImportedMember], digests: &'a [SecretDigest]) -> Vec<Row<'a>> {
    let rows = members.iter().zip(digests);
    rows.map(|(imported, digest)| Row { imported, key: imported.email.key(), digest }).collect()
}

fn role(row: &Row<'_>) -> MemberRole {
    row.imported.role.into()
}

/// The users with these addresses, made where there are none; in the order of addresses, so that two imports at once do not wait
/// for each other's.
fn find_or_insert_users(
    connection: &mut PgConnection,
    rows: &[Row<'_>],
    now: Timestamp,
) -> Result<HashMap<String, Uuid>, StoreError> {
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    rows.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    let mut known = HashMap::new();
    for batch in rows.chunks(BATCH) {
        let new = batch.iter().map(|row| {
            (
                users::id.eq(Uuid::from(UserId::generate(now))),
                users::email.eq(row.imported.email.as_str()),
                users::email_key.eq(row.key.as_str()),
                users::name.eq(row.imported.name.as_ref().map(Name::as_str)),
                users::state.eq(UserState::Active.name()),
                users::created_at.eq(stored::time(now)),
            )
        });
        diesel::insert_into(users::table)
            .values(new.collect::<Vec<_>>())
            .on_conflict(users::email_key)
            .do_nothing()
            .execute(connection)?;
        let keys = batch.iter().map(|row| row.key.as_str());
        let found: Vec<(String, Uuid)> = users::table
            .filter(users::email_key.eq_any(keys))
            .select((users::email_key, users::id))
            .load(connection)?;
        known.extend(found);
    }
    Ok(known)
}

/// Puts the users into the account, each with an invitation that nobody in it sent.
fn insert_members(
    connection: &mut PgConnection,
    account: AccountId,
    rows: &[Row<'_>],
    users: &HashMap<String, Uuid>,
    now: Timestamp,
) -> Result<Vec<MemberId>, StoreError> {
    let mut ids = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let mut new = Vec::with_capacity(batch.len());
        for row in batch {
            // A user who was there a moment ago was deleted meanwhile.
            let user = users.get(row.key.as_str()).ok_or(StoreError::Conflict(Conflict::Concurrent))?;
            new.push((MemberId::generate(now), *user, row));
        }
        insert_batch(connection, account, &new, now)?;
        ids.extend(new.into_iter().map(|(member, ..)| member));
    }
    Ok(ids)
}

fn insert_batch(
    connection: &mut PgConnection,
    account: AccountId,
    new: &[(MemberId, Uuid, &Row<'_>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let account = Uuid::from(account);
    let of_principals = new.iter().map(|(member, ..)| {
        let id = principals::id.eq(Uuid::from(*member));
        (id, principals::account_id.eq(account), principals::kind.eq("member"))
    });
    diesel::insert_into(principals::table).values(of_principals.collect::<Vec<_>>()).execute(connection)?;
    let of_members = new.iter().map(|(member, user, row)| {
        (
            members::id.eq(Uuid::from(*member)),
            members::account_id.eq(account),
            members::user_id.eq(*user),
            members::role.eq(role(row).name()),
            members::state.eq(MemberState::Invited.name()),
            members::created_at.eq(stored::time(now)),
        )
    });
    diesel::insert_into(members::table).values(of_members.collect::<Vec<_>>()).execute(connection)?;
    let of_invitations = new.iter().map(|(member, _, row)| {
        (
            invitations::id.eq(Uuid::from(InvitationId::generate(now))),
            invitations::account_id.eq(account),
            invitations::member_id.eq(Uuid::from(*member)),
            invitations::email.eq(row.imported.email.as_str()),
            invitations::digest.eq(row.digest.as_bytes().as_slice()),
            invitations::created_at.eq(stored::time(now)),
            invitations::expires_at.eq(stored::time(now + INVITATION_LIFETIME)),
        )
    });
    diesel::insert_into(invitations::table).values(of_invitations.collect::<Vec<_>>()).execute(connection)?;
    Ok(())
}
