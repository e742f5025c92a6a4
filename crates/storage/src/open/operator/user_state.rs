//! Shutting a user out of every account, and letting them in again.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::principal::UserState;
use serde_json::json;
use uuid::Uuid;

use super::user::{keep_super_admins, lock, shut_out, tell_super_admins};
use super::{User, UserChange, UserSelector};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::schema::users;
use crate::store::Store;
use crate::transaction::Done;

impl Store {
    /// Shuts a user out: sessions end everywhere, and tokens are refused while it lasts.
    ///
    /// # Errors
    /// [`super::OperatorError::NoUser`]; [`super::OperatorError::LastSuperAdmin`] with the accounts that would have none left.
    pub async fn disable_user(&self, user: UserSelector) -> Result<UserChange, StoreError> {
        self.set_user_state("user.disable", user, UserState::Disabled).await
    }

    /// Lets a user in again: tokens work, sessions have to be begun anew.
    ///
    /// # Errors
    /// [`super::OperatorError::NoUser`].
    pub async fn enable_user(&self, user: UserSelector) -> Result<UserChange, StoreError> {
        self.set_user_state("user.enable", user, UserState::Active).await
    }

    async fn set_user_state(
        &self,
        action: &'static str,
        selector: UserSelector,
        state: UserState,
    ) -> Result<UserChange, StoreError> {
        let delivery = self.link_delivery();
        self.write_as_operator(action, move |connection, clock| {
            let (user, memberships) = lock(connection, &selector)?;
            if user.state == state {
                let unchanged = UserChange { user, memberships, changed: false, sessions: 0 };
                return Ok((Done::unchanged(unchanged), Chain::Deployment));
            }
            let sessions = match state {
                UserState::Active => 0,
                UserState::Disabled => {
                    keep_super_admins(connection, &memberships)?;
                    tell_super_admins(connection, delivery, &memberships, clock.now())?;
                    shut_out(connection, &user, &memberships)?
                }
            };
            diesel::update(users::table.find(Uuid::from(user.id)))
                .set(users::state.eq(state.name()))
                .execute(connection)?;
            let change = |object| {
                let (was, is) =
                    (json!({ "userState": user.state.name() }), json!({ "userState": state.name() }));
                Change::updated(object, was, is)
            };
            let events = memberships.iter().map(|one| (one.account.id, change(Object::Member(one.member))));
            let (events, own): (Vec<_>, _) = (events.collect(), change(Object::User(user.id)));
            let user = User { state, ..user };
            let done = Done::changed(UserChange { user, memberships, changed: true, sessions }, own);
            let done = events
                .into_iter()
                .fold(done, |done, (account, change)| done.and(Chain::Account(account), action, change));
            Ok((done, Chain::Deployment))
        })
        .await
    }
}
