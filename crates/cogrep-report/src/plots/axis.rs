//! Axes: round numbers at even distances, in a unit with a name.

use crate::number::separated;

/// What the numbers on an axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Whole numbers of something.
    Number,
    /// Bytes, kilobytes and so on, by the largest.
    Bytes,
}

/// The numbers of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// Each with what is written at it, from 0 on.
    pub(super) ticks: Vec<(u64, String)>,
    /// The name of the unit of bytes, or nothing.
    pub(super) unit: &'static str,
}

/// The units of bytes, and how many of them each has.
const BYTES: [(u64, &str); 6] = [
    (1_000_000_000_000_000, "PB"),
    (1_000_000_000_000, "TB"),
    (1_000_000_000, "GB"),
    (1_000_000, "MB"),
    (1_000, "kB"),
    (1, "bytes"),
];

impl Axis {
    /// An axis from 0 to `last` which has about this many numbers at most.
    pub(super) fn new(last: u64, most: u64, unit: Unit) -> Self {
        let step = step(last, most.max(1));
        // A unit is used from five of it on, so that there are few fractions.
        let scale = BYTES.into_iter().find(|(bytes, _)| last / bytes >= 5 || *bytes == 1);
        let (scale, name) = match unit {
            Unit::Bytes => scale.unwrap_or((1, "bytes")),
            Unit::Number => (1, ""),
        };
        let ticks = (0..=last / step).map(|nth| nth * step);
        Self { ticks: ticks.map(|at| (at, in_units(at, scale))).collect(), unit: name }
    }
}

/// A round distance of which no more than `most` fit.
fn step(last: u64, most: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if last / step <= most {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A number in units of this size; what is a round number of bytes has few digits after the
/// point.
fn in_units(number: u64, scale: u64) -> String {
    let (whole, mut rest) = (separated(number / scale), number % scale);
    let mut shown = whole;
    let mut digit = scale;
    if rest > 0 {
        shown.push('.');
    }
    while rest > 0 {
        digit /= 10;
        shown.push_str(&(rest / digit).to_string());
        rest %= digit;
    }
    shown
}

/// Where the `nth` of `all` equal parts of a whole is, from 0, in percent.
pub(crate) fn part_in_percent(nth: usize, all: usize) -> String {
    let percent = |part: usize| {
        // Tenths are enough for a thousand parts.
        let tenths = (part as u128 * 2000 / all.max(1) as u128).div_ceil(2);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
    };
    format!("{}\u{2013}{} %", percent(nth), percent(nth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(last: u64, most: u64, unit: Unit) -> (Vec<String>, &'static str) {
        let axis = Axis::new(last, most, unit);
        (axis.ticks.into_iter().map(|(_, shown)| shown).collect(), axis.unit)
    }

    #[test]
    fn numbers_are_round_and_few() {
        let of = |last, most| shown(last, most, Unit::Number).0;
        assert_eq!(of(0, 8), ["0"]);
        assert_eq!(of(1, 8), ["0", "1"]);
        assert_eq!(of(677, 4), ["0", "200", "400", "600"]);
        assert_eq!(of(4_000, 4), ["0", "1,000", "2,000", "3,000", "4,000"]);
        assert_eq!(Axis::new(u64::MAX, 1, Unit::Number).ticks.len(), 2);
    }

    #[test]
    fn bytes_have_a_unit_that_suits() {
        let of = |last, most| shown(last, most, Unit::Bytes);
        assert_eq!(of(999, 2), (vec!["0".into(), "500".into()], "bytes"));
        assert_eq!(of(7_000, 4), (["0", "2", "4", "6"].map(str::to_owned).to_vec(), "kB"));
        assert_eq!(of(5_200_000, 12).0[..3], ["0", "0.5", "1"]);
        assert_eq!(of(5_200_000, 12).1, "MB");
    }

    #[test]
    fn parts_are_named_by_percent() {
        assert_eq!(part_in_percent(0, 4), "0\u{2013}25 %");
        assert_eq!(part_in_percent(3, 4), "75\u{2013}100 %");
        assert_eq!(part_in_percent(1, 3), "33.3\u{2013}66.7 %");
        assert_eq!(part_in_percent(0, 1), "0\u{2013}100 %");
    }
}
