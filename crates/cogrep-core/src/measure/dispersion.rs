//! Where in a text patterns occur, in memory that does not grow with it.

use cogrep_match::Hit;
use cogrep_source::Fault;

use crate::measure::{Measure, TextFacts};

/// Finds out how patterns are dispersed over a text, for a plot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disperse;

/// How often each pattern starts in each bin of a text.
///
/// The length of a text need not be known before it has been read: bins begin at a byte each
/// and become twice as wide whenever there would be more than [`MOST_BINS`](Self::MOST_BINS).
/// So a long text ends up in 1,000 to 2,000 bins, and a short one in a bin a byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispersion {
    /// A bin has two to the power of this many bytes.
    width_log2: u32,
    /// By needle, and by pattern once the text has ended: the bins in which it starts, in
    /// order, and how often.
    bins: Vec<Vec<(u32, u64)>>,
}

impl Measure for Disperse {
    type State = Dispersion;

    fn name(&self) -> &'static str {
        "dispersion"
    }

    fn begin(&self, text: &TextFacts) -> Result<Dispersion, Fault> {
        Ok(Dispersion::of(text.needles))
    }

    fn hit(&self, state: &mut Dispersion, hit: Hit) {
        state.add(hit.needle, hit.start);
    }

    fn join(&self, state: &mut Dispersion, next: Dispersion) {
        state.join(next);
    }

    fn by_pattern(&self, state: Dispersion, needles: &[usize]) -> Dispersion {
        let bins = needles.iter().map(|needle| state.bins.get(*needle).cloned());
        let bins = bins.map(Option::unwrap_or_default).collect();
        Dispersion { width_log2: state.width_log2, bins }
    }
}

/// Adds to the last bin, or to one after it.
fn add(bins: &mut Vec<(u32, u64)>, bin: u32, count: u64) {
    match bins.last_mut() {
        Some((last, sum)) if *last == bin => *sum += count,
        _ => bins.push((bin, count)),
    }
}

impl Dispersion {
    /// More bins than this are never kept.
    pub const MOST_BINS: u64 = 2000;

    /// A dispersion from its bins: for each pattern those in which it starts, in order, and how
    /// often. `None` if bins have no such width, are too many, or are not in order.
    #[must_use]
    pub fn from_bins(bin_bytes: u64, bins: Vec<Vec<(u32, u64)>>) -> Option<Self> {
        let in_order = bins.iter().all(|bins| bins.is_sorted_by(|one, next| one.0 < next.0));
        let most = bins.iter().filter_map(|bins| bins.last()).map(|(bin, _)| u64::from(*bin)).max();
        let fits = bin_bytes.is_power_of_two() && most.is_none_or(|most| most < Self::MOST_BINS);
        (fits && in_order).then(|| Self { width_log2: bin_bytes.ilog2(), bins })
    }

    /// How many bytes a bin has.
    #[must_use]
    pub fn bin_bytes(&self) -> u64 {
        1 << self.width_log2
    }

    /// The bins in which this pattern starts, in order, and how often.
    pub fn bins(&self, pattern: usize) -> impl Iterator<Item = (u32, u64)> {
        self.bins.get(pattern).into_iter().flatten().copied()
    }

    /// That of so many needles which have not occurred.
    pub(super) fn of(needles: usize) -> Self {
        Self { width_log2: 0, bins: vec![Vec::new(); needles] }
    }

    /// Adds where a needle starts: not before where it did so last.
    pub(super) fn add(&mut self, needle: usize, offset: u64) {
        self.widen_for(offset);
        let bin = self.bin(offset);
        add(&mut self.bins[needle], bin, 1);
    }

    /// Joins that of the range that follows.
    pub(super) fn join(&mut self, mut next: Self) {
        self.widen_to(next.width_log2);
        next.widen_to(self.width_log2);
        for (bins, next) in self.bins.iter_mut().zip(next.bins) {
            for (bin, count) in next {
                add(bins, bin, count);
            }
        }
    }

    fn bin(&self, offset: u64) -> u32 {
        // There are few bins once they have been made wide enough.
        u32::try_from(offset >> self.width_log2).unwrap_or(u32::MAX)
    }

    /// Makes the bins so wide that the one of this offset is not beyond the most.
    fn widen_for(&mut self, offset: u64) {
        while offset >> self.width_log2 >= Self::MOST_BINS {
            self.widen_to(self.width_log2 + 1);
        }
    }

    fn widen_to(&mut self, width_log2: u32) {
        let shift = width_log2.saturating_sub(self.width_log2);
        if shift == 0 {
            return;
        }
        self.width_log2 = width_log2;
        for bins in &mut self.bins {
            let mut wider = Vec::with_capacity(bins.len());
            for (bin, count) in &*bins {
                add(&mut wider, bin >> shift, *count);
            }
            *bins = wider;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Rank;

    fn dispersed(offsets: &[u64]) -> Dispersion {
        let facts = TextFacts {
            needles: 1,
            longest_bytes: 1,
            text_bytes: None,
            start: 0,
            source: Rank::default(),
        };
        let mut state = Disperse.begin(&facts).unwrap();
        for start in offsets {
            Disperse.hit(&mut state, Hit { start: *start, end: start + 1, needle: 0 });
        }
        state
    }

    #[test]
    fn bins_become_wider_as_a_text_goes_on() {
        let short = dispersed(&[10, 1_999]);
        assert_eq!(short.bin_bytes(), 1);
        let longer = dispersed(&[10, 11, 1_999, 2_000]);
        assert_eq!(longer.bin_bytes(), 2);
        assert_eq!(longer.bins(0).collect::<Vec<_>>(), [(5, 2), (999, 1), (1000, 1)]);
    }

    #[test]
    fn joined_ranges_are_dispersed_as_the_whole() {
        let offsets: Vec<u64> = (0..400).map(|nth| nth * nth * 7).collect();
        for cut in [0, 1, 30, 200, 399, 400] {
            let mut joined = dispersed(&offsets[..cut]);
            Disperse.join(&mut joined, dispersed(&offsets[cut..]));
            assert_eq!(joined, dispersed(&offsets), "{cut}");
        }
    }

    #[test]
    fn bins_that_cannot_be_are_refused() {
        assert!(Dispersion::from_bins(4, vec![vec![(1, 2), (9, 1)]]).is_some());
        assert!(Dispersion::from_bins(3, vec![vec![(1, 2)]]).is_none());
        assert!(Dispersion::from_bins(4, vec![vec![(2000, 2)]]).is_none());
        assert!(Dispersion::from_bins(4, vec![vec![(9, 2), (1, 1)]]).is_none());
    }
}
