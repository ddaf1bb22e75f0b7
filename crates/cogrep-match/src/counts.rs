//! Counts of a text, by pattern.

use std::ops::Range;

/// How often each pattern occurs. Most counts may be zero: only the others take memory.
///
/// ```
/// use cogrep_match::Counts;
///
/// let counts = Counts::new([2, 0, 7, 0]);
/// assert_eq!(counts.get(2), 7);
/// assert_eq!(counts.get(1), 0);
/// assert_eq!(counts.iter().collect::<Vec<_>>(), [(0, 2), (2, 7)]);
/// assert_eq!(counts.to_vec(4), [2, 0, 7, 0]);
/// assert_eq!(counts.total(), 9);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// The patterns that occur, as indices into the list as given, in this order.
    found: Box<[u32]>,
    numbers: Numbers,
}

/// How often each of them occurs: seldom more than `u32` can say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    ///
    /// # Panics
    ///
    /// When there are more than `u32::MAX` patterns.
    #[must_use]
    pub fn new(counts: impl IntoIterator<Item = u64>) -> Self {
        let found = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let found: Vec<_> = found.map(|(pattern, count)| (index(pattern), count)).collect();
        Self::from_sorted(&found)
    }

    /// The counts of the patterns that occur, by their indices. `None` if the indices do not
    /// increase.
    #[must_use]
    pub fn from_found(found: &[(u32, u64)]) -> Option<Self> {
        let increases = found.is_sorted_by(|one, next| one.0 < next.0);
        increases.then(|| Self::from_sorted(found))
    }

    fn from_sorted(found: &[(u32, u64)]) -> Self {
        let small: Option<Box<[u32]>> =
            found.iter().map(|(_, count)| u32::try_from(*count).ok()).collect();
        let large = || found.iter().map(|(_, count)| *count).collect();
        Self {
            found: found.iter().map(|(pattern, _)| *pattern).collect(),
            numbers: small.map_or_else(|| Numbers::Large(large()), Numbers::Small),
        }
    }

    fn number(&self, nth: usize) -> u64 {
        match &self.numbers {
            Numbers::Small(numbers) => numbers[nth].into(),
            Numbers::Large(numbers) => numbers[nth],
        }
    }

    /// The count of the pattern of this index.
    #[must_use]
    pub fn get(&self, pattern: usize) -> u64 {
        let found = self.found.binary_search_by(|known| (*known as usize).cmp(&pattern));
        found.map_or(0, |nth| self.number(nth))
    }

    /// The sum over all patterns.
    #[must_use]
    pub fn total(&self) -> u64 {
        (0..self.found.len()).map(|nth| self.number(nth)).sum()
    }

    /// The patterns that occur, by their indices, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        self.within(0..usize::MAX)
    }

    /// The same of the patterns in this range of indices only.
    pub fn within(&self, patterns: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        let place = |pattern| self.found.partition_point(|known| (*known as usize) < pattern);
        let found = place(patterns.start)..place(patterns.end);
        found.map(|nth| (self.found[nth] as usize, self.number(nth)))
    }

    /// The count of each of this many patterns, in the order given.
    ///
    /// # Panics
    ///
    /// When a pattern that occurs is not one of them.
    #[must_use]
    pub fn to_vec(&self, patterns: usize) -> Vec<u64> {
        let mut counts = vec![0; patterns];
        for (pattern, count) in self.iter() {
            counts[pattern] = count;
        }
        counts
    }

    /// Adds the counts of another text.
    pub fn add(&mut self, other: &Self) {
        if other.found.is_empty() {
            return;
        }
        let (mut ours, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let mut sum = Vec::with_capacity(self.found.len().max(other.found.len()));
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (None, None) => break,
                (Some((one, _)), Some((other, _))) => *one.min(other),
                (Some((one, _)), None) | (None, Some((one, _))) => *one,
            };
            let is_next = |(pattern, _): &(usize, u64)| *pattern == next;
            let count = |found: Option<(usize, u64)>| found.map_or(0, |(_, count)| count);
            let counts = count(ours.next_if(is_next)) + count(theirs.next_if(is_next));
            sum.push((index(next), counts));
        }
        drop(ours);
        *self = Self::from_sorted(&sum);
    }
}

fn index(pattern: usize) -> u32 {
    u32::try_from(pattern).expect("there are fewer patterns")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn kept_counts_are_those_that_were_given(
            counts in prop::collection::vec(
                prop_oneof![3 => Just(0), 2 => 1..9_u64, 1 => any::<u32>().prop_map(|n| u64::from(n) << 8)],
                0..30,
            ),
        ) {
            let kept = Counts::new(counts.iter().copied());
            prop_assert_eq!(&kept.to_vec(counts.len()), &counts);
            prop_assert_eq!(kept.total(), counts.iter().sum::<u64>());
            for (start, count) in counts.iter().enumerate() {
                prop_assert_eq!(kept.get(start), *count);
                let within: Vec<_> = kept.within(start..start + 4).collect();
                let expected = kept.iter().filter(|(pattern, _)| (start..start + 4).contains(pattern));
                prop_assert_eq!(within, expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn large_counts_are_kept_as_they_are() {
        let large = u64::from(u32::MAX) + 1;
        let counts = Counts::new([0, large, 3]);
        assert_eq!((counts.get(1), counts.get(2), counts.get(9)), (large, 3, 0));
        assert_eq!(counts.to_vec(3), [0, large, 3]);
        assert_ne!(counts, Counts::new([0, large, 4]));
    }

    #[test]
    fn patterns_that_occur_come_in_order() {
        assert_eq!(Counts::from_found(&[(0, 5), (2, 1)]), Some(Counts::new([5, 0, 1])));
        assert_eq!(Counts::from_found(&[(2, 5), (0, 1)]), None);
        assert_eq!(Counts::from_found(&[(2, 5), (2, 1)]), None);
    }

    #[test]
    fn counts_of_texts_add_up() {
        for (one, other) in [([0, 0, 0], [1, 0, 2]), ([4, 0, 1], [0, 3, 1]), ([1, 2, 3], [0; 3])] {
            let mut sum = Counts::new(one);
            sum.add(&Counts::new(other));
            let expected: Vec<u64> =
                one.iter().zip(other).map(|(one, other)| one + other).collect();
            assert_eq!(sum, Counts::new(expected));
        }
    }
}
