//! Accepting invitations.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, post};
use keyhall_credential::password::Password;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::member::Member;
use keyhall_domain::name::Name;
use keyhall_domain::violation::Violations;
use keyhall_storage::{Store, open};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::body::Body;
use crate::origin::origin;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::secret_text::SecretText;

/// What the holder of an invitation's link says.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, deny_unknown_fields)]
pub(crate) struct AcceptInvitation {
    /// What stands behind the `#` of the link.
    token: SecretText,
    /// Who is new chooses a password (8 to 128 characters, not easily guessed); who has one already gives it.
    password: SecretText,
    /// The person's name; required of who is new, unless they were imported with one, and ignored for who is not.
    #[deserr(default)]
    name: Option<Name>,
}

/// Accept an invitation
///
/// Somebody new sets name and password; somebody who has a password gives it, and nothing of theirs is changed. For whoever
/// holds the link. The inviter's right to hand out the role is checked again.
#[utoipa::path(
    tag = "Members",
    operation_id = "acceptInvitation",
    request_body(content = AcceptInvitation, example = json!({ "token": "khi_EXAMPLE", "password": "a long and unusual sentence", "name": "Grace Hopper" })),
    responses(
        (status = OK, description = "The member, active now", body = Member),
        (status = UNAUTHORIZED, description = "The link cannot be used, or the existing user's password is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = FORBIDDEN, description = "The account cannot be reached from this address", body = ProblemDocument, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The inviter may not hand out the role any more", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "Too many attempts have failed, or too many passwords are being checked; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[post("/v1/invitations/accept")]
pub(crate) async fn accept_invitation(
    request: HttpRequest,
    body: Body<AcceptInvitation>,
    store: Data<Store>,
) -> Answer<Json<Member>> {
    let Body(AcceptInvitation { token, password, name }) = body;
    let secret = OneTimeSecret::parse(&token.reveal()).ok();
    let password = Password::parse(password.reveal());
    let acceptance = open::Acceptance { secret, password, name };
    Ok(Json(store.accept_invitation(acceptance, origin(&request)).await?))
}
