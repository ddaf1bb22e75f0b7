//! What a range of a text hands on to the range after it.
//!
//! Whether a place counts can depend on the places before it: one that overlaps the
//! last that counted does not, and a line counts once. So what a range counts can depend
//! on the ranges before it, but only by a little. All that matters is how much *slack* a
//! needle has at the cut: how many bytes before it the next place may begin. A range is
//! counted for every slack at once. What it counts more with more slack, and the slack
//! that it leaves, is its [`Carry`]. Where lines are counted, the slack is 1 if the line
//! that is cut may still count, and 0 if it has.
//!
//! Carries are functions from slack to slack and a count. Those of neighbours are
//! composed, in any order, and an empty range carries the identity: carries are a monoid
//! over neighbouring ranges. This is the parallel prefix over state maps of Hillis and
//! Steele, *Data parallel algorithms* (1986). It is why ranges can be counted on all
//! cores, why a count can be saved and continued, and why parts of a text that were
//! counted on different machines add up.

use std::collections::BTreeMap;

/// As much slack as there can be.
pub(crate) const FREE: u64 = u64::MAX;

/// How the counts of a range, and the slack after it, depend on the slack before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Carry {
    /// The slack of a needle without a map of its own grows by this much.
    growth: u64,
    maps: BTreeMap<usize, StateMap>,
}

/// What becomes of one needle's slack in a range.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct StateMap {
    /// More slack than this makes no difference.
    enough: u64,
    /// In the order of their least slack; that of the first is zero.
    steps: Vec<Step>,
}

/// What follows from an amount of slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Step {
    /// The step holds from this slack on, up to the next step.
    pub(crate) least_slack: u64,
    /// How much more was counted than with the least slack.
    pub(crate) extra: u64,
    /// The slack after the range.
    pub(crate) slack: u64,
}

impl Carry {
    /// The carry of a range over which the slack of every needle grows by this much.
    pub(crate) fn new(growth: u64) -> Self {
        Self { growth, maps: BTreeMap::new() }
    }

    /// Records what becomes of the slack of a needle, and gives what is counted whatever the
    /// slack. More slack than `enough` makes no difference to the needle.
    pub(crate) fn insert(&mut self, needle: usize, enough: u64, mut steps: Vec<Step>) -> u64 {
        for step in &mut steps {
            if step.slack >= enough {
                step.slack = FREE;
            }
        }
        let least = steps.iter().map(|step| step.extra).min().unwrap_or(0);
        for step in &mut steps {
            step.extra -= least;
        }
        steps.dedup_by_key(|step| (step.extra, step.slack));
        // Slack that grows as much without a map needs none.
        let is_plain = matches!(steps[..], [Step { extra: 0, slack: FREE, .. }]);
        if is_plain && self.growth >= enough {
            self.maps.remove(&needle);
        } else {
            self.maps.insert(needle, StateMap { enough, steps });
        }
        least
    }

    /// Adds what other needles carry through the same range.
    pub(crate) fn merge(&mut self, others: &Self) {
        self.growth = self.growth.max(others.growth);
        let maps = &others.maps;
        self.maps.extend(maps.iter().map(|(needle, map)| (*needle, map.clone())));
    }

    /// Composes with the carry of the next range. `add` receives what is counted more in the
    /// two, whatever the slack before them.
    pub(crate) fn join(&mut self, next: &Self, mut add: impl FnMut(usize, u64)) {
        let before = std::mem::take(&mut self.maps);
        let growth = self.growth;
        self.growth = growth.saturating_add(next.growth);
        for (needle, map) in &before {
            let steps = map.steps.iter().map(|step| {
                let (extra, slack) = next.pass(*needle, step.slack);
                Step { extra: step.extra + extra, slack, ..*step }
            });
            let least = self.insert(*needle, map.enough, steps.collect());
            add(*needle, least);
        }
        for (needle, map) in &next.maps {
            if !before.contains_key(needle) {
                let least = self.insert(*needle, map.enough, map.after(growth));
                add(*needle, least);
            }
        }
    }

    /// Ends the dependence: nothing precedes this range.
    pub(crate) fn settle(&mut self, mut add: impl FnMut(usize, u64)) {
        for (needle, map) in std::mem::take(&mut self.maps) {
            add(needle, map.step(FREE).extra);
        }
        self.growth = 0;
    }

    /// What is counted more with this slack, and the slack after the range.
    fn pass(&self, needle: usize, slack: u64) -> (u64, u64) {
        match self.maps.get(&needle) {
            Some(map) => {
                let step = map.step(slack);
                (step.extra, step.slack)
            }
            None => (0, slack.saturating_add(self.growth)),
        }
    }
}

impl StateMap {
    fn step(&self, slack: u64) -> Step {
        let steps = self.steps.partition_point(|step| step.least_slack <= slack);
        self.steps[steps.saturating_sub(1)]
    }

    /// The same map, for the slack before a range over which it grows by this much.
    fn after(&self, growth: u64) -> Vec<Step> {
        let first = self.step(growth);
        let later = self.steps.iter().filter(|step| step.least_slack > growth);
        let later = later
            .map(|step| Step { least_slack: step.least_slack.saturating_sub(growth), ..*step });
        std::iter::once(Step { least_slack: 0, ..first }).chain(later).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(least_slack: u64, extra: u64, slack: u64) -> Step {
        Step { least_slack, extra, slack }
    }

    /// A carry of needle 0, of which more slack than 3 makes no difference.
    fn carry(growth: u64, steps: &[Step]) -> Carry {
        let mut carry = Carry::new(growth);
        if !steps.is_empty() {
            carry.insert(0, 3, steps.to_vec());
        }
        carry
    }

    #[test]
    fn carries_are_joined_as_functions_are_composed() {
        let carries = [
            carry(1, &[]),
            carry(5, &[]),
            carry(1, &[step(0, 0, 1), step(1, 0, 0)]),
            carry(7, &[step(0, 0, 2), step(2, 1, 1)]),
            carry(2, &[step(0, 0, 0), step(1, 1, 0), step(3, 1, 1)]),
            carry(9, &[step(0, 0, 3)]),
        ];
        for one in &carries {
            for other in &carries {
                let mut counted = 0;
                let mut joined = one.clone();
                joined.join(other, |_, more| counted += more);
                for slack in 0..=3 {
                    let (first, middle) = one.pass(0, slack);
                    let (second, after) = other.pass(0, middle);
                    let (extra, slack_after) = joined.pass(0, slack);
                    assert_eq!(counted + extra, first + second, "{one:?} {other:?} {slack}");
                    assert_eq!(slack_after.min(3), after.min(3), "{one:?} {other:?} {slack}");
                }
            }
        }
    }

    #[test]
    fn after_more_text_less_room_is_needed() {
        let steps = vec![step(0, 0, 1), step(2, 1, 1), step(5, 1, 0)];
        let map = StateMap { enough: 9, steps };
        assert_eq!(map.after(0), map.steps);
        assert_eq!(map.after(1), [step(0, 0, 1), step(1, 1, 1), step(4, 1, 0)]);
        assert_eq!(map.after(2), [step(0, 1, 1), step(3, 1, 0)]);
        assert_eq!(map.after(4), [step(0, 1, 1), step(1, 1, 0)]);
        assert_eq!(map.after(9), [step(0, 1, 0)]);
    }

    #[test]
    fn a_map_that_makes_no_difference_is_not_kept() {
        assert_eq!(carry(3, &[step(0, 0, 3)]), Carry::new(3));
        assert_ne!(carry(2, &[step(0, 0, 3)]), Carry::new(2));
        let mut joined = carry(8, &[step(0, 0, 1)]);
        joined.join(&Carry::new(2), |_, more| assert_eq!(more, 0));
        assert_eq!(joined, Carry::new(10));
    }

    #[test]
    fn a_range_with_nothing_before_it_has_all_slack() {
        let mut settled = carry(4, &[step(0, 0, 1), step(2, 1, 2)]);
        let mut counted = Vec::new();
        settled.settle(|needle, more| counted.push((needle, more)));
        assert_eq!((settled, counted), (Carry::default(), vec![(0, 1)]));
    }
}
