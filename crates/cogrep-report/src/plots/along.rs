//! What the axis of a dispersion plot is in: where in a text something is, in bytes or in what
//! else the text has.

use cogrep_core::SourceReport;
use cogrep_core::measure::{Division, Divisions};

use super::axis::{Axis, Unit};

/// What the axis of a dispersion plot is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// The bytes of the texts.
    Bytes,
    /// Parts of the texts: those of their bytes.
    Percent,
    /// Lines or words. The sources have them as [`Divisions`].
    Division(Division),
}

impl Along {
    /// All that there are, each with its name.
    pub const NAMES: [(&str, Self); 4] = [
        ("bytes", Self::Bytes),
        ("percent", Self::Percent),
        ("lines", Self::Division(Division::Lines)),
        ("words", Self::Division(Division::Words)),
    ];

    /// What is divided into lines or words, if anything is.
    #[must_use]
    pub fn division(self) -> Option<Division> {
        match self {
            Self::Bytes | Self::Percent => None,
            Self::Division(division) => Some(division),
        }
    }

    /// The name of what cells are counted in.
    pub(super) fn unit(self) -> &'static str {
        self.division().map_or("bytes", Division::name)
    }

    /// The numbers of an axis for so much, about so many of them, and what they are in.
    pub(super) fn axis(self, all: u64, most: u64) -> (Vec<(u64, String)>, &'static str) {
        match self {
            Self::Percent => {
                let ticks = (0..=4_u64).map(|quarter| {
                    let at = u128::from(all) * u128::from(quarter) / 4;
                    // A quarter is no more than the whole.
                    (u64::try_from(at).unwrap_or(all), format!("{} %", quarter * 25))
                });
                (ticks.collect(), "percent")
            }
            Self::Bytes => {
                let Axis { ticks, unit } = Axis::new(all, most, Unit::Bytes);
                (ticks, unit)
            }
            Self::Division(division) => (Axis::new(all, most, Unit::Number).ticks, division.name()),
        }
    }
}

/// The places of a text in what the axis is in.
#[derive(Clone, Debug)]
pub(super) struct Ruler {
    /// How long the text is.
    pub(super) length: u64,
    bin_bytes: u64,
    /// How many lines or words end before each of its bins, and before its end; or nothing, if
    /// the axis is in bytes.
    before: Vec<u64>,
}

impl Ruler {
    pub(super) fn new(source: &SourceReport, along: Along) -> Self {
        if along.division().is_none() {
            return Self { length: source.text_bytes, bin_bytes: 1, before: Vec::new() };
        }
        let mut before = vec![0];
        let mut sum = 0;
        let divisions = source.findings.get::<Divisions>();
        for (bin, count) in divisions.into_iter().flat_map(Divisions::bins) {
            before.resize(bin as usize + 1, sum);
            sum += count;
            before.push(sum);
        }
        Self { length: sum, bin_bytes: divisions.map_or(1, Divisions::bin_bytes), before }
    }

    /// Where so many bytes from this byte on are in the text, halfway.
    pub(super) fn middle(&self, start: u64, bytes: u64) -> u64 {
        if self.before.is_empty() {
            return start;
        }
        let [from, to] = [start, start + bytes].map(|at| self.at(at));
        u64::midpoint(from, to)
    }

    /// How many lines or words end before this byte. Between the bounds of a bin, they are taken
    /// to be equally long.
    fn at(&self, byte: u64) -> u64 {
        let bin = usize::try_from(byte / self.bin_bytes).unwrap_or(usize::MAX);
        let (Some(from), Some(to)) = (self.before.get(bin), self.before.get(bin.saturating_add(1)))
        else {
            return self.length;
        };
        let part = u128::from(to - from) * u128::from(byte % self.bin_bytes);
        // No more than all of them.
        from + u64::try_from(part / u128::from(self.bin_bytes)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use cogrep_core::measure::{Divide, Findings};
    use cogrep_core::{Outcome, SourceName};

    use super::*;

    fn ruler(bin_bytes: u64, bins: Vec<(u32, u64)>) -> Ruler {
        let mut findings = Findings::default();
        let divisions = Divisions::from_bins(Division::Lines, bin_bytes, bins).unwrap();
        findings.insert(Divide(Division::Lines), divisions);
        let source = SourceReport::new(SourceName::Stdin, Outcome::Complete, 100);
        Ruler::new(&SourceReport { findings, ..source }, Along::Division(Division::Lines))
    }

    #[test]
    fn places_are_lines() {
        // "one\n\nthree\nfour": line feeds at 3, 4 and 10; the last byte is at 14.
        let lines = ruler(1, vec![(3, 1), (4, 1), (10, 1), (14, 1)]);
        assert_eq!(lines.length, 4);
        let of = |range: std::ops::Range<u64>| range.map(|byte| lines.middle(byte, 1));
        assert_eq!(of(0..15).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3]);
        // Four lines in each of two bins.
        let lines = ruler(16, vec![(0, 4), (2, 4)]);
        assert_eq!([0, 4, 8, 12, 16, 32].map(|byte| lines.middle(byte, 4)), [0, 1, 2, 3, 4, 4]);
        assert_eq!((lines.at(40), lines.at(48), lines.at(u64::MAX)), (6, 8, 8));
    }

    #[test]
    fn axes_have_few_numbers() {
        let shown = |along: Along, all| {
            let (ticks, unit) = along.axis(all, 4);
            (ticks.into_iter().map(|(_, shown)| shown).collect::<Vec<_>>(), unit)
        };
        let lines = shown(Along::Division(Division::Lines), 1_802);
        assert_eq!(lines, (["0", "500", "1,000", "1,500"].map(str::to_owned).to_vec(), "lines"));
        assert_eq!(shown(Along::Percent, 7).0, ["0 %", "25 %", "50 %", "75 %", "100 %"]);
        assert_eq!(shown(Along::Bytes, 7_000).1, "kB");
    }
}
