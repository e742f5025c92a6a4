//! Personal access tokens as rows.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use jiff::Timestamp;
use keyhall_domain::id::{AccountId, PersonalAccessTokenId};
use keyhall_domain::personal_access_token::{PersonalAccessToken, TokenStatus};
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::personal_access_tokens;
use crate::stored;

/// A token as it is stored, its digest aside.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = personal_access_tokens, check_for_backend(Pg))]
pub(super) struct TokenRow {
    id: Uuid,
    owner_id: Uuid,
    owner_kind: String,
    name: String,
    description: Option<String>,
    access: String,
    hint: String,
    created_at: jiff_diesel::Timestamp,
    created_by: Uuid,
    created_by_kind: String,
    expires_at: Option<jiff_diesel::Timestamp>,
    revoked_at: Option<jiff_diesel::Timestamp>,
    revoked_by: Option<Uuid>,
    revoked_by_kind: Option<String>,
    revoked_reason: Option<String>,
}

/// The status of a token at `now`, in SQL: the same rule as [`TokenStatus::at`].
pub(crate) fn status_at(now: Timestamp) -> Status {
    sql::<Text>("(CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= ")
        .bind::<Timestamptz, _>(stored::time(now))
        .sql(" THEN 'expired' ELSE 'active' END)")
}

/// The type of [`status_at`].
pub(crate) type Status =
    SqlLiteral<Text, UncheckedBind<SqlLiteral<Text>, AsExprOf<jiff_diesel::Timestamp, Timestamptz>>>;

/// Reads a token of an account.
pub(super) fn load(
    connection: &mut PgConnection,
    account: AccountId,
    id: PersonalAccessTokenId,
    now: Timestamp,
) -> Result<PersonalAccessToken, StoreError> {
    let row: TokenRow = personal_access_tokens::table
        .filter(personal_access_tokens::id.eq(Uuid::from(id)))
        .filter(personal_access_tokens::account_id.eq(Uuid::from(account)))
        .select(TokenRow::as_select())
        .first(connection)?;
    row.into_token(now)
}

impl TokenRow {
    /// The token, with its status at `now`.
    pub(super) fn into_token(self, now: Timestamp) -> Result<PersonalAccessToken, StoreError> {
        let expires_at = self.expires_at.map(jiff_diesel::Timestamp::to_jiff);
        let revoked_at = self.revoked_at.map(jiff_diesel::Timestamp::to_jiff);
        let revoked_by = self.revoked_by_kind.zip(self.revoked_by);
        Ok(PersonalAccessToken {
            id: self.id.into(),
            name: stored::parse("personal_access_tokens.name", &self.name)?,
            description: stored::parse_optional(
                "personal_access_tokens.description",
                self.description.as_deref(),
            )?,
            owner: stored::principal(&self.owner_kind, self.owner_id)?,
            access: stored::parse("personal_access_tokens.access", &self.access)?,
            status: TokenStatus::at(now, expires_at, revoked_at),
            hint: self.hint,
            created_at: self.created_at.to_jiff(),
            created_by: stored::principal(&self.created_by_kind, self.created_by)?,
            expires_at,
            revoked_at,
            revoked_by: revoked_by.map(|(kind, id)| stored::principal(&kind, id)).transpose()?,
            revoked_reason: stored::parse_optional(
                "personal_access_tokens.revoked_reason",
                self.revoked_reason.as_deref(),
            )?,
        })
    }
}
