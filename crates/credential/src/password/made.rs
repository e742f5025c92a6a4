//! Passwords that Keyhall makes itself, for `keyhall admin bootstrap`.

use super::{NewPassword, Password};
use crate::random::{self, RandomError};

/// Lower-case letters and digits without those that look alike: no `0 o`, no `1 i l`.
const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
const GROUPS: usize = 6;
const GROUP_LENGTH: usize = 4;

/// Makes a password that is easy to copy by hand, such as `k7mq-3xwd-…`: 24 random characters in groups of
/// four, which are 118 bits.
///
/// # Errors
///
/// When the operating system's random source fails.
// INVARIANT: a `NewPassword` is strong enough; 118 random bits are, so this one is not judged.
pub fn generate_password() -> Result<NewPassword, RandomError> {
    let groups: Vec<String> =
        (0..GROUPS).map(|_| random::text(ALPHABET, GROUP_LENGTH)).collect::<Result<_, _>>()?;
    Ok(NewPassword(Password(groups.join("-"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_six_groups_of_four_unambiguous_characters() {
        let made = generate_password().unwrap();
        let groups: Vec<&str> = made.password().reveal().split('-').collect();
        assert_eq!(groups.len(), 6);
        assert!(groups.iter().all(|group| group.len() == 4));
        assert!(groups.concat().bytes().all(|character| ALPHABET.contains(&character)));
    }

    #[test]
    fn a_made_password_passes_the_check_that_others_have_to_pass() {
        for _ in 0..50 {
            let made = generate_password().unwrap().password().reveal().to_owned();
            assert!(NewPassword::check(Password::parse(made).unwrap(), &["Ada", "ada@example.com"]).is_ok());
        }
    }

    #[test]
    fn two_made_passwords_differ() {
        let [one, other] = [generate_password().unwrap(), generate_password().unwrap()];
        assert_ne!(one.password().reveal(), other.password().reveal());
    }
}
