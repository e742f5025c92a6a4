//! Choosing a new password with a link.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::id::UserId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::password_resets;
use crate::stored;

/// How long a link lives.
pub(crate) const RESET_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Makes a user's link, in the place of the one before; the only moment at which its secret is known.
pub(crate) fn issue(
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<OneTimeSecret, StoreError> {
    let secret = OneTimeSecret::generate().map_err(StoreError::unexpected)?;
    let digest = secret.digest();
    let columns = (
        password_resets::digest.eq(digest.as_bytes().as_slice()),
        password_resets::created_at.eq(stored::time(now)),
        password_resets::expires_at.eq(stored::time(now + RESET_LIFETIME)),
    );
    diesel::insert_into(password_resets::table)
        .values((password_resets::user_id.eq(Uuid::from(user)), columns))
        .on_conflict(password_resets::user_id)
        .do_update()
        .set(columns)
        .execute(connection)?;
    Ok(secret)
}
