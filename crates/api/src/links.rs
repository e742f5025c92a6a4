//! Links that open something once. The secret stands in the fragment, which browsers keep to themselves: it reaches no log.

use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::mail::MailKind;

use crate::public_url::PublicUrl;

/// Where an invitation is accepted.
pub(crate) fn invitation(public_url: &PublicUrl, secret: &OneTimeSecret) -> String {
    of_mail(MailKind::Invitation, public_url, secret)
}

/// Where the link of such a mail leads; notices have none.
pub(crate) fn of_mail(kind: MailKind, public_url: &PublicUrl, secret: &OneTimeSecret) -> String {
    let page = match kind {
        MailKind::Invitation => "/invite",
        MailKind::PasswordReset => "/reset",
        MailKind::EmailChange => "/confirm-email",
        MailKind::EmailChanged
        | MailKind::PasswordChanged
        | MailKind::SuperAdminGranted
        | MailKind::SuperAdminRevoked => "/",
    };
    public_url.join(&format!("{page}#{}", secret.reveal()))
}
