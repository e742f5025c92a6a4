//! Revoking: at once, for good, and on the record.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::RevokePersonalAccessToken;
use keyhall_domain::name::Description;
use keyhall_domain::personal_access_token::{PersonalAccessToken, Revocation};
use keyhall_domain::principal::PrincipalId;
use keyhall_domain::rank;
use serde_json::json;
use uuid::Uuid;

use super::row;
use crate::error::StoreError;
use crate::granted::Granted;
use crate::member;
use crate::schema::personal_access_tokens;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

impl Store {
    /// Ends a token: one's own, or that of somebody whom one outranks. Revoking again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when its owner outranks the bearer; [`StoreError::NotFound`] when it was deleted since.
    pub async fn revoke_personal_access_token(
        &self,
        grant: &Granted<RevokePersonalAccessToken>,
        revocation: Revocation,
    ) -> Result<PersonalAccessToken, StoreError> {
        self.write(grant, move |tx| {
            tx.reconfirm()?;
            let token = row::load(tx.connection, tx.bearer().account, *tx.scope(), tx.now)?;
            check_rank(tx, token.owner)?;
            if token.revoked_at.is_some() {
                return Ok(Done::unchanged(token));
            }
            let revoked = mark_revoked(tx, &revocation)?;
            let change = Change::updated(
                Object::PersonalAccessToken(token.id),
                json!({ "status": token.status }),
                json!({ "status": revoked.status, "reason": revoked.revoked_reason }),
            );
            Ok(Done::changed(revoked, change))
        })
        .await
    }
}

fn check_rank(tx: &mut Tx<'_, RevokePersonalAccessToken>, owner: PrincipalId) -> Result<(), StoreError> {
    match owner {
        owner if owner == tx.bearer().id() => Ok(()),
        PrincipalId::Member(owner) => {
            let target = member::target(tx.connection, tx.bearer().account, owner)?;
            Ok(rank::may_change(tx.bearer(), target)?)
        }
        PrincipalId::ApiCredential(_) => Err(StoreError::NotFound),
    }
}

fn mark_revoked(
    tx: &mut Tx<'_, RevokePersonalAccessToken>,
    revocation: &Revocation,
) -> Result<PersonalAccessToken, StoreError> {
    let (kind, revoker) = stored::principal_columns(tx.bearer().id());
    diesel::update(personal_access_tokens::table.find(Uuid::from(*tx.scope())))
        .set((
            personal_access_tokens::revoked_at.eq(stored::time(tx.now)),
            personal_access_tokens::revoked_by.eq(revoker),
            personal_access_tokens::revoked_by_kind.eq(kind),
            personal_access_tokens::revoked_reason.eq(revocation.reason.as_ref().map(Description::as_str)),
        ))
        .execute(tx.connection)?;
    row::load(tx.connection, tx.bearer().account, *tx.scope(), tx.now)
}
