//! Counts, a number a needle.

use crate::scan::carry::Carry;

/// How often each needle was counted.
///
/// A *needle* is a distinct thing to count: equal patterns share one. Tallies are
/// plain sums, so those of different texts, or of parts of a text, add up.
///
/// It holds the numbers from the first needle that was counted to the last, so the
/// tally of one needle among a million is small.
///
/// The tally of a range of a text knows in addition what depends on the text around it; see
/// [`Scanner::begin_range`](crate::Scanner::begin_range). The tallies of neighbouring ranges
/// are [joined](Self::join): they are a monoid, with the empty tally as its neutral element.
/// That of the whole text is [settled](Self::settle).
///
/// ```
/// use cogrep_match::Tally;
///
/// let mut tally = Tally::new();
/// tally.add(7, 2);
/// tally.merge(&tally.clone());
/// assert_eq!(tally.count(7), 4);
/// assert_eq!(tally.count(8), 0);
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    /// The needle of the first count.
    first: usize,
    counts: Vec<u64>,
    /// What depends on the text before and after.
    carry: Carry,
}

impl Tally {
    /// A tally in which nothing was counted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds to the count of one needle.
    pub fn add(&mut self, needle: usize, count: u64) {
        if count == 0 {
            return;
        }
        self.cover(needle, needle + 1);
        self.counts[needle - self.first] += count;
    }

    /// Adds another tally: of other texts, or of other needles in the same range of a text.
    pub fn merge(&mut self, other: &Self) {
        self.carry.merge(&other.carry);
        self.add_counts(other);
    }

    /// Adds the tally of the range of the text that follows.
    ///
    /// The order in which neighbours are joined does not matter. What a range counts more,
    /// depending on the text before it, is added as soon as that is known.
    pub fn join(&mut self, next: &Self) {
        self.add_counts(next);
        let mut carry = std::mem::take(&mut self.carry);
        carry.join(&next.carry, |needle, more| self.add(needle, more));
        self.carry = carry;
    }

    /// Ends the dependence on the text around: there is none.
    pub fn settle(&mut self) {
        let mut carry = std::mem::take(&mut self.carry);
        carry.settle(|needle, more| self.add(needle, more));
    }

    /// Adds what depends on the text before and after the range.
    pub(crate) fn carry(&mut self, carry: &Carry) {
        self.carry.merge(carry);
    }

    fn add_counts(&mut self, other: &Self) {
        if other.counts.is_empty() {
            return;
        }
        self.cover(other.first, other.first + other.counts.len());
        let shared = &mut self.counts[other.first - self.first..];
        for (count, more) in shared.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How often this needle was counted.
    #[must_use]
    pub fn count(&self, needle: usize) -> u64 {
        let place = needle.checked_sub(self.first);
        place.and_then(|place| self.counts.get(place)).copied().unwrap_or(0)
    }

    /// Whether any needle was counted.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.counts.iter().any(|count| *count > 0)
    }

    /// Makes room for the needles `start..end`.
    fn cover(&mut self, start: usize, end: usize) {
        if self.counts.is_empty() {
            self.first = start;
        } else if start < self.first {
            self.counts.splice(..0, std::iter::repeat_n(0, self.first - start));
            self.first = start;
        }
        if self.first + self.counts.len() < end {
            self.counts.resize(end - self.first, 0);
        }
    }
}

impl PartialEq for Tally {
    fn eq(&self, other: &Self) -> bool {
        let end = |tally: &Self| tally.first + tally.counts.len();
        let start = self.first.min(other.first);
        self.carry == other.carry
            && (start..end(self).max(end(other)))
                .all(|needle| self.count(needle) == other.count(needle))
    }
}

impl Eq for Tally {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::carry::Step;

    fn tally(counts: &[(usize, u64)]) -> Tally {
        let mut tally = Tally::new();
        for &(needle, count) in counts {
            tally.add(needle, count);
        }
        tally
    }

    #[test]
    fn counts_add_up_in_any_order() {
        let forward = tally(&[(2, 1), (5, 10), (9, 100)]);
        let backward = tally(&[(9, 100), (5, 10), (2, 1)]);
        assert_eq!(forward, backward);
        assert_eq!((0..11).map(|n| forward.count(n)).sum::<u64>(), 111);
    }

    #[test]
    fn merging_covers_both_ranges() {
        for (one, other) in [(2, 9), (9, 2), (4, 4)] {
            let mut merged = tally(&[(one, 1)]);
            merged.merge(&tally(&[(other, 3)]));
            assert_eq!(merged, tally(&[(one, 1), (other, 3)]));
        }
    }

    #[test]
    fn an_empty_tally_changes_nothing() {
        let mut merged = tally(&[(3, 1)]);
        merged.merge(&Tally::new());
        assert_eq!(merged, tally(&[(3, 1)]));
        let mut empty = Tally::new();
        empty.merge(&merged);
        assert_eq!(empty, merged);
    }

    #[test]
    fn a_tally_has_room_from_its_first_needle_to_its_last() {
        let mut tally = tally(&[(70, 1), (74, 1)]);
        assert_eq!((tally.first, tally.counts.len()), (70, 5));
        tally.add(1_000_000, 0);
        assert_eq!((tally.first, tally.counts.len()), (70, 5));
        tally.add(68, 1);
        assert_eq!((tally.first, tally.counts.len()), (68, 7));
    }

    #[test]
    fn a_range_after_nothing_has_all_slack() {
        let mut carry = Carry::new(0);
        let steps =
            [(0, 0), (1, 5)].map(|(least_slack, extra)| Step { least_slack, extra, slack: 0 });
        carry.insert(3, 1, steps.into());
        let mut settled = tally(&[(3, 1)]);
        settled.carry(&carry);
        assert_eq!(settled.count(3), 1);
        settled.settle();
        assert_eq!(settled, tally(&[(3, 6)]));
    }

    #[test]
    fn tallies_that_differ_in_zeros_are_equal() {
        assert_eq!(tally(&[(3, 0)]), Tally::new());
        assert_ne!(tally(&[(3, 1)]), Tally::new());
    }
}
