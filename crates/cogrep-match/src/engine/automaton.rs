//! Many literals in one pass, by the automaton of Aho and Corasick.
//!
//! Each byte of text is one step of the [machine], whatever the number of
//! needles. The state remembers the text across pieces, so no byte is kept unless the
//! neighbours of a place matter.
//!
//! Only totals are asked for. So of needles each of whose places counts, a
//! [walk] does not look up what ends where it is: it counts how often each state
//! was visited, and adds up at the end.

mod machine;
mod walk;

use std::sync::Arc;

use crate::pattern::PatternError;
use crate::scan::group::Group;
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::literal::{Find, Literals};
use crate::scan::window::Window;

use machine::{Longest, Machine, State};

pub(super) use walk::Walk;

/// The memory that rows may take: twice the last cache of one machine, since of most rows
/// only the first line is used. States beyond are the deepest, and rarely visited.
const MOST_ROW_BYTES: usize = 64 << 20;

/// Counts literals in one pass; see the head of the module.
#[derive(Debug)]
pub(crate) struct Automaton {
    group: Arc<Group>,
    machine: Machine,
    all: Longest,
    /// The needles that are judged, if there are any.
    judged: Option<Longest>,
    /// The length of the longest needle.
    longest: usize,
}

impl Automaton {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "automaton";

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When the needles are more than the automaton can number.
    pub(crate) fn new(group: Group) -> Result<Self, PatternError> {
        Self::of(Arc::new(group))
    }

    /// Makes ready to count the needles of a group that others count as well.
    pub(super) fn of(group: Arc<Group>) -> Result<Self, PatternError> {
        Self::with_rows(group, MOST_ROW_BYTES)
    }

    fn with_rows(group: Arc<Group>, most_row_bytes: usize) -> Result<Self, PatternError> {
        let is_judged = |slot: usize| !group.each_counts(slot);
        let Some(machine) = Machine::new(group.bytes(), group.case(), is_judged, most_row_bytes)
        else {
            let reason = "has more states than it can number".into();
            return Err(PatternError::Engine { engine: Self::NAME, reason });
        };
        let all = machine.longest(|_| true);
        let is_any_judged = (0..group.bytes().len()).any(is_judged);
        let judged = is_any_judged.then(|| machine.longest(is_judged));
        let longest = group.longest();
        Ok(Self { group, machine, all, judged, longest })
    }

    /// About how many nanoseconds a byte of text takes, wherever needles of this many bytes
    /// end: the more states, the fewer are in the caches. Measured on one machine.
    pub(super) fn cost(needle_bytes: usize) -> usize {
        (2 + needle_bytes / 10_000).min(8)
    }

    /// Has the needles judged that end there, where the automaton is in this state.
    fn judge<O: Output>(
        &self,
        state: State,
        window: &Window<'_>,
        end: usize,
        judge: &mut Judge<O>,
    ) {
        let judged = self.judged.iter().flat_map(|judged| self.machine.ends(judged, state));
        judged.for_each(|slot| _ = judge.place(slot, window, end));
    }
}

impl Literals for Automaton {
    const NAME: &'static str = Self::NAME;
    const LOWERS_ASCII: bool = true;
    const REMEMBERS: bool = true;

    fn group(&self) -> &Arc<Group> {
        &self.group
    }

    fn find(self: Arc<Self>) -> impl Find + 'static {
        Walk::new(self)
    }
}

impl Find for Walk {
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        self.count(window, window.ends.clone(), judge);
    }

    fn begin_range(&mut self, before: &[u8]) {
        self.begin_after(before);
    }

    fn flush<O: Output>(&mut self, judge: &mut Judge<O>) {
        self.settle(judge);
    }

    fn end_text(&mut self) {
        self.begin_after(&[]);
    }
}
