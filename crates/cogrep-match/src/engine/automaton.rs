//! Many literals in one pass, by the automaton of Aho and Corasick.
//!
//! Each byte of text is one step of the automaton, whatever the number of needles;
//! all needles that end there are found (*Efficient string matching: an aid to
//! bibliographic search*, 1975). The state remembers the text across pieces, so no
//! byte is kept unless the neighbours of a place matter.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::automaton::{Automaton as Machine, StateID};
use aho_corasick::{Anchored, MatchKind, StartKind, dfa, nfa::contiguous};

use crate::engine::course::{Course, Find};
use crate::engine::judge::{Group, Judge};
use crate::engine::kernel::Case;
use crate::engine::window::{Context, Window};
use crate::engine::{Engine, Scan};
use crate::pattern::PatternError;

/// Up to so many bytes of needles the transitions are spelt out. Beyond that the
/// table would need much memory for what it saves.
const SMALL_BYTES: usize = 1 << 16;

/// Counts literals in one pass; see the head of the module.
#[derive(Debug)]
pub struct Automaton {
    group: Arc<Group>,
    table: Table,
    start: StateID,
}

#[derive(Debug)]
enum Table {
    /// Every transition spelt out: the faster.
    Full(dfa::DFA),
    /// Transitions by way of failure links: the smaller.
    Compact(contiguous::NFA),
}

impl Automaton {
    /// The name of the engine.
    pub const NAME: &'static str = "automaton";

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When the needles are more than the automaton can number.
    pub fn new(group: Group) -> Result<Self, PatternError> {
        Self::of(Arc::new(group))
    }

    /// Makes ready to count the needles of a group that others count as well.
    pub(super) fn of(group: Arc<Group>) -> Result<Self, PatternError> {
        let bytes = group.bytes().iter().map(|bytes| bytes.len()).sum::<usize>();
        let ignores_case = group.case() == Case::Ignored;
        let built = if bytes <= SMALL_BYTES {
            dfa::Builder::new()
                .match_kind(MatchKind::Standard)
                .start_kind(StartKind::Unanchored)
                .ascii_case_insensitive(ignores_case)
                .prefilter(false)
                .build(group.bytes())
                .map(Table::Full)
        } else {
            contiguous::Builder::new()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(ignores_case)
                .prefilter(false)
                .build(group.bytes())
                .map(Table::Compact)
        };
        let refused = |reason: String| PatternError::Engine { engine: Self::NAME, reason };
        let table = built.map_err(|error| refused(format!("cannot be built: {error}")))?;
        let start = match &table {
            Table::Full(machine) => machine.start_state(Anchored::No),
            Table::Compact(machine) => machine.start_state(Anchored::No),
        };
        let start = start.map_err(|error| refused(format!("cannot be started: {error}")))?;
        Ok(Self { group, table, start })
    }
}

impl Automaton {
    /// Counts the places with these ends, as an engine that remembers nothing: the
    /// text is looked at from this index on, before which none of them begins.
    pub(super) fn count_stretch(
        &self,
        window: &Window<'_>,
        from: usize,
        ends: Range<usize>,
        judge: &mut Judge,
    ) {
        self.walk(self.start, window, from, ends, judge);
    }

    /// Walks from this state and index on, and has the places with these ends judged;
    /// gives the last state.
    fn walk(
        &self,
        state: StateID,
        window: &Window<'_>,
        from: usize,
        ends: Range<usize>,
        judge: &mut Judge,
    ) -> StateID {
        match &self.table {
            Table::Full(machine) => walk(machine, state, &self.group, window, from, ends, judge),
            Table::Compact(machine) => walk(machine, state, &self.group, window, from, ends, judge),
        }
    }
}

impl Engine for Automaton {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn needles(&self) -> &[usize] {
        self.group.needles()
    }

    fn lowers_ascii(&self) -> bool {
        true
    }

    fn context(&self) -> Context {
        self.group.context()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan> {
        let group = Arc::clone(&self.group);
        let context = group.context_with_memory();
        let state = self.start;
        Box::new(Course::new(group, context, Walk { engine: self, state }))
    }
}

/// Where in the automaton the text has led.
#[derive(Debug)]
struct Walk {
    engine: Arc<Automaton>,
    state: StateID,
}

impl Find for Walk {
    fn find(&mut self, window: &Window<'_>, judge: &mut Judge) {
        let ends = window.ends.clone();
        self.state = self.engine.walk(self.state, window, ends.start, ends, judge);
    }

    fn begin_part(&mut self, before: &[u8]) {
        self.state = match &self.engine.table {
            Table::Full(machine) => led_to(machine, self.engine.start, before),
            Table::Compact(machine) => led_to(machine, self.engine.start, before),
        };
    }

    fn end_text(&mut self) {
        self.state = self.engine.start;
    }
}

/// The state that these bytes lead to.
fn led_to(machine: &impl Machine, start: StateID, text: &[u8]) -> StateID {
    text.iter().fold(start, |state, byte| machine.next_state(Anchored::No, state, *byte))
}

fn walk(
    machine: &impl Machine,
    mut state: StateID,
    group: &Group,
    window: &Window<'_>,
    from: usize,
    ends: Range<usize>,
    judge: &mut Judge,
) -> StateID {
    for (at, byte) in window.text[..ends.end].iter().enumerate().skip(from) {
        state = machine.next_state(Anchored::No, state, *byte);
        if machine.is_special(state) && machine.is_match(state) && at >= ends.start {
            for index in 0..machine.match_len(state) {
                let slot = machine.match_pattern(state, index).as_usize();
                if group.each_counts(slot) {
                    judge.add(slot, 1);
                } else {
                    judge.place(slot, window, at + 1);
                }
            }
        }
    }
    state
}
