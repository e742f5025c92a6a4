//! The operating system's random source, the only one that secrets are drawn from.
//!
//! Deliberately absent: a generator of our own between it and the secrets, and any seed.

use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};

/// The operating system's random source did not answer, so that no secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random source failed")]
pub struct RandomError(#[from] SysError);

/// Draws `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes)
}

/// Draws `count` characters, each uniformly from `alphabet`, which has 1 to 256 distinct ASCII characters.
// INVARIANT: uniform. A byte is divided by how often the alphabet fits into 256, so that each character has
// equally many bytes; the bytes left over point behind the alphabet's end, where `get` finds nothing.
pub(crate) fn text(alphabet: &[u8], count: usize) -> Result<String, RandomError> {
    let bytes_per_character = 256 / alphabet.len();
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let missing = count - text.len();
        let drawn = bytes::<64>()?;
        let characters =
            drawn.iter().filter_map(|byte| alphabet.get(usize::from(*byte) / bytes_per_character));
        text.extend(characters.take(missing).map(|character| char::from(*character)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_length_asked_for_and_only_characters_of_the_alphabet() {
        for count in [0, 1, 63, 64, 65, 1000] {
            let text = text(b"abc", count).unwrap();
            assert_eq!(text.len(), count);
            assert!(text.bytes().all(|character| b"abc".contains(&character)));
        }
    }

    #[test]
    fn text_is_uniform_over_an_alphabet_that_does_not_divide_256() {
        let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let text = text(alphabet, 62_000).unwrap();
        for character in alphabet {
            let count = text.bytes().filter(|other| other == character).count();
            // 1000 are expected, with a standard deviation of 31.4: eight of them never happen by chance.
            assert!((750..=1250).contains(&count), "`{}` came {count} times", char::from(*character));
        }
    }
}
