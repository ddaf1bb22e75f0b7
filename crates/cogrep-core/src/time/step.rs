//! Steps of time: 15 minutes, an hour, a day, a month.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::calendar::{DAY, date_time, seconds_of_day};

/// A step of time. Every time is in one of them; the first of all begins with the year 1970,
/// and weeks begin on Monday.
///
/// ```
/// use cogrep_core::time::Step;
///
/// let step: Step = "15m".parse()?;
/// assert_eq!(step.start(1000), 900);
/// assert_eq!(step.next(900), 1800);
/// assert_eq!(step.name(900), "1970-01-01T00:15");
/// let month: Step = "1mo".parse()?;
/// assert_eq!(month.name(month.next(0)), "1970-02");
/// # Ok::<(), cogrep_core::time::BadStep>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    number: i64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A text that says no step of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a step is a number and s, m, h, d, w, mo or y, such as 15m or 1d")]
pub struct BadStep;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// The Monday before the start of 1970, which was a Thursday.
const MONDAY: i64 = -3 * DAY;

impl FromStr for Step {
    type Err = BadStep;

    fn from_str(text: &str) -> Result<Self, BadStep> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number = if number.is_empty() { 1 } else { number.parse().map_err(|_| BadStep)? };
        let unit = match unit {
            "s" => Unit::Second,
            "m" | "min" => Unit::Minute,
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            "mo" => Unit::Month,
            "y" => Unit::Year,
            _ => return Err(BadStep),
        };
        // A step of more than a thousand years of days makes no sense.
        if (1..=400_000).contains(&number) { Ok(Self { number, unit }) } else { Err(BadStep) }
    }
}

impl Step {
    /// The start of the step in which a time is.
    #[must_use]
    pub fn start(self, time: i64) -> i64 {
        let floor = |origin: i64, length: i64| (time - origin).div_euclid(length) * length + origin;
        if let Some(seconds) = self.seconds() {
            return floor(if self.unit == Unit::Week { MONDAY } else { 0 }, seconds);
        }
        let months = months(date_time(time).date());
        from_months(months - months.rem_euclid(self.months()))
    }

    /// The start of the step after the one that starts then.
    #[must_use]
    pub fn next(self, start: i64) -> i64 {
        match self.seconds() {
            Some(seconds) => start + seconds,
            None => from_months(months(date_time(start).date()) + self.months()),
        }
    }

    /// How the step that starts then is shown, as short as the unit allows: a year, a month, a
    /// day, or a time of one.
    #[must_use]
    pub fn name(self, start: i64) -> String {
        let time = date_time(start);
        let day = time.date();
        match self.unit {
            Unit::Year => format!("{:04}", day.year()),
            Unit::Month => format!("{:04}-{:02}", day.year(), day.month()),
            Unit::Day | Unit::Week => day.to_string(),
            Unit::Hour | Unit::Minute => {
                format!("{day}T{:02}:{:02}", time.hour(), time.minute())
            }
            Unit::Second => {
                format!("{day}T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
            }
        }
    }

    /// How long it is, if all are as long.
    fn seconds(self) -> Option<i64> {
        let unit = match self.unit {
            Unit::Second => 1,
            Unit::Minute => MINUTE,
            Unit::Hour => HOUR,
            Unit::Day => DAY,
            Unit::Week => 7 * DAY,
            Unit::Month | Unit::Year => return None,
        };
        Some(self.number * unit)
    }

    /// How many months it has, if it is of months.
    fn months(self) -> i64 {
        self.number * if self.unit == Unit::Year { 12 } else { 1 }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "mo",
            Unit::Year => "y",
        };
        write!(f, "{}{unit}", self.number)
    }
}

/// The months from the start of 1970 to that of this month.
fn months(date: Date) -> i64 {
    (i64::from(date.year()) - 1970) * 12 + i64::from(date.month()) - 1
}

/// The time at which a month begins, given how many months after the start of 1970.
fn from_months(months: i64) -> i64 {
    let year = i16::try_from(1970 + months.div_euclid(12)).unwrap_or(i16::MAX);
    let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
    Date::new(year, month, 1).map_or(i64::MAX, seconds_of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_and_name_their_start() {
        // 2026-11-29T10:36:54Z, a Sunday.
        let time = 1_795_948_614;
        for (step, name) in [
            ("1s", "2026-11-29T10:36:54"),
            ("15m", "2026-11-29T10:30"),
            ("h", "2026-11-29T10:00"),
            ("6h", "2026-11-29T06:00"),
            ("1d", "2026-11-29"),
            ("1w", "2026-11-23"),
            ("1mo", "2026-11"),
            ("6mo", "2026-07"),
            ("1y", "2026"),
        ] {
            let step: Step = step.parse().unwrap();
            let start = step.start(time);
            assert_eq!(step.name(start), name);
            assert!(start <= time && time < step.next(start));
            assert_eq!(step.start(step.next(start)), step.next(start));
            assert_eq!(step.start(step.next(start) - 1), start);
        }
        for bad in ["", "1", "0h", "1x", "-1h", "1.5h", "99999999999999999999s"] {
            assert_eq!(bad.parse::<Step>(), Err(BadStep), "{bad}");
        }
    }

    #[test]
    fn times_before_1970_are_in_steps_too() {
        let day: Step = "1d".parse().unwrap();
        assert_eq!(day.name(day.start(-1)), "1969-12-31");
        let month: Step = "1mo".parse().unwrap();
        assert_eq!(month.name(month.start(-1)), "1969-12");
    }
}
