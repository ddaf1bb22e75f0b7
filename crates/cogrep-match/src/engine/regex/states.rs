//! What expressions need while they search, of which there may be a thousand.

use super::expression::State;

/// The memory that all of them may take. They hold states of lazy automata, which are made as
/// the text asks for them.
const MOST_BYTES: usize = 128 << 20;

/// The states of expressions, by number.
#[derive(Debug)]
pub(crate) struct States {
    states: Vec<Option<State>>,
    /// What each takes, as far as is known.
    bytes: Vec<usize>,
    all_bytes: usize,
    /// Whether they are asked in a few lines now and then.
    are_seldom: bool,
}

impl States {
    /// For this many expressions that are asked for much of the text.
    pub(crate) fn new(count: usize) -> Self {
        let states = (0..count).map(|_| None).collect();
        Self { states, bytes: vec![0; count], all_bytes: 0, are_seldom: false }
    }

    /// For this many expressions that are asked in a few lines now and then.
    pub(crate) fn seldom(count: usize) -> Self {
        Self { are_seldom: true, ..Self::new(count) }
    }

    /// What an expression needs.
    pub(crate) fn get(&mut self, number: usize) -> &mut State {
        let new = || if self.are_seldom { State::seldom() } else { State::default() };
        self.states[number].get_or_insert_with(new)
    }

    /// Looks how much memory an expression takes that was asked, and forgets what all have
    /// learnt of the text if that is too much: they learn it again.
    pub(crate) fn settle(&mut self, number: usize) {
        let bytes = self.states[number].as_ref().map_or(0, State::bytes);
        let before = std::mem::replace(&mut self.bytes[number], bytes);
        self.all_bytes = self.all_bytes - before + bytes;
        if self.all_bytes > MOST_BYTES {
            self.states.fill_with(|| None);
            self.bytes.fill(0);
            self.all_bytes = 0;
        }
    }
}
