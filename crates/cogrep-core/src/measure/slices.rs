//! How often patterns occur in each of some equal parts of a text.

use cogrep_match::{Counts, Hit};
use cogrep_source::Fault;

use crate::measure::{Measure, TextFacts};

/// Counts in slices: equal parts of a text.
///
/// Of `n` slices of a text of `l` bytes, the byte at `offset` is in slice
/// `offset * n / l`, rounded down. A hit belongs to the slice in which it starts, so the
/// slices of a text add up to its count. A text whose length is not known before it has been
/// read cannot be measured.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Into how many slices; at least one.
    slices: usize,
}

impl Slice {
    /// Counts in this many slices, or in one if that is zero.
    #[must_use]
    pub fn new(slices: usize) -> Self {
        Self { slices: slices.max(1) }
    }
}

/// The counts of slices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slices {
    text_bytes: u64,
    /// By slice, then by needle, until the text has ended.
    counts: Vec<Vec<u64>>,
    /// The counts of each slice by pattern, once it has.
    by_pattern: Vec<Counts>,
}

impl Measure for Slice {
    type State = Slices;

    fn name(&self) -> &'static str {
        "slices"
    }

    fn needs_length(&self) -> bool {
        true
    }

    fn begin(&self, text: &TextFacts) -> Result<Slices, Fault> {
        let text_bytes = text.text_bytes.ok_or(Fault::NoLength)?;
        let counts = vec![vec![0; text.needles]; self.slices];
        Ok(Slices { text_bytes, counts, by_pattern: Vec::new() })
    }

    fn hit(&self, state: &mut Slices, hit: Hit) {
        let last = self.slices - 1;
        let slice = u128::from(hit.start) * self.slices as u128;
        let slice = slice.checked_div(state.text_bytes.into()).unwrap_or(0);
        // A text that grew while it was read has its new end in the last slice.
        let slice = usize::try_from(slice).map_or(last, |slice| slice.min(last));
        state.counts[slice][hit.needle] += 1;
    }

    fn join(&self, state: &mut Slices, next: Slices) {
        let counts = state.counts.iter_mut().flatten();
        counts.zip(next.counts.iter().flatten()).for_each(|(count, more)| *count += more);
    }

    fn by_pattern(&self, state: Slices, needles: &[usize]) -> Slices {
        let counts = |slice: &Vec<u64>| Counts::new(needles.iter().map(|needle| slice[*needle]));
        Slices { by_pattern: state.counts.iter().map(counts).collect(), ..Slices::default() }
    }
}

impl Slices {
    /// Slices with these counts.
    #[must_use]
    pub fn from_counts(slices: Vec<Counts>) -> Self {
        Self { by_pattern: slices, ..Self::default() }
    }

    /// The counts of each slice by pattern, in the order of the slices.
    #[must_use]
    pub fn counts(&self) -> &[Counts] {
        &self.by_pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Rank;

    #[test]
    fn hits_are_counted_in_the_slice_in_which_they_start() {
        let measure = Slice::new(4);
        let facts = TextFacts {
            needles: 1,
            longest_bytes: 1,
            text_bytes: Some(10),
            start: 0,
            source: Rank::default(),
        };
        let measured = |offsets: &[u64]| {
            let mut slices = measure.begin(&facts).unwrap();
            for start in offsets {
                measure.hit(&mut slices, Hit { start: *start, end: start + 1, needle: 0 });
            }
            slices
        };
        let mut slices = measured(&[0, 2]);
        measure.join(&mut slices, measured(&[3, 9, 12]));
        assert_eq!(slices.counts, [[2], [1], [0], [2]]);
        let unknown = TextFacts { text_bytes: None, ..facts };
        assert!(matches!(measure.begin(&unknown), Err(Fault::NoLength)));
    }
}
