//! How failed attempts slow down the next ones: free at first, then with a delay that doubles up to a bound.
//!
//! Deliberately absent: whose attempts are counted together, and where. Storage does that.

use jiff::{SignedDuration, Timestamp};

/// Failures that delay nobody.
const FREE: u32 = 10;

/// The longest delay.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// Failures are forgotten once there was none for so long.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// For so long an address from which somebody signed in is not delayed by failures from elsewhere.
pub const TRUSTED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Attempts that failed, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

impl Failures {
    /// How long to wait from `now` for the next attempt; `None` when it may be made at once.
    pub fn delay(self, now: Timestamp) -> Option<SignedDuration> {
        let since = now.duration_since(self.last_at);
        let left = self.pause() - since;
        (since < FORGOTTEN_AFTER && left.is_positive()).then_some(left)
    }

    /// How many count at `now`.
    pub fn count_at(self, now: Timestamp) -> u32 {
        if now.duration_since(self.last_at) < FORGOTTEN_AFTER { self.count } else { 0 }
    }

    /// The pause after the last one: 1 s after the tenth, then twice as long each time.
    fn pause(self) -> SignedDuration {
        match self.count.checked_sub(FREE) {
            None => SignedDuration::ZERO,
            Some(beyond) => {
                let seconds = 1_i64.checked_shl(beyond).filter(|seconds| seconds.is_positive());
                seconds.map_or(LONGEST, |seconds| SignedDuration::from_secs(seconds).min(LONGEST))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn delay(count: u32, seconds_since: i64) -> Option<i64> {
        let last_at = Timestamp::from_second(1_000_000).unwrap();
        let now = last_at + SignedDuration::from_secs(seconds_since);
        Failures { count, last_at }.delay(now).map(|left| left.as_secs())
    }

    #[test]
    fn the_tenth_failure_is_the_first_that_delays() {
        assert_eq!(delay(9, 0), None);
        assert_eq!(delay(10, 0), Some(1));
        assert_eq!(delay(10, 1), None);
    }

    #[test]
    fn the_delay_doubles_up_to_15_minutes() {
        assert_eq!(
            [11, 12, 19, 20, 64, 75, u32::MAX].map(|count| delay(count, 0)),
            [Some(2), Some(4), Some(512), Some(900), Some(900), Some(900), Some(900),]
        );
        assert_eq!(delay(20, 899), Some(1));
        assert_eq!(delay(20, 900), None);
    }

    #[test]
    fn failures_are_forgotten_after_a_day_without_any() {
        let last_at = Timestamp::from_second(1_000_000).unwrap();
        let failures = Failures { count: 50, last_at };
        assert_eq!(failures.count_at(last_at + FORGOTTEN_AFTER - SignedDuration::from_secs(1)), 50);
        assert_eq!(failures.count_at(last_at + FORGOTTEN_AFTER), 0);
    }

    proptest! {
        #[test]
        fn more_failures_never_delay_less(count: u32, since in 0_i64..2_000) {
            prop_assert!(delay(count, since) <= delay(count.saturating_add(1), since));
        }
    }
}
