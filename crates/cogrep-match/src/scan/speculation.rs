//! The greedy choice of places, for every way in which the text before may have ended.
//!
//! Which places of a needle count that can overlap itself depends on where the last one
//! before them ended. At the start of a range that is not known. There is one case for
//! each *slack*: the number of bytes before the range in which a place may begin.
//!
//! Counting all cases at once is speculative execution of the greedy choice, as in
//! Mytkowicz, Musuvathi and Schulte, *Data-parallel finite-state machines* (2014). Cases
//! that count the same place are equal from then on, so they go on in few *paths*,
//! usually in one after the first place. A place is counted in at most one path: the
//! others have counted a place that it overlaps. So each place is dealt with once. In a
//! text that repeats itself without an end, a single case would skip most of them.

use std::collections::VecDeque;

use crate::scan::carry::Step;

/// The places of one needle since the start of a range.
#[derive(Clone, Debug)]
pub(crate) struct Speculation {
    start: u64,
    /// With less slack than this, no place has counted yet; with more, one has.
    least_slack: u64,
    /// By where their next place may start, from the path `next` on and round.
    paths: VecDeque<Path>,
    next: usize,
}

/// Cases that have counted the same last place.
#[derive(Clone, Debug)]
struct Path {
    not_before: u64,
    count: u64,
    /// The least slack of each case that joined, and what it had counted more than the
    /// path, or less.
    cases: Vec<(u64, i64)>,
}

impl Speculation {
    /// Of a range that starts at this offset.
    pub(crate) fn new(start: u64) -> Self {
        Self { start, least_slack: u64::MAX, paths: VecDeque::new(), next: 0 }
    }

    /// Counts a place, by its start and the length of the needle, in the cases in which it
    /// counts. Gives where the next place may start, once that is the same in all cases.
    pub(crate) fn place(&mut self, start: u64, len: u64) -> Option<u64> {
        if self.least_slack == 0
            && let Some(is_turn) = self.is_turn_of_one(start)
        {
            if is_turn {
                // Nothing but this, place after place, in a text that repeats itself.
                let first = &mut self.paths[self.next];
                first.count += 1;
                first.not_before = start + len;
                self.next = self.after_next();
            }
            return None;
        }
        self.paths.rotate_left(std::mem::take(&mut self.next));
        let mut path: Option<Path> = None;
        while let Some(first) = self.paths.pop_front_if(|first| first.not_before <= start) {
            match &mut path {
                None => path = Some(first),
                Some(path) => path.absorb(&first),
            }
        }
        // The first place of a case needs this much slack.
        let slack = self.start.saturating_sub(start);
        if slack < self.least_slack {
            self.least_slack = slack;
            let first = Path { not_before: 0, count: 0, cases: vec![(slack, 0)] };
            match &mut path {
                None => path = Some(first),
                Some(path) => path.absorb(&first),
            }
        }
        let mut path = path?;
        path.count += 1;
        path.not_before = start + len;
        self.paths.push_back(path);
        let is_decided = self.paths.len() == 1 && self.least_slack == 0;
        is_decided.then_some(start + len)
    }

    /// Whether it is the turn of one path to count a place that starts here, or of none;
    /// `None` if it is the turn of several.
    fn is_turn_of_one(&self, start: u64) -> Option<bool> {
        let is_turn = |nth: usize| self.paths.get(nth).map(|path| path.not_before <= start);
        if self.paths.len() < 2 || is_turn(self.after_next())? { None } else { is_turn(self.next) }
    }

    fn after_next(&self) -> usize {
        if self.next + 1 < self.paths.len() { self.next + 1 } else { 0 }
    }

    /// What was counted, and the slack left at the end of the range, for each slack before
    /// it. Once all cases were the same, the judge went on without them, up to
    /// `not_before`.
    pub(crate) fn steps(&self, not_before: Option<u64>, end: u64) -> Vec<Step> {
        let mut steps: Vec<_> = (0..self.least_slack)
            .map(|slack| Step { least_slack: slack, extra: 0, slack: end - self.start + slack })
            .collect();
        for path in &self.paths {
            let slack = end - not_before.unwrap_or(path.not_before).min(end);
            steps.extend(path.cases.iter().map(|(least_slack, more)| Step {
                least_slack: *least_slack,
                extra: path.count.saturating_add_signed(*more),
                slack,
            }));
        }
        steps.sort_unstable_by_key(|step| step.least_slack);
        steps
    }
}

impl Path {
    /// Absorbs the cases of another path, which go on as this one's do from now on.
    fn absorb(&mut self, other: &Self) {
        let more = other.count.cast_signed() - self.count.cast_signed();
        self.cases.extend(other.cases.iter().map(|(slack, offset)| (*slack, offset + more)));
    }
}
