//! Whether a password is strong enough to be set, as zxcvbn judges it.
//!
//! Deliberately absent: rules of our own. What is ours is the bar and the words that make a password weak for
//! one person alone.

use zxcvbn::{Score, zxcvbn};

use super::Password;

/// A password that may be set, because it is strong enough; the first hash is made of nothing else.
#[derive(Debug)]
pub struct NewPassword(pub(super) Password);

/// A password that is too easy to guess.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password is too easy to guess")]
pub struct WeakPasswordError {
    /// What is wrong and what would be better, in sentences for people. It never contains the password.
    pub advice: String,
}

/// Below it, zxcvbn says that fewer than 10⁸ guesses are enough.
const LOWEST_SCORE: Score = Score::Three;

/// How much of a password is judged. zxcvbn tries every way to undo substitutions such as `4` for `a`, so
/// that 100 characters chosen for it take a second, and 32 less than a tenth of one. What is strong within
/// 32 characters stays so, whatever follows; what begins with 32 weak ones is refused however it ends.
const JUDGED_CHARACTERS: usize = 32;

/// Shorter words stand in many passwords by accident.
const SHORTEST_WORD: usize = 3;

/// The words that are weak for everybody here.
const OWN_WORDS: [&str; 1] = ["keyhall"];

impl NewPassword {
    /// Takes a password if it is strong enough. `words` are those that a guesser would try first for this
    /// person: their name, their e-mail, their accounts' names; each is tried whole and by its parts.
    ///
    /// # Errors
    ///
    /// When zxcvbn gives it fewer than three points of four.
    pub fn check(password: Password, words: &[&str]) -> Result<Self, WeakPasswordError> {
        let judgement = zxcvbn(judged(password.reveal()), &guessable_words(words));
        if judgement.score() >= LOWEST_SCORE {
            return Ok(Self(password));
        }
        let advice = judgement.feedback().map(ToString::to_string).unwrap_or_default();
        Err(WeakPasswordError { advice: advice.trim().to_owned() })
    }

    /// The password.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.0
    }
}

/// `ada.lovelace@example.com` as a whole, and `ada`, `lovelace`, `example`, `com`.
fn guessable_words<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let parts = |word: &'a str| word.split(|character: char| !character.is_alphanumeric());
    let all = words.iter().flat_map(|word| std::iter::once(*word).chain(parts(word))).chain(OWN_WORDS);
    all.filter(|word| word.chars().count() >= SHORTEST_WORD).map(judged).collect()
}

/// The beginning that is judged; of words too, so that a long one is still recognised in a password.
fn judged(text: &str) -> &str {
    let end = text.char_indices().nth(JUDGED_CHARACTERS).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, words: &[&str]) -> Result<NewPassword, WeakPasswordError> {
        NewPassword::check(Password::parse(text.to_owned()).unwrap(), words)
    }

    #[test]
    fn common_passwords_are_refused_with_advice() {
        for text in
            ["password", "12345678", "qwertyuiop", "aaaaaaaaaaaa", "Passw0rd!", "keyhall2026", "letmein123"]
        {
            let error = check(text, &[]).unwrap_err();
            assert!(error.advice.ends_with('.'), "no advice for {text}: {error:?}");
        }
    }

    #[test]
    fn the_refusal_contains_nothing_of_the_password() {
        let error = check("letmein123", &[]).unwrap_err();
        assert!(!format!("{error:?}{error}").contains("letme"));
    }

    #[test]
    fn a_few_uncommon_words_are_accepted_without_digits_or_signs() {
        assert!(check("gravel otter lantern", &[]).is_ok());
    }

    #[test]
    fn the_accounts_own_words_make_a_password_weak() {
        let words = ["Wilhelmina Quackenbush", "w.quackenbush@zyxtronics.example"];
        for text in ["quackenbush7", "Wilhelmina!", "hsubnekcauq", "zyxtronics1", "Qu4ck3nbush"] {
            assert!(check(text, &words).is_err(), "{text} was accepted");
        }
        assert!(check("zyxtronics-quoll", &[]).is_ok());
    }

    #[test]
    fn a_long_word_of_the_account_is_weak_though_only_its_beginning_is_judged() {
        let word = "zyxtronics-quoll.brakspear-vimto.fjordling@example.com";
        assert!(check(word, &[]).is_ok());
        assert!(check(word, &[word]).is_err());
    }

    #[test]
    fn a_weak_beginning_stays_weak_with_the_longest_end() {
        let text = format!("{}xK4!vQz9#mW2pL7&tR5cN8bY6jH3", "a".repeat(100));
        assert!(check(&text, &[]).is_err());
    }

    #[test]
    fn the_judged_beginning_is_cut_between_characters() {
        assert_eq!(judged(&"🔑".repeat(33)), "🔑".repeat(32));
        assert_eq!(judged("short"), "short");
    }

    #[test]
    fn words_are_split_and_short_ones_left_out() {
        assert_eq!(guessable_words(&["al.capone@x.io", ""]), ["al.capone@x.io", "capone", "keyhall"]);
    }

    #[test]
    fn debug_of_a_new_password_is_redacted() {
        let password = check("gravel otter lantern", &[]).unwrap();
        assert_eq!(format!("{password:?}"), "NewPassword([redacted])");
        assert_eq!(password.password().reveal(), "gravel otter lantern");
    }
}
