//! Who one is, and what people change about themselves.

use actix_web::web::Data;
use actix_web::{get, patch, put};
use keyhall_credential::password::Password;
use keyhall_domain::authz::{ChangePassword, ReadMyself, UpdateMyself};
use keyhall_domain::email::Email;
use keyhall_domain::me::Myself;
use keyhall_domain::name::Name;
use keyhall_domain::patch::Replace;
use keyhall_domain::violation::Violations;
use keyhall_storage::{MyselfPatch, PasswordChange, Store};
use utoipa::ToSchema;

use crate::answer::{Answer, Entity, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permission;
use crate::problem::{Problem, ProblemDocument};
use crate::secret_text::SecretText;

/// What somebody changes about themself.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct MePatch {
    /// The new name. Absent, it stays as it is.
    #[deserr(default)]
    #[schema(value_type = Name, required = false)]
    name: Replace<Name>,
    /// The new address. It is yours once you have followed the link that is mailed there.
    #[deserr(default)]
    #[schema(value_type = Email, required = false)]
    email: Replace<Email>,
    /// Your password; needed with `email`.
    #[deserr(default)]
    current_password: Option<SecretText>,
}

/// A change of one's password.
#[derive(Debug, deserr::Deserr, ToSchema)]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewPassword {
    /// The password until now.
    current_password: SecretText,
    /// The new one: 8 to 128 characters, 15 or more are best; refused where it is easily guessed.
    new_password: SecretText,
}

/// Show who the bearer is
///
/// The member, the account, through what the bearer speaks, and its permissions in the account. For everybody about
/// themselves.
#[utoipa::path(
    tag = "Me",
    operation_id = "getMe",
    responses((status = OK, description = "The bearer", body = Myself)),
    extensions(("x-permission" = json!(permission::of::<ReadMyself>()))),
)]
#[get("/v1/me")]
pub(crate) async fn get_me(grant: Authorized<ReadMyself>, store: Data<Store>) -> Answer<Entity<Myself>> {
    Ok(Entity(store.read_myself(&grant).await?))
}

/// Change one's name or address
///
/// Both belong to the user: they change in every account. A new address needs the password, and is confirmed by a link that is
/// mailed there, within a day; until then nothing changes. In a session; for everybody about themselves.
#[utoipa::path(
    tag = "Me",
    operation_id = "updateMe",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that `/v1/me` must still have")),
    request_body(content = MePatch, example = json!({ "name": "Ada Lovelace" })),
    responses(
        (status = OK, description = "The bearer as it is now", body = Myself),
        (status = FORBIDDEN, description = "The current password is wrong, or this is a token", body = ProblemDocument, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The deployment sends no mail, so that no address can be confirmed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "The password was wrong too often; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateMyself>()))),
)]
#[patch("/v1/me")]
pub(crate) async fn update_me(
    grant: Authorized<UpdateMyself>,
    if_match: IfMatch,
    body: Body<MePatch>,
    store: Data<Store>,
) -> Answer<Entity<Myself>> {
    Ok(Entity(store.update_myself(&grant, if_match.0, body.0.parse()?).await?))
}

/// Change one's password
///
/// Ends all your sessions in every account, this one too: sign in again with the new password. Personal access tokens go on
/// working. In a session; for everybody about themselves.
#[utoipa::path(
    tag = "Me",
    operation_id = "changePassword",
    request_body(content = NewPassword, example = json!({ "currentPassword": "a long and unusual sentence", "newPassword": "another sentence that nobody guesses" })),
    responses(
        (status = NO_CONTENT, description = "Changed; all your sessions have ended"),
        (status = FORBIDDEN, description = "The current password is wrong, or this is a token", body = ProblemDocument, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The password was changed by something else at the same moment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "The password was wrong too often; `Retry-After` says when to come back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<ChangePassword>()))),
)]
#[put("/v1/me/password")]
pub(crate) async fn change_password(
    grant: Authorized<ChangePassword>,
    body: Body<NewPassword>,
    store: Data<Store>,
) -> Answer<NoContent> {
    let Body(NewPassword { current_password, new_password }) = body;
    let current = Password::parse(current_password.reveal()).ok();
    let new = Password::parse(new_password.reveal());
    store.change_password(&grant, PasswordChange { current, new }).await?;
    Ok(NoContent)
}

impl MePatch {
    /// The patch, if the password comes with the address.
    fn parse(self) -> Result<MyselfPatch, Problem> {
        let password = self.current_password.map(SecretText::reveal);
        let email = match (self.email.into_option(), password) {
            (None, _) => None,
            (Some(email), Some(password)) => Some((email, Password::parse(password).ok())),
            (Some(_), None) => {
                let missing = Violations::one("currentPassword", "is required with `email`");
                return Err(Problem::invalid(missing));
            }
        };
        Ok(MyselfPatch { name: self.name.into_option(), email })
    }
}
