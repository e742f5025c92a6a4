//! Sessions: signing in and out.

use actix_web::web::Data;
use actix_web::{HttpRequest, delete, get, post};
use keyhall_credential::password::Password;
use keyhall_domain::authz::{EndCurrentSession, EndSession, ListSessions, ReadCurrentSession};
use keyhall_domain::email::Email;
use keyhall_domain::id::{AccountId, MemberId, SessionId};
use keyhall_domain::page::{Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::session::{ListedSession, Session};
use keyhall_domain::violation::Violations;
use keyhall_storage::{Store, open};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Created, Entity, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::origin::origin;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;
use crate::secret_text::SecretText;

/// Who wants to sign in.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, deny_unknown_fields)]
pub(crate) struct NewSession {
    /// The address.
    email: Email,
    /// The password.
    password: SecretText,
    /// The account to sign in to; needed by who is a member of several.
    #[deserr(default)]
    account: Option<AccountId>,
}

/// Which sessions are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionQuery {
    /// Only this member's.
    #[deserr(default)]
    member: Option<MemberId>,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// A session with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSessionToken {
    /// The bearer token of the session. Nobody can show it again.
    #[schema(example = "khu_EXAMPLE")]
    token: String,
    /// The session.
    #[serde(flatten)]
    session: Session,
}

/// Sign in
///
/// Answers with a bearer token that works for 12 hours, or until it is unused for 1 hour (unless the deployment says
/// otherwise). For everybody. An unknown address gets the same answer, after the same work, as a wrong password. After ten
/// failures, for the address of e-mail or from the network address, the next attempt has to wait, at most 15 minutes.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "createSession",
    request_body(content = NewSession, example = json!({ "email": "ada@example.com", "password": "a long and unusual sentence" })),
    responses(
        (status = CREATED, description = "Signed in", body = NewSessionToken),
        (status = UNAUTHORIZED, description = "The address or the password is wrong, or the member may not sign in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The person is in several accounts and named none, or the password was changed at the same moment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = FORBIDDEN, description = "The account cannot be reached from this address", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "Too many attempts have failed, or too many passwords are being checked; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[post("/v1/sessions")]
pub(crate) async fn create_session(
    request: HttpRequest,
    body: Body<NewSession>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Created<NewSessionToken>> {
    let Body(NewSession { email, password, account }) = body;
    let password = Password::parse(password.reveal()).ok();
    let credentials = open::Credentials { email, password, account };
    let open::SignedIn { session, secret } = store.sign_in(credentials, origin(&request)).await?;
    let location = public_url.join("/v1/sessions/current");
    Ok(Created { location, body: NewSessionToken { token: secret.reveal().to_owned(), session } })
}

/// List sessions
///
/// The living ones, newest first: your own, and with `session:list` those of members whom you outrank (a Super Admin sees other
/// Super Admins' too). For everybody; a list shows what one may see.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "listSessions",
    params(SessionQuery),
    responses((status = OK, description = "A page of sessions", body = Page<ListedSession>)),
    extensions(("x-permission" = json!(permission::of::<ListSessions>()))),
)]
#[get("/v1/sessions")]
pub(crate) async fn list_sessions(
    grant: Authorized<ListSessions>,
    query: Query<SessionQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<ListedSession>>> {
    let Query(SessionQuery { member, page, size }) = query;
    Ok(Entity(store.list_sessions(&grant, member, PageRequest { page, size }).await?))
}

/// Show the current session
///
/// The session that the bearer speaks in. For everybody who signed in.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "getCurrentSession",
    responses((status = OK, description = "The session", body = Session)),
    extensions(("x-permission" = json!(permission::of::<ReadCurrentSession>()))),
)]
#[get("/v1/sessions/current")]
pub(crate) async fn get_current_session(
    grant: Authorized<ReadCurrentSession>,
    store: Data<Store>,
) -> Answer<Entity<Session>> {
    Ok(Entity(store.read_current_session(&grant).await?))
}

/// Sign out
///
/// Ends the session that the bearer speaks in, at once. For everybody who signed in.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "deleteCurrentSession",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that the session must still have")),
    responses((status = NO_CONTENT, description = "Signed out")),
    extensions(("x-permission" = json!(permission::of::<EndCurrentSession>()))),
)]
#[delete("/v1/sessions/current")]
pub(crate) async fn delete_current_session(
    grant: Authorized<EndCurrentSession>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.end_current_session(&grant, if_match.0).await?;
    Ok(NoContent)
}

/// End a session
///
/// At once. One's own (in a session; no token ends its owner's), or with `session:revoke` that of a member whom one outranks; a Super Admin's is ended only by themself or
/// by another Super Admin, in a session.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "deleteSession",
    params(
        ("sessionId" = SessionId, Path, description = "The session"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the session must still have"),
    ),
    responses((status = NO_CONTENT, description = "Ended")),
    extensions(("x-permission" = json!(permission::of::<EndSession>()))),
)]
#[delete("/v1/sessions/{sessionId}")]
pub(crate) async fn delete_session(
    grant: Authorized<EndSession>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.end_session(&grant, if_match.0).await?;
    Ok(NoContent)
}
