//! Successful answers: one entity with its tag, a new one with its place, a list, nothing.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use keyhall_storage::EntityTag;
use serde::Serialize;

use crate::problem::Problem;

/// What a handler answers with.
pub(crate) type Answer<T> = Result<T, Problem>;

/// 200 with one entity and its strong `ETag`; 304 to who has it (RFC 9110 section 13.1.2).
#[derive(Debug)]
pub(crate) struct Entity<T>(pub(crate) T);

/// 201 with what was made, and where it is.
#[derive(Debug)]
pub(crate) struct Created<T> {
    /// The URL of what was made.
    pub(crate) location: String,
    /// What was made.
    pub(crate) body: T,
}

/// 204.
#[derive(Debug)]
pub(crate) struct NoContent;

impl<T: Serialize> Responder for Entity<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let tag = match EntityTag::of(&self.0) {
            Ok(tag) => tag,
            Err(error) => return Problem::from(error).error_response(),
        };
        let known = request.method().is_safe() && is_known(request, &tag);
        let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response.insert_header((ETAG, tag.as_str())).insert_header((CACHE_CONTROL, "private, no-cache"));
        if known { response.finish() } else { response.json(self.0) }
    }
}

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().insert_header((LOCATION, self.location)).json(self.body)
    }
}

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// Whether the caller has the entity already; compared weakly, as a `GET` may (RFC 9110 section 13.1.2).
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    let values = request.headers().get_all(IF_NONE_MATCH);
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag.as_str()
    })
}
