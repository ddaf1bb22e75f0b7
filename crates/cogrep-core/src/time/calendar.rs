//! Days and seconds.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// The seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// The time at which a day begins.
pub(super) fn seconds_of_day(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days()) * DAY
}

/// The date and the time of day; of times that no calendar has, the nearest that it has.
pub(super) fn date_time(time: i64) -> DateTime {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let timestamp = Timestamp::from_second(time.clamp(least, most)).unwrap_or_default();
    Offset::UTC.to_datetime(timestamp)
}
