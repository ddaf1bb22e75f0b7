//! The greedy choice of places, for every way in which the text before may have ended.
//!
//! Which places of a needle count that can overlap itself depends on where the last one
//! before them ended. At the beginning of a part of a text that is not known: it is one
//! case for each *room*, the bytes before the part in which a place may begin. Cases
//! that count the same place are the same from then on, so they go on in few *lanes*,
//! usually in one after the first place. A place is counted in at most one lane: others
//! have counted a place that it overlaps. So each place is dealt with once. Where a text
//! repeats itself without an end, a single case would skip most of them.

use std::collections::VecDeque;

use crate::carry::Step;

/// The places of one needle since the beginning of a part.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    start: u64,
    /// With less room than this, no place has counted yet; with more, one has.
    least_room: u64,
    /// By where their next place may start, from that of this number on and round.
    lanes: VecDeque<Lane>,
    next: usize,
}

/// Cases that have counted the same last place.
#[derive(Clone, Debug)]
struct Lane {
    not_before: u64,
    count: u64,
    /// The least room of each case that came in, and what it had counted more than the
    /// lane, or less.
    cases: Vec<(u64, i64)>,
}

impl Opening {
    /// Of a part that begins at this offset.
    pub(super) fn new(start: u64) -> Self {
        Self { start, least_room: u64::MAX, lanes: VecDeque::new(), next: 0 }
    }

    /// Counts a place, by its start and the length of the needle, in the cases in which it
    /// counts. Where the next may start, if that is now the same in all.
    pub(super) fn place(&mut self, start: u64, len: u64) -> Option<u64> {
        if self.least_room == 0
            && let Some(is_turn) = self.is_turn_of_one(start)
        {
            if is_turn {
                // Nothing but this, place after place, in a text that repeats itself.
                let first = &mut self.lanes[self.next];
                first.count += 1;
                first.not_before = start + len;
                self.next = self.after_next();
            }
            return None;
        }
        self.lanes.rotate_left(std::mem::take(&mut self.next));
        let mut lane: Option<Lane> = None;
        while let Some(first) = self.lanes.pop_front_if(|first| first.not_before <= start) {
            match &mut lane {
                None => lane = Some(first),
                Some(lane) => lane.take_in(&first),
            }
        }
        // So much room the first place of a case needs.
        let room = self.start.saturating_sub(start);
        if room < self.least_room {
            self.least_room = room;
            let first = Lane { not_before: 0, count: 0, cases: vec![(room, 0)] };
            match &mut lane {
                None => lane = Some(first),
                Some(lane) => lane.take_in(&first),
            }
        }
        let mut lane = lane?;
        lane.count += 1;
        lane.not_before = start + len;
        self.lanes.push_back(lane);
        let is_decided = self.lanes.len() == 1 && self.least_room == 0;
        is_decided.then_some(start + len)
    }

    /// Whether it is the turn of one lane to count a place that starts here, or of none;
    /// nothing if it is that of several.
    fn is_turn_of_one(&self, start: u64) -> Option<bool> {
        let is_turn = |nth: usize| self.lanes.get(nth).map(|lane| lane.not_before <= start);
        if self.lanes.len() < 2 || is_turn(self.after_next())? { None } else { is_turn(self.next) }
    }

    fn after_next(&self) -> usize {
        if self.next + 1 < self.lanes.len() { self.next + 1 } else { 0 }
    }

    /// What was counted, and the room left at the end of the part, for each room before
    /// it. Once all cases were the same, somebody else went on, up to `not_before`.
    pub(super) fn steps(&self, not_before: Option<u64>, end: u64) -> Vec<Step> {
        let mut steps: Vec<_> = (0..self.least_room)
            .map(|room| Step { least_room: room, extra: 0, room: end - self.start + room })
            .collect();
        for lane in &self.lanes {
            let room = end - not_before.unwrap_or(lane.not_before).min(end);
            steps.extend(lane.cases.iter().map(|(least_room, more)| Step {
                least_room: *least_room,
                extra: lane.count.saturating_add_signed(*more),
                room,
            }));
        }
        steps.sort_unstable_by_key(|step| step.least_room);
        steps
    }
}

impl Lane {
    /// Takes in the cases of another, which go on as this one's do from now on.
    fn take_in(&mut self, other: &Self) {
        let more = other.count.cast_signed() - self.count.cast_signed();
        self.cases.extend(other.cases.iter().map(|(room, offset)| (*room, offset + more)));
    }
}
