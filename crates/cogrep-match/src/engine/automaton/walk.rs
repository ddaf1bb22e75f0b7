//! Walks through a text by an automaton.

use std::mem;
use std::ops::Range;
use std::sync::Arc;

use crate::engine::automaton::Automaton;
use crate::engine::automaton::machine::{BLOCK, State};
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::window::Window;

/// Where in the automaton the text has led, and what was counted so far.
#[derive(Debug)]
pub(in crate::engine) struct Walk {
    engine: Arc<Automaton>,
    state: State,
    /// How often each state was visited; empty until that is worth it.
    visits: Vec<u32>,
    /// Whether there are visits that are not added up yet.
    has_visits: bool,
    /// Bytes since they were, whether they made visits or not.
    walked_bytes: usize,
    /// Where needles end that are judged, as each lane came to them.
    judged: [Vec<(State, usize)>; LANES],
}

/// Parts of a text that are walked through side by side: each step has to wait for what
/// the last one loads, but not for those of the other lanes.
const LANES: usize = 4;

/// So much text is walked through before places are judged.
const STRETCH_BYTES: usize = 64 << 10;

/// Text after which no number of visits has run over.
const MOST_WALKED: usize = 1 << 31;

/// Adding up the visits of this many states costs about what it costs to look up what ends
/// at one byte.
const STATES_A_BYTE: usize = 4;

impl Walk {
    /// A walk from the start of a text.
    pub(in crate::engine) fn new(engine: Arc<Automaton>) -> Self {
        Self {
            engine,
            state: State::default(),
            visits: Vec::new(),
            has_visits: false,
            walked_bytes: 0,
            judged: Default::default(),
        }
    }

    /// Goes on after these bytes of a text.
    pub(in crate::engine) fn begin_after(&mut self, before: &[u8]) {
        self.state = self.engine.machine.led_to(State::default(), before);
    }

    /// Counts the places with these ends, which come next.
    pub(in crate::engine) fn count<O: Output>(
        &mut self,
        window: &Window<'_>,
        mut ends: Range<usize>,
        judge: &mut Judge<O>,
    ) {
        while !ends.is_empty() {
            let next = ends.end.min(ends.start + STRETCH_BYTES);
            self.stretch(window, ends.start..next, judge);
            ends.start = next;
        }
    }

    fn stretch<O: Output>(
        &mut self,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge<O>,
    ) {
        if O::REPORTS_HITS {
            self.look_up(window, ends, judge);
            return;
        }
        self.walked_bytes += ends.len();
        if self.walked_bytes > MOST_WALKED {
            self.settle(judge);
            self.walked_bytes = ends.len();
        }
        let states = self.engine.machine.states();
        if !self.has_visits && STATES_A_BYTE * self.walked_bytes < states {
            self.look_up(window, ends, judge);
            return;
        }
        self.visits.resize(states, 0);
        self.has_visits = true;
        self.visit(window, ends, judge);
    }

    /// Looks up at each byte what ends there.
    fn look_up<O: Output>(
        &mut self,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge<O>,
    ) {
        let Automaton { machine, all, .. } = &*self.engine;
        for (end, byte) in (ends.start + 1..).zip(&window.text[ends]) {
            self.state = machine.next(self.state, *byte);
            for slot in machine.ends(all, self.state) {
                if judge.may_add(slot) {
                    judge.add(slot, 1);
                } else {
                    judge.place(slot, window, end);
                }
            }
        }
    }

    /// Counts the visits of states, and looks up only which needles end that are judged, if
    /// there are any.
    fn visit<O: Output>(&mut self, window: &Window<'_>, ends: Range<usize>, judge: &mut Judge<O>) {
        let length = ends.len() / LANES / BLOCK * BLOCK;
        let mut ends = ends;
        // What a needle has before a lane is walked through twice.
        if length >= LANES * self.engine.longest {
            let next = ends.start + LANES * length;
            self.visit_in_lanes(&window.text[ends.start..next], ends.start);
            for (state, end) in self.judged.iter_mut().flat_map(|places| places.drain(..)) {
                self.engine.judge(state, window, end, judge);
            }
            ends.start = next;
        }
        let Self { engine, visits, state, .. } = self;
        for (end, byte) in (ends.start + 1..).zip(&window.text[ends]) {
            *state = engine.machine.next(*state, *byte);
            visits[state.number()] += 1;
            engine.judge(*state, window, end, judge);
        }
    }

    /// Counts the visits in a text that can be cut into lanes of whole blocks.
    fn visit_in_lanes(&mut self, text: &[u8], start: usize) {
        let Self { engine, visits, judged, .. } = self;
        let machine = &engine.machine;
        let length = text.len() / LANES;
        let state_at = |lane: usize| match lane {
            0 => self.state,
            _ => machine
                .led_to(State::default(), &text[lane * length + 1 - engine.longest..lane * length]),
        };
        let mut states: [State; LANES] = std::array::from_fn(state_at);
        let mut traces = [[State::default(); BLOCK]; LANES];
        let mut places = [(State::default(), 0); BLOCK];
        for from in (0..length).step_by(BLOCK) {
            let block =
                |lane: usize| text[lane * length + from..].first_chunk().expect("a whole block");
            machine.trace(&mut states, std::array::from_fn(block), &mut traces);
            for state in traces.as_flattened() {
                visits[state.number()] += 1;
            }
            if engine.judged.is_some() {
                for (lane, trace) in traces.iter().enumerate() {
                    let start = start + lane * length + from + 1;
                    // Whether needles end somewhere is hard to predict where text is dense.
                    let mut count = 0;
                    for (end, state) in (start..).zip(trace) {
                        places[count] = (*state, end);
                        count += state.mark();
                    }
                    judged[lane].extend_from_slice(&places[..count]);
                }
            }
        }
        self.state = states[LANES - 1];
    }

    /// Adds up what was counted by visits.
    pub(in crate::engine) fn settle<O: Output>(&mut self, judge: &mut Judge<O>) {
        self.walked_bytes = 0;
        if mem::take(&mut self.has_visits) {
            let machine = &self.engine.machine;
            machine.settle(&mut self.visits, |slot, count| {
                if judge.may_add(slot) {
                    judge.add(slot, count);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::engine::tests::reference::{counted, expected};
    use crate::scan::group::Group;
    use crate::scan::interface::Totals;
    use crate::{Matching, Tally, Unit};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn lanes_and_few_rows_count_as_the_chapter_does(
            text in vec(prop::sample::select(&b"abc"[..]), 0..3000),
            needles in btree_set(vec(prop::sample::select(&b"abc"[..]), 1..8), 1..20),
            unit in prop::sample::select(&[Unit::Occurrences, Unit::Overlapping, Unit::Lines][..]),
            row_bytes in 0_usize..4000,
            len in 200_usize..3000,
        ) {
            let matching = Matching { unit, ..Matching::default() };
            let needles: Vec<_> = needles.into_iter().map(Vec::into_boxed_slice).enumerate().collect();
            let expected = expected(&needles, matching, &[&text]);
            let group = Arc::new(Group::new(needles, matching));
            let engine = Arc::new(Automaton::with_rows(group, row_bytes).unwrap());
            prop_assert_eq!(counted(engine, &[&text], len), expected);
        }
    }

    #[test]
    fn visits_do_not_run_over() {
        let needles = [(0, b"ab"[..].into()), (1, b"b"[..].into())];
        let group = Arc::new(Group::new(needles, Matching::default()));
        let mut judge = Judge::<Totals>::new(Arc::clone(&group));
        let mut walk = Walk::new(Arc::new(Automaton::of(group).unwrap()));
        for _ in 0..3 {
            walk.count(&Window { text: b"abb", ends: 0..3, offset: 0 }, 0..3, &mut judge);
            walk.walked_bytes = MOST_WALKED;
        }
        assert_eq!(walk.visits.iter().sum::<u32>(), 3, "those before are added up");
        walk.settle(&mut judge);
        let mut tally = Tally::new();
        judge.take(&mut tally);
        assert_eq!((tally.count(0), tally.count(1)), (3, 6));
    }
}
