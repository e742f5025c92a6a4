//! Names that people give to things, in any script.
//!
//! A name is kept as it was written (NFC, outer white space trimmed) and compared by its [`NameKey`], so that what looks
//! the same is the same. Deliberately absent: e-mail addresses and identifiers, which have rules of their own.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, WhiteSpace};
use serde::Serialize;

use crate::violation::Violations;

/// The most characters (Unicode scalar values) a name may have.
pub const NAME_MAX: usize = 100;

/// The most characters (Unicode scalar values) a description may have.
pub const DESCRIPTION_MAX: usize = 1000;

/// A name of 1 to 100 characters: NFC, something visible in it, no control characters, no bidirectional overrides.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, deserr::Deserr)]
#[serde(transparent)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> NameError)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, min_length = 1, max_length = 100, example = "Payments",
))]
pub struct Name(String);

/// What makes two names the same: NFKC, case folded, without what cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey(String);

/// What names are searched for: a part of one, of at most 100 characters, compared by its key.
#[derive(Debug, Clone, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> NameError)]
pub struct NameSearch(NameKey);

/// A free text of at most 1,000 characters; line breaks and tabs are its only control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, deserr::Deserr)]
#[serde(transparent)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> NameError)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(
    value_type = String, max_length = 1000, example = "Everything that takes money",
))]
pub struct Description(String);

/// Why a text is not a name or a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has nothing in it that could be seen.
    #[error("must have at least 1 visible character")]
    NothingVisible,
    /// It is too long.
    #[error("must have at most {most} characters")]
    TooLong {
        /// The most characters it may have.
        most: usize,
    },
    /// It has a control character or a line separator in it.
    #[error("must not have the control character U+{:04X} in it", u32::from(*.0))]
    Control(char),
    /// It has a character in it that turns the direction of what follows.
    #[error("must not have the bidirectional override U+{:04X} in it", u32::from(*.0))]
    Bidirectional(char),
}

impl Name {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the name is compared by.
    pub fn key(&self) -> NameKey {
        NameKey(compatibility_fold(&self.0))
    }
}

impl NameKey {
    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NameSearch {
    /// What a name's key must have in it.
    pub fn key(&self) -> &NameKey {
        &self.0
    }
}

impl Description {
    /// The description as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = nfc(text.trim());
        reject_characters(&text, |_| false)?;
        reject_length(&text, NAME_MAX)?;
        if text.chars().all(is_invisible) { Err(NameError::NothingVisible) } else { Ok(Self(text)) }
    }
}

impl std::str::FromStr for NameSearch {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        reject_characters(text, |_| false)?;
        reject_length(text, NAME_MAX)?;
        Ok(Self(NameKey(compatibility_fold(text))))
    }
}

impl std::str::FromStr for Description {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = nfc(text.trim());
        reject_characters(&text, |c| matches!(c, '\n' | '\r' | '\t'))?;
        reject_length(&text, DESCRIPTION_MAX)?;
        Ok(Self(text))
    }
}

/// The text in Unicode's canonical composition (NFC).
pub(crate) fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// The text in Unicode's compatibility composition (NFKC).
pub(crate) fn nfkc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// Unicode's NFKC_Casefold (UAX 31, UAX 44).
fn compatibility_fold(text: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let visible: String = text.chars().filter(|c| !ignorable.contains(*c)).collect();
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&visible).into_owned();
    let folded = nfkc(&CaseMapper::new().fold_string(&decomposed));
    nfkc(&CaseMapper::new().fold_string(&folded))
}

/// Refuses what cannot be seen and still acts: control characters, line separators, bidirectional overrides.
pub(crate) fn reject_characters(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), NameError> {
    for c in text.chars().filter(|c| !allowed(*c)) {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            return Err(NameError::Control(c));
        }
        if matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') {
            return Err(NameError::Bidirectional(c));
        }
    }
    Ok(())
}

fn reject_length(text: &str, most: usize) -> Result<(), NameError> {
    if text.chars().count() > most { Err(NameError::TooLong { most }) } else { Ok(()) }
}

/// White space, what Unicode says to ignore when it cannot be shown, and the blank Braille pattern.
fn is_invisible(c: char) -> bool {
    c == '\u{2800}'
        || CodePointSetData::new::<WhiteSpace>().contains(c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<Name, NameError> {
        text.parse()
    }

    #[test]
    fn names_of_nothing_visible_are_refused() {
        for nothing in
            ["", " ", "\u{200B}", "\u{3164}", "\u{2800}\u{2800}", "\u{00A0}\u{FEFF}", "\u{2060} \u{00AD}"]
        {
            assert_eq!(name(nothing), Err(NameError::NothingVisible), "{nothing:?}");
        }
    }

    #[test]
    fn control_characters_and_overrides_are_refused_by_name() {
        assert_eq!(name("a\0b").unwrap_err().to_string(), "must not have the control character U+0000 in it");
        assert_eq!(name("a\nb"), Err(NameError::Control('\n')));
        assert_eq!(name("a\u{2028}b"), Err(NameError::Control('\u{2028}')));
        assert_eq!(name("abc\u{202E}cba"), Err(NameError::Bidirectional('\u{202E}')));
    }

    #[test]
    fn any_script_and_emoji_of_up_to_100_characters_are_accepted() {
        for good in ["Zahlungen", "支払い", "платежи", "مدفوعات", "👩‍🚀", "a"] {
            assert_eq!(name(good).unwrap().as_str(), good);
        }
        assert!(name(&"é".repeat(100)).is_ok());
        assert_eq!(name(&"é".repeat(101)), Err(NameError::TooLong { most: 100 }));
        assert!(name(&"e\u{301}".repeat(100)).is_ok(), "counted after composition");
    }

    #[test]
    fn what_looks_the_same_has_the_same_key() {
        let key = |text: &str| name(text).unwrap().key();
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("Ｐａｙ"), key("pay"));
        assert_eq!(key("pa\u{200B}y"), key("pay"));
        assert_eq!(key(" pay "), key("pay"));
        assert_eq!(key("e\u{301}t\u{e9}"), key("ÉTÉ"));
        assert_ne!(key("pay"), key("pays"));
    }
}
