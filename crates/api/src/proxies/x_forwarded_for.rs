//! The header `X-Forwarded-For`, which no standard has and every proxy: addresses between commas, some with a port.

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderValue, X_FORWARDED_FOR};

use super::forwarded::node;

/// Whom each proxy says that it speaks for, the nearest proxy first; `None` where it says no plain address.
pub(super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let values: Vec<_> = headers.get_all(X_FORWARDED_FOR).map(HeaderValue::as_bytes).collect();
    let entries = values.into_iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
    entries.map(|entry| address(std::str::from_utf8(entry.trim_ascii()).ok()?))
}

/// An address; an IPv6 one has brackets only where a port follows, or as well without.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| node(text))
}
