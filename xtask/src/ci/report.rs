//! How long each step took.

use std::fmt;
use std::time::{Duration, Instant};

/// The steps so far.
#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Report {
    /// Runs `step` and notes how long it took and how it ended.
    pub(super) fn time<T, E>(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let began = Instant::now();
        let result = step();
        self.rows.push(Row { name, took: began.elapsed(), passed: result.is_ok() });
        result
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {:>8}", "step", "seconds")?;
        for Row { name, took, passed } in &self.rows {
            let verdict = if *passed { "ok" } else { "FAILED" };
            writeln!(f, "{name:<12} {:>8.1}  {verdict}", took.as_secs_f64())?;
        }
        let all: Duration = self.rows.iter().map(|row| row.took).sum();
        write!(f, "{:<12} {:>8.1}", "all", all.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn shows_each_step_and_the_sum() {
        let mut report = Report::default();
        assert_eq!(report.time("fmt", || Ok::<_, ()>(1)), Ok(1));
        assert_eq!(report.time("tidy", || Err::<(), _>("no")), Err("no"));
        let shown = report.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].starts_with("fmt") && lines[1].ends_with("ok"));
        assert!(lines[2].starts_with("tidy") && lines[2].ends_with("FAILED"));
    }
}
