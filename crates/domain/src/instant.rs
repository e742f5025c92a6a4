//! An instant that somebody wrote: RFC 3339, and nothing that only resembles it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Serialize;

use crate::violation::Violations;

/// An instant, to the microsecond; what is finer is rounded up, as a bound of times that are kept to the microsecond can be
/// without changing what it bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> InstantError)]
#[serde(transparent)]
pub struct Instant(Timestamp);

/// A text that is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 instant such as `2027-01-31T00:00:00Z` (in a query, write `+` as `%2B`)")]
pub struct InstantError;

impl Instant {
    /// The instant as a time.
    pub fn get(self) -> Timestamp {
        self.0
    }
}

impl std::str::FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        if !has_the_shape(text) {
            return Err(InstantError);
        }
        let time = text.parse().ok().or_else(|| at_the_end_of_time(text)).ok_or(InstantError)?;
        let whole = Timestamp::from_microsecond(time.as_microsecond()).map_err(|_| InstantError)?;
        match whole < time {
            true => {
                Timestamp::from_microsecond(time.as_microsecond() + 1).map(Self).map_err(|_| InstantError)
            }
            false => Ok(Self(whole)),
        }
    }
}

/// The last instant that can be told apart, for the few hours of the year 9999 after it: bounds that mean "never" lie there.
fn at_the_end_of_time(text: &str) -> Option<Timestamp> {
    let (date_time, rest) = text.split_at_checked(19)?;
    let _: DateTime = date_time.parse().ok().filter(|_| date_time.starts_with("9999-12-3"))?;
    // Whether the rest is right can be told at any other time.
    let _: Timestamp = format!("2000-01-01T00:00:00{rest}").parse().ok()?;
    Timestamp::from_second(Timestamp::MAX.as_second()).ok()
}

/// RFC 3339 section 5.6: a date, `T`, a time to the second, perhaps a fraction, and an offset. The parser takes more than that.
fn has_the_shape(text: &str) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else { return false };
    let offset =
        rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let fraction = rest.len() - offset.len();
    let is_offset =
        matches!(offset, "Z" | "z") || offset.starts_with(['+', '-']) && matches(offset, "+00:00");
    matches(date_time, "0000-00-00T00:00:00") && fraction != 1 && is_offset
}

/// Whether a text has the pattern: `0` stands for a digit, `T` and `+` for their like.
fn matches(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, pattern)| match pattern {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't'),
            b'+' => matches!(byte, b'+' | b'-'),
            exact => byte == exact,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_rfc_3339_is_read() {
        let noon = "2026-11-24T12:00:00Z".parse::<Instant>().unwrap();
        for same in ["2026-11-24t12:00:00z", "2026-11-24T13:30:00+01:30", "2026-11-24T11:00:00.000-01:00"] {
            assert_eq!(same.parse(), Ok(noon), "{same}");
        }
        for other in ["0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z", "2026-11-24T12:00:00.123456789Z"] {
            assert!(other.parse::<Instant>().is_ok(), "{other}");
        }
    }

    #[test]
    fn what_only_resembles_it_is_refused() {
        for wrong in [
            "",
            "now",
            "2026-11-24",
            "2026-11-24T12:00:00",
            "2026-11-24 12:00:00Z",
            "2026-11-24T12:00Z",
            "1764000000",
            "2026-11-24T12:00:00.Z",
            "2026-11-24T12:00:00+0100",
            "2026-11-24T12:00:00+01:00[Europe/Paris]",
            "2026-11-24T12:00:00 01:00",
            "2026-13-24T12:00:00Z",
            "2026-02-30T12:00:00Z",
            "2026-11-24T25:00:00Z",
            "-009999-01-01T00:00:00Z",
            "+002026-11-24T12:00:00Z",
            "9999-12-32T00:00:00Z",
            "9999-12-31T00:00:00+99:00",
            "２026-11-24T12:00:00Z",
            " 2026-11-24T12:00:00Z",
            "2026-11-24T12:00:00Z\n",
        ] {
            assert_eq!(wrong.parse::<Instant>(), Err(InstantError), "{wrong}");
        }
    }

    #[test]
    fn the_last_day_that_can_be_written_is_later_than_everything() {
        let never = "9999-12-31T23:59:59.999999Z".parse::<Instant>().unwrap();
        assert!(never > "9999-12-30T00:00:00Z".parse().unwrap());
        assert_eq!("9999-12-31T00:00:00+01:00".parse(), Ok(never));
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_rounded_up() {
        let rounded = "2026-11-24T12:00:00.0000001Z".parse::<Instant>();
        assert_eq!(rounded, "2026-11-24T12:00:00.000001Z".parse());
    }
}
