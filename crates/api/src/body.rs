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
use crate::limits::Limits;
use crate::problem::{INVALID_JSON, PAYLOAD_TOO_LARGE, Problem, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE};

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

/// A body that has not been read yet.
pub(crate) struct Unread {
    gate: Gate,
    limits: Limits,
    is_json: bool,
    payload: Payload,
}

/// The bytes of a body that says that it is JSON.
pub(crate) struct Json {
    bytes: Bytes,
    limits: Limits,
}

impl<T: Deserr<Violations> + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let unread = Unread::of(request, payload);
        Box::pin(async move { unread.json().await?.parse().map(Self) })
    }
}

impl<T: Deserr<Violations> + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let unread = Unread::of(request, payload);
        Box::pin(async move {
            let json = unread.optional_json().await?;
            json.map_or_else(|| Ok(T::default()), |json| json.parse()).map(Self)
        })
    }
}

impl Unread {
    /// The body of a request.
    pub(crate) fn of(request: &HttpRequest, payload: &mut Payload) -> Self {
        let (gate, limits) = (Gate::of(request), Limits::of(request));
        Self { gate, limits, is_json: is_json(request), payload: payload.take() }
    }

    /// Reads it, once the right is proven.
    pub(crate) async fn json(self) -> Result<Json, Problem> {
        let Self { gate, limits, is_json, payload } = self;
        gate.pass().await;
        if !is_json {
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).detail(SEND_JSON));
        }
        Ok(Json { bytes: read_in_time(payload, limits).await?, limits })
    }

    /// The same where there may be none.
    async fn optional_json(self) -> Result<Option<Json>, Problem> {
        let Self { gate, limits, is_json, payload } = self;
        gate.pass().await;
        let bytes = read_in_time(payload, limits).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(None),
            (false, true) => Ok(Some(Json { bytes, limits })),
            (false, false) => Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).detail(SEND_JSON)),
        }
    }
}

impl Json {
    /// The bytes as they came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it commands.
    pub(crate) fn parse<T: Deserr<Violations>>(&self) -> Result<T, Problem> {
        let value = json::parse(&self.bytes, self.limits.json_depth)?;
        deserr::deserialize::<T, _, Violations>(value).map_err(Problem::invalid)
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
async fn read_in_time(payload: Payload, limits: Limits) -> Result<Bytes, Problem> {
    let late = |_| Problem::new(&REQUEST_TIMEOUT);
    tokio::time::timeout(LONGEST, read(payload, limits)).await.map_err(late)?
}

/// Reads the body, as far as the limit of size allows.
async fn read(mut payload: Payload, limits: Limits) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(&INVALID_JSON).detail("the body broke off"))?;
        if bytes.len() + chunk.len() > limits.body_bytes {
            let most = limits.body_bytes;
            return Err(
                Problem::new(&PAYLOAD_TOO_LARGE).detail(format_args!("bodies have at most {most} bytes"))
            );
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}
