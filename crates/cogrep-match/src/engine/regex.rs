//! One regular expression, line by line.
//!
//! The matcher is that of the `regex` crate, below its front: an expression is wrapped
//! for `-w` and `-x` as a tree, not as text, so that nothing in it (a comment, a flag)
//! can reach its wrapping.

use std::ops::Range;

use memchr::memchr;
use regex_automata::Input;
use regex_automata::meta::{self, Cache};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, Look};

use crate::pattern::{self, Matching, PatternError, Unit};
use crate::scan::interface::Output;
use crate::scan::lines::{Lines, Record};
use crate::text::line::without_ending;
use crate::text::utf8;

/// The memory an expression may take, as in the `regex` crate.
const LIMIT_BYTES: usize = 10 << 20;

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

    type State = Cache;

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn begin(&self) -> Cache {
        self.regex.create_cache()
    }

    fn find<O: Output>(&self, cache: &mut Cache, piece: &[u8], record: &mut Record<O>) {
        let mut start = 0;
        while start < piece.len() {
            let end = memchr(b'\n', &piece[start..]).map_or(piece.len(), |at| start + at + 1);
            self.regex.record(cache, piece, start..end, 0, record);
            start = end;
        }
    }
}

/// A regular expression as it is meant for lines.
#[derive(Clone, Debug)]
pub(crate) struct LineRegex {
    regex: meta::Regex,
    /// Whether a line counts once, whatever is found in it.
    counts_lines: bool,
    /// One of these stands in every line with a match; none, if that is not known.
    literals: Vec<Vec<u8>>,
}

/// Shorter literals are in most lines, and no help.
const SHORTEST_LITERAL: usize = 3;

/// What every match begins with, or ends with, if one of these can be said.
fn literals(hir: &Hir) -> Vec<Vec<u8>> {
    let of_kind = |kind| -> Option<Vec<Vec<u8>>> {
        let sequence = Extractor::new().kind(kind).extract(hir);
        let literals = sequence.literals()?.iter().map(|literal| literal.as_bytes().to_vec());
        let mut literals: Vec<_> = literals.collect();
        literals.sort_unstable();
        literals.dedup();
        let suit =
            |literal: &Vec<u8>| literal.len() >= SHORTEST_LITERAL && !literal.contains(&b'\n');
        literals.iter().all(suit).then_some(literals)
    };
    let shortest = |literals: &Vec<Vec<u8>>| literals.iter().map(Vec::len).min();
    let kinds = [ExtractKind::Prefix, ExtractKind::Suffix];
    kinds.into_iter().filter_map(of_kind).max_by_key(shortest).unwrap_or_default()
}

impl LineRegex {
    /// Compiles distinct expressions, given the one of each pattern.
    pub(crate) fn compile(
        needles: &[usize],
        distinct: &[Box<[u8]>],
        matching: Matching,
    ) -> Result<Vec<Self>, PatternError> {
        // An error names the first of the patterns that are equal.
        let mut first = vec![0; distinct.len()];
        for (index, needle) in needles.iter().enumerate().rev() {
            first[*needle] = index;
        }
        let bytes = distinct.iter().map(AsRef::as_ref);
        bytes.zip(first).map(|(bytes, index)| Self::new(index, bytes, matching)).collect()
    }

    /// Compiles the pattern of this index in the list.
    fn new(index: usize, bytes: &[u8], matching: Matching) -> Result<Self, PatternError> {
        let hir = pattern::parse(index, bytes, matching.ignore_case)?;
        let around = |start, hir, end| Hir::concat(vec![Hir::look(start), hir, Hir::look(end)]);
        let hir = match (matching.unit, matching.whole_words) {
            (Unit::WholeLines, _) => around(Look::Start, hir, Look::End),
            (_, true) => around(Look::WordStartHalfUnicode, hir, Look::WordEndHalfUnicode),
            (_, false) => hir,
        };
        let config = meta::Config::new()
            .nfa_size_limit(Some(LIMIT_BYTES))
            .which_captures(WhichCaptures::Implicit)
            .utf8_empty(false);
        let regex =
            meta::Builder::new().configure(config).build_from_hir(&hir).map_err(|error| {
                let message = match error.size_limit() {
                    Some(limit) => format!("it needs more than {limit} bytes"),
                    None => error.to_string(),
                };
                let pattern = String::from_utf8_lossy(bytes).into_owned();
                PatternError::TooLarge { index, pattern, message }
            })?;
        let counts_lines = matches!(matching.unit, Unit::Lines | Unit::WholeLines);
        Ok(Self { regex, counts_lines, literals: literals(&hir) })
    }

    pub(crate) fn create_cache(&self) -> Cache {
        self.regex.create_cache()
    }

    /// One of these stands in every line with a match, if there are any.
    pub(crate) fn literals(&self) -> &[Vec<u8>] {
        &self.literals
    }

    /// Records what matches in a line of a piece, for the needle in this slot.
    pub(crate) fn record<O: Output>(
        &self,
        cache: &mut Cache,
        piece: &[u8],
        line: Range<usize>,
        slot: usize,
        record: &mut Record<O>,
    ) {
        let start = line.start;
        let line = without_ending(&piece[line]);
        if !record.reports(slot) {
            record.add(slot, self.count(cache, line));
        } else if self.counts_lines {
            if let Some(found) = self.find_any(cache, line) {
                record.hit(slot, start + found.start, start + found.end);
            }
        } else {
            let mut from = 0;
            while let Some(found) = self.find(cache, line, from) {
                from = found.end;
                record.hit(slot, start + found.start, start + found.end);
            }
        }
    }

    /// What the line, without its ending, adds to the count.
    fn count(&self, cache: &mut Cache, line: &[u8]) -> u64 {
        if self.counts_lines {
            let input = Input::new(line).earliest(true);
            return u64::from(self.regex.search_half_with(cache, &input).is_some());
        }
        let (mut count, mut start) = (0, 0);
        while let Some(place) = self.find(cache, line, start) {
            count += 1;
            start = place.end;
        }
        count
    }

    /// The first match in the line, empty or not.
    fn find_any(&self, cache: &mut Cache, line: &[u8]) -> Option<Range<usize>> {
        self.regex.search_with(cache, &Input::new(line)).map(|found| found.range())
    }

    /// The next match in the line that is not empty, from this index on.
    fn find(&self, cache: &mut Cache, line: &[u8], mut start: usize) -> Option<Range<usize>> {
        while start <= line.len() {
            let found = self.regex.search_with(cache, &Input::new(line).range(start..))?;
            if !found.is_empty() {
                return Some(found.range());
            }
            // Past an empty match the search goes on one character later.
            let rest = &line[found.end()..];
            start = found.end() + utf8::first_char(rest).map_or(1, |(_, len)| len);
        }
        None
    }
}
