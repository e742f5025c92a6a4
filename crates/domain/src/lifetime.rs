//! How long a token lives: an ISO 8601 duration or an instant, within the account's policy.

use jiff::{Span, Timestamp, tz::TimeZone};

use crate::violation::Violations;

/// How long a token is to live, as it was asked for: positive, and from now or until an instant.
#[derive(Debug, Clone, Default, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> LifetimeError)]
pub enum Lifetime {
    /// As long as the account's policy says for tokens that ask for nothing.
    #[default]
    ByPolicy,
    /// From now, in calendar units of UTC: `P90D`, `PT1H`, `P3M`.
    For(Span),
    /// Until an instant, RFC 3339: `2027-01-31T00:00:00Z`.
    Until(Timestamp),
}

/// What an account allows its tokens.
#[derive(Debug, Clone)]
pub struct TokenPolicy {
    /// The lifetime of a token that asks for none: 90 days.
    pub default_lifetime: Span,
    /// The longest lifetime: 366 days.
    pub longest: Span,
    /// How many living tokens one owner may have: 100.
    pub most_per_owner: i64,
}

/// Why a token cannot live that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeError {
    /// Neither a duration nor an instant.
    #[error("must be an ISO 8601 duration such as `P90D` or `PT1H`, or an RFC 3339 instant")]
    Malformed,
    /// Zero or negative, or an instant that has passed.
    #[error("must end in the future")]
    NotInTheFuture,
    /// Longer than the policy's longest, or than time can tell.
    #[error("must not be longer than the account's policy allows (366 days by default)")]
    TooLong,
}

impl TokenPolicy {
    /// The instant at which a token made at `now` expires.
    ///
    /// # Errors
    /// When the lifetime is not positive, or longer than the policy allows.
    pub fn expiry(&self, lifetime: &Lifetime, now: Timestamp) -> Result<Timestamp, LifetimeError> {
        let expires_at = match lifetime {
            Lifetime::ByPolicy => after(now, self.default_lifetime)?,
            Lifetime::Until(instant) => *instant,
            Lifetime::For(span) => after(now, *span)?,
        };
        // As it is stored: to the microsecond.
        let expires_at = Timestamp::from_microsecond(expires_at.as_microsecond()).unwrap_or(expires_at);
        if expires_at <= now {
            Err(LifetimeError::NotInTheFuture)
        } else if expires_at > after(now, self.longest)? {
            Err(LifetimeError::TooLong)
        } else {
            Ok(expires_at)
        }
    }
}

impl Default for TokenPolicy {
    fn default() -> Self {
        Self { default_lifetime: Span::new().days(90), longest: Span::new().days(366), most_per_owner: 100 }
    }
}

impl std::str::FromStr for Lifetime {
    type Err = LifetimeError;

    fn from_str(text: &str) -> Result<Self, LifetimeError> {
        if text.starts_with(['P', '-', '+']) {
            let span: Span = text.parse().map_err(|_| LifetimeError::Malformed)?;
            if span.is_positive() { Ok(Self::For(span)) } else { Err(LifetimeError::NotInTheFuture) }
        } else {
            text.parse().map(Self::Until).map_err(|_| LifetimeError::Malformed)
        }
    }
}

fn after(now: Timestamp, span: Span) -> Result<Timestamp, LifetimeError> {
    let later = now.to_zoned(TimeZone::UTC).checked_add(span).map_err(|_| LifetimeError::TooLong)?;
    Ok(later.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expiry(text: &str) -> Result<Timestamp, LifetimeError> {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        TokenPolicy::default().expiry(&text.parse()?, now)
    }

    #[test]
    fn lifetimes_are_durations_or_instants() {
        assert_eq!(expiry("P90D").unwrap().to_string(), "2027-02-19T12:00:00Z");
        assert_eq!(expiry("P3M").unwrap().to_string(), "2027-02-21T12:00:00Z");
        assert_eq!(expiry("PT1H").unwrap().to_string(), "2026-11-21T13:00:00Z");
        assert_eq!(expiry("2027-01-01T00:00:00Z").unwrap().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(expiry("P366D").unwrap().to_string(), "2027-11-22T12:00:00Z");
    }

    #[test]
    fn endless_life_is_refused_in_every_disguise() {
        for (text, error) in [
            ("P367D", LifetimeError::TooLong),
            ("P366DT1S", LifetimeError::TooLong),
            ("P9999Y", LifetimeError::TooLong),
            ("PT999999999H", LifetimeError::Malformed),
            ("9999-01-01T00:00:00Z", LifetimeError::TooLong),
            ("P0D", LifetimeError::NotInTheFuture),
            ("PT0S", LifetimeError::NotInTheFuture),
            ("PT0.0000001S", LifetimeError::NotInTheFuture),
            ("-P1D", LifetimeError::NotInTheFuture),
            ("2026-11-21T12:00:00Z", LifetimeError::NotInTheFuture),
            ("1970-01-01T00:00:00Z", LifetimeError::NotInTheFuture),
            ("P99999999999999999999D", LifetimeError::Malformed),
            ("", LifetimeError::Malformed),
            ("never", LifetimeError::Malformed),
            ("90", LifetimeError::Malformed),
            ("P", LifetimeError::Malformed),
            ("2026-12-01", LifetimeError::Malformed),
        ] {
            assert_eq!(expiry(text), Err(error), "{text}");
        }
    }
}
