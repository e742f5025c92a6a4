//! Changing one's address: it is one's own once the link that was sent there was followed.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::id::UserId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::email_changes;
use crate::stored;

/// Makes the link of the change that a user has asked for, in the place of the one before; `None` when none is open any more.
/// The only moment at which its secret is known.
pub(crate) fn issue(
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<OneTimeSecret>, StoreError> {
    let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
    let open =
        email_changes::table.find(Uuid::from(user)).filter(email_changes::expires_at.gt(stored::time(now)));
    let updated = diesel::update(open)
        .set(email_changes::digest.eq(secret.digest().as_bytes().as_slice()))
        .execute(connection)?;
    Ok((updated == 1).then_some(secret))
}
