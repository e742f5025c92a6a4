//! The shape that all secrets share, and the test of it.

use super::kind::SecretKind;
use crate::random::{self, RandomError};

/// How many characters, and bytes, a secret has.
pub const SECRET_LENGTH: usize = CHECKED_LENGTH + CHECKSUM_LENGTH;

/// The regular expression that finds secrets in text, for scanners of source code and logs; what it finds is
/// a secret only if the checksum is right too.
pub const SECRET_PATTERN: &str = r"\bkh[psui]_[0-9A-Za-z]{42}\b";

/// Why a text is not a secret. It never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It begins with another prefix than the one that is asked for, or with none that is known.
    #[error("the secret has another prefix")]
    Prefix,
    /// It is too short or too long.
    #[error("the secret does not have `46` characters")]
    Length,
    /// Behind the prefix it has a character that is neither an ASCII digit nor an ASCII letter.
    #[error("the secret has a character outside `0-9A-Za-z`")]
    Alphabet,
    /// Its last six characters are not the checksum of the others: a typo or a scanner's false hit.
    #[error("the secret's checksum is wrong")]
    Checksum,
}

const RANDOM_LENGTH: usize = 36;
const CHECKSUM_LENGTH: usize = 6;
const CHECKED_LENGTH: usize = 4 + RANDOM_LENGTH;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Makes the text of a new secret.
pub(super) fn generate(kind: SecretKind) -> Result<String, RandomError> {
    let mut text = String::with_capacity(SECRET_LENGTH);
    text.push_str(kind.prefix());
    text.push_str(&random::text(ALPHABET, RANDOM_LENGTH)?);
    let checksum = checksum(&text);
    text.extend(checksum);
    Ok(text)
}

/// Tests that a text has the shape of this kind's secrets.
///
/// The checksum finds every change within four neighbouring characters of the forty, as it finds all errors
/// within 32 bits; every swap of two among the forty, as its polynomial is primitive; and every change of its
/// own six. Anything else passes by chance once in 2³².
// INVARIANT: for each 40 characters exactly one checksum is accepted, as it is compared as text and never
// decoded: no second spelling, and no six characters above what 32 bits can say.
pub(super) fn check(kind: SecretKind, text: &str) -> Result<(), SecretError> {
    let behind_prefix = text.strip_prefix(kind.prefix()).ok_or(SecretError::Prefix)?;
    if text.len() != SECRET_LENGTH {
        return Err(SecretError::Length);
    }
    if !behind_prefix.bytes().all(|character| character.is_ascii_alphanumeric()) {
        return Err(SecretError::Alphabet);
    }
    let (checked, tail) = text.split_at_checked(CHECKED_LENGTH).ok_or(SecretError::Length)?;
    if tail.chars().eq(checksum(checked)) { Ok(()) } else { Err(SecretError::Checksum) }
}

/// The six characters that follow these forty.
fn checksum(checked: &str) -> [char; CHECKSUM_LENGTH] {
    let mut rest = crc32fast::hash(checked.as_bytes()) as usize;
    let mut characters = ['0'; CHECKSUM_LENGTH];
    for character in characters.iter_mut().rev() {
        *character = ALPHABET.get(rest % ALPHABET.len()).copied().map_or('0', char::from);
        rest /= ALPHABET.len();
    }
    characters
}
