//! Counts, a number a needle.

/// How often each needle was counted.
///
/// A *needle* is a distinct thing to count: equal patterns share one. Tallies are
/// plain sums, so those of different texts, or of parts of a text, add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: Vec<u64>,
}

impl Tally {
    /// A tally of zeros for this many needles.
    #[must_use]
    pub fn new(needles: usize) -> Self {
        Self { counts: vec![0; needles] }
    }

    /// Adds to the count of one needle.
    ///
    /// # Panics
    ///
    /// When the tally has no such needle.
    pub fn add(&mut self, needle: usize, count: u64) {
        self.counts[needle] += count;
    }

    /// Adds another tally of the same needles.
    ///
    /// # Panics
    ///
    /// When the other has another number of needles.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.counts.len(), other.counts.len(), "tallies of different needles");
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// The counts, in the order of the needles.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }
}
