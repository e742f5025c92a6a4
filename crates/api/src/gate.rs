//! The order of judgement: who may not ask is told so before anything that they sent is looked at.
//!
//! actix polls the extractors of a handler side by side. [`crate::authorized::Authorized`] shuts the gate when it begins and
//! opens it when the right is proven; the extractors of body, query and headers wait behind it.

use std::future::pending;

use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::watch;

/// The side of whoever decides.
pub(crate) struct Gatekeeper(watch::Sender<bool>);

/// The side of whoever waits; `None` where nothing has to be proven.
pub(crate) struct Gate(Option<watch::Receiver<bool>>);

impl Gatekeeper {
    /// Shuts the gate of a request.
    pub(crate) fn shut(request: &HttpRequest) -> Self {
        let (sender, receiver) = watch::channel(false);
        request.extensions_mut().insert(receiver);
        Self(sender)
    }

    /// Lets through who waits.
    pub(crate) fn open(self) {
        self.0.send_replace(true);
    }
}

impl Gate {
    /// The gate of a request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(request.extensions().get::<watch::Receiver<bool>>().cloned())
    }

    /// Waits until the right is proven. If it never is, the refusal is the answer, and whoever waits here is dropped.
    pub(crate) async fn pass(self) {
        if let Some(mut receiver) = self.0
            && receiver.wait_for(|open| *open).await.is_err()
        {
            pending::<()>().await;
        }
    }
}
