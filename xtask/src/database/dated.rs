//! The date that a migration's folder begins with.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::outcome::Outcome;

const DAY: u64 = 86_400;

/// Now, in UTC, as `YYYY-MM-DD-HHMMSS-0000`.
pub(super) fn now() -> Outcome<String> {
    Ok(shown(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()))
}

fn shown(seconds: u64) -> String {
    let (mut days, second) = (seconds / DAY, seconds % DAY);
    let mut year = 1970;
    while days >= year_length(year) {
        days -= year_length(year);
        year += 1;
    }
    let mut month = 1;
    while days >= month_length(year, month) {
        days -= month_length(year, month);
        month += 1;
    }
    let (day, hour, minute) = (days + 1, second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}-{hour:02}{minute:02}{:02}-0000", second % 60)
}

fn year_length(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn month_length(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(shown(0), "1970-01-01-000000-0000");
        assert_eq!(shown(951_782_400), "2000-02-29-000000-0000");
        assert_eq!(shown(1_767_225_599), "2025-12-31-235959-0000");
        assert_eq!(shown(1_772_323_200), "2026-03-01-000000-0000");
    }
}
