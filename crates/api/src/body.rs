//! Request bodies: JSON, of limited size and depth, all mistakes told at once.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use deserr::Deserr;
use keyhall_domain::violation::Violations;
use tokio_stream::StreamExt;

use crate::gate::Gate;
use crate::json;
use crate::problem::{INVALID_JSON, PAYLOAD_TOO_LARGE, Problem, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE};

/// The most bytes of a body.
pub(crate) const MOST_BYTES: usize = 64 * 1024;

/// What to do about a body of another type, or of none that was said.
const SEND_JSON: &str = "send the header `Content-Type: application/json`";

/// How long a body may take to arrive.
const LONGEST: Duration = Duration::from_secs(10);

/// A JSON body, parsed into what it commands.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// A body that may be left out; without one it is the default.
#[derive(Debug)]
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: Deserr<Violations> + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (gate, is_json, payload) = (Gate::of(request), is_json(request), payload.take());
        Box::pin(async move {
            gate.pass().await;
            if !is_json {
                return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).detail(SEND_JSON));
            }
            parse(&read_in_time(payload).await?).map(Self)
        })
    }
}

impl<T: Deserr<Violations> + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (gate, is_json, payload) = (Gate::of(request), is_json(request), payload.take());
        Box::pin(async move {
            gate.pass().await;
            let bytes = read_in_time(payload).await?;
            if bytes.is_empty() {
                return Ok(Self(T::default()));
            }
            if !is_json {
                return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).detail(SEND_JSON));
            }
            parse(&bytes).map(Self)
        })
    }
}

/// Whether the media type is JSON (RFC 8259, RFC 6839).
fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// Reads the body, as far as the limits of size and time allow.
async fn read_in_time(payload: Payload) -> Result<Bytes, Problem> {
    let late = |_| Problem::new(&REQUEST_TIMEOUT);
    tokio::time::timeout(LONGEST, read(payload)).await.map_err(late)?
}

/// Reads the body, as far as the limit of size allows.
async fn read(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(&INVALID_JSON).detail("the body broke off"))?;
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(Problem::new(&PAYLOAD_TOO_LARGE)
                .detail(format_args!("bodies have at most {MOST_BYTES} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn parse<T: Deserr<Violations>>(bytes: &[u8]) -> Result<T, Problem> {
    deserr::deserialize::<T, _, Violations>(json::parse(bytes)?).map_err(Problem::invalid)
}
