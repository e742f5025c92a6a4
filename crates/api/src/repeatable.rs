//! The body of a request that makes something and may be sent again, under the header `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header).

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use deserr::Deserr;
use keyhall_domain::idempotency::IdempotencyKey;
use keyhall_domain::violation::Violations;
use keyhall_storage::Attempt;

use crate::body::Unread;
use crate::origin::could_hold_secret;
use crate::problem::Problem;

/// The header, as it is written.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The same as actix looks it up.
static HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// A JSON body, parsed into what it commands, and which attempt at it this is, where the caller said so.
#[derive(Debug)]
pub(crate) struct Repeatable<T> {
    /// The attempt; none without the header.
    pub(crate) attempt: Option<Attempt>,
    /// The body.
    pub(crate) body: T,
}

impl<T: Deserr<Violations> + 'static> FromRequest for Repeatable<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (unread, key) = (Unread::of(request, payload), key(request));
        let request = request.clone();
        Box::pin(async move {
            let json = unread.json().await?;
            let attempt = key
                .map_err(Problem::invalid)?
                .map(|key| Attempt::new(&key, request.method().as_str(), request.path(), json.bytes()));
            Ok(Self { attempt, body: json.parse()? })
        })
    }
}

fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Violations> {
    let refused = |why: &str| Violations::one(IDEMPOTENCY_KEY, why);
    let mut values = request.headers().get_all(&HEADER);
    let (value, more) = (values.next(), values.next());
    let Some(value) = value else { return Ok(None) };
    if more.is_some() {
        return Err(refused("must stand only once"));
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    if could_hold_secret(&text) {
        return Err(refused("looks as if one of Keyhall's secrets were in it; take something random"));
    }
    text.trim().parse().map(Some).map_err(|error| refused(&format!("{error}")))
}
