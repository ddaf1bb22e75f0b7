//! One expression as a transducer: a machine that reads byte after byte and says after each
//! how many more matches it has become sure of.
//!
//! A search of the `regex` crate goes on behind the match that it found last, and what it
//! found is only known when no longer match can come; it then begins again at a byte that
//! it has read before. Here nothing is read twice. As soon as there is a match, the search
//! that may have to begin behind it runs along, and has a match itself, perhaps, and so on:
//! a state is all of these searches. If a search finds a longer match, those behind the
//! shorter one are forgotten; if it cannot any more, its match counts.
//!
//! A carriage return is read with the byte behind it, since before a line feed it is none of
//! the line.
//!
//! The states of a search are those of the lazy automaton of `regex-automata`. All are made
//! when the text first asks for them.

use std::collections::HashMap;

use regex_automata::Anchored;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::start;

use super::budget::Budget;
use crate::engine::regex::{Counted, Transduced};

/// An expression needs more states than are worthwhile, or it cannot be done like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

/// The states that are kept of an expression, at the most.
const MOST_STATES: usize = 4096;

/// Searches that run along, at the most.
const MOST_SEARCHES: usize = 8;

/// What a search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Found {
    Nothing,
    Empty,
    Match,
}

/// A search for the next match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Search {
    state: LazyStateID,
    found: Found,
    /// Whether it has read nothing yet, if that is asked: a match is empty then.
    is_fresh: bool,
}

/// A state: searches, of which each but the first begins where the match of the one before
/// it ends, and all but the last have found one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    searches: Vec<Search>,
    /// Where a search would begin that begins here: it depends on the byte before.
    begin: LazyStateID,
    /// Whether there is a carriage return that is not read yet: it is not, before a line
    /// feed.
    has_return: bool,
}

/// One step: the number of the next state, and how many matches are certain now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) state: u32,
    pub(super) count: u8,
}

/// An expression as a transducer.
#[derive(Debug)]
pub(super) struct Single {
    counted: Counted,
    dfa: DFA,
    cache: Cache,
    /// Where a search begins behind each byte.
    begins: Box<[LazyStateID]>,
    /// The kind of each byte.
    kinds: Box<[u8]>,
    kind_count: usize,
    states: Vec<State>,
    numbers: HashMap<State, u32>,
    /// By state and kind of byte.
    steps: Vec<Option<Step>>,
    /// The searches of all states.
    search_count: usize,
    /// What was taken of the budget.
    taken_bytes: usize,
}

impl Single {
    /// The state at the start of a line.
    pub(super) const LINE_START: u32 = 0;

    /// Makes an expression for lines ready, which never matches a line feed.
    pub(super) fn new(of: &Transduced<'_>, budget: &mut Budget) -> Result<Self, TooMuch> {
        let counted = of.counted;
        let dfa = of.automaton().ok_or(TooMuch)?.clone();
        let mut cache = dfa.create_cache();
        let mut begin = |byte: u8| {
            let config = start::Config::new().anchored(Anchored::No).look_behind(Some(byte));
            dfa.start_state(&mut cache, &config)
        };
        let line_start = begin(b'\n').map_err(|_| TooMuch)?;
        // Behind a byte that it cannot read, a search never begins.
        let begins: Box<[_]> =
            (0..=u8::MAX).map(|byte| begin(byte).unwrap_or(line_start)).collect();
        let mut known = HashMap::new();
        let kinds = (0..=u8::MAX).map(|byte| {
            let kind = (dfa.byte_classes().get(byte), begins[usize::from(byte)], line_ending(byte));
            let next = known.len();
            u8::try_from(*known.entry(kind).or_insert(next)).unwrap_or(u8::MAX)
        });
        let kinds = kinds.collect();
        let mut single = Self {
            counted,
            kind_count: known.len(),
            kinds,
            begins,
            cache,
            dfa,
            states: Vec::new(),
            numbers: HashMap::new(),
            steps: Vec::new(),
            search_count: 0,
            taken_bytes: 0,
        };
        let is_fresh = counted != Counted::Matches;
        let search = Search { state: line_start, found: Found::Nothing, is_fresh };
        let first = single.number(State {
            searches: vec![search],
            begin: line_start,
            has_return: false,
        })?;
        debug_assert_eq!(first, Self::LINE_START);
        single.charge(budget)?;
        Ok(single)
    }

    /// The kind of a byte: those of one kind are the same to it.
    pub(super) fn kind(&self, byte: u8) -> u8 {
        self.kinds[usize::from(byte)]
    }

    /// How many kinds of bytes there are.
    pub(super) fn kind_count(&self) -> usize {
        self.kind_count
    }

    /// Gives its memory back to the budget; to be called before it is dropped.
    pub(super) fn give_back(&mut self, budget: &mut Budget) {
        budget.give_back(std::mem::take(&mut self.taken_bytes));
    }

    /// Takes of the budget what it has grown by.
    fn charge(&mut self, budget: &mut Budget) -> Result<(), TooMuch> {
        let of_states = self.states.capacity() * size_of::<State>()
            + self.numbers.capacity() * size_of::<(State, u32)>()
            // Each state is known twice.
            + 2 * self.search_count * size_of::<Search>();
        let of_steps = self.steps.capacity() * size_of::<Option<Step>>();
        let bytes = self.cache.memory_usage() + of_states + of_steps;
        let more = bytes.saturating_sub(self.taken_bytes);
        if !budget.take(more) {
            return Err(TooMuch);
        }
        self.taken_bytes += more;
        Ok(())
    }

    /// Reads a byte. What it learns takes memory, which is taken of the budget.
    pub(super) fn step(
        &mut self,
        state: u32,
        byte: u8,
        budget: &mut Budget,
    ) -> Result<Step, TooMuch> {
        let index = state as usize * self.kind_count + usize::from(self.kind(byte));
        if let Some(step) = self.steps[index] {
            return Ok(step);
        }
        let mut before = self.states[state as usize].clone();
        let mut count = 0;
        if std::mem::take(&mut before.has_return) && byte != b'\n' {
            (before, count) = self.read(&before, b'\r')?;
        }
        let (state, more) = match byte {
            b'\r' => (self.number(State { has_return: true, ..before })?, 0),
            b'\n' => (Self::LINE_START, self.read(&before, byte)?.1),
            _ => {
                let (after, more) = self.read(&before, byte)?;
                (self.number(after)?, more)
            }
        };
        let step = Step { state, count: u8::try_from(count + more).map_err(|_| TooMuch)? };
        self.steps[index] = Some(step);
        self.charge(budget)?;
        Ok(step)
    }

    /// The state after a byte that is read, and how many matches are certain.
    fn read(&mut self, before: &State, byte: u8) -> Result<(State, usize), TooMuch> {
        let (searches, count) = match self.counted {
            Counted::Lines => self.look(before, byte)?,
            Counted::Matches | Counted::NotEmpty | Counted::First => self.search(before, byte)?,
        };
        let begin = self.begins[usize::from(byte)];
        Ok((State { searches, begin, has_return: false }, count))
    }

    fn number(&mut self, state: State) -> Result<u32, TooMuch> {
        if let Some(number) = self.numbers.get(&state) {
            return Ok(*number);
        }
        if self.states.len() == MOST_STATES {
            return Err(TooMuch);
        }
        let number = u32::try_from(self.states.len()).map_err(|_| TooMuch)?;
        self.search_count += state.searches.len();
        self.states.push(state.clone());
        self.numbers.insert(state, number);
        self.steps.resize(self.steps.len() + self.kind_count, None);
        Ok(number)
    }

    fn next(&mut self, state: LazyStateID, byte: u8) -> Result<LazyStateID, TooMuch> {
        let next = self.dfa.next_state(&mut self.cache, state, byte).map_err(|_| TooMuch)?;
        if next.is_quit() { Err(TooMuch) } else { Ok(next) }
    }

    /// Where lines are counted: after the first match nothing is searched for any more.
    fn look(&mut self, before: &State, byte: u8) -> Result<(Vec<Search>, usize), TooMuch> {
        let [search] = before.searches[..] else { return Ok((Vec::new(), 0)) };
        let state = self.next(search.state, byte)?;
        if state.is_match() {
            return Ok((Vec::new(), 1));
        }
        Ok((vec![Search { state, found: Found::Nothing, is_fresh: false }], 0))
    }

    /// The searches after this byte, and how many matches are certain.
    fn search(&mut self, before: &State, byte: u8) -> Result<(Vec<Search>, usize), TooMuch> {
        let mut searches = Vec::with_capacity(before.searches.len() + 1);
        for search_before in &before.searches {
            let state = self.next(search_before.state, byte)?;
            let mut search = Search { state, is_fresh: false, ..*search_before };
            // The automaton says one byte late that there is a match: it ends before the byte.
            if !state.is_match() {
                searches.push(search);
                continue;
            }
            let is_empty = search_before.is_fresh && self.counted != Counted::Matches;
            search.found = if is_empty { Found::Empty } else { Found::Match };
            searches.push(search);
            if self.counted == Counted::First {
                break;
            }
            if !is_empty {
                let state = self.next(before.begin, byte)?;
                let is_empty = state.is_match();
                debug_assert!(!is_empty || self.counted == Counted::NotEmpty);
                let found = if is_empty { Found::Empty } else { Found::Nothing };
                searches.push(Search { state, found, is_fresh: false });
            }
            if searches.last().is_some_and(|last| last.found == Found::Empty) {
                // Past an empty match the search goes on one character later.
                let state = self.begins[usize::from(byte)];
                searches.push(Search { state, found: Found::Nothing, is_fresh: true });
            }
            break;
        }
        let is_over = |search: &Search| {
            search.found != Found::Nothing && (byte == b'\n' || search.state.is_dead())
        };
        let over = searches.iter().take_while(|search| is_over(search)).count();
        let counts = searches.drain(..over).filter(|search| search.found == Found::Match).count();
        // An empty match that is all of its search is nothing, whatever comes before it.
        searches.retain(|search| search.found != Found::Empty || !search.state.is_dead());
        if searches.len() > MOST_SEARCHES {
            return Err(TooMuch);
        }
        Ok((searches, counts))
    }
}

/// Which part of a line ending it may be.
fn line_ending(byte: u8) -> Option<u8> {
    matches!(byte, b'\r' | b'\n').then_some(byte)
}
