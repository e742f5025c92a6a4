//! Forgotten passwords.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use keyhall_credential::password::Password;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::email::Email;
use keyhall_domain::violation::Violations;
use keyhall_storage::{Store, open};
use utoipa::ToSchema;

use crate::answer::{Answer, NoContent};
use crate::body::Body;
use crate::origin::origin;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::secret_text::SecretText;

/// Who forgot their password.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, deny_unknown_fields)]
pub(crate) struct ForgottenPassword {
    /// The address under which they sign in.
    email: Email,
}

/// What the holder of a link says.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, deny_unknown_fields)]
pub(crate) struct ResetPassword {
    /// What stands behind the `#` of the link.
    token: SecretText,
    /// The new password: 8 to 128 characters, 15 or more are best; refused where it is easily guessed.
    password: SecretText,
}

/// Ask for a new password
///
/// Mails a link that lets its holder choose one, within a day, if the address is a user's; the answer is the same if it is
/// not. For everybody, ten times at first, then ever less often.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "requestPasswordReset",
    request_body(content = ForgottenPassword, example = json!({ "email": "ada@example.com" })),
    responses(
        (status = ACCEPTED, description = "If the address is a user's, a link is on its way"),
        (status = CONFLICT, description = "The deployment sends no mail", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "Asked for too often; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[post("/v1/password-resets")]
pub(crate) async fn request_password_reset(
    request: HttpRequest,
    body: Body<ForgottenPassword>,
    store: Data<Store>,
) -> Answer<HttpResponse> {
    store.request_password_reset(body.0.email, origin(&request)).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Choose a new password
///
/// Ends all sessions of the user; personal access tokens go on working. For whoever holds the link, once.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "confirmPasswordReset",
    request_body(content = ResetPassword, example = json!({ "token": "khi_EXAMPLE", "password": "a long and unusual sentence" })),
    responses(
        (status = NO_CONTENT, description = "Set; sign in with it"),
        (status = UNAUTHORIZED, description = "The link cannot be used", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "Too many passwords are being checked", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[post("/v1/password-resets/confirm")]
pub(crate) async fn confirm_password_reset(
    request: HttpRequest,
    body: Body<ResetPassword>,
    store: Data<Store>,
) -> Answer<NoContent> {
    let Body(ResetPassword { token, password }) = body;
    let secret = OneTimeSecret::parse(&token.reveal()).ok();
    let reset = open::PasswordReset { secret, password: Password::parse(password.reveal()) };
    store.reset_password(reset, origin(&request)).await?;
    Ok(NoContent)
}
