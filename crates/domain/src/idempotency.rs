//! The names that callers give to requests which they may send again (draft-ietf-httpapi-idempotency-key-header).

use std::str::FromStr;

/// The longest key, in characters.
const LONGEST: usize = 255;

/// The value of the header `Idempotency-Key`: 1 to 255 visible ASCII characters, in quotes as the draft has it (a structured
/// field string, RFC 8941 section 3.3.3) or bare as most clients send it. Both spell the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdempotencyKeyError {
    /// It begins with a quote and is not one string in quotes.
    #[error("must be one string, in quotes or without any")]
    Quoting,
    /// It is empty or too long.
    #[error("must have 1 to {LONGEST} characters")]
    Length,
    /// It has other characters than visible ASCII ones.
    #[error("must have visible ASCII characters alone")]
    Characters,
}

impl IdempotencyKey {
    /// The key, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        let key = match text.strip_prefix('"') {
            Some(rest) => unquote(rest).ok_or(IdempotencyKeyError::Quoting)?,
            None => text.to_owned(),
        };
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(IdempotencyKeyError::Characters);
        }
        if !(1..=LONGEST).contains(&key.len()) {
            return Err(IdempotencyKeyError::Length);
        }
        Ok(Self(key))
    }
}

/// The string whose opening quote is gone already; nothing may follow the closing one.
fn unquote(rest: &str) -> Option<String> {
    let (mut plain, mut characters) = (String::new(), rest.chars());
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(plain),
            '\\' => plain.push(characters.next().filter(|character| ['"', '\\'].contains(character))?),
            character => plain.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, IdempotencyKeyError> {
        text.parse::<IdempotencyKey>().map(|key| key.as_str().to_owned())
    }

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        for (text, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e\"", "8e03978e"),
            ("\"a\\\"b\\\\c\"", "a\"b\\c"),
            ("a\"b", "a\"b"),
            ("!", "!"),
            ("~", "~"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(key), "{text}");
        }
        assert_eq!(parse(&"k".repeat(255)).map(|key| key.len()), Ok(255));
        assert_eq!(parse(&format!("\"{}\"", "k".repeat(255))).map(|key| key.len()), Ok(255));
    }

    #[test]
    fn what_is_no_key_is_told_why() {
        for (text, error) in [
            ("", IdempotencyKeyError::Length),
            ("\"\"", IdempotencyKeyError::Length),
            ("a b", IdempotencyKeyError::Characters),
            ("\"a b\"", IdempotencyKeyError::Characters),
            ("clé", IdempotencyKeyError::Characters),
            ("a\u{7f}", IdempotencyKeyError::Characters),
            ("\"", IdempotencyKeyError::Quoting),
            ("\"a", IdempotencyKeyError::Quoting),
            ("\"a\";b=1", IdempotencyKeyError::Quoting),
            ("\"a\", \"b\"", IdempotencyKeyError::Quoting),
            ("\"a\\n\"", IdempotencyKeyError::Quoting),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        assert_eq!(parse(&"k".repeat(256)), Err(IdempotencyKeyError::Length));
    }
}
