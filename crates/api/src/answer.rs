//! Successful answers: one entity with its tag, a new one with its place, a list, nothing.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use keyhall_domain::warning::Warning;
use keyhall_storage::{Creation, CreationAnswer, EntityTag};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::public_url::PublicUrl;

/// Says that an answer was given before, to an earlier sending of the request.
static IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a handler answers with.
pub(crate) type Answer<T> = Result<T, Problem>;

/// 200 with one entity and its strong `ETag`; 304 to who has it (RFC 9110 section 13.1.2).
#[derive(Debug)]
pub(crate) struct Entity<T>(pub(crate) T);

/// 200 with an entity, its `ETag`, and what whoever changed it should know.
#[derive(Debug)]
pub(crate) struct Warned<T> {
    /// The entity; the tag is its alone, so that it is the one that it is read with.
    pub(crate) entity: T,
    /// What to know.
    pub(crate) warnings: Vec<Warning>,
}

/// 200 with what whoever removed something should know.
#[derive(Debug)]
pub(crate) struct Removed(pub(crate) Vec<Warning>);

/// What whoever removed something should know.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovalWarnings {
    /// What to know; empty when there is nothing.
    warnings: Vec<Warning>,
}

/// 201 with what was made, and where it is.
#[derive(Debug)]
pub(crate) struct Created<T> {
    /// The URL of what was made.
    pub(crate) location: String,
    /// What was made.
    pub(crate) body: T,
}

/// 201 with what was made by this request, or the same answer again where it was made when the request was sent before.
#[derive(Debug)]
pub(crate) struct Made<T> {
    location: String,
    answer: CreationAnswer<T>,
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

impl<T: Serialize> Responder for Warned<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        #[derive(Serialize)]
        struct Body<T> {
            #[serde(flatten)]
            entity: T,
            warnings: Vec<Warning>,
        }
        let tag = match EntityTag::of(&self.entity) {
            Ok(tag) => tag,
            Err(error) => return Problem::from(error).error_response(),
        };
        HttpResponse::Ok()
            .insert_header((ETAG, tag.as_str()))
            .json(Body { entity: self.entity, warnings: self.warnings })
    }
}

impl Responder for Removed {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(RemovalWarnings { warnings: self.0 })
    }
}

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().insert_header((LOCATION, self.location)).json(self.body)
    }
}

impl<T> Made<T> {
    /// What was made in a collection, whose path this is.
    pub(crate) fn within(collection: &str, creation: Creation<T>, public_url: &PublicUrl) -> Self {
        let location = public_url.join(&format!("{collection}/{}", creation.object));
        Self { location, answer: creation.answer }
    }
}

impl<T: Serialize> Responder for Made<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Created();
        response.insert_header((LOCATION, self.location));
        match self.answer {
            CreationAnswer::Made(body) => response.json(body),
            CreationAnswer::Replayed(body) => response
                .insert_header((IDEMPOTENCY_REPLAYED.clone(), "true"))
                .insert_header((CONTENT_TYPE, "application/json"))
                .body(body),
        }
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
