//! A regular expression, made ready to be searched for in many lines at once.
//!
//! The matcher is that of the `regex` crate, below its front: an expression is wrapped
//! for `-w` and `-x` as a tree, not as text, so that nothing in it (a comment, a flag)
//! can reach its wrapping.
//!
//! What counts is what it finds in each line alone. That it is [rewritten](super::rewrite)
//! and given many lines is only to let the matcher's own prefilters run over long stretches.

use std::ops::Range;
use std::sync::OnceLock;

use memchr::memchr;
use regex_automata::Input;
use regex_automata::hybrid::dfa;
use regex_automata::meta::Cache;
use regex_syntax::hir::{Hir, Look};

use super::edges::Edges;
use super::ends::prefix;
use super::filter::Filter;
use super::lazy::{Lazy, STATES_BYTES};
use super::need::Needs;
use super::rewrite;
use super::starts::{self, Starts, Stopped};
use super::transduced::Transduced;
use super::words;
use crate::pattern::{self, Matching, PatternError, Unit};
use crate::scan::interface::Output;
use crate::scan::lines::Record;
use crate::text::line::Returns;
use crate::text::utf8;

/// The memory that expressions may take together, where no limit is given.
pub(crate) const DEFAULT_LIMIT_BYTES: u64 = 256 << 20;

/// More than this cannot be numbered by the matcher.
const MOST_BYTES: u64 = 32 << 30;

/// Larger expressions have too many states to be read together with others.
const MOST_TRANSDUCED_BYTES: u64 = 1 << 20;

/// A regular expression as it is meant for lines, which is compiled when it is first asked.
#[derive(Debug)]
pub(crate) struct LineRegex {
    /// For where matches are.
    places: Lazy,
    /// For how many they are, where that is less work.
    totals: Option<Lazy>,
    /// For where they are in lines of ASCII, where that is less work.
    starts: OnceLock<Option<Starts>>,
    /// For lines that are not of ASCII, where that is less work.
    edges: Option<Edges>,
    haystacks: Haystacks,
    /// About how much memory it takes when it is compiled.
    need_bytes: u64,
    /// Whether a match can be empty.
    may_be_empty: bool,
    /// Whether a line counts once, whatever is found in it.
    counts_lines: bool,
}

/// What an expression is given at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haystacks {
    /// As many lines as there are.
    Lines,
    /// The same, but lines of ASCII alone and others apart: where words are looked at, others
    /// leave the fast matcher for the slow one.
    Ascii,
    /// One line after the other, since there is no expression for many.
    Line,
}

/// What an expression needs to search texts.
#[derive(Debug, Default)]
pub(crate) struct State {
    places: Option<Cache>,
    totals: Option<Cache>,
    ends: Option<dfa::Cache>,
    starts: starts::State,
    edges: Option<Cache>,
    /// Whether it is asked in a few lines now and then.
    is_seldom: bool,
    /// Lines without the carriage returns of their endings.
    lines: Vec<u8>,
    returns: Returns,
}

impl State {
    /// For an expression that is asked in a few lines now and then: it takes less memory,
    /// and is ready sooner.
    pub(crate) fn seldom() -> Self {
        Self { is_seldom: true, ..Self::default() }
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of = |cache: &Option<Cache>| cache.as_ref().map_or(0, Cache::memory_usage);
        let of_ends = self.ends.as_ref().map_or(0, dfa::Cache::memory_usage);
        [&self.places, &self.totals, &self.edges].map(of).iter().sum::<usize>()
            + of_ends
            + self.starts.bytes()
            + self.lines.capacity()
    }
}

/// The expression with what it needs around it, as it is meant.
pub(crate) fn wrapped(hir: Hir, matching: Matching) -> Hir {
    let around = |start, hir, end| Hir::concat(vec![Hir::look(start), hir, Hir::look(end)]);
    match (matching.unit, matching.whole_words) {
        (Unit::WholeLines, _) => around(Look::Start, hir, Look::End),
        (_, true) => around(Look::WordStartHalfUnicode, hir, Look::WordEndHalfUnicode),
        (_, false) => hir,
    }
}

impl LineRegex {
    /// Makes distinct expressions ready, given the one of each pattern.
    ///
    /// # Errors
    ///
    /// When together they may take more memory than this.
    pub(crate) fn new_all(
        needles: &[usize],
        distinct: &[Box<[u8]>],
        matching: Matching,
        limit_bytes: u64,
    ) -> Result<Vec<Self>, PatternError> {
        // An error names the first of the patterns that are equal.
        let mut first = vec![0; distinct.len()];
        for (index, needle) in needles.iter().enumerate().rev() {
            first[*needle] = index;
        }
        let (mut needs, mut left_bytes) = (Needs::default(), limit_bytes.min(MOST_BYTES));
        let mut regexes = Vec::with_capacity(distinct.len());
        for (index, bytes) in first.into_iter().zip(distinct) {
            let hir = pattern::parse(index, bytes, matching.ignore_case)?;
            let regex = Self::new(hir, matching, &mut needs);
            let need_bytes = regex.need_bytes;
            if need_bytes > left_bytes {
                let pattern = String::from_utf8_lossy(bytes).into_owned();
                return Err(PatternError::TooLarge { index, pattern, need_bytes, limit_bytes });
            }
            left_bytes -= need_bytes;
            regexes.push(regex);
        }
        Ok(regexes)
    }

    fn new(hir: Hir, matching: Matching, needs: &mut Needs) -> Self {
        let hir = words::settled(rewrite::for_lines(&wrapped(hir, matching)));
        let counts_lines = matches!(matching.unit, Unit::Lines | Unit::WholeLines);
        let shorter = if counts_lines {
            rewrite::without_optional_ends(&hir)
        } else {
            rewrite::without_lazy_start(&hir)
        };
        let properties = hir.properties();
        let looks = properties.look_set();
        let haystacks = match (looks.contains_anchor_crlf(), looks.contains_word_unicode()) {
            (true, _) => Haystacks::Line,
            (false, true) => Haystacks::Ascii,
            (false, false) => Haystacks::Lines,
        };
        Self {
            // Which one is compiled depends on what is asked; totals are what is asked mostly.
            need_bytes: needs.bytes(shorter.as_ref().unwrap_or(&hir)),
            totals: shorter.map(Lazy::new),
            starts: OnceLock::new(),
            edges: if haystacks == Haystacks::Ascii { Edges::new(&hir) } else { None },
            haystacks,
            // The length is unknown, too, where a branch cannot match.
            may_be_empty: properties.minimum_len().is_none_or(|len| len == 0),
            counts_lines,
            places: Lazy::new(hir),
        }
    }

    /// Whether its matches, for totals, begin with one of a few literals.
    pub(crate) fn has_prefix(&self) -> bool {
        prefix(&self.totals.as_ref().unwrap_or(&self.places).hir).is_some()
    }

    /// What a transducer of it is made of, if there can be one.
    pub(crate) fn transduced(&self) -> Option<Transduced<'_>> {
        let is_small = self.need_bytes <= MOST_TRANSDUCED_BYTES;
        if self.haystacks == Haystacks::Line || !is_small {
            return None;
        }
        let unit = if self.counts_lines { Unit::Lines } else { Unit::Occurrences };
        let totals = self.totals.as_ref().unwrap_or(&self.places);
        Transduced::new(&self.places, totals, unit)
    }

    /// What is looked for before it is asked.
    pub(crate) fn filter(&self) -> Option<Filter> {
        Filter::of(&self.places.hir, !self.counts_lines)
    }

    /// How matches are found from where they may start, if that is less work: nothing else
    /// is known of them that is rare.
    fn starts(&self) -> Option<&Starts> {
        let make = || {
            let is_line = self.haystacks == Haystacks::Line;
            let is_known = || match self.filter() {
                Some(filter) => !filter.is_slow(),
                None => prefix(&self.places.hir).is_some(),
            };
            if is_line || is_known() { None } else { Starts::new(&self.places.hir) }
        };
        self.starts.get_or_init(make).as_ref()
    }

    /// Records what matches in these whole lines of a piece of text, for the needle in this
    /// slot.
    pub(crate) fn record<O: Output>(
        &self,
        state: &mut State,
        piece: &[u8],
        lines: Range<usize>,
        slot: usize,
        record: &mut Record<O>,
    ) {
        let start = lines.start;
        // Lent to the search, and given back.
        let mut buffer = std::mem::take(&mut state.lines);
        let lines = state.returns.leave_out(&piece[lines], &mut buffer);
        let mut search = Search { regex: self, edges: None, state, start, slot, record };
        search.all(lines);
        state.lines = buffer;
    }
}

/// An expression that searches line by line.
struct Search<'s, O> {
    regex: &'s LineRegex,
    /// For the lines at hand, if it suits them.
    edges: Option<&'s Edges>,
    state: &'s mut State,
    /// Where the lines begin in the piece.
    start: usize,
    slot: usize,
    record: &'s mut Record<O>,
}

impl<O: Output> Search<'_, O> {
    /// Records what matches in whole lines without carriage returns.
    fn all(&mut self, all: &[u8]) {
        // The last line has ended, and no line follows it.
        let lines = all.strip_suffix(b"\n").unwrap_or(all);
        match self.regex.haystacks {
            Haystacks::Lines => self.lines(lines, 0),
            Haystacks::Ascii => {
                for part in ascii_parts(lines) {
                    let ended = &all[part.start..all.len().min(part.end + 1)];
                    let edges = self.regex.edges.as_ref();
                    self.edges = edges.filter(|_| !ended.is_ascii() && Edges::suit(ended));
                    let lines = if self.edges.is_some() { ended } else { &lines[part.clone()] };
                    self.lines(lines, part.start);
                }
            }
            Haystacks::Line => {
                let mut offset = 0;
                for line in lines.split(|byte| *byte == b'\n') {
                    self.lines(line, offset);
                    offset += line.len() + 1;
                }
            }
        }
    }

    /// Reports a match by its indices in the lines.
    fn hit(&mut self, start: usize, end: usize) {
        let [start, end] = [start, end].map(|at| self.start + self.state.returns.origin(at));
        self.record.hit(self.slot, start, end);
    }

    /// Records what matches in a haystack that begins at this index of the lines.
    fn lines(&mut self, lines: &[u8], offset: usize) {
        match (self.record.reports(self.slot), self.regex.counts_lines) {
            (true, _) => self.report(lines, offset),
            (false, counts_lines) => {
                let count = if counts_lines {
                    self.count_lines(lines)
                } else if self.regex.may_be_empty {
                    self.count_places(lines)
                } else {
                    self.count_ends(lines)
                };
                self.record.add(self.slot, count);
            }
        }
    }

    /// Reports each match that is not empty, or the first one in each line.
    fn report(&mut self, lines: &[u8], offset: usize) {
        let mut start = 0;
        if let Some(starts) = self.regex.starts()
            && lines.is_ascii()
        {
            let mut state = std::mem::take(&mut self.state.starts);
            let reported = starts.find_all(&mut state, lines, |found| {
                self.hit(offset + found.start, offset + found.end);
                if self.regex.counts_lines { next_line(lines, found.end) } else { Some(found.end) }
            });
            self.state.starts = state;
            match reported {
                Ok(()) => return,
                Err(Stopped { at }) => start = at,
            }
        }
        if self.regex.counts_lines {
            self.report_lines(lines, start, offset);
            return;
        }
        while let Some(found) = self.find(lines, start) {
            start = found.end;
            self.hit(offset + found.start, offset + found.end);
        }
    }

    /// Reports the first match in each line, empty or not, from this index on.
    fn report_lines(&mut self, lines: &[u8], start: usize, offset: usize) {
        let mut next = Some(start);
        while let Some(start) = next {
            let Some(found) = self.find_any(lines, start) else { return };
            self.hit(offset + found.start, offset + found.end);
            next = next_line(lines, found.end);
        }
    }

    fn count_lines(&mut self, lines: &[u8]) -> u64 {
        let (mut count, mut next) = (0, Some(0));
        while let Some(start) = next {
            let Some(end) = self.find_end(lines, start, true) else { break };
            count += 1;
            next = next_line(lines, end);
        }
        count
    }

    /// Counts matches, of which none is empty: where they begin need not be found out.
    fn count_ends(&mut self, lines: &[u8]) -> u64 {
        let (mut count, mut start) = (0, 0);
        while let Some(end) = self.find_end(lines, start, false) {
            debug_assert!(end > start, "a match is empty");
            count += 1;
            start = end;
        }
        count
    }

    /// Counts the matches that are not empty.
    fn count_places(&mut self, lines: &[u8]) -> u64 {
        let (mut count, mut start) = (0, 0);
        while let Some(found) = self.find(lines, start) {
            count += 1;
            start = found.end;
        }
        count
    }

    /// The end of the next match from this index on, the first that is found or the right one.
    fn find_end(&mut self, lines: &[u8], start: usize, is_earliest: bool) -> Option<usize> {
        if let Some(edges) = self.edges
            && let Ok(end) = edges.find_end(&mut self.state.edges, lines, start, is_earliest)
        {
            return end;
        }
        let input = &Input::new(lines).range(start..).earliest(is_earliest);
        let LineRegex { totals, places, .. } = self.regex;
        if self.state.is_seldom {
            let Lazy { hir, automata, .. } = totals.as_ref().unwrap_or(places);
            let found = automata.find_end(hir, STATES_BYTES, &mut self.state.ends, input);
            if let Ok(found) = found {
                return found;
            }
        }
        let (regex, cache) = match totals {
            Some(totals) => totals.get(&mut self.state.totals),
            None => places.get(&mut self.state.places),
        };
        regex.search_half_with(cache, input).map(|found| found.offset())
    }

    /// The next match that is not empty, from this index on.
    fn find(&mut self, lines: &[u8], mut start: usize) -> Option<Range<usize>> {
        while start <= lines.len() {
            let found = self.find_any(lines, start)?;
            if !found.is_empty() {
                return Some(found);
            }
            // Past an empty match the search goes on one character later.
            let rest = &lines[found.end..];
            start = found.end + utf8::first_char(rest).map_or(1, |(_, len)| len);
        }
        None
    }

    /// The next match from this index on, empty or not.
    fn find_any(&mut self, lines: &[u8], start: usize) -> Option<Range<usize>> {
        if let Some(edges) = self.edges
            && let Ok(found) = edges.find(&mut self.state.edges, lines, start)
        {
            return found;
        }
        let input = Input::new(lines).range(start..);
        let (regex, cache) = self.regex.places.get(&mut self.state.places);
        Some(regex.search_with(cache, &input)?.range())
    }
}

/// Where the line after the one with this index begins.
fn next_line(lines: &[u8], at: usize) -> Option<usize> {
    memchr(b'\n', &lines[at..]).map(|line_feed| at + line_feed + 1)
}

/// Cuts lines into such of ASCII alone and others, each part without its last line feed.
fn ascii_parts(lines: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &lines[start..];
        let ascii = ascii_len(rest);
        if ascii == rest.len() {
            next = None;
            return Some(start..lines.len());
        }
        let line = memchr::memrchr(b'\n', &rest[..ascii]).map_or(0, |line_feed| line_feed + 1);
        if line > 0 {
            next = Some(start + line);
            return Some(start..start + line - 1);
        }
        next = next_line(lines, start);
        Some(start..next.map_or(lines.len(), |next| next - 1))
    })
}

/// How many bytes of ASCII the text begins with.
fn ascii_len(text: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let blocks = text.chunks(BLOCK).take_while(|block| block.is_ascii()).count() * BLOCK;
    let start = blocks.min(text.len());
    start + text[start..].iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ascii_are_parted_from_others() {
        let long = "a".repeat(100);
        for (text, expected) in [
            ("", vec![""]),
            ("ab\ncd", vec!["ab\ncd"]),
            ("ab\ncd\n", vec!["ab\ncd\n"]),
            ("ab\né\ncd", vec!["ab", "é", "cd"]),
            ("é\nab\n\nxé", vec!["é", "ab\n", "xé"]),
            ("é\n", vec!["é", ""]),
            (&format!("{long}\n{long}é\nb"), vec![&*long, &*format!("{long}é"), "b"]),
        ] {
            let parts: Vec<_> = ascii_parts(text.as_bytes()).map(|part| &text[part]).collect();
            assert_eq!(parts, expected, "{text:?}");
        }
    }
}
