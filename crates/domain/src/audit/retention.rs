//! How long events are kept.

use std::num::NonZero;

use jiff::{SignedDuration, Timestamp};

/// How many days an event is kept: at least one, by default 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(NonZero<u16>);

impl Retention {
    /// So many days, each of 24 hours.
    pub const fn days(days: NonZero<u16>) -> Self {
        Self(days)
    }

    /// What is older than this instant has been kept long enough at `now`.
    pub fn cutoff(self, now: Timestamp) -> Timestamp {
        let kept = SignedDuration::from_hours(24 * i64::from(self.0.get()));
        now.checked_sub(kept).unwrap_or(Timestamp::MIN)
    }
}

impl Default for Retention {
    fn default() -> Self {
        const DEFAULT: NonZero<u16> = match NonZero::new(400) {
            Some(days) => days,
            None => NonZero::<u16>::MIN,
        };
        Self(DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_kept_400_days_by_default_and_never_further_back_than_time_goes() {
        let now: Timestamp = "2027-12-29T12:00:00Z".parse().unwrap();
        assert_eq!(Retention::default().cutoff(now), "2026-11-24T12:00:00Z".parse().unwrap());
        assert_eq!(Retention::days(NonZero::<u16>::MAX).cutoff(Timestamp::MIN), Timestamp::MIN);
    }
}
