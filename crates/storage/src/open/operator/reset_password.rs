//! A link to a new password, for somebody who lost theirs: for Super Admins too, whom nobody in the account can help.

use jiff::Timestamp;
use keyhall_credential::secret::OneTimeSecret;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::principal::UserState;
use serde_json::json;

use super::user::{load_memberships, lock_alone};
use super::{Membership, OperatorError, User, UserSelector};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::open::password_reset::{IssuedBy, RESET_LIFETIME, issue};
use crate::store::Store;
use crate::transaction::Done;

const ACTION: &str = "user.reset_password";

/// A link to a new password that was just made: the only moment at which its secret is known.
#[derive(Debug)]
pub struct IssuedReset {
    /// Whose password it is.
    pub user: User,
    /// Where they are a member.
    pub memberships: Vec<Membership>,
    /// The secret for the link.
    pub secret: OneTimeSecret,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

impl Store {
    /// Makes a user's link to a new password, in the place of the one before. It changes nothing until it is followed: no
    /// session ends, and the password is what it was.
    ///
    /// # Errors
    /// [`OperatorError::NoUser`]; [`OperatorError::UserDisabled`]; [`OperatorError::NoPassword`] for somebody who has none yet.
    pub async fn issue_password_reset(&self, selector: UserSelector) -> Result<IssuedReset, StoreError> {
        self.write_as_operator(ACTION, move |connection, clock| {
            let (user, password) = lock_alone(connection, &selector)?;
            match (user.state, password) {
                (UserState::Disabled, _) => return Err(OperatorError::UserDisabled.into()),
                (UserState::Active, None) => return Err(OperatorError::NoPassword.into()),
                (UserState::Active, Some(_)) => {}
            }
            let now = clock.now();
            let (secret, expires_at) =
                (issue(connection, user.id, IssuedBy::Operator, now)?, now + RESET_LIFETIME);
            let memberships = load_memberships(connection, user.id)?;
            let change = |object| Change::created(object, json!({ "expiresAt": expires_at }));
            let events: Vec<_> =
                memberships.iter().map(|one| (one.account.id, change(Object::Member(one.member)))).collect();
            let own = change(Object::User(user.id));
            let done = Done::changed(IssuedReset { user, memberships, secret, expires_at }, own);
            let done = events
                .into_iter()
                .fold(done, |done, (account, change)| done.and(Chain::Account(account), ACTION, change));
            Ok((done, Chain::Deployment))
        })
        .await
    }
}
