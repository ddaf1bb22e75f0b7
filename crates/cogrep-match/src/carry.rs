//! What a part of a text hands on to the part behind it.
//!
//! Whether a place counts can depend on the places before it: one that overlaps the
//! last that counted does not, and a line counts once. So what a part counts can depend
//! on the parts before it, but only by a little. All that matters is how much *room* a
//! needle has at the cut: how many bytes before it its next place may begin. A part is
//! counted for every room at once, and what it counts more with more room, and the room
//! that it leaves, is its [`Carry`]. The carries of neighbours are composed as functions
//! are, in any order.
//!
//! Where lines are counted, the room is 1 if the line that is cut may still count, and 0
//! if it has.

use std::collections::BTreeMap;

/// As much room as there can be.
pub(crate) const FREE: u64 = u64::MAX;

/// How the counts of a part, and the room behind it, depend on the room before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carry {
    /// By so much the room of a needle grows that has no passage of its own.
    growth: u64,
    passages: BTreeMap<usize, Passage>,
}

/// The way of one needle's room through a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// More room than this makes no difference.
    enough: u64,
    /// By their least room; the first has none.
    steps: Vec<Step>,
}

/// What follows from so much room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// It holds from this room on, up to the next step.
    pub(crate) least_room: u64,
    /// So much more was counted than with the least.
    pub(crate) extra: u64,
    /// The room behind the part.
    pub(crate) room: u64,
}

impl Carry {
    /// Of a part over which the room of every needle grows by so much.
    pub(crate) fn new(growth: u64) -> Self {
        Self { growth, passages: BTreeMap::new() }
    }

    /// Says how the room of a needle goes through the part, and gives what is counted
    /// whatever the room. `enough` is the most room that it can use.
    pub(crate) fn insert(&mut self, needle: usize, enough: u64, mut steps: Vec<Step>) -> u64 {
        for step in &mut steps {
            if step.room >= enough {
                step.room = FREE;
            }
        }
        let least = steps.iter().map(|step| step.extra).min().unwrap_or(0);
        for step in &mut steps {
            step.extra -= least;
        }
        steps.dedup_by_key(|step| (step.extra, step.room));
        // Room that grows so much anyway needs no passage to say so.
        let is_plain = matches!(steps[..], [Step { extra: 0, room: FREE, .. }]);
        if is_plain && self.growth >= enough {
            self.passages.remove(&needle);
        } else {
            self.passages.insert(needle, Passage { enough, steps });
        }
        least
    }

    /// Takes in what other needles carry through the same part.
    pub(crate) fn merge(&mut self, others: &Self) {
        self.growth = self.growth.max(others.growth);
        let passages = &others.passages;
        self.passages.extend(passages.iter().map(|(needle, passage)| (*needle, passage.clone())));
    }

    /// Goes on through the next part; `add` is told what is counted more in the two.
    pub(crate) fn join(&mut self, next: &Self, mut add: impl FnMut(usize, u64)) {
        let before = std::mem::take(&mut self.passages);
        let growth = self.growth;
        self.growth = growth.saturating_add(next.growth);
        for (needle, passage) in &before {
            let steps = passage.steps.iter().map(|step| {
                let (extra, room) = next.pass(*needle, step.room);
                Step { extra: step.extra + extra, room, ..*step }
            });
            let least = self.insert(*needle, passage.enough, steps.collect());
            add(*needle, least);
        }
        for (needle, passage) in &next.passages {
            if !before.contains_key(needle) {
                let least = self.insert(*needle, passage.enough, passage.behind(growth));
                add(*needle, least);
            }
        }
    }

    /// Ends the dependence: before this part there is nothing.
    pub(crate) fn settle(&mut self, mut add: impl FnMut(usize, u64)) {
        for (needle, passage) in std::mem::take(&mut self.passages) {
            add(needle, passage.step(FREE).extra);
        }
        self.growth = 0;
    }

    /// What is counted more with this room, and the room behind the part.
    fn pass(&self, needle: usize, room: u64) -> (u64, u64) {
        match self.passages.get(&needle) {
            Some(passage) => {
                let step = passage.step(room);
                (step.extra, step.room)
            }
            None => (0, room.saturating_add(self.growth)),
        }
    }
}

impl Passage {
    fn step(&self, room: u64) -> Step {
        let steps = self.steps.partition_point(|step| step.least_room <= room);
        self.steps[steps.saturating_sub(1)]
    }

    /// The same passage, for the room before a part over which it grows by so much.
    fn behind(&self, growth: u64) -> Vec<Step> {
        let first = self.step(growth);
        let later = self.steps.iter().filter(|step| step.least_room > growth);
        let later =
            later.map(|step| Step { least_room: step.least_room.saturating_sub(growth), ..*step });
        std::iter::once(Step { least_room: 0, ..first }).chain(later).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(least_room: u64, extra: u64, room: u64) -> Step {
        Step { least_room, extra, room }
    }

    /// A carry of needle 0, of which more room than 3 makes no difference.
    fn carry(growth: u64, steps: &[Step]) -> Carry {
        let mut carry = Carry::new(growth);
        if !steps.is_empty() {
            carry.insert(0, 3, steps.to_vec());
        }
        carry
    }

    #[test]
    fn parts_are_joined_as_functions_are_composed() {
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
                for room in 0..=3 {
                    let (first, between) = one.pass(0, room);
                    let (second, behind) = other.pass(0, between);
                    let (extra, room_behind) = joined.pass(0, room);
                    assert_eq!(counted + extra, first + second, "{one:?} {other:?} {room}");
                    assert_eq!(room_behind.min(3), behind.min(3), "{one:?} {other:?} {room}");
                }
            }
        }
    }

    #[test]
    fn behind_more_text_less_room_is_needed() {
        let steps = vec![step(0, 0, 1), step(2, 1, 1), step(5, 1, 0)];
        let passage = Passage { enough: 9, steps };
        assert_eq!(passage.behind(0), passage.steps);
        assert_eq!(passage.behind(1), [step(0, 0, 1), step(1, 1, 1), step(4, 1, 0)]);
        assert_eq!(passage.behind(2), [step(0, 1, 1), step(3, 1, 0)]);
        assert_eq!(passage.behind(4), [step(0, 1, 1), step(1, 1, 0)]);
        assert_eq!(passage.behind(9), [step(0, 1, 0)]);
    }

    #[test]
    fn what_makes_no_difference_is_not_kept() {
        assert_eq!(carry(3, &[step(0, 0, 3)]), Carry::new(3));
        assert_ne!(carry(2, &[step(0, 0, 3)]), Carry::new(2));
        let mut joined = carry(8, &[step(0, 0, 1)]);
        joined.join(&Carry::new(2), |_, more| assert_eq!(more, 0));
        assert_eq!(joined, Carry::new(10));
    }

    #[test]
    fn with_nothing_before_it_a_part_has_all_room() {
        let mut settled = carry(4, &[step(0, 0, 1), step(2, 1, 2)]);
        let mut counted = Vec::new();
        settled.settle(|needle, more| counted.push((needle, more)));
        assert_eq!((settled, counted), (Carry::default(), vec![(0, 1)]));
    }
}
