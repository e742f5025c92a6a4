//! Proofs of authorisation, and the one place that makes them.

use std::sync::Arc;

use keyhall_domain::authz::{Action, Bearer, Decision, ScopeRef, decide_action};

use crate::authenticate::Authenticated;
use crate::error::{Refused, StoreError};
use crate::locate::{Find, Locate};
use crate::store::Store;

/// Proof that a bearer may do `A` to a scope.
///
/// INVARIANT: only [`Store::authorize`] makes one: the fields are private, and there is neither a constructor nor `Clone`.
/// So a use case that asks for `&Granted<A>` cannot be reached without the check, nor with the check of another action, and
/// the ids that it takes from the proof are the ids that were checked.
pub struct Granted<A: Action>(Held<A>);

/// What a proof holds; inside this crate it may be copied into a transaction.
pub(crate) struct Held<A: Action> {
    pub(crate) bearer: Arc<Bearer>,
    pub(crate) scope: A::Scope,
}

impl<A: Action> Granted<A> {
    /// Who may.
    pub fn bearer(&self) -> &Bearer {
        &self.0.bearer
    }

    /// What it was granted for.
    pub fn scope(&self) -> &A::Scope {
        &self.0.scope
    }

    pub(crate) fn held(&self) -> Held<A> {
        self.0.clone()
    }
}

impl Store {
    /// Decides whether who was authenticated may do `A` to `scope`, and proves it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] or [`StoreError::NotFound`] when not; [`StoreError::Unavailable`] when PostgreSQL cannot say.
    pub async fn authorize<A: Action>(
        &self,
        who: Authenticated,
        scope: A::Scope,
    ) -> Result<Granted<A>, StoreError>
    where
        A::Scope: Locate,
    {
        let bearer = who.into_bearer();
        if let Some(place) = scope.at_hand() {
            let at = ScopeRef { account: bearer.account, place };
            return grant(bearer, scope, &at);
        }
        self.reading(move |connection| {
            let mut bearer = bearer.clone();
            let place = scope.find(&mut bearer, connection)?;
            let at = ScopeRef { account: bearer.account, place };
            grant(bearer, scope.clone(), &at)
        })
        .await
    }
}

fn grant<A: Action>(bearer: Bearer, scope: A::Scope, at: &ScopeRef) -> Result<Granted<A>, StoreError> {
    match decide_action::<A>(&bearer, at) {
        Decision::Allowed(_) => Ok(Granted(Held { bearer: Arc::new(bearer), scope })),
        Decision::Refused(refusal) => Err(StoreError::Refused(Refused::Unauthorized(refusal))),
    }
}

impl<A: Action> Clone for Held<A> {
    fn clone(&self) -> Self {
        Self { bearer: self.bearer.clone(), scope: self.scope.clone() }
    }
}

impl<A: Action> std::fmt::Debug for Granted<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Granted").field("action", &A::NAME).field("to", &self.0.bearer.id()).finish()
    }
}
