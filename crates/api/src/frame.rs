//! What every request and every response has: an id, a line in the log, safe headers; and problems rendered, here alone.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use tracing::Instrument;
use uuid::Uuid;

use crate::metrics::Metrics;
use crate::origin::{RequestId, could_hold_secret};
use crate::problem::{INTERNAL, INVALID_REQUEST, NOT_FOUND, Problem, render};
use crate::public_url::PublicUrl;
use crate::rate_limit::Allowance;

/// The header with a request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const LONGEST_REQUEST_ID: usize = 128;

/// Frames a request: the outermost middleware.
pub(crate) async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    if method == Method::HEAD {
        // HEAD is GET without the body (RFC 9110 section 9.3.2), which the encoder leaves out by itself.
        request.head_mut().method = Method::GET;
    }
    let span = tracing::info_span!("request", id);
    async {
        let response = next.call(request).await?.map_into_boxed_body();
        let mut response = with_problem(response, &id);
        insert_headers(response.headers_mut(), &id);
        let allowance = response.request().extensions().get::<Allowance>().copied();
        if let Some(allowance) = allowance {
            allowance.insert_into(response.headers_mut());
        }
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let (status, took) = (response.status(), began.elapsed());
        if let Some(metrics) = response.request().app_data::<Data<Metrics>>() {
            metrics.answered(&method, &route, status, took);
        }
        let status = status.as_u16();
        tracing::info!(%method, route, status, micros = took.as_micros(), "answered");
        Ok(response)
    }
    .instrument(span)
    .await
}

/// The caller's id for the request where it is sane, else a new one. A secret is not: the id is logged and repeated.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_sane = |id: &&str| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !could_hold_secret(id)
    };
    given.filter(is_sane).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The response, its problem rendered. What actix or a library refused by itself becomes a problem here too.
fn with_problem(response: ServiceResponse, id: &str) -> ServiceResponse {
    let carried = response.response().extensions().get::<Problem>().cloned();
    let problem = match (carried, response.status()) {
        (Some(problem), _) => problem,
        (None, StatusCode::NOT_FOUND) => Problem::new(&NOT_FOUND),
        (None, status) if status.is_server_error() => Problem::new(&INTERNAL),
        (None, status) if status.is_client_error() => Problem::new(&INVALID_REQUEST),
        (None, _) => return response,
    };
    let request = response.into_parts().0;
    let public_url = request.app_data::<Data<PublicUrl>>().map(|url| PublicUrl::clone(url));
    let rendered = render(problem, id, &public_url.unwrap_or_else(|| PublicUrl::new("")));
    ServiceResponse::new(request, rendered)
}

fn insert_headers(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, value);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'none'"));
    }
    for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(given: &'static [u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(given).unwrap());
        request_id(&headers)
    }

    #[test]
    fn a_sane_request_id_is_kept_and_any_other_replaced() {
        assert_eq!(id_of(b"deploy-42_a.b"), "deploy-42_a.b");
        for insane in [b"".as_slice(), b"a b", b"a\"b", b"<script>", b"\xff", b"khu_0", &[b'a'; 129]] {
            assert_eq!(id_of(insane).len(), 36, "{insane:?}");
        }
    }
}
