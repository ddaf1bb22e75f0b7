//! Counts of one source, by pattern.

use std::ops::Range;

/// Counts of which most may be zero: only the others take memory.
///
/// ```
/// use cogrep_core::Counts;
///
/// let counts = Counts::new([2, 0, 7]);
/// assert_eq!(counts.of(2), 7);
/// assert_eq!(counts.of(1), 0);
/// assert_eq!(counts.iter().collect::<Vec<_>>(), [(0, 2), (2, 7)]);
/// assert_eq!(counts.of_patterns(4), [2, 0, 7, 0]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The patterns that occur, by their places in the list as given, in this order.
    patterns: Box<[u32]>,
    numbers: Numbers,
}

/// How often each of them occurs: seldom more than `u32` can say.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Numbers {
    Small(Box<[u32]>),
    Large(Box<[u64]>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Small(Box::default())
    }
}

impl Counts {
    /// The count of each pattern, in the order given.
    #[must_use]
    pub fn new(counts: impl IntoIterator<Item = u64>) -> Self {
        let found: Vec<(u32, u64)> = (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
        Self::of_found(&found)
    }

    /// Of patterns that occur, in their order, by their places; nothing, if they are in
    /// another order.
    #[must_use]
    pub fn from_found(found: &[(u32, u64)]) -> Option<Self> {
        found.is_sorted_by(|one, next| one.0 < next.0).then(|| Self::of_found(found))
    }

    fn of_found(found: &[(u32, u64)]) -> Self {
        let small: Option<Box<[u32]>> =
            found.iter().map(|(_, count)| u32::try_from(*count).ok()).collect();
        let large = || found.iter().map(|(_, count)| *count).collect();
        Self {
            patterns: found.iter().map(|(pattern, _)| *pattern).collect(),
            numbers: small.map_or_else(|| Numbers::Large(large()), Numbers::Small),
        }
    }

    fn number(&self, nth: usize) -> u64 {
        match &self.numbers {
            Numbers::Small(numbers) => numbers[nth].into(),
            Numbers::Large(numbers) => numbers[nth],
        }
    }

    /// The count of the pattern at this place.
    #[must_use]
    pub fn of(&self, pattern: usize) -> u64 {
        let found = self.patterns.binary_search_by(|known| (*known as usize).cmp(&pattern));
        found.map_or(0, |nth| self.number(nth))
    }

    /// The patterns that occur, by their places, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        let patterns = self.patterns.iter().enumerate();
        patterns.map(|(nth, pattern)| (*pattern as usize, self.number(nth)))
    }

    /// The same of the patterns in this range only.
    pub fn within(&self, patterns: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        let place = |pattern| self.patterns.partition_point(|known| (*known as usize) < pattern);
        let found = place(patterns.start)..place(patterns.end);
        found.map(|nth| (self.patterns[nth] as usize, self.number(nth)))
    }

    /// The count of each pattern, of so many.
    ///
    /// # Panics
    ///
    /// When there are more.
    #[must_use]
    pub fn of_patterns(&self, patterns: usize) -> Vec<u64> {
        let mut counts = vec![0; patterns];
        self.iter().for_each(|(pattern, count)| counts[pattern] = count);
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_what_was_counted(
            counts in prop::collection::vec(
                prop_oneof![3 => Just(0), 2 => 1..9_u64, 1 => any::<u64>()],
                0..30,
            ),
        ) {
            let kept = Counts::new(counts.iter().copied());
            prop_assert_eq!(&kept.of_patterns(counts.len()), &counts);
            for (pattern, count) in counts.iter().enumerate() {
                prop_assert_eq!(kept.of(pattern), *count);
            }
            prop_assert_eq!(kept.of(counts.len()), 0);
            for start in 0..counts.len() {
                let within: Vec<_> = kept.within(start..start + 4).collect();
                let expected = kept.iter().filter(|(pattern, _)| (start..start + 4).contains(pattern));
                prop_assert_eq!(within, expected.collect::<Vec<_>>());
            }
            let found: Vec<(u32, u64)> =
                kept.iter().map(|(pattern, count)| (u32::try_from(pattern).unwrap(), count)).collect();
            prop_assert!(found.iter().all(|(_, count)| *count > 0));
            prop_assert_eq!(Counts::from_found(&found), Some(kept));
        }
    }

    #[test]
    fn what_is_out_of_order_is_refused() {
        assert_eq!(Counts::from_found(&[(3, 1), (2, 1)]), None);
        assert_eq!(Counts::from_found(&[(3, 1), (3, 1)]), None);
    }
}
