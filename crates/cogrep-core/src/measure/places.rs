//! Where patterns occur: the first few places of each, to be looked at.
//!
//! A surprising count must be checkable. The places are those that are counted.

use std::ops::Range;

use cogrep_match::Hit;
use cogrep_source::{Fault, Role};
use memchr::memchr_iter;

use crate::measure::around::{Around, Line};
use crate::measure::{Excerpt, Measure, Piece, Surroundings, TextFacts};

/// Finds the first places of each pattern.
#[derive(Clone, Copy, Debug)]
pub struct FirstPlaces {
    limit: usize,
}

impl FirstPlaces {
    /// Finds at most this many places of each pattern.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit }
    }
}

/// A place where a pattern counts.
///
/// Of a line that counts it is the first place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bytes of the text that match, as offsets into it, before any folding.
    ///
    /// Where a pattern matches a part of a folded character, the whole character.
    pub bytes: Range<u64>,
    /// The line in which it starts, from 1.
    pub line: u64,
    /// The byte of that line at which it starts, from 1.
    pub column: u64,
    /// What is there.
    pub excerpt: Excerpt,
}

/// The first places of each pattern.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// How many of each pattern are looked for.
    limit: usize,
    /// By needle, and by pattern once the text has ended.
    found: Vec<Vec<Found>>,
    /// How many more of each needle are looked for, those that wait included.
    missing: Vec<usize>,
    /// Needles that still lack places.
    lacking: usize,
    /// Hits of which what follows is not there yet.
    waiting: Vec<Hit>,
    around: Around,
    /// What must be kept of the text before what is settled.
    reach: u64,
    /// Where lines begin near the end of the range, or the last one before.
    line_starts: Vec<u64>,
    /// The line feeds in the range.
    line_feeds: i64,
}

/// A place, with what is known of its line within the range.
#[derive(Clone, Debug)]
struct Found {
    hit: Hit,
    line: Line,
    excerpt: Excerpt,
}

impl Measure for FirstPlaces {
    type State = Places;

    fn name(&self) -> &'static str {
        "places"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { before: Excerpt::NEEDED_BEFORE, after: Excerpt::NEEDED_AFTER }
    }

    fn begin(&self, text: &TextFacts) -> Result<Places, Fault> {
        Ok(Places {
            limit: self.limit,
            found: vec![Vec::new(); text.needles],
            missing: vec![self.limit; text.needles],
            lacking: if self.limit == 0 { 0 } else { text.needles },
            reach: (text.longest_bytes + Excerpt::NEEDED_BEFORE) as u64,
            ..Places::default()
        })
    }

    fn hit(&self, state: &mut Places, hit: Hit) {
        let missing = &mut state.missing[hit.needle];
        if *missing > 0 {
            *missing -= 1;
            state.lacking -= usize::from(*missing == 0);
            state.waiting.push(hit);
        }
    }

    fn piece(&self, state: &mut Places, piece: &Piece<'_>) {
        if state.lacking == 0 && state.waiting.is_empty() {
            // Nothing more is shown of this text, and nothing of the ranges after it.
            return;
        }
        state.around.begin(piece);
        piece.hits.iter().for_each(|hit| self.hit(state, *hit));
        state.describe(piece);
        if piece.role == Role::After {
            return;
        }
        if piece.role == Role::Text {
            state.note_lines(piece);
        }
        let waiting = state.waiting.iter().map(|hit| hit.start).min();
        let needed = waiting.unwrap_or(u64::MAX).min(piece.settled);
        state.around.forget_before(piece, needed.saturating_sub(state.reach));
    }

    fn is_done(&self, state: &Places, needle: usize) -> bool {
        state.missing[needle] == 0
    }

    fn is_empty(&self, state: &Places) -> bool {
        state.is_empty()
    }

    fn join(&self, state: &mut Places, next: Places) {
        for (found, next) in state.found.iter_mut().zip(next.found) {
            let wanted = self.limit - found.len();
            found.extend(next.into_iter().take(wanted).map(|mut place| {
                place.line.line_feeds += state.line_feeds;
                let starts = state.line_starts.iter().rev();
                let before = starts.copied().find(|start| *start <= place.hit.start);
                place.line.line_start = place.line.line_start.or(before);
                place
            }));
        }
        state.line_feeds += next.line_feeds;
        if !next.line_starts.is_empty() {
            state.line_starts = next.line_starts;
        }
    }

    fn by_pattern(&self, state: Places, needles: &[usize]) -> Places {
        let found = needles.iter().map(|needle| state.found[*needle].clone());
        Places { limit: self.limit, found: found.collect(), ..Places::default() }
    }
}

impl Places {
    /// How many places of each pattern were looked for.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Describes the places that can be seen with what follows them.
    fn describe(&mut self, piece: &Piece<'_>) {
        self.waiting.sort_unstable();
        let mut line = self.around.start();
        let is_end = piece.is_last;
        let end = piece.end();
        let is_seen = |hit: &Hit| is_end || hit.start + Excerpt::NEEDED_AFTER as u64 <= end;
        for hit in self.waiting.extract_if(.., |hit| is_seen(hit)) {
            line = self.around.line(piece, line, hit.start);
            let from = hit.start.saturating_sub(Excerpt::NEEDED_BEFORE as u64);
            let from = from.max(self.around.start().offset);
            let to = hit.start + Excerpt::NEEDED_AFTER as u64;
            let text = self.around.text(piece, from..to);
            let index = |offset: u64| usize::try_from(offset.saturating_sub(from)).unwrap_or(0);
            let line_start = line.line_start.map_or(0, index);
            let excerpt = Excerpt::new(&text, line_start, index(hit.start)..index(hit.end));
            self.found[hit.needle].push(Found { hit, line, excerpt });
        }
    }

    /// Notes where lines begin near the end of the range, for those of the next one.
    fn note_lines(&mut self, piece: &Piece<'_>) {
        let start = self.around.start();
        let near = piece.end().saturating_sub(self.reach).max(start.offset);
        let before = self.around.line(piece, start, near);
        self.line_feeds = self.around.line(piece, before, piece.end()).line_feeds;
        let text = self.around.text(piece, before.offset..piece.end());
        let starts = memchr_iter(b'\n', &text).map(|at| before.offset + at as u64 + 1);
        let starts: Vec<u64> = before.line_start.into_iter().chain(starts).collect();
        if !starts.is_empty() {
            self.line_starts = starts;
        }
    }

    /// The places of this pattern, in order.
    pub fn places(&self, pattern: usize) -> impl Iterator<Item = Place> {
        self.found.get(pattern).into_iter().flatten().map(Found::place)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.iter().all(Vec::is_empty)
    }
}

impl Found {
    fn place(&self) -> Place {
        let Self { hit, line, excerpt } = self;
        Place {
            bytes: hit.start..hit.end,
            line: line.line_feeds.unsigned_abs() + 1,
            column: hit.start - line.line_start.unwrap_or(0) + 1,
            excerpt: excerpt.clone(),
        }
    }
}
