//! JSON from bytes: nested only so deep, which is tested before anything recurses into it, and no field twice, since readers
//! differ on which of the two counts (RFC 8259 section 4).

use keyhall_domain::unambiguous::Unambiguous;
use serde_json::Value;

use crate::problem::{INVALID_JSON, Problem};

/// The JSON value of a body that is nested at most so deep.
pub(crate) fn parse(bytes: &[u8], most_deep: usize) -> Result<Value, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(&INVALID_JSON).detail("the body is empty"));
    }
    if depth(bytes) > most_deep {
        return Err(
            Problem::new(&INVALID_JSON).detail(format_args!("the body is nested more than {most_deep} deep"))
        );
    }
    serde_json::from_slice::<Unambiguous>(bytes).map(|value| value.0).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Eof => "ends too early",
            serde_json::error::Category::Data => "has a field twice in one object",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "is not JSON",
        };
        Problem::new(&INVALID_JSON).detail(format_args!("the body {what}, at line {line}, column {column}"))
    })
}

/// How deep the brackets outside strings go.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<Value, Problem> {
        super::parse(bytes, 32)
    }

    fn nested(levels: usize) -> Vec<u8> {
        [vec![b'['; levels], vec![b']'; levels]].concat()
    }

    #[test]
    fn a_body_of_32_levels_is_read_and_one_of_33_is_not() {
        assert!(parse(&nested(32)).is_ok());
        let problem = parse(&nested(33)).unwrap_err();
        assert_eq!(problem.to_string(), "the body is nested more than 32 deep");
        assert!(parse(&nested(10_000)).is_err());
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = format!("[\"{}\\\"{}\"]", "[".repeat(100), "{".repeat(100));
        assert!(parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn a_field_that_stands_twice_in_one_object_is_refused() {
        let problem = parse(br#"{"role":"member","role":"admin"}"#).unwrap_err();
        assert_eq!(problem.to_string(), "the body has a field twice in one object, at line 1, column 23");
        assert!(parse(br#"{"a":{"b":1},"c":[{"b":1},{"b":2}]}"#).is_ok());
        assert!(parse(br#"[{"a":{"b":1,"b":1}}]"#).is_err());
    }

    #[test]
    fn what_is_no_json_is_told_where() {
        assert_eq!(
            parse(b"{\"name\": x}").unwrap_err().to_string(),
            "the body is not JSON, at line 1, column 10"
        );
        assert_eq!(parse(b"{").unwrap_err().to_string(), "the body ends too early, at line 1, column 1");
        assert!(parse(b"\xff").is_err());
    }
}
