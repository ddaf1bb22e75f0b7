//! Many regular expressions, each exact and alone, of which most lines have none.
//!
//! Of many expressions it is known with what bytes each of their matches begins, or ends.
//! One search for all those literals tells which expressions may match in a line at all,
//! and only these are given it. The expressions for which nothing is known are counted by
//! [`Regex`](super::Regex).
//!
//! The literals are those of the `regex` crate's own extractor, which uses them in the
//! same way, but for one expression at a time.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::{memchr, memrchr};
use regex_automata::meta::Cache;

use crate::Tally;
use crate::engine::regex::LineRegex;
use crate::engine::window::Context;
use crate::engine::{Engine, Scan};
use crate::pattern::PatternError;
use crate::text::line::without_ending;

/// Up to so many bytes of literals the transitions of the automaton are spelt out.
const SMALL_BYTES: usize = 1 << 16;

/// Counts regular expressions in the lines that have a literal of theirs; see the head of
/// the module.
#[derive(Debug)]
pub struct RegexSet {
    needles: Vec<usize>,
    regexes: Vec<LineRegex>,
    literals: AhoCorasick,
    /// The expression of each literal.
    owners: Vec<usize>,
}

impl RegexSet {
    /// The name of the engine.
    pub const NAME: &'static str = "regexes";

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

impl Engine for RegexSet {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn needs_whole_lines(&self) -> bool {
        true
    }

    fn context(&self) -> Context {
        // Lines do not depend on each other.
        Context::default()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan> {
        Box::new(Lines {
            caches: self.regexes.iter().map(LineRegex::create_cache).collect(),
            counts: vec![0; self.regexes.len()],
            may_match: vec![false; self.regexes.len()],
            wanted: Vec::new(),
            engine: self,
        })
    }
}

#[derive(Debug)]
struct Lines {
    engine: Arc<RegexSet>,
    caches: Vec<Cache>,
    counts: Vec<u64>,
    /// Which expressions the line may match, and their numbers.
    may_match: Vec<bool>,
    wanted: Vec<usize>,
}

impl Scan for Lines {
    fn feed(&mut self, piece: &[u8]) {
        let engine = Arc::clone(&self.engine);
        // The line in which literals were found last.
        let (mut start, mut end) = (0, 0);
        for found in engine.literals.find_overlapping_iter(piece) {
            // No literal has a line feed, so lines come in order.
            if found.start() >= end {
                self.count(&piece[start..end]);
                start = memrchr(b'\n', &piece[end..found.start()]).map_or(end, |at| end + at + 1);
                let rest = &piece[found.end()..];
                end = memchr(b'\n', rest).map_or(piece.len(), |at| found.end() + at + 1);
            }
            let owner = engine.owners[found.pattern().as_usize()];
            if !std::mem::replace(&mut self.may_match[owner], true) {
                self.wanted.push(owner);
            }
        }
        self.count(&piece[start..end]);
    }

    fn end_text(&mut self) {}

    fn begin_part(&mut self, _before: &[u8]) {}

    fn end_part(&mut self, _behind: &[u8]) {}

    fn take(&mut self, tally: &mut Tally) {
        for (needle, count) in self.engine.needles.iter().zip(&mut self.counts) {
            tally.add(*needle, std::mem::take(count));
        }
    }
}

impl Lines {
    /// Counts the expressions that the line may match.
    fn count(&mut self, line: &[u8]) {
        for number in self.wanted.drain(..) {
            self.may_match[number] = false;
            let regex = &self.engine.regexes[number];
            self.counts[number] += regex.count(&mut self.caches[number], without_ending(line));
        }
    }
}
