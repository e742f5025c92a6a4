//! Every change to a live secret is refused before anything is looked up.

use proptest::prelude::*;
use proptest::string::string_regex;

use super::*;

/// One secret of each kind with the same random characters, computed by another implementation of the rule.
const GOLDEN: [&str; 4] = [
    "khp_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ1LVAlV",
    "khs_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ04yssw",
    "khu_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ2vKBQW",
    "khi_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ3djhuK",
];

/// A random live secret of a random kind.
fn secrets() -> impl Strategy<Value = String> {
    proptest::sample::select(SecretKind::ALL.to_vec())
        .prop_map(|kind| shape::generate(kind).unwrap())
        .no_shrink()
}

fn is_refused(text: &str) -> bool {
    PresentedSecret::parse(text).is_err()
        && PersonalAccessTokenSecret::parse(text).is_err()
        && ClientSecret::parse(text).is_err()
        && SessionSecret::parse(text).is_err()
        && OneTimeSecret::parse(text).is_err()
}

/// The text with the character at `position` exchanged.
fn with(text: &str, position: usize, character: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters[position] = character;
    characters.into_iter().collect()
}

#[test]
fn the_golden_secrets_are_read_as_the_kind_of_their_prefix() {
    for (text, kind) in GOLDEN.into_iter().zip(SecretKind::ALL) {
        assert_eq!(PresentedSecret::parse(text).unwrap().kind(), kind);
    }
}

#[test]
fn a_generated_secret_is_read_back_with_the_same_digest() {
    let secret = PersonalAccessTokenSecret::generate().unwrap();
    let again = PresentedSecret::parse(secret.reveal()).unwrap();
    assert_eq!(again.kind(), SecretKind::PersonalAccessToken);
    assert_eq!(again.digest(), secret.digest());
}

#[test]
fn two_generated_secrets_differ() {
    let [one, other] = [SessionSecret::generate().unwrap(), SessionSecret::generate().unwrap()];
    assert_ne!(one.digest(), other.digest());
}

#[test]
fn a_secret_of_another_kind_is_refused_by_its_prefix() {
    assert_eq!(SessionSecret::parse(GOLDEN[0]).unwrap_err(), SecretError::Prefix);
    assert_eq!(ClientSecret::parse(GOLDEN[3]).unwrap_err(), SecretError::Prefix);
}

#[test]
fn prefix_length_alphabet_and_checksum_are_tested_in_this_order() {
    let refusals = [
        ("", SecretError::Prefix),
        ("khc_!", SecretError::Prefix),
        ("khp_!", SecretError::Length),
        ("khp_!123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ1LVAlW", SecretError::Alphabet),
        ("khp_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYé1LVAlW", SecretError::Length),
        ("khp_0123456789ABCDEFGHIJKLMNOPQRSTUVWXé1LVAlW", SecretError::Alphabet),
        ("khp_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ1LVAlW", SecretError::Checksum),
    ];
    for (text, refusal) in refusals {
        assert_eq!(PresentedSecret::parse(text).unwrap_err(), refusal, "for {text}");
    }
}

#[test]
fn the_hint_is_the_last_four_characters() {
    assert_eq!(PersonalAccessTokenSecret::parse(GOLDEN[0]).unwrap().hint(), "VAlV");
}

#[test]
fn the_hint_leaves_the_random_characters_alone() {
    let secret = PersonalAccessTokenSecret::generate().unwrap();
    assert_eq!(secret.hint(), &secret.reveal()[42..]);
}

#[test]
fn debug_and_errors_contain_nothing_of_a_secret() {
    let secret = PersonalAccessTokenSecret::parse(GOLDEN[0]).unwrap();
    assert_eq!(format!("{secret:?}"), "[redacted]");
    assert_eq!(
        format!("{:?}", PresentedSecret::parse(GOLDEN[0]).unwrap()),
        "PersonalAccessToken([redacted])"
    );
    let error = PresentedSecret::parse(&with(GOLDEN[0], 45, 'W')).unwrap_err();
    for shown in [format!("{error:?}"), error.to_string()] {
        assert!(!GOLDEN[0].as_bytes().windows(4).any(|part| shown.contains(str::from_utf8(part).unwrap())));
    }
}

#[test]
fn every_other_value_of_every_single_character_is_refused() {
    for text in GOLDEN {
        for (position, character) in text.char_indices() {
            for other in ('\0'..='\u{ff}').filter(|other| *other != character) {
                assert!(is_refused(&with(text, position, other)), "{other:?} at {position}");
            }
        }
    }
}

#[test]
fn a_checksum_beyond_32_bits_is_refused_though_it_is_equal_modulo_two_to_the_32() {
    let value = u64::from(crc32fast::hash(&GOLDEN[0].as_bytes()[..40]));
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    for wraps in 0..13 {
        let mut rest = value + (wraps << 32);
        let mut text: Vec<char> = GOLDEN[0].chars().collect();
        for character in text[40..].iter_mut().rev() {
            *character = digits[usize::try_from(rest % 62).unwrap()];
            rest /= 62;
        }
        assert_eq!(rest, 0, "six digits are enough");
        assert_eq!(is_refused(&text.into_iter().collect::<String>()), wraps > 0);
    }
}

proptest! {
    #[test]
    fn every_truncation_at_either_end_is_refused(secret in secrets(), cut in 1..=SECRET_LENGTH) {
        assert!(is_refused(&secret[cut..]));
        assert!(is_refused(&secret[..SECRET_LENGTH - cut]));
    }

    #[test]
    fn every_extension_at_either_end_is_refused(secret in secrets(), more in "\\PC{1,8}|[0-9A-Za-z]{1,8}|\\s") {
        assert!(is_refused(&format!("{secret}{more}")));
        assert!(is_refused(&format!("{more}{secret}")));
    }

    #[test]
    fn every_flip_of_a_letters_case_is_refused(secret in secrets()) {
        for (position, character) in secret.char_indices() {
            if !character.is_ascii_alphabetic() {
                continue;
            }
            let flipped = char::from(u8::try_from(character).unwrap() ^ 0x20);
            assert!(is_refused(&with(&secret, position, flipped)));
        }
        assert!(is_refused(&secret.to_ascii_lowercase()));
        assert!(is_refused(&secret.to_ascii_uppercase()));
    }

    #[test]
    fn every_flip_of_a_bit_is_refused(secret in secrets()) {
        for bit in 0..SECRET_LENGTH * 8 {
            let mut bytes = secret.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(is_refused(&String::from_utf8_lossy(&bytes)));
        }
    }

    #[test]
    fn every_swap_of_two_different_characters_is_refused(secret in secrets()) {
        for left in 0..SECRET_LENGTH {
            for right in left + 1..SECRET_LENGTH {
                let mut bytes = secret.clone().into_bytes();
                bytes.swap(left, right);
                let swapped = String::from_utf8(bytes).unwrap();
                assert!(swapped == secret || is_refused(&swapped));
            }
        }
    }

    #[test]
    fn every_other_prefix_before_the_same_characters_is_refused(secret in secrets()) {
        for kind in SecretKind::ALL.into_iter().filter(|kind| !secret.starts_with(kind.prefix())) {
            assert!(is_refused(&format!("{}{}", kind.prefix(), &secret[4..])));
        }
    }

    #[test]
    fn what_the_published_pattern_finds_has_all_of_the_shape_but_the_checksum(
        found in string_regex(SECRET_PATTERN.trim_start_matches(r"\b").trim_end_matches(r"\b")).unwrap()
    ) {
        assert_eq!(PresentedSecret::parse(&found).unwrap_err(), SecretError::Checksum);
    }

    #[test]
    fn arbitrary_text_is_refused_without_a_panic(text in any::<String>(), tail in "\\PC{0,46}") {
        assert!(is_refused(&text));
        for kind in SecretKind::ALL {
            assert!(is_refused(&format!("{}{tail}", kind.prefix())));
        }
    }
}
