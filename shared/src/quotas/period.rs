//! Days and months, in UTC: the same for everybody and on all nodes.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

/// A day or a month that quotas are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Day(NaiveDate),
    /// By its first day.
    Month(NaiveDate),
}

impl Period {
    /// The day in which this moment (Unix milliseconds) lies.
    pub(super) fn day(now_ms: i64) -> Self {
        Self::Day(date(now_ms))
    }

    /// The month in which this moment lies.
    pub(super) fn month(now_ms: i64) -> Self {
        let day = date(now_ms);
        Self::Month(day.with_day(1).unwrap_or(day))
    }

    /// `2026-01-31` or `2026-01`. Both sort by time.
    pub(super) fn name(self) -> String {
        match self {
            Self::Day(day) => day.format("%Y-%m-%d").to_string(),
            Self::Month(day) => day.format("%Y-%m").to_string(),
        }
    }

    /// Its first and its last day, as `usage_days` names them.
    pub(super) fn days(self) -> (String, String) {
        let (first, last) = match self {
            Self::Day(day) => (day, day),
            Self::Month(day) => (day, self.next() - Days::new(1)),
        };
        (Self::Day(first).name(), Self::Day(last).name())
    }

    /// When it is over, in Unix milliseconds.
    pub(super) fn ends_at(self) -> i64 {
        self.next().and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
    }

    /// Its length in seconds.
    pub(super) fn length_s(self) -> u64 {
        let (Self::Day(first) | Self::Month(first)) = self;
        (self.next() - first).num_seconds().unsigned_abs()
    }

    fn next(self) -> NaiveDate {
        match self {
            Self::Day(day) => day + Days::new(1),
            Self::Month(day) => day + Months::new(1),
        }
    }
}

/// The name of the day in which this moment lies.
pub(crate) fn day_of(now_ms: i64) -> String {
    Period::day(now_ms).name()
}

/// The first and the last day of the month in which this moment lies.
pub(crate) fn month_of(now_ms: i64) -> (String, String) {
    Period::month(now_ms).days()
}

fn date(now_ms: i64) -> NaiveDate {
    DateTime::<Utc>::from_timestamp_millis(now_ms).unwrap_or_default().date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-02-29T23:59:59.999Z
    const LEAP: i64 = 1_709_251_199_999;

    #[test]
    fn a_period_ends_at_midnight_in_utc() {
        assert_eq!(Period::day(LEAP).name(), "2024-02-29");
        assert_eq!(Period::day(LEAP).ends_at(), LEAP + 1);
        assert_eq!(Period::day(LEAP + 1).name(), "2024-03-01");
        assert_eq!(Period::month(LEAP).name(), "2024-02");
        assert_eq!(Period::month(LEAP).days(), ("2024-02-01".into(), "2024-02-29".into()));
        assert_eq!(Period::month(LEAP).ends_at(), LEAP + 1);
        assert_eq!(Period::month(LEAP).length_s(), 29 * 86_400);
    }
}
