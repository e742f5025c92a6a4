//! Confirming a new address.

use actix_web::web::Data;
use actix_web::{HttpRequest, post};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::violation::Violations;
use keyhall_storage::Store;
use utoipa::ToSchema;

use crate::answer::{Answer, NoContent};
use crate::body::Body;
use crate::origin::origin;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::secret_text::SecretText;

/// What the holder of a link says.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, deny_unknown_fields)]
pub(crate) struct ConfirmEmailChange {
    /// What stands behind the `#` of the link.
    token: SecretText,
}

/// Confirm a new address
///
/// From now on the user signs in with it; the address that they had is told. For whoever holds the link, once.
#[utoipa::path(
    tag = "Me",
    operation_id = "confirmEmailChange",
    request_body(content = ConfirmEmailChange, example = json!({ "token": "khi_EXAMPLE" })),
    responses(
        (status = NO_CONTENT, description = "Changed"),
        (status = UNAUTHORIZED, description = "The link cannot be used", body = ProblemDocument, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Another user has the address by now", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::public()))),
)]
#[post("/v1/email-changes/confirm")]
pub(crate) async fn confirm_email_change(
    request: HttpRequest,
    body: Body<ConfirmEmailChange>,
    store: Data<Store>,
) -> Answer<NoContent> {
    let secret = OneTimeSecret::parse(&body.0.token.reveal()).ok();
    store.confirm_email_change(secret, origin(&request)).await?;
    Ok(NoContent)
}
