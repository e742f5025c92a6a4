//! Deleting a user, with all their memberships.

use diesel::prelude::*;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::{Action, RemoveMember};
use keyhall_domain::email::Email;
use keyhall_domain::principal::UserState;
use serde_json::json;
use uuid::Uuid;

use super::user::{keep_super_admins, lock, shut_out, tell_super_admins};
use super::{OperatorError, UserChange, UserSelector};
use crate::audit::Chain;
use crate::error::StoreError;
use crate::schema::{principals, users};
use crate::store::Store;
use crate::transaction::Done;

impl Store {
    /// Deletes a user: name, address and password, every membership with its grants, sessions and tokens. What they made stays,
    /// and the audit events, which know them by id alone.
    ///
    /// # Errors
    /// [`OperatorError::NoUser`]; [`OperatorError::UserUnconfirmed`] when the user has another address;
    /// [`OperatorError::LastSuperAdmin`] with the accounts that would have none left.
    pub async fn delete_user(
        &self,
        selector: UserSelector,
        confirm: Email,
    ) -> Result<UserChange, StoreError> {
        let delivery = self.link_delivery();
        self.write_as_operator("user.delete", move |connection, clock| {
            let (user, memberships) = lock(connection, &selector)?;
            if user.email.key() != confirm.key() {
                return Err(OperatorError::UserUnconfirmed.into());
            }
            keep_super_admins(connection, &memberships)?;
            if user.state == UserState::Active {
                tell_super_admins(connection, delivery, &memberships, clock.now())?;
            }
            let sessions = shut_out(connection, &user, &memberships)?;
            let members = memberships.iter().map(|one| Uuid::from(one.member));
            diesel::delete(principals::table.filter(principals::id.eq_any(members))).execute(connection)?;
            diesel::delete(users::table.find(Uuid::from(user.id))).execute(connection)?;
            let events: Vec<_> = memberships
                .iter()
                .map(|one| {
                    let before = json!({ "role": one.role, "state": one.state });
                    (one.account.id, Change::removed(Object::Member(one.member), before))
                })
                .collect();
            let own = Change::removed(Object::User(user.id), json!({ "userState": user.state.name() }));
            let done = Done::changed(UserChange { user, memberships, changed: true, sessions }, own);
            let done = events.into_iter().fold(done, |done, (account, change)| {
                done.and(Chain::Account(account), RemoveMember::NAME, change)
            });
            Ok((done, Chain::Deployment))
        })
        .await
    }
}
