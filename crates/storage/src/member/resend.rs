//! Sending an invitation once more.

use diesel::prelude::*;
use jiff::Timestamp;
use keyhall_credential::digest::SecretDigest;
use keyhall_domain::audit::{Change, Object};
use keyhall_domain::authz::ResendInvitation;
use keyhall_domain::id::{MemberId, UserId};
use keyhall_domain::rank;
use serde_json::json;
use uuid::Uuid;

use super::invite::{INVITATION_LIFETIME, Invitation, enqueue};
use super::{begin, invited_roles};
use crate::error::StoreError;
use crate::granted::Granted;
use crate::mail::{self, About};
use crate::precondition::Precondition;
use crate::role::column;
use crate::schema::{invitations, members};
use crate::store::Store;
use crate::stored;
use crate::transaction::{Done, Tx};

impl Store {
    /// Sends an invitation once more: the link that is out dies, and the new one works for seven days. Whoever sends it answers
    /// for the role from now on.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when the role holds more than the bearer; [`StoreError::Conflict`] when the member has accepted.
    pub async fn resend_invitation(
        &self,
        grant: &Granted<ResendInvitation>,
        precondition: Precondition,
    ) -> Result<Invitation, StoreError> {
        let (secret, digest) = self.invitation_secret()?;
        let delivery = self.link_delivery();
        let (member, projects, expires_at) = self
            .write(grant, move |tx| {
                let member = begin(tx, &precondition)?;
                member.state.can_be_invited_again()?;
                let (account, expires_at) = (tx.bearer().account, tx.now + INVITATION_LIFETIME);
                let role = column::resolve(tx.connection, account, member.role)?;
                rank::may_hand_out(tx.bearer(), &role)?;
                let projects = invited_roles::take_over(tx, member.id)?;
                // First the mail, then what it is about: in the order in which who sends it locks them.
                mail::withdraw_invitation(tx.connection, account, member.id)?;
                let (before, user) = renew_invitation(tx, member.id, &digest)?;
                let about = About { account, member: member.id, user };
                enqueue(tx, delivery, member.email.clone(), about)?;
                let change = Change::updated(
                    Object::Member(member.id),
                    json!({ "invitationExpiresAt": before }),
                    json!({ "invitationExpiresAt": expires_at }),
                );
                Ok(Done::changed((member, projects, expires_at), change))
            })
            .await?;
        Ok(Invitation { member, projects, secret, expires_at })
    }
}

/// Gives a member's invitation another digest, another end and another inviter. Says when it would have ended, and whose it is.
fn renew_invitation(
    tx: &mut Tx<'_, ResendInvitation>,
    member: MemberId,
    digest: &SecretDigest,
) -> Result<(Timestamp, UserId), StoreError> {
    let (_, inviter) = stored::principal_columns(tx.bearer().id());
    let invitation = invitations::table
        .filter(invitations::account_id.eq(tx.account()))
        .filter(invitations::member_id.eq(Uuid::from(member)));
    let (before, user): (jiff_diesel::Timestamp, Uuid) = invitation
        .inner_join(members::table.on(members::id.eq(invitations::member_id)))
        .select((invitations::expires_at, members::user_id))
        .first(tx.connection)?;
    diesel::update(invitation)
        .set((
            invitations::digest.eq(digest.as_bytes().as_slice()),
            invitations::invited_by.eq(inviter),
            invitations::expires_at.eq(stored::time(tx.now + INVITATION_LIFETIME)),
        ))
        .execute(tx.connection)?;
    Ok((before.to_jiff(), user.into()))
}
