//! The `If-Match` header (RFC 9110 section 13.1.1).

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use keyhall_domain::violation::Violations;
use keyhall_storage::Precondition;

use crate::gate::Gate;
use crate::problem::Problem;

/// What the caller says the thing must be.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Precondition);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (gate, precondition) = (Gate::of(request), parse(request));
        Box::pin(async move {
            gate.pass().await;
            precondition.map(Self)
        })
    }
}

fn parse(request: &HttpRequest) -> Result<Precondition, Problem> {
    let malformed = || Problem::invalid(Violations::one("If-Match", "must be `*` or entity tags in quotes"));
    let mut tags = Vec::new();
    for value in request.headers().get_all(IF_MATCH) {
        for tag in value.to_str().map_err(|_| malformed())?.split(',').map(str::trim) {
            match tag {
                "*" => return Ok(Precondition::None),
                _ if is_entity_tag(tag) => tags.push(tag.to_owned()),
                _ => return Err(malformed()),
            }
        }
    }
    Ok(if tags.is_empty() { Precondition::None } else { Precondition::OneOf(tags) })
}

fn is_entity_tag(tag: &str) -> bool {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
}
