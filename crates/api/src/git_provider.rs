//! Git providers at the boundary: the header that lends a token, and what becomes of a provider's refusal.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use keyhall_domain::violation::Violations;
use keyhall_outbound::{GitProviderError, GitProviderToken, GitProviderTokenError};

use crate::error::chain;
use crate::gate::Gate;
use crate::origin::could_hold_secret;
use crate::problem::{PROVIDER_UNAVAILABLE, Problem, REPOSITORY_REFUSED};

/// The header, as it is written.
const GIT_PROVIDER_ACCESS_TOKEN: &str = "Git-Provider-Access-Token";

/// The same as actix looks it up.
static HEADER: HeaderName = HeaderName::from_static("git-provider-access-token");

/// When to come back to a provider that is away.
const AWAY_SECONDS: u32 = 10;

/// When to come back to a provider that takes no more requests and does not say when it will.
const LIMITED_SECONDS: u32 = 60;

/// The latest moment at which a provider may ask to be asked again.
const LATEST_SECONDS: u32 = 3600;

/// The provider's token that the caller lends, if any. It lives as long as the request.
#[derive(Debug)]
pub(crate) struct LentToken(Option<GitProviderToken>);

impl LentToken {
    /// The token, for whoever asks the provider.
    pub(crate) fn token(&self) -> Option<&GitProviderToken> {
        self.0.as_ref()
    }
}

impl FromRequest for LentToken {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (gate, token) = (Gate::of(request), read(request));
        Box::pin(async move {
            gate.pass().await;
            token.map(Self).map_err(Problem::invalid)
        })
    }
}

/// Reads the header. What stands in it is never repeated.
fn read(request: &HttpRequest) -> Result<Option<GitProviderToken>, Violations> {
    let refused = |why: String| Violations::one(GIT_PROVIDER_ACCESS_TOKEN, why);
    let mut values = request.headers().get_all(&HEADER);
    let (value, more) = (values.next(), values.next());
    let Some(value) = value else { return Ok(None) };
    if more.is_some() {
        return Err(refused("must stand only once".to_owned()));
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    if could_hold_secret(&text) {
        let why = "looks as if one of Keyhall's secrets were in it, which no provider may see";
        return Err(refused(why.to_owned()));
    }
    let token = text.parse().map(Some);
    token.map_err(|error: GitProviderTokenError| refused(error.to_string()))
}

impl From<GitProviderError> for Problem {
    fn from(error: GitProviderError) -> Self {
        match error {
            GitProviderError::Refused(refusal) => {
                Self::new(&REPOSITORY_REFUSED).detail(refusal).reason(refusal.code())
            }
            GitProviderError::Limited { retry_after_seconds } => {
                let seconds = retry_after_seconds.unwrap_or(LIMITED_SECONDS).clamp(1, LATEST_SECONDS);
                Self::new(&PROVIDER_UNAVAILABLE).detail(&error).retry_after_seconds(seconds)
            }
            GitProviderError::TooSlow
            | GitProviderError::Unreachable(_)
            | GitProviderError::Failing(_)
            | GitProviderError::TooLarge
            | GitProviderError::Nonsense => {
                tracing::warn!(error = chain(&error), "the Git provider cannot be asked");
                Self::new(&PROVIDER_UNAVAILABLE).retry_after_seconds(AWAY_SECONDS)
            }
        }
    }
}
