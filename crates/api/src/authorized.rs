//! The extractor that every handler begins with: who asks, whether they may, and the proof of it.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use keyhall_domain::authz::Action;
use keyhall_storage::{Granted, Locate, Store, StoreError};

use crate::gate::Gatekeeper;
use crate::origin::origin;
use crate::path::FromPath;
use crate::problem::{INTERNAL, Problem};
use crate::rate_limit;

/// Proof that the caller may do `A` to what the path names: 401, then 429, then 400 for the path, then 404 or 403.
#[derive(Debug)]
pub(crate) struct Authorized<A: Action>(Granted<A>);

impl<A: Action> Deref for Authorized<A> {
    type Target = Granted<A>;

    fn deref(&self) -> &Granted<A> {
        &self.0
    }
}

impl<A: Action> FromRequest for Authorized<A>
where
    A::Scope: FromPath + Locate,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let gatekeeper = Gatekeeper::shut(request);
        let request = request.clone();
        Box::pin(async move {
            let granted = authorize(&request).await?;
            gatekeeper.open();
            Ok(Self(granted))
        })
    }
}

async fn authorize<A: Action>(request: &HttpRequest) -> Result<Granted<A>, Problem>
where
    A::Scope: FromPath + Locate,
{
    let store = request.app_data::<Data<Store>>().ok_or_else(|| Problem::new(&INTERNAL))?;
    let who = store.authenticate(header(request)?.as_deref(), origin(request)).await?;
    rate_limit::check::<A>(request, &who)?;
    let scope = A::Scope::from_path(request)?;
    Ok(store.authorize::<A>(who, scope).await?)
}

/// The `Authorization` header. Two of them, or one that is no text, are nobody's.
fn header(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let malformed = || {
        let refused = keyhall_storage::Refused::Unauthenticated(keyhall_storage::Unauthenticated::Malformed);
        Problem::from(StoreError::Refused(refused))
    };
    let mut all = request.headers().get_all(AUTHORIZATION);
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => one.to_str().map(|text| Some(text.to_owned())).map_err(|_| malformed()),
        (Some(_), Some(_)) => Err(malformed()),
    }
}
