//! Lists whose items may have quoted strings in them (RFC 9110 sections 5.6.1 and 5.6.4), read from their end.
//!
//! From the end, because that is what the nearest proxy wrote, in order; whatever a caller wrote before it, an open quote
//! for example, cannot reach into it.

/// The items between separators that do not stand in quotes, the last one first, without the white space around them.
pub(super) fn items_from_end(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let item = match last_outside_quotes(text, separator) {
            Some(at) => {
                rest = text.get(..at);
                text.get(at.saturating_add(1)..)
            }
            None => rest.take(),
        };
        item.map(<[u8]>::trim_ascii)
    })
}

/// The text without its quotes and the backslashes before what they quote; a text without quotes as it is. None when it is
/// only partly quoted.
pub(super) fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let Some(rest) = text.strip_prefix(b"\"") else {
        return (!text.contains(&b'"')).then(|| text.to_vec());
    };
    let (mut plain, mut escaped) = (Vec::new(), false);
    for (index, byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => {
                plain.push(*byte);
                escaped = false;
            }
            b'\\' => escaped = true,
            b'"' => return (index + 1 == rest.len()).then_some(plain),
            _ => plain.push(*byte),
        }
    }
    None
}

fn last_outside_quotes(text: &[u8], wanted: u8) -> Option<usize> {
    let mut in_quotes = false;
    for (index, byte) in text.iter().enumerate().rev() {
        if *byte == b'"' && !is_escaped(text, index) {
            in_quotes = !in_quotes;
        } else if *byte == wanted && !in_quotes {
            return Some(index);
        }
    }
    None
}

/// Whether an odd number of backslashes stands before it.
fn is_escaped(text: &[u8], index: usize) -> bool {
    let before = text.iter().take(index).rev();
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<String> {
        let items = items_from_end(text.as_bytes(), b',');
        items.map(|item| String::from_utf8(item.to_vec()).unwrap()).collect()
    }

    #[test]
    fn items_come_from_the_end_and_quotes_keep_them_together() {
        assert_eq!(items("a, b ,c"), ["c", "b", "a"]);
        assert_eq!(items("a;x=\"1,2\",b"), ["b", "a;x=\"1,2\""]);
        assert_eq!(items("a=\"\\\",\\\\\",b"), ["b", "a=\"\\\",\\\\\""]);
        assert_eq!(items(""), [""]);
        assert_eq!(items("a,,"), ["", "", "a"]);
    }

    #[test]
    fn a_quote_that_was_left_open_does_not_reach_what_comes_after_it() {
        assert_eq!(items("for=\", for=192.0.2.1")[0], "for=192.0.2.1");
        assert_eq!(items("for=\"\\, for=\"[::1]:1\"")[0], "for=\"[::1]:1\"");
    }

    #[test]
    fn quotes_go_and_what_is_partly_quoted_is_nothing() {
        let unquoted = |text: &str| unquoted(text.as_bytes()).map(|plain| String::from_utf8(plain).unwrap());
        assert_eq!(unquoted("plain").as_deref(), Some("plain"));
        assert_eq!(unquoted("\"a\\\"b\\\\\"").as_deref(), Some("a\"b\\"));
        for malformed in ["\"", "\"a", "a\"", "\"a\"b", "a\"b\"", "\"a\\\""] {
            assert_eq!(unquoted(malformed), None, "{malformed}");
        }
    }
}
