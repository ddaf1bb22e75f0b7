//! Finds the first time stamp of a line.
//!
//! A stamp begins where no letter and no digit is before it. These forms are known:
//!
//! - ISO 8601 and RFC 3339, also with a space, slashes, a comma before fractions, without
//!   seconds, without a time, and the basic form `20261129T103654Z`;
//! - `29/Nov/2026:10:36:54 +0000`, as web servers write, `29 Nov 2026 10:36:54`, as mail does,
//!   and `29-Nov-2026 10:36:54`;
//! - `Nov 29 10:36:54`, as syslog writes, with a year before or after the time or without,
//!   `Nov 29 10:36:54 2026 +0100`, as git does, and `Nov 29, 2026 10:36:54 AM`;
//! - `I1129 10:36:54`, as glog writes;
//! - seconds since 1970, with ten digits; milliseconds, microseconds, nanoseconds.

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;

use super::calendar::{DAY, date_time, seconds_of_day};

/// A time that a line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds from the start of 1970.
    pub seconds: i64,
    /// Whether it is in UTC, since the stamp has an offset or counts seconds.
    pub is_utc: bool,
}

/// Finds stamps.
#[derive(Clone, Debug)]
pub struct StampFinder {
    /// The last day that stamps without a year can be of.
    last_day: Date,
    /// The only form that stamps have, if one is given.
    format: Option<String>,
}

/// Seconds from which numbers of ten digits are times, and up to which: from 2001 to 2100.
const EPOCH: std::ops::Range<u64> = 1_000_000_000..4_102_444_800;

impl StampFinder {
    /// Finds stamps of all known forms. Those without a year are of the last year in which they
    /// are not after the day that follows this time.
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self { last_day: date_time(now.saturating_add(DAY)).date(), format: None }
    }

    /// The same, of stamps of this form only, as `strptime` has it.
    #[must_use]
    pub fn with_format(self, format: impl Into<String>) -> Self {
        Self { format: Some(format.into()), ..self }
    }

    /// The first stamp of a line.
    #[must_use]
    pub fn find(&self, line: &[u8]) -> Option<Stamp> {
        let begins = |at: usize| at == 0 || !line[at - 1].is_ascii_alphanumeric();
        let mut starts =
            (0..line.len()).filter(|at| line[*at].is_ascii_alphanumeric() && begins(*at));
        starts.find_map(|at| match &self.format {
            Some(format) => formatted(format, &line[at..]),
            None => self.at_start(&line[at..]),
        })
    }

    /// The stamp with which a text begins.
    fn at_start(&self, text: &[u8]) -> Option<Stamp> {
        let rest = Cursor(text);
        match text[0] {
            b'0'..=b'9' => iso(rest)
                .or_else(|| day_first(rest))
                .or_else(|| basic(rest))
                .or_else(|| epoch(rest)),
            b'A'..=b'Z' => self.month_first(rest).or_else(|| self.glog(rest)),
            _ => None,
        }
    }

    /// `Nov 29 10:36:54`, with a year before or after the time, or without.
    fn month_first(&self, mut rest: Cursor<'_>) -> Option<Stamp> {
        let month = rest.month()?;
        rest.byte(b" ")?;
        rest.take(b' ');
        let day = rest.number(1, 2)?;
        let has_comma = rest.take(b',');
        rest.byte(b" ")?;
        let mut before = rest;
        if let Some(year) = before.number(4, 4)
            && before.byte(b" ").is_some()
        {
            let time = before.clock()?;
            return Some(day_of(year, month, day)?.at(time, before.offset()));
        }
        if has_comma {
            return None;
        }
        let time = rest.clock()?;
        let offset = rest.offset();
        let mut after = rest;
        // A zone that is not known can be before the year.
        let zone = after.0.iter().skip(1).take_while(|byte| byte.is_ascii_uppercase()).count();
        if after.0.first() == Some(&b' ') && (3..=5).contains(&zone) {
            after.0 = &after.0[1 + zone..];
        }
        let year = after
            .byte(b" ")
            .and_then(|_| after.number(4, 4))
            .filter(|year| (1970..2100).contains(year) && after.ends());
        Some(match year {
            // As git writes, the offset can be after the year.
            Some(year) => day_of(year, month, day)?.at(time, offset.or_else(|| after.offset())),
            None => self.without_year(month, day)?.at(time, offset),
        })
    }

    /// `I1129 10:36:54.123456`.
    fn glog(&self, mut rest: Cursor<'_>) -> Option<Stamp> {
        rest.byte(b"IWEF")?;
        let (month, day) = (rest.number(2, 2)?, rest.number(2, 2)?);
        rest.byte(b" ")?;
        let time = rest.clock()?;
        Some(self.without_year(month, day)?.at(time, None))
    }

    /// The last such day.
    fn without_year(&self, month: u32, day: u32) -> Option<Day> {
        let years =
            (0..5).map_while(|ago| u32::try_from(self.last_day.year()).ok()?.checked_sub(ago));
        let mut days = years.filter_map(|year| day_of(year, month, day));
        days.find(|day| day.0 <= self.last_day)
    }
}

/// The stamp of such a form with which a text begins.
fn formatted(format: &str, text: &[u8]) -> Option<Stamp> {
    let (time, _) = BrokenDownTime::parse_prefix(format, text).ok()?;
    if let Ok(timestamp) = time.to_timestamp() {
        return Some(Stamp { seconds: timestamp.as_second(), is_utc: true });
    }
    let date = time.to_date().ok()?;
    let of_day = time.to_time().map_or(0, |time| {
        i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
    });
    Some(Stamp { seconds: seconds_of_day(date) + of_day, is_utc: false })
}

/// `2026-11-29T10:36:54.123+01:00`, and what is like it.
fn iso(mut rest: Cursor<'_>) -> Option<Stamp> {
    let year = rest.number(4, 4)?;
    let separator = rest.byte(b"-/")?;
    let month = rest.number(2, 2)?;
    rest.byte(&[separator])?;
    let day = day_of(year, month, rest.number(2, 2)?)?;
    let mut time = rest;
    if time.byte(b"Tt _:").is_some()
        && let Some(clock) = time.clock()
    {
        return Some(day.at(clock, time.offset()));
    }
    (separator == b'-' && rest.ends()).then(|| day.at(0, None))
}

/// `20261129T103654Z`.
fn basic(mut rest: Cursor<'_>) -> Option<Stamp> {
    let day = day_of(rest.number(4, 4)?, rest.number(2, 2)?, rest.number(2, 2)?)?;
    rest.byte(b"T")?;
    let (hour, minute, second) = (rest.number(2, 2)?, rest.number(2, 2)?, rest.number(2, 2)?);
    rest.fraction();
    Some(day.at(of_day(hour, minute, second)?, rest.offset()))
}

/// `29/Nov/2026:10:36:54 +0000`, and what is like it.
fn day_first(mut rest: Cursor<'_>) -> Option<Stamp> {
    let day = rest.number(1, 2)?;
    rest.byte(b" /-")?;
    let month = rest.month()?;
    rest.byte(b" /-")?;
    let mut short = rest;
    let year = if let Some(year) = rest.number(4, 4) {
        year
    } else {
        let year = short.number(2, 2)?;
        rest = short;
        if year < 70 { 2000 + year } else { 1900 + year }
    };
    rest.byte(b" :T")?;
    let time = rest.clock()?;
    Some(day_of(year, month, day)?.at(time, rest.offset()))
}

/// Seconds since 1970, or smaller units.
fn epoch(rest: Cursor<'_>) -> Option<Stamp> {
    let digits = rest.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let smaller = match digits {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let (number, after) = rest.0.split_at(digits);
    let is_end = Cursor(after).ends() && !after.starts_with(b"-") && !after.starts_with(b"/");
    let number: u64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    let seconds = number / smaller;
    if !is_end || !EPOCH.contains(&seconds) {
        return None;
    }
    Some(Stamp { seconds: i64::try_from(seconds).ok()?, is_utc: true })
}

/// A day.
#[derive(Clone, Copy, Debug)]
struct Day(Date);

fn day_of(year: u32, month: u32, day: u32) -> Option<Day> {
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().map(Day)
}

impl Day {
    /// The stamp at this second of the day, with an offset in seconds if it has one.
    fn at(self, second: i64, offset: Option<i64>) -> Stamp {
        let seconds = seconds_of_day(self.0) + second - offset.unwrap_or(0);
        Stamp { seconds, is_utc: offset.is_some() }
    }
}

/// The second of the day. A leap second is that before it.
fn of_day(hour: u32, minute: u32, second: u32) -> Option<i64> {
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    Some(i64::from(hour * 3600 + minute * 60 + second.min(59)))
}

/// A text that is read from its beginning.
#[derive(Clone, Copy, Debug)]
struct Cursor<'t>(&'t [u8]);

impl Cursor<'_> {
    /// Reads one of these bytes.
    fn byte(&mut self, any: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| any.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    /// Reads this byte, if it is there.
    fn take(&mut self, byte: u8) -> bool {
        self.byte(&[byte]).is_some()
    }

    /// Reads a number of at least `least` digits and at most `most`.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        Some(number.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    /// Reads the short name of a month.
    fn month(&mut self) -> Option<u32> {
        const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
        let (name, rest) = self.0.split_first_chunk::<3>()?;
        let name = name.map(|byte| byte.to_ascii_lowercase());
        let (months, _) = MONTHS.as_chunks::<3>();
        let month = (1..).zip(months).find(|(_, month)| **month == name)?.0;
        self.0 = rest;
        Some(month)
    }

    /// Reads a time of day, `10:36`, `10:36:54`, `10:36:54,123` or `10:36:54 AM`, as a second
    /// of the day.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.number(1, 2)?;
        self.byte(b":")?;
        let minute = self.number(2, 2)?;
        let mut second = 0;
        let mut more = *self;
        if more.take(b':') {
            second = more.number(2, 2)?;
            more.fraction();
            *self = more;
        }
        if self.0.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let half = match self.0 {
            [b' ', half @ (b'A' | b'P'), b'M', ..] => Some(*half),
            _ => None,
        };
        let hour = match half {
            Some(half) => {
                self.0 = &self.0[3..];
                hour % 12 + if half == b'P' { 12 } else { 0 }
            }
            None => hour,
        };
        of_day(hour, minute, second)
    }

    /// Reads the fraction of a second, if it is there.
    fn fraction(&mut self) {
        let mut rest = *self;
        if rest.byte(b".,").is_some() {
            let digits = rest.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits > 0 {
                self.0 = &rest.0[digits..];
            }
        }
    }

    /// Reads an offset in seconds, if it is there: `Z`, `+01`, `+0100`, `+01:00`, and after a
    /// space `UTC`, `GMT`, and offsets with minutes.
    fn offset(&mut self) -> Option<i64> {
        let mut rest = *self;
        let is_spaced = rest.take(b' ');
        for name in [&b"UTC"[..], b"GMT", b"Z", b"z"] {
            let after = rest.0.strip_prefix(name).map(Cursor).filter(Cursor::ends);
            if let Some(after) = after {
                *self = after;
                return Some(0);
            }
        }
        let sign = rest.byte(b"+-")?;
        let hours = rest.number(2, 2)?;
        let mut minutes = 0;
        let mut more = rest;
        let has_colon = more.take(b':');
        match more.number(2, 2) {
            Some(number) => {
                minutes = number;
                rest = more;
            }
            None if is_spaced || has_colon => return None,
            None => {}
        }
        if hours > 15 || minutes > 59 || !rest.ends() {
            return None;
        }
        *self = rest;
        let seconds = i64::from(hours * 3600 + minutes * 60);
        Some(if sign == b'-' { -seconds } else { seconds })
    }

    /// Whether no letter and no digit follows.
    fn ends(&self) -> bool {
        self.0.first().is_none_or(|byte| !byte.is_ascii_alphanumeric())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Step;

    /// The first stamp of a line as it is shown, with `Z` if it is in UTC.
    fn found(line: &str) -> Option<String> {
        let finder = StampFinder::new(1_795_948_614);
        let step: Step = "1s".parse().unwrap();
        let stamp = finder.find(line.as_bytes())?;
        Some(step.name(stamp.seconds) + if stamp.is_utc { "Z" } else { "" })
    }

    #[test]
    fn stamps_of_known_forms_are_found() {
        for (line, expected) in [
            ("2026-11-29T10:36:54Z INFO", "2026-11-29T10:36:54Z"),
            ("2026-11-29T10:36:54.123456789Z", "2026-11-29T10:36:54Z"),
            ("2026-11-29T10:36:54+01:00 a", "2026-11-29T09:36:54Z"),
            ("2026-11-29 10:36:54,123 - root - INFO", "2026-11-29T10:36:54"),
            ("[2026-11-29 10:36:54 -0530] a", "2026-11-29T16:06:54Z"),
            ("2026-11-29 10:36:54 UTC [12] LOG:", "2026-11-29T10:36:54Z"),
            ("2026-11-29 10:36:54 -12 items", "2026-11-29T10:36:54"),
            ("2026-11-29 10:36 a", "2026-11-29T10:36:00"),
            ("2026-11-29,12.50,a", "2026-11-29T00:00:00"),
            ("2026/11/29 10:36:54 [error] 7#7: *1 a", "2026-11-29T10:36:54"),
            (r#"{"level":"info","ts":"2026-11-29T10:36:54Z"}"#, "2026-11-29T10:36:54Z"),
            ("20261129T103654Z a", "2026-11-29T10:36:54Z"),
            (
                r#"10.0.0.7 - bob [29/Nov/2026:10:36:54 -0700] "GET / HTTP/1.1" 200 1795948614"#,
                "2026-11-29T17:36:54Z",
            ),
            ("Date: Sun, 29 Nov 2026 10:36:54 +0000", "2026-11-29T10:36:54Z"),
            ("29-Nov-2026 10:36:54.123 INFO [main]", "2026-11-29T10:36:54"),
            ("Sunday, 29-Nov-26 10:36:54 GMT", "2026-11-29T10:36:54Z"),
            ("Nov 29 10:36:54 host sshd[7]: a", "2026-11-29T10:36:54"),
            ("Nov  9 10:36:54 host sshd[7]: a", "2026-11-09T10:36:54"),
            ("<34>Dec  1 10:36:54 host su: a", "2025-12-01T10:36:54"),
            ("Nov 29 2026 10:36:54 a", "2026-11-29T10:36:54"),
            ("Sun Nov 29 10:36:54 2026", "2026-11-29T10:36:54"),
            ("Sun Nov 29 10:36:54 UTC 2026", "2026-11-29T10:36:54Z"),
            ("[Sun Nov 29 10:36:54.123456 2026] [core:error]", "2026-11-29T10:36:54"),
            ("Nov 29, 2026 10:36:54 PM org.a.B", "2026-11-29T22:36:54"),
            ("Nov 29, 2026 12:00:01 AM org.a.B", "2026-11-29T00:00:01"),
            ("I1129 10:36:54.123456 7 a.go:7]", "2026-11-29T10:36:54"),
            ("1795948614.123 200 GET", "2026-11-29T10:36:54Z"),
            ("1795948614123 a", "2026-11-29T10:36:54Z"),
            ("t=1795948614123456 a", "2026-11-29T10:36:54Z"),
            ("a 1795948614123456789", "2026-11-29T10:36:54Z"),
            ("2024-02-29 23:59:60 a", "2024-02-29T23:59:59"),
        ] {
            assert_eq!(found(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_is_no_stamp_is_none() {
        for line in [
            "",
            "to be or not to be",
            "10.0.0.7",
            "2026-13-01 a",
            "2025-02-29",
            "call 0123456789 now",
            "12345678901",
            "v2026-11-29",
            "Nov 29",
            "Marvin 12 10:00",
            "1234-5678-9012",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn a_format_finds_stamps_of_that_form_only() {
        let finder = StampFinder::new(1_795_948_614).with_format("%y/%m/%d %H:%M:%S");
        let stamp = |line: &str| finder.find(line.as_bytes());
        let expected = Stamp { seconds: 1_795_948_614, is_utc: false };
        assert_eq!(stamp("26/11/29 10:36:54 INFO"), Some(expected));
        assert_eq!(stamp("2026-11-29 10:36:54"), None);
    }
}
