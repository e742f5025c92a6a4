//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::USER_AGENT;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use keyhall_credential::secret::SecretKind;
use keyhall_domain::authz::Origin;

use crate::proxies::TrustedProxies;

/// The id of a request, set by [`crate::frame`] before anything else.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The origin of a request: the socket's address, or the one that a trusted proxy names; the user agent; the request's id.
pub(crate) fn origin(request: &HttpRequest) -> Origin {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let proxies = request.app_data::<Data<TrustedProxies>>();
    let address = proxies.map_or(peer, |proxies| proxies.caller(peer, request.headers()));
    let user_agent = request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    // A secret in the wrong header is not written down.
    let user_agent = user_agent.filter(|text| !could_hold_secret(text));
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Origin::new(address, user_agent.as_deref(), id)
}

/// Whether the text has something in it that begins like one of Keyhall's secrets.
pub(crate) fn could_hold_secret(text: &str) -> bool {
    SecretKind::ALL.iter().any(|kind| text.contains(kind.prefix()))
}
