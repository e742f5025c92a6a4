use actix_web::http::header::{FORWARDED, HeaderName, HeaderValue, X_FORWARDED_FOR};
use proptest::prelude::*;

use super::*;

/// The proxy that speaks to us, and one behind it.
const PEER: &str = "10.0.0.1";
const INNER: &str = "10.0.0.2";

/// Proxies that write this header.
fn proxies(name: &HeaderName) -> TrustedProxies {
    let header = if *name == FORWARDED { ForwardedHeader::Forwarded } else { ForwardedHeader::XForwardedFor };
    TrustedProxies::new(["10.0.0.0/8", "2001:db8:f::/48"].map(|network| network.parse().unwrap()), header)
}

fn headers<'a>(lines: impl IntoIterator<Item = (HeaderName, &'a [u8])>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

/// Whom proxies that write the first of these headers speak for.
fn caller(peer: &str, lines: &[(HeaderName, &str)]) -> String {
    let proxies = proxies(&lines[0].0);
    let lines = lines.iter().map(|(name, value)| (name.clone(), value.as_bytes()));
    proxies.caller(peer.parse().unwrap(), &headers(lines)).to_string()
}

#[track_caller]
fn says(name: &HeaderName, value: &str, expected: &str) {
    assert_eq!(caller(PEER, &[(name.clone(), value)]), expected, "{name}: {value}");
}

#[test]
fn nobody_is_believed_who_is_not_trusted() {
    for lines in [
        [(X_FORWARDED_FOR, "192.0.2.1")].as_slice(),
        &[(FORWARDED, "for=192.0.2.1")],
        &[(FORWARDED, "for=192.0.2.1"), (X_FORWARDED_FOR, "192.0.2.1")],
    ] {
        assert_eq!(caller("198.51.100.9", lines), "198.51.100.9");
        let nobody = TrustedProxies::default();
        let lines = lines.iter().map(|(name, value)| (name.clone(), value.as_bytes()));
        assert_eq!(nobody.caller(PEER.parse().unwrap(), &headers(lines)).to_string(), PEER);
    }
}

#[test]
fn the_first_address_from_the_right_that_is_no_proxys_is_the_caller() {
    for (list, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("203.0.113.7, 192.0.2.1", "192.0.2.1"),
        ("203.0.113.7, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.9.9.9, 192.0.2.1", "192.0.2.1"),
        ("10.9.9.9, 10.0.0.2", "10.9.9.9"),
    ] {
        says(&X_FORWARDED_FOR, list, expected);
        let elements: Vec<_> = list.split(", ").map(|address| format!("for={address}")).collect();
        says(&FORWARDED, &elements.join(", "), expected);
    }
}

#[test]
fn addresses_are_read_in_every_form_that_proxies_write() {
    for (value, expected) in [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1,::ffff:10.0.0.2", "192.0.2.1"),
        ("192.0.2.1 ,\t2001:db8:f::7 ", "192.0.2.1"),
    ] {
        says(&X_FORWARDED_FOR, value, expected);
    }
    says(&X_FORWARDED_FOR, "2001:db8::1", "2001:db8::1");
    for (value, expected) in [
        ("For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("proto=https;FOR=192.0.2.1;by=\"a,b;for=x\"", "192.0.2.1"),
        ("for=\"192.0.2.1:_port\"", "192.0.2.1"),
        ("for=\"192.0.2\\.1\"", "192.0.2.1"),
        ("for=\"[::ffff:192.0.2.1]\"", "192.0.2.1"),
        ("for=192.0.2.1 ; proto=http , for=\"[2001:db8:f::7]\"", "192.0.2.1"),
    ] {
        says(&FORWARDED, value, expected);
    }
}

#[test]
fn an_entry_that_says_no_plain_address_ends_the_walk_at_whoever_wrote_it() {
    for entry in [
        "",
        "unknown",
        "_hidden",
        "localhost",
        "192.0.2",
        "192.0.2.1.9",
        "192.0.2.01",
        "192.0.2.1:",
        "192.0.2.1:123456",
        "192.0.2.1:x",
        "[2001:db8::1",
        "[192.0.2.1]",
        "[2001:db8::1]x",
        "fe80::1%eth0",
        "\"192.0.2.1",
        "192.0.2.1 192.0.2.2",
    ] {
        says(&X_FORWARDED_FOR, &format!("192.0.2.1, {entry}"), PEER);
        says(&X_FORWARDED_FOR, &format!("192.0.2.1, {entry}, {INNER}"), INNER);
        says(&FORWARDED, &format!("for=192.0.2.1, for={entry}"), PEER);
        says(&FORWARDED, &format!("for=192.0.2.1, for={entry}, for={INNER}"), INNER);
    }
    for element in
        ["", "proto=https", "for", "for=\"2001:db8::1\"", "for=192.0.2.1;for=192.0.2.2", "fro=192.0.2.1"]
    {
        says(&FORWARDED, &format!("for=192.0.2.1, {element}"), PEER);
    }
}

#[test]
fn repeated_headers_are_one_list() {
    let twice = |name: HeaderName, first, second| caller(PEER, &[(name.clone(), first), (name, second)]);
    assert_eq!(twice(X_FORWARDED_FOR, "203.0.113.7", "192.0.2.1"), "192.0.2.1");
    assert_eq!(twice(X_FORWARDED_FOR, "203.0.113.7, 192.0.2.1", INNER), "192.0.2.1");
    assert_eq!(twice(FORWARDED, "for=192.0.2.1", "for=10.0.0.2"), "192.0.2.1");
    assert_eq!(twice(FORWARDED, "for=192.0.2.1", "for=\""), PEER);
}

#[test]
fn the_header_that_a_proxy_does_not_write_is_a_callers_and_says_nothing() {
    for other in ["192.0.2.1", "203.0.113.7", "10.0.0.2", "unknown", ""] {
        let forwarded = format!("for={other}");
        let lines = [(X_FORWARDED_FOR, "192.0.2.1"), (FORWARDED, forwarded.as_str())];
        assert_eq!(caller(PEER, &lines), "192.0.2.1", "{other}");
        let lines = [(FORWARDED, "for=192.0.2.1"), (X_FORWARDED_FOR, other)];
        assert_eq!(caller(PEER, &lines), "192.0.2.1", "{other}");
    }
    let proxies = proxies(&X_FORWARDED_FOR);
    let alone = headers([(FORWARDED, b"for=192.0.2.1".as_slice())]);
    assert_eq!(proxies.caller(PEER.parse().unwrap(), &alone).to_string(), PEER);
}

#[test]
fn networks_and_peers_in_ipv6s_clothes_are_ipv4() {
    let mapped = TrustedProxies::new(["::ffff:10.0.0.0/104".parse().unwrap()], ForwardedHeader::default());
    assert_eq!(mapped, TrustedProxies::new(["10.0.0.0/8".parse().unwrap()], ForwardedHeader::default()));
    assert_eq!(caller("::ffff:10.0.0.1", &[(X_FORWARDED_FOR, "192.0.2.1")]), "192.0.2.1");
    let all_of_ipv6 = TrustedProxies::new(["::/0".parse().unwrap()], ForwardedHeader::default());
    let lines = headers([(X_FORWARDED_FOR, b"192.0.2.1".as_slice())]);
    assert_eq!(all_of_ipv6.caller(PEER.parse().unwrap(), &lines).to_string(), PEER);
}

#[test]
fn ten_thousand_entries_are_read_as_far_as_they_are_trusted() {
    let list = format!("192.0.2.1, {}", vec![INNER; 10_000].join(", "));
    says(&X_FORWARDED_FOR, &list, "192.0.2.1");
    says(&FORWARDED, &format!("for={}", list.replace(", ", ", for=")), "192.0.2.1");
    says(&FORWARDED, &"\"\\".repeat(10_000), PEER);
}

/// Header values that need not be any.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..80);
    let near = "((for|by)=?|\"|\\\\|,|;| |10\\.0\\.0\\.[0-9]|192\\.0\\.2\\.1|\\[?2001:db8:f?::1\\]?|:[0-9]{1,6}|_x){0,14}";
    prop_oneof![bytes, near.prop_map(String::into_bytes)]
}

proptest! {
    #[test]
    fn whatever_a_caller_writes_their_address_is_the_one_that_their_proxy_saw(
        written in proptest::collection::vec(value(), 0..4),
        with_forwarded in any::<bool>(),
        own_line in any::<bool>(),
        inner in any::<bool>(),
    ) {
        let name = if with_forwarded { FORWARDED } else { X_FORWARDED_FOR };
        let prefix = if with_forwarded { "for=" } else { "" };
        let mut seen = format!("{prefix}198.51.100.9");
        if inner {
            seen = format!("{seen}, {prefix}{INNER}");
        }
        let mut lines: Vec<_> = written.into_iter().filter(|line| HeaderValue::from_bytes(line).is_ok()).collect();
        match lines.last_mut() {
            Some(last) if !own_line => last.extend_from_slice(format!(", {seen}").as_bytes()),
            _ => lines.push(seen.into_bytes()),
        }
        let headers = headers(lines.iter().map(|line| (name.clone(), line.as_slice())));
        prop_assert_eq!(proxies(&name).caller(PEER.parse().unwrap(), &headers).to_string(), "198.51.100.9");
    }

    #[test]
    fn arbitrary_headers_of_a_stranger_are_never_believed(one in value(), other in value()) {
        let lines = [(FORWARDED, one), (X_FORWARDED_FOR, other)];
        let sane = lines.iter().filter(|(_, line)| HeaderValue::from_bytes(line).is_ok());
        let headers = headers(sane.map(|(name, line)| (name.clone(), line.as_slice())));
        let stranger = "198.51.100.9".parse().unwrap();
        for name in [FORWARDED, X_FORWARDED_FOR] {
            prop_assert_eq!(proxies(&name).caller(stranger, &headers), stranger);
        }
    }

    #[test]
    fn arbitrary_headers_of_a_proxy_are_read_without_a_fault(one in value(), other in value()) {
        let lines = [(FORWARDED, one), (X_FORWARDED_FOR, other)];
        let sane = lines.iter().filter(|(_, line)| HeaderValue::from_bytes(line).is_ok());
        let headers = headers(sane.map(|(name, line)| (name.clone(), line.as_slice())));
        for name in [FORWARDED, X_FORWARDED_FOR] {
            let address = proxies(&name).caller(PEER.parse().unwrap(), &headers);
            prop_assert_eq!(address, address.to_canonical());
        }
    }
}
