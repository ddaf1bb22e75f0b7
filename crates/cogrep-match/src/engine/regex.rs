//! One regular expression, in each line.

mod edges;
mod ends;
mod expression;
mod filter;
mod language;
mod lazy;
mod literal;
mod need;
mod required;
mod rewrite;
mod shape;
mod starts;
mod states;
mod transduced;
mod words;

use crate::scan::interface::Output;
use crate::scan::lines::{Lines, Record};

pub(crate) use expression::{DEFAULT_LIMIT_BYTES, LineRegex, State, wrapped};
pub(crate) use filter::Filter;
pub(crate) use literal::Literal;
pub(crate) use required::Run;
pub(crate) use states::States;
pub(crate) use transduced::{Counted, Transduced};

/// Counts one regular expression; see the head of the module.
#[derive(Debug)]
pub(crate) struct Regex {
    needles: [usize; 1],
    regex: LineRegex,
}

impl Regex {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "regex";

    /// Makes ready to count an expression, the needle of this index.
    pub(crate) fn new(needle: usize, regex: LineRegex) -> Self {
        Self { needles: [needle], regex }
    }
}

impl Lines for Regex {
    const NAME: &'static str = Self::NAME;

    type State = State;

    fn explain(&self, _slot: usize) -> String {
        "in all lines".into()
    }

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn begin(&self) -> State {
        State::default()
    }

    fn find<O: Output>(&self, state: &mut State, text: &[u8], record: &mut Record<O>) {
        self.regex.record(state, text, 0..text.len(), 0, record);
        if let Some(meter) = record.meter() {
            meter.asked(0, text.len());
        }
    }
}
