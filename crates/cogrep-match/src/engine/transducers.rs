//! Regular expressions in all lines, several in one pass, each as if it were alone.
//!
//! An expression of which nothing is known that is in each of its matches has to read the
//! whole text. Several of them [read it together](joint), as one machine that is made of
//! their [transducers](single), and it is for their [group](group) to choose which. Only
//! totals are counted like this; where places are reported, each expression is asked by
//! itself.

mod group;
mod joint;
mod single;

use crate::engine::regex::{LineRegex, State};
use crate::scan::interface::Output;
use crate::scan::lines::{Lines, Record};

pub(crate) use group::Group;

/// Counts regular expressions; see the head of the module.
#[derive(Debug)]
pub(crate) struct Transducers {
    needles: Vec<usize>,
    regexes: Vec<LineRegex>,
}

impl Transducers {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "transducers";

    /// Makes ready to count expressions, each with its needle.
    pub(crate) fn new(regexes: Vec<(usize, LineRegex)>) -> Self {
        let (needles, regexes) = regexes.into_iter().unzip();
        Self { needles, regexes }
    }
}

/// The expressions on their way through texts.
pub(crate) struct Reading {
    /// What each needs where it is asked by itself.
    states: Vec<State>,
    /// Made when totals are first asked for.
    group: Option<Group>,
}

impl Lines for Transducers {
    const NAME: &'static str = Self::NAME;

    type State = Reading;

    fn explain(&self, _slot: usize) -> String {
        "in all lines, with others in one pass".into()
    }

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn begin(&self) -> Reading {
        Reading { states: self.regexes.iter().map(|_| State::default()).collect(), group: None }
    }

    fn find<O: Output>(&self, reading: &mut Reading, piece: &[u8], record: &mut Record<O>) {
        let Reading { states, group } = reading;
        let mut ask = |slot: usize, lines: &[u8], record: &mut Record<O>| {
            self.regexes[slot].record(&mut states[slot], lines, 0..lines.len(), slot, record);
            if let Some(meter) = record.meter() {
                meter.asked(slot, lines.len());
            }
        };
        if O::REPORTS_HITS {
            (0..self.regexes.len()).for_each(|slot| ask(slot, piece, record));
            return;
        }
        let group = group.get_or_insert_with(|| Group::new(self.regexes.iter().enumerate()));
        group.count(piece, record, ask);
    }
}
