//! How much one request and one caller may take.

use actix_web::HttpRequest;
use actix_web::web::Data;

/// The limits of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many requests each principal has in a minute; 0 is as many as they like.
    pub requests_per_minute: u32,
    /// The most bytes of a body.
    pub body_bytes: usize,
    /// How deep a body may be nested.
    pub json_depth: usize,
}

impl Limits {
    /// The limits of the server that a request came to.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.app_data::<Data<Self>>().map_or_else(Self::default, |limits| *limits.get_ref())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests_per_minute: 1_000, body_bytes: 64 * 1024, json_depth: 32 }
    }
}
