//! Personal access tokens.

use actix_web::web::Data;
use actix_web::{get, post};
use keyhall_domain::authz::{
    CreatePersonalAccessToken, ListPersonalAccessTokens, ReadPersonalAccessToken, RevokePersonalAccessToken,
};
use keyhall_domain::id::PersonalAccessTokenId;
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::personal_access_token::{
    NewPersonalAccessToken, PersonalAccessToken, Revocation, TokenFilter,
};
use keyhall_domain::violation::Violations;
use keyhall_storage::{IssuedToken, Store};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Created, Entity};
use crate::authorized::Authorized;
use crate::body::OptionalBody;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::repeatable::Repeatable;

/// Which tokens are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokenQuery {
    /// Only those of this status.
    #[deserr(default)]
    #[param(value_type = Option<TokenFilter>, inline, default = "active")]
    status: TokenFilter,
    /// Only those whose name has this in it, compared without case.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 100, example = "laptop")]
    name: Option<NameSearch>,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// A token with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssuedPersonalAccessToken {
    /// The secret: the bearer token itself. Nobody can show it again.
    #[schema(example = "khp_EXAMPLE")]
    token: String,
    /// What is known about it.
    #[serde(flatten)]
    about: PersonalAccessToken,
}

/// List personal access tokens
///
/// One's own, newest first; everyone's for who has `personal_access_token:manage_all`. Never a secret.
#[utoipa::path(
    tag = "Personal access tokens",
    operation_id = "listPersonalAccessTokens",
    params(TokenQuery),
    responses((status = OK, description = "A page of tokens", body = Page<PersonalAccessToken>)),
    extensions(("x-permission" = json!(permission::of::<ListPersonalAccessTokens>()))),
)]
#[get("/v1/personal-access-tokens")]
pub(crate) async fn list_personal_access_tokens(
    grant: Authorized<ListPersonalAccessTokens>,
    query: Query<TokenQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<PersonalAccessToken>>> {
    let Query(TokenQuery { status, name, page, size }) = query;
    let request = PageRequest { page, size };
    Ok(Entity(store.list_personal_access_tokens(&grant, status, name, request).await?))
}

/// Make a personal access token
///
/// For oneself, in a session. The token may do all that its owner may at the moment of use, sessions' affairs excepted; it
/// stops with its lifetime, when it is revoked, and while its owner is suspended. Needs `personal_access_token:create`.
#[utoipa::path(
    tag = "Personal access tokens",
    operation_id = "createPersonalAccessToken",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this request, 1 to 255 visible ASCII characters, if you may send it again")),
    request_body(content = NewPersonalAccessToken, example = json!({ "name": "laptop", "lifetime": "P30D" })),
    responses(
        (status = CREATED, description = "Made; the only answer that shows the secret", body = IssuedPersonalAccessToken),
        (status = CONFLICT, description = "A living token has the name, or there are as many as the policy allows, or the request was sent before: its secret is not shown again", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<CreatePersonalAccessToken>()))),
)]
#[post("/v1/personal-access-tokens")]
pub(crate) async fn create_personal_access_token(
    grant: Authorized<CreatePersonalAccessToken>,
    new: Repeatable<NewPersonalAccessToken>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Created<IssuedPersonalAccessToken>> {
    let issued = store.create_personal_access_token(&grant, new.attempt, new.body).await?;
    let IssuedToken { token: about, secret } = issued;
    let location = public_url.join(&format!("/v1/personal-access-tokens/{}", about.id));
    Ok(Created { location, body: IssuedPersonalAccessToken { token: secret.reveal().to_owned(), about } })
}

/// Show a personal access token
///
/// One's own with `personal_access_token:read`, others' with `personal_access_token:manage_all`. Never the secret.
#[utoipa::path(
    tag = "Personal access tokens",
    operation_id = "getPersonalAccessToken",
    params(("patId" = PersonalAccessTokenId, Path, description = "The token")),
    responses((status = OK, description = "The token", body = PersonalAccessToken)),
    extensions(("x-permission" = json!(permission::of::<ReadPersonalAccessToken>()))),
)]
#[get("/v1/personal-access-tokens/{patId}")]
pub(crate) async fn get_personal_access_token(
    grant: Authorized<ReadPersonalAccessToken>,
    store: Data<Store>,
) -> Answer<Entity<PersonalAccessToken>> {
    Ok(Entity(store.read_personal_access_token(&grant).await?))
}

/// Revoke a personal access token
///
/// At once and for good; the record stays. Revoking again changes nothing. One's own with `personal_access_token:revoke`,
/// others' with `personal_access_token:manage_all` and only of owners whom one outranks.
#[utoipa::path(
    tag = "Personal access tokens",
    operation_id = "revokePersonalAccessToken",
    params(("patId" = PersonalAccessTokenId, Path, description = "The token")),
    request_body(content = Option<Revocation>, example = json!({ "reason": "the laptop was lost" })),
    responses((status = OK, description = "The token, revoked", body = PersonalAccessToken)),
    extensions(("x-permission" = json!(permission::of::<RevokePersonalAccessToken>()))),
)]
#[post("/v1/personal-access-tokens/{patId}/revoke")]
pub(crate) async fn revoke_personal_access_token(
    grant: Authorized<RevokePersonalAccessToken>,
    body: OptionalBody<Revocation>,
    store: Data<Store>,
) -> Answer<Entity<PersonalAccessToken>> {
    Ok(Entity(store.revoke_personal_access_token(&grant, body.0).await?))
}
