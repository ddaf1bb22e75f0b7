//! From needles to what a user sees: labels, which are patterns, or names of several.

use cogrep_match::{Plan, Tally};

/// Counts that are not zero: labels, and the count of each.
pub(crate) type Found = (Vec<u32>, Vec<u64>);

/// The labels of the patterns of a plan.
#[derive(Debug)]
pub(crate) struct Labels {
    /// The label of each pattern.
    of_patterns: Vec<u32>,
    /// How many labels there are.
    count: usize,
    /// Where the labels of each needle begin; none if each needle has one label, of the same
    /// number.
    starts: Option<Vec<usize>>,
    /// The labels of each needle; the same twice if it is in a label twice.
    of_needles: Vec<u32>,
}

impl Labels {
    /// The labels of the patterns, in their order, of which there are `count`.
    pub(crate) fn new(plan: &Plan, of_patterns: Vec<u32>, count: usize) -> Self {
        let is_same = |(pattern, (label, needle)): (usize, (&u32, &usize))| {
            *label as usize == pattern && *needle == pattern
        };
        let is_plain = of_patterns.iter().zip(plan.needles()).enumerate().all(is_same);
        let mut labels = Self { of_patterns, count, starts: None, of_needles: Vec::new() };
        if !is_plain {
            labels.sort(plan);
        }
        labels
    }

    fn sort(&mut self, plan: &Plan) {
        let mut pairs: Vec<_> =
            plan.needles().iter().copied().zip(self.of_patterns.iter().copied()).collect();
        pairs.sort_unstable();
        let mut starts = Vec::with_capacity(plan.needle_count() + 1);
        for (place, (needle, _)) in pairs.iter().enumerate() {
            if starts.len() == *needle {
                starts.push(place);
            }
        }
        starts.push(pairs.len());
        self.starts = Some(starts);
        self.of_needles = pairs.into_iter().map(|(_, label)| label).collect();
    }

    /// The labels of a needle, unless its number is its only label.
    pub(crate) fn of_needle(&self, needle: usize) -> Option<&[u32]> {
        let starts = self.starts.as_ref()?;
        Some(&self.of_needles[starts[needle]..starts[needle + 1]])
    }

    /// The count of each label.
    pub(crate) fn totals(&self, plan: &Plan, tally: &Tally) -> Vec<u64> {
        self.sums(plan.totals(tally))
    }

    /// The count of each label, from that of each pattern.
    pub(crate) fn sums(&self, by_pattern: impl Iterator<Item = u64>) -> Vec<u64> {
        let mut totals = vec![0; self.count];
        for (label, count) in self.of_patterns.iter().zip(by_pattern) {
            totals[*label as usize] += count;
        }
        totals
    }
}

/// Those that are not zero.
pub(crate) fn found(totals: &[u64]) -> Found {
    let found = (0..).zip(totals).filter(|(_, count)| **count > 0);
    found.unzip()
}
