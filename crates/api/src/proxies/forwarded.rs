//! The header `Forwarded` (RFC 7239).

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderValue};

use super::quoted::{items_from_end, unquoted};

/// Whom each proxy says that it speaks for, the nearest proxy first; `None` where it says no plain address.
pub(super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let values: Vec<_> = headers.get_all(FORWARDED).map(HeaderValue::as_bytes).collect();
    values.into_iter().rev().flat_map(|value| items_from_end(value, b',')).map(address)
}

/// The address behind the parameter `for`, which must stand once. What hides (`_hidden`) or is `unknown` is none.
fn address(element: &[u8]) -> Option<IpAddr> {
    let mut named = items_from_end(element, b';').filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at(at);
        name.eq_ignore_ascii_case(b"for").then(|| value.get(1..)).flatten()
    });
    let (value, more) = (named.next()?, named.next());
    if more.is_some() {
        return None;
    }
    node(&String::from_utf8(unquoted(value)?).ok()?)
}

/// The address of a node, perhaps with a port: an IPv6 address stands in brackets (section 6).
pub(super) fn node(text: &str) -> Option<IpAddr> {
    let (address, port) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (address, after) = bracketed.split_once(']')?;
            (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), after)
        }
        None => {
            let (address, after) = text.split_at(text.find(':').unwrap_or(text.len()));
            (IpAddr::V4(address.parse().ok()?), after)
        }
    };
    is_port(port).then_some(address)
}

/// Whether it is nothing, or a colon and a port, which may be a name that hides it.
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else { return text.is_empty() };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match port.strip_prefix('_') {
        Some(hidden) => !hidden.is_empty() && hidden.bytes().all(is_name),
        None => (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
