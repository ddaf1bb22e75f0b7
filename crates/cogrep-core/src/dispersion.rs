//! Where in a text patterns occur, in memory that does not grow with it.
//!
//! Two ways to divide a text: [`Dispersion`] into small bins, for a picture, and
//! [`Parts`] into a few equal parts, for numbers. An occurrence belongs to the
//! stretch in which it starts, so the stretches of a text add up to its count.

use std::collections::BTreeMap;

use crate::counts::Counts;

/// What is told where each place starts.
pub trait Record {
    /// A place of this needle starts at this byte of the text.
    fn add(&mut self, needle: usize, offset: u64);
}

impl<A: Record, B: Record> Record for (A, B) {
    fn add(&mut self, needle: usize, offset: u64) {
        self.0.add(needle, offset);
        self.1.add(needle, offset);
    }
}

impl<R: Record> Record for Option<R> {
    fn add(&mut self, needle: usize, offset: u64) {
        if let Some(record) = self {
            record.add(needle, offset);
        }
    }
}

/// How often each needle starts in each bin of a text.
///
/// The length of a text need not be known before it has been read: bins begin at a
/// byte each and become twice as wide whenever there would be more than
/// [`MOST_BINS`](Self::MOST_BINS). So a long text ends up in 1,000 to 2,000 bins,
/// and a short one in a bin a byte.
///
/// ```
/// use cogrep_core::dispersion::{Dispersion, Record};
///
/// let mut dispersion = Dispersion::new(1);
/// dispersion.add(0, 10);
/// dispersion.add(0, 1_999);
/// assert_eq!(dispersion.bin_bytes(), 1);
/// dispersion.add(0, 11);
/// dispersion.add(0, 2_000);
/// assert_eq!(dispersion.bin_bytes(), 2);
/// assert_eq!(dispersion.bins(0).collect::<Vec<_>>(), [(5, 2), (999, 1), (1000, 1)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispersion {
    /// A bin has two to the power of this many bytes.
    width_log2: u32,
    /// By needle: the bins in which it starts, and how often.
    bins: Vec<BTreeMap<u32, u64>>,
}

impl Dispersion {
    /// More bins than this are never kept.
    pub const MOST_BINS: u64 = 2000;

    /// The dispersion of so many needles in a text that has not begun.
    #[must_use]
    pub fn new(needles: usize) -> Self {
        Self { width_log2: 0, bins: vec![BTreeMap::new(); needles] }
    }

    /// One that was taken apart: for each needle the bins in which it starts, and how
    /// often. `None` if bins are of no such width, or too many.
    #[must_use]
    pub fn of_bins(bin_bytes: u64, bins: Vec<Vec<(u32, u64)>>) -> Option<Self> {
        let most = bins.iter().flatten().map(|(bin, _)| u64::from(*bin)).max();
        let fits = bin_bytes.is_power_of_two() && most.is_none_or(|most| most < Self::MOST_BINS);
        let bins = bins.into_iter().map(BTreeMap::from_iter).collect();
        fits.then(|| Self { width_log2: bin_bytes.ilog2(), bins })
    }

    /// How many bytes a bin has.
    #[must_use]
    pub fn bin_bytes(&self) -> u64 {
        1 << self.width_log2
    }

    /// The bins in which this needle starts, in order, and how often.
    pub fn bins(&self, needle: usize) -> impl Iterator<Item = (u32, u64)> {
        self.bins.get(needle).into_iter().flatten().map(|(bin, count)| (*bin, *count))
    }

    /// The same for patterns of which each has one of the needles.
    #[must_use]
    pub fn of_patterns(&self, needles: &[usize]) -> Self {
        let bins = needles.iter().map(|needle| self.bins.get(*needle).cloned());
        let bins = bins.map(Option::unwrap_or_default).collect();
        Self { width_log2: self.width_log2, bins }
    }

    /// Makes the bins so wide that a text of this length is covered by no more than
    /// are kept.
    fn widen(&mut self, text_bytes: u64) {
        while (text_bytes.saturating_sub(1)) >> self.width_log2 >= Self::MOST_BINS {
            self.width_log2 += 1;
            for bins in &mut self.bins {
                let mut halved = BTreeMap::new();
                for (bin, count) in &*bins {
                    *halved.entry(bin / 2).or_insert(0) += count;
                }
                *bins = halved;
            }
        }
    }
}

impl Record for Dispersion {
    fn add(&mut self, needle: usize, offset: u64) {
        self.widen(offset + 1);
        // `widen` sees to it that there are few bins.
        let bin = u32::try_from(offset >> self.width_log2).unwrap_or(u32::MAX);
        *self.bins[needle].entry(bin).or_insert(0) += 1;
    }
}

/// How often each needle starts in each of some equal parts of a text.
///
/// Of `n` parts of a text of `l` bytes, the byte at `offset` is in part
/// `offset * n / l`, rounded down.
///
/// ```
/// use cogrep_core::dispersion::{Parts, Record};
///
/// let mut parts = Parts::new(4, 10, 1);
/// for offset in [0, 2, 3, 9] {
///     parts.add(0, offset);
/// }
/// assert_eq!(parts.counts(), [[2], [1], [0], [1]]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    text_bytes: u64,
    /// By part, then by needle.
    counts: Vec<Vec<u64>>,
}

impl Parts {
    /// So many parts of a text of this length.
    #[must_use]
    pub fn new(parts: usize, text_bytes: u64, needles: usize) -> Self {
        Self { text_bytes, counts: vec![vec![0; needles]; parts.max(1)] }
    }

    /// The counts of each part, by needle.
    #[must_use]
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// The same for patterns of which each has one of the needles.
    #[must_use]
    pub fn of_patterns(&self, needles: &[usize]) -> Vec<Counts> {
        let counts = |part: &Vec<u64>| Counts::new(needles.iter().map(|needle| part[*needle]));
        self.counts.iter().map(counts).collect()
    }
}

impl Record for Parts {
    fn add(&mut self, needle: usize, offset: u64) {
        let last = self.counts.len() - 1;
        let part = u128::from(offset) * self.counts.len() as u128;
        let part = part.checked_div(self.text_bytes.into()).unwrap_or(0);
        // A text that grew while it was read has its new end in the last part.
        let part = usize::try_from(part).map_or(last, |part| part.min(last));
        self.counts[part][needle] += 1;
    }
}
