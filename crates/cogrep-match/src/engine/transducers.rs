//! Regular expressions in all lines, several in one pass, each as if it were alone.
//!
//! An expression of which nothing is known that is in each of its matches has to read the
//! whole text. Several of them [read it together](joint), as one machine that is made of
//! their [transducers](single), and it is for their [group](group) to choose which. Only
//! totals are counted like this; where places are reported, each expression is asked by
//! itself.

mod budget;
mod group;
mod joint;
mod single;

use crate::engine::regex::{LineRegex, States};
use crate::scan::interface::Output;
use crate::scan::lines::{Lines, Record};

pub(crate) use group::{Group, MACHINES_BYTES};

/// So many expressions have all that makes them fast, where each is asked by itself.
const MOST_READY: usize = 16;

/// Counts regular expressions; see the head of the module.
#[derive(Debug)]
pub(crate) struct Transducers {
    needles: Vec<usize>,
    regexes: Vec<LineRegex>,
    /// What machines may take, for each scanner.
    machines_bytes: usize,
}

impl Transducers {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "transducers";

    /// Makes ready to count expressions, each with its needle.
    pub(crate) fn new(regexes: Vec<(usize, LineRegex)>) -> Self {
        let (needles, regexes) = regexes.into_iter().unzip();
        Self { needles, regexes, machines_bytes: MACHINES_BYTES }
    }
}

/// The expressions on their way through texts.
pub(crate) struct Reading {
    /// What each needs where it is asked by itself.
    states: States,
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
        let count = self.regexes.len();
        let states = if count > MOST_READY { States::seldom(count) } else { States::new(count) };
        Reading { states, group: None }
    }

    fn find<O: Output>(&self, reading: &mut Reading, piece: &[u8], record: &mut Record<O>) {
        let Reading { states, group } = reading;
        let mut ask = |slot: usize, lines: &[u8], record: &mut Record<O>| {
            let regex = &self.regexes[slot];
            regex.record(states.get(slot), lines, 0..lines.len(), slot, record);
            states.settle(slot);
            if let Some(meter) = record.meter() {
                meter.asked(slot, lines.len());
            }
        };
        if O::REPORTS_HITS {
            (0..self.regexes.len()).for_each(|slot| ask(slot, piece, record));
            return;
        }
        let make = || Group::new(self.regexes.iter().enumerate(), self.machines_bytes);
        let group = group.get_or_insert_with(make);
        group.count(piece, record, ask);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::DEFAULT_LIMIT_BYTES;
    use crate::pattern::{Matching, Syntax};
    use crate::scan::interface::{Engine, Scan, Totals};
    use crate::scan::lines::LineEngine;
    use crate::tally::Tally;

    /// Numbers that look random.
    fn numbers(mut seed: u64) -> impl Iterator<Item = usize> {
        std::iter::repeat_with(move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::from(seed.to_be_bytes()[0])
        })
    }

    /// Expressions that have another state for each few letters that come before.
    fn expressions() -> Vec<String> {
        let mut numbers = numbers(7);
        let mut letters = |count| -> String {
            numbers
                .by_ref()
                .take(count)
                .map(|number| char::from(b"abcdefghijklmnopqrst"[number % 20]))
                .collect()
        };
        (0..60)
            .map(|nth| format!("[{}x][a-t ]{{{}}}[{}y]", letters(4), 2 + nth % 6, letters(3)))
            .collect()
    }

    fn text() -> Vec<u8> {
        let byte = |number: usize| b"abcdefghijklmnopqrst    \n"[number % 25];
        numbers(3).map(byte).take(300_000).collect()
    }

    fn scan(expressions: &[String], machines_bytes: usize) -> Vec<u64> {
        let distinct: Vec<Box<[u8]>> =
            expressions.iter().map(|expression| expression.as_bytes().into()).collect();
        let needles: Vec<_> = (0..distinct.len()).collect();
        let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
        let regexes =
            LineRegex::new_all(&needles, &distinct, matching, DEFAULT_LIMIT_BYTES).unwrap();
        let transducers = Transducers::new(regexes.into_iter().enumerate().collect());
        let engine = Arc::new(LineEngine(Transducers { machines_bytes, ..transducers }));
        let mut scan: Box<dyn Scan<Totals>> = engine.scan();
        for piece in text().split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>().chunks(500) {
            scan.feed(&piece.concat());
        }
        scan.end_text();
        let mut tally = Tally::new();
        scan.take(&mut tally);
        needles.iter().map(|needle| tally.count(*needle)).collect()
    }

    #[test]
    fn expressions_count_the_same_however_little_memory_there_is_for_machines() {
        let expressions = expressions();
        let expected = scan(&expressions, 0);
        assert!(expected.iter().all(|count| *count > 0));
        for bytes in [200_000, 1 << 20, 3 << 20, MACHINES_BYTES] {
            assert_eq!(scan(&expressions, bytes), expected, "{bytes} bytes");
        }
    }
}
