//! Personal access tokens: made in a session, shown once, known afterwards by their digest alone.

mod revoke;
mod row;

use diesel::pg::Pg;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::secret::PersonalAccessTokenSecret;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{
    Bearer, CreatePersonalAccessToken, ListPersonalAccessTokens, ReadPersonalAccessToken,
};
use keyhall_domain::id::PersonalAccessTokenId;
use keyhall_domain::name::{Description, NameSearch};
use keyhall_domain::page::{Page, PageRequest};
use keyhall_domain::permission::{Operation, Permission, ResourceType};
use keyhall_domain::personal_access_token::{
    NewPersonalAccessToken, PersonalAccessToken, TokenFilter, TokenStatus,
};
use keyhall_domain::violation::Violations;
use serde_json::json;
use uuid::Uuid;

use crate::error::{Conflict, StoreError};
use crate::granted::Granted;
use crate::idempotency::Attempt;
use crate::project::contains;
use crate::schema::personal_access_tokens;
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};
use row::TokenRow;
pub(crate) use row::status_at;

/// A token that was just made: the only moment at which its secret is known.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: PersonalAccessToken,
    /// Its secret, to be shown once.
    pub secret: PersonalAccessTokenSecret,
}

impl Store {
    /// Makes a token for the bearer.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a lifetime that the policy does not allow; [`Conflict::TokenName`] and
    /// [`Conflict::TooManyTokens`] against the bearer's living tokens; [`Conflict::MadeBefore`] when an earlier attempt made it.
    pub async fn create_personal_access_token(
        &self,
        grant: &Granted<CreatePersonalAccessToken>,
        attempt: Option<Attempt>,
        new: NewPersonalAccessToken,
    ) -> Result<IssuedToken, StoreError> {
        let secret = PersonalAccessTokenSecret::generate().map_err(StoreError::unexpected)?;
        let (digest, hint) = (secret.digest(), secret.hint().to_owned());
        let policy = self.token_policy().clone();
        let token = self.create_secret(grant, attempt, move |tx| {
            let expires_at = policy
                .expiry(&new.lifetime, tx.now)
                .map_err(|error| StoreError::Invalid(Violations::one("lifetime", error.to_string())))?;
            check_living(tx, &new, policy.most_per_owner)?;
            let (owner_kind, owner) = stored::principal_columns(tx.bearer().id());
            let token = diesel::insert_into(personal_access_tokens::table)
                .values((
                    personal_access_tokens::id.eq(Uuid::from(PersonalAccessTokenId::generate(tx.now))),
                    personal_access_tokens::account_id.eq(tx.account()),
                    personal_access_tokens::owner_id.eq(owner),
                    personal_access_tokens::owner_kind.eq(owner_kind),
                    personal_access_tokens::name.eq(new.name.as_str()),
                    personal_access_tokens::name_key.eq(new.name.key().as_str()),
                    personal_access_tokens::description.eq(new.description.as_ref().map(Description::as_str)),
                    personal_access_tokens::access.eq(new.access.name()),
                    personal_access_tokens::digest.eq(digest.as_bytes().as_slice()),
                    personal_access_tokens::hint.eq(&hint),
                    personal_access_tokens::created_by.eq(owner),
                    personal_access_tokens::created_by_kind.eq(owner_kind),
                    personal_access_tokens::created_at.eq(stored::time(tx.now)),
                    personal_access_tokens::expires_at.eq(stored::time(expires_at)),
                ))
                .returning(TokenRow::as_returning())
                .get_result(tx.connection)?
                .into_token(tx.now)?;
            let after = json!({ "name": token.name, "access": token.access, "expiresAt": token.expires_at });
            let change = Change::created(Object::PersonalAccessToken(token.id), after);
            Ok(Done::changed(token, change))
        });
        Ok(IssuedToken { token: token.await?, secret })
    }

    /// The bearer's tokens, or everyone's for who manages all; newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away.
    pub async fn list_personal_access_tokens(
        &self,
        grant: &Granted<ListPersonalAccessTokens>,
        status: TokenFilter,
        name: Option<NameSearch>,
        request: PageRequest,
    ) -> Result<Page<PersonalAccessToken>, StoreError> {
        let pattern = name.map(|name| contains(name.key()));
        self.read(grant, move |tx| {
            let total =
                visible(tx.bearer(), status, pattern.as_deref(), tx.now).count().get_result(tx.connection)?;
            let rows: Vec<TokenRow> = visible(tx.bearer(), status, pattern.as_deref(), tx.now)
                .order((personal_access_tokens::created_at.desc(), personal_access_tokens::id.desc()))
                .offset(request.offset())
                .limit(request.limit())
                .select(TokenRow::as_select())
                .load(tx.connection)?;
            let results = rows.into_iter().map(|row| row.into_token(tx.now));
            Ok(request.page(results.collect::<Result<_, _>>()?, total))
        })
        .await
    }

    /// The token that was granted, without its secret.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since.
    pub async fn read_personal_access_token(
        &self,
        grant: &Granted<ReadPersonalAccessToken>,
    ) -> Result<PersonalAccessToken, StoreError> {
        self.read(grant, |tx| row::load(tx.connection, tx.bearer().account, *tx.scope(), tx.now)).await
    }
}

const MANAGE_ALL: Permission = Permission::new(ResourceType::PersonalAccessToken, Operation::ManageAll);

/// The tokens that the bearer may see, of a status, of a name like the pattern.
fn visible<'a>(
    bearer: &Bearer,
    status: TokenFilter,
    pattern: Option<&'a str>,
    now: Timestamp,
) -> personal_access_tokens::BoxedQuery<'a, Pg> {
    let mut query = personal_access_tokens::table
        .filter(personal_access_tokens::account_id.eq(Uuid::from(bearer.account)))
        .filter(status_at(now).eq_any(status.statuses().iter().map(|status| status.name())))
        .into_boxed();
    if !bearer.holds_in_account(MANAGE_ALL) {
        let (_, owner) = stored::principal_columns(bearer.id());
        query = query.filter(personal_access_tokens::owner_id.eq(owner));
    }
    match pattern {
        Some(pattern) => query.filter(personal_access_tokens::name_key.like(pattern)),
        None => query,
    }
}

/// Holds the new token against the owner's living ones. The account's lock keeps others from being made meanwhile.
fn check_living(
    tx: &mut Tx<'_, CreatePersonalAccessToken>,
    new: &NewPersonalAccessToken,
    most: i64,
) -> Result<(), StoreError> {
    let (_, owner) = stored::principal_columns(tx.bearer().id());
    let living = personal_access_tokens::table
        .filter(personal_access_tokens::account_id.eq(tx.account()))
        .filter(personal_access_tokens::owner_id.eq(owner))
        .filter(status_at(tx.now).eq(TokenStatus::Active.name()));
    let count: i64 = living.clone().count().get_result(tx.connection)?;
    if count >= most {
        return Err(StoreError::Conflict(Conflict::TooManyTokens { most }));
    }
    let same_name = living.filter(personal_access_tokens::name_key.eq(new.name.key().as_str().to_owned()));
    if diesel::select(diesel::dsl::exists(same_name)).get_result(tx.connection)? {
        return Err(StoreError::Conflict(Conflict::TokenName));
    }
    Ok(())
}
