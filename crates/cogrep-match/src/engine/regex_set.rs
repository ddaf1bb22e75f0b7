//! Many regular expressions, each exact and alone, of which most lines have none.
//!
//! Of many expressions it is known with what bytes each of their matches begins, or ends.
//! One search for all those literals tells which expressions may match in a line at all,
//! and only these are given it. The expressions for which nothing is known are counted by
//! [`Regex`](super::Regex).
//!
//! The literals are those of the `regex` crate's own extractor, which uses them in the
//! same way, but for one expression at a time.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::{memchr, memrchr};
use regex_automata::meta::Cache;

use crate::engine::regex::LineRegex;
use crate::pattern::PatternError;
use crate::scan::interface::Output;
use crate::scan::lines::{Lines, Record};

/// Up to so many bytes of literals the transitions of the automaton are spelt out.
const SMALL_BYTES: usize = 1 << 16;

/// Counts regular expressions in the lines that have a literal of theirs; see the head of
/// the module.
#[derive(Debug)]
pub(crate) struct RegexSet {
    needles: Vec<usize>,
    regexes: Vec<LineRegex>,
    literals: AhoCorasick,
    /// The expression of each literal.
    owners: Vec<usize>,
}

impl RegexSet {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "regexes";

    /// Makes ready to count expressions, each with its needle.
    ///
    /// # Errors
    ///
    /// When the literals are more than an automaton can number, or an expression has
    /// [none](LineRegex::literals).
    pub(crate) fn new(regexes: Vec<(usize, LineRegex)>) -> Result<Self, PatternError> {
        let refused = |reason: String| PatternError::Engine { engine: Self::NAME, reason };
        let (needles, regexes): (Vec<_>, Vec<_>) = regexes.into_iter().unzip();
        let (mut owners, mut all) = (Vec::new(), Vec::new());
        for (number, regex) in regexes.iter().enumerate() {
            let literals = regex.literals();
            if literals.is_empty() {
                return Err(refused("counts expressions with known literals".into()));
            }
            owners.resize(owners.len() + literals.len(), number);
            all.extend(literals);
        }
        let is_small = all.iter().map(|literal| literal.len()).sum::<usize>() <= SMALL_BYTES;
        let literals = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(is_small.then_some(AhoCorasickKind::DFA))
            .build(all)
            .map_err(|error| refused(format!("cannot be built: {error}")))?;
        Ok(Self { needles, regexes, literals, owners })
    }
}

impl Lines for RegexSet {
    const NAME: &'static str = Self::NAME;

    type State = Found;

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn begin(&self) -> Found {
        Found {
            caches: self.regexes.iter().map(LineRegex::create_cache).collect(),
            may_match: vec![false; self.regexes.len()],
            asked: Vec::new(),
        }
    }

    fn find<O: Output>(&self, found: &mut Found, piece: &[u8], record: &mut Record<O>) {
        // The line in which literals were found last.
        let mut line = 0..0;
        for literal in self.literals.find_overlapping_iter(piece) {
            // No literal has a line feed, so lines come in order.
            if literal.start() >= line.end {
                self.ask(found, piece, line.clone(), record);
                let before = &piece[line.end..literal.start()];
                let start = memrchr(b'\n', before).map_or(line.end, |at| line.end + at + 1);
                let rest = &piece[literal.end()..];
                let end = memchr(b'\n', rest).map_or(piece.len(), |at| literal.end() + at + 1);
                line = start..end;
            }
            let owner = self.owners[literal.pattern().as_usize()];
            if !std::mem::replace(&mut found.may_match[owner], true) {
                found.asked.push(owner);
            }
        }
        self.ask(found, piece, line, record);
    }
}

impl RegexSet {
    /// Records what the expressions match that may match in this line.
    fn ask<O: Output>(
        &self,
        found: &mut Found,
        piece: &[u8],
        line: Range<usize>,
        record: &mut Record<O>,
    ) {
        for number in found.asked.drain(..) {
            found.may_match[number] = false;
            let cache = &mut found.caches[number];
            self.regexes[number].record(cache, piece, line.clone(), number, record);
        }
    }
}

/// The expressions that may match in a line.
#[derive(Debug)]
pub(crate) struct Found {
    caches: Vec<Cache>,
    may_match: Vec<bool>,
    /// The numbers of those that may.
    asked: Vec<usize>,
}
