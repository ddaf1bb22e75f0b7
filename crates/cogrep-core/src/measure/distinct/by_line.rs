//! Counts by what the line of an occurrence has: a key, or a time.
//!
//! A line is looked at only where there is an occurrence, and for the last time stamp of each
//! piece of text: a line without a stamp has that of the last line before it that has one.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cogrep_match::{Expansion, ExpansionCache, Hit, LineKey, LineKeyCache, fold_all};
use cogrep_source::{Fault, Role};
use memchr::{memchr, memrchr};

use super::first;
use super::held::Held;
use super::layout::Layout;
use crate::measure::{Measure, Piece, Rank, TextFacts};
use crate::table::{First, Table};
use crate::time::{Stamp, StampFinder, Step};

/// By what lines are counted.
#[derive(Debug)]
pub struct LineFields {
    /// The key, if they are counted by one.
    pub key: Option<LineKey>,
    /// The times, if they are counted by these.
    pub times: Option<Times>,
}

/// Times of lines.
#[derive(Debug)]
pub struct Times {
    finder: StampFinder,
    step: Step,
    has_utc: AtomicBool,
    has_local: AtomicBool,
}

impl Times {
    /// Times of steps of this length.
    #[must_use]
    pub fn new(finder: StampFinder, step: Step) -> Self {
        Self { finder, step, has_utc: AtomicBool::default(), has_local: AtomicBool::default() }
    }

    /// The length of the steps.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// Whether lines were counted with stamps in UTC and others with stamps that are taken as
    /// they are: their times may not be comparable.
    #[must_use]
    pub fn are_mixed(&self) -> bool {
        self.has_utc.load(Ordering::Relaxed) && self.has_local.load(Ordering::Relaxed)
    }

    /// The start of the step of a stamp.
    fn start(&self, stamp: Stamp) -> i64 {
        let kind = if stamp.is_utc { &self.has_utc } else { &self.has_local };
        if !kind.load(Ordering::Relaxed) {
            kind.store(true, Ordering::Relaxed);
        }
        self.step.start(stamp.seconds)
    }
}

/// Counts matches by what their lines have.
#[derive(Clone, Debug)]
pub struct DistinctByLine {
    table: Arc<Table>,
    layout: Layout,
    fields: Arc<LineFields>,
    /// For each needle, in which rows it is.
    rows: Vec<Vec<usize>>,
    text: LineText,
}

/// Which text of a match is counted.
#[derive(Clone, Debug)]
pub enum LineText {
    /// None: only matches are.
    None,
    /// Each as it was found.
    AsFound,
    /// The same, with its case folded.
    Folded,
    /// What a template becomes.
    Expanded(Arc<Expansion>),
}

impl DistinctByLine {
    /// Adds matches to a table, by these fields, which the layout names too. Of each needle it
    /// must be said in which rows of patterns it is counted.
    #[must_use]
    pub fn new(
        table: &Arc<Table>,
        layout: Layout,
        fields: &Arc<LineFields>,
        rows: Vec<Vec<usize>>,
        text: LineText,
    ) -> Self {
        Self { table: Arc::clone(table), layout, fields: Arc::clone(fields), rows, text }
    }
}

/// A text that is being counted in, or a range of it.
#[derive(Debug)]
pub struct ByLineState {
    rank: Rank,
    held: Held,
    /// So much of the text before what is settled can be in a hit.
    longest_bytes: u64,
    cache: Option<LineKeyCache>,
    expansion: Option<ExpansionCache>,
    /// The time of the last line with a stamp before `known_at`.
    known: Known,
    known_at: u64,
    /// What was counted before the first stamp of a range: what follows the time in the table.
    pending: HashMap<Vec<u8>, (u64, First)>,
}

/// The time of a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It depends on the text before the range.
    Unknown,
    /// The start of a step; none, if no line up to there has a stamp.
    Known(Option<i64>),
}

impl Measure for DistinctByLine {
    type State = ByLineState;

    fn name(&self) -> &'static str {
        "distinct by line"
    }

    fn needs_lines(&self) -> bool {
        true
    }

    fn begin(&self, text: &TextFacts) -> Result<ByLineState, Fault> {
        Ok(ByLineState {
            rank: text.source,
            held: Held::default(),
            longest_bytes: text.longest_bytes as u64,
            cache: self.fields.key.as_ref().map(LineKey::cache),
            expansion: match &self.text {
                LineText::Expanded(expansion) => Some(expansion.cache()),
                _ => None,
            },
            known: if text.start == 0 { Known::Known(None) } else { Known::Unknown },
            known_at: text.start,
            pending: HashMap::new(),
        })
    }

    fn hit(&self, _: &mut ByLineState, _: Hit) {}

    fn piece(&self, state: &mut ByLineState, piece: &Piece<'_>) {
        if piece.role == Role::Before {
            return;
        }
        if !piece.hits.is_empty() {
            self.count(state, piece);
        }
        let held = std::mem::take(&mut state.held);
        let lines = Lines::new(&held, piece);
        let needed = piece.settled.saturating_sub(state.longest_bytes);
        let from = if piece.is_last { lines.end() } else { lines.start_of(needed) };
        if let Some(times) = &self.fields.times
            && from > state.known_at
        {
            state.known = lines.time_before(times, from, (state.known_at, state.known));
            state.known_at = from;
        }
        state.held = held;
        if piece.role == Role::Text {
            state.held.keep_from(piece, from);
        }
    }

    fn join(&self, state: &mut ByLineState, next: ByLineState) {
        for (rest, (count, first)) in next.pending {
            match state.known {
                Known::Known(time) => self.add(state.rank, time, &rest, (count, first)),
                Known::Unknown => {
                    let entry = state.pending.entry(rest).or_insert((0, first));
                    *entry = (entry.0 + count, entry.1.min(first));
                }
            }
        }
        if next.known != Known::Unknown {
            state.known = next.known;
        }
    }
}

impl DistinctByLine {
    /// Adds to a text of the table, given its time and what follows that in it.
    fn add(&self, rank: Rank, time: Option<i64>, rest: &[u8], (count, first): (u64, First)) {
        let mut text = Vec::new();
        self.layout.put_source(rank, &mut text);
        self.layout.put_time(time, &mut text);
        text.extend_from_slice(rest);
        self.table.with(|local| local.add_at(&text, count, first));
    }

    /// Counts the hits that came with a piece.
    fn count(&self, state: &mut ByLineState, piece: &Piece<'_>) {
        let held = std::mem::take(&mut state.held);
        let lines = Lines::new(&held, piece);
        let mut hits = piece.hits.to_vec();
        hits.sort_unstable_by_key(|hit| hit.start);
        let mut line = 0..0;
        let mut latest = (state.known_at, state.known);
        let mut text = Vec::new();
        // Where in the text what follows the time begins, and where what follows the key does.
        let (mut rest, mut after_key) = (0, 0);
        self.table.with(|local| {
            for hit in &hits {
                let first = first(state.rank, hit.start);
                if !line.contains(&hit.start) {
                    line = lines.line_of(hit.start);
                    text.clear();
                    self.layout.put_source(state.rank, &mut text);
                    if let Some(times) = &self.fields.times {
                        latest = (line.end, lines.time_of(times, &line, latest));
                        if let Known::Known(time) = latest.1 {
                            self.layout.put_time(time, &mut text);
                        }
                    }
                    rest = text.len();
                    if let (Some(key), Some(cache)) = (&self.fields.key, &mut state.cache) {
                        let bytes = without_ending(lines.bytes(&line));
                        let found = key.find(cache, bytes).map(|key| &bytes[key]);
                        self.layout.put_key(found.unwrap_or_default(), &mut text);
                    }
                    after_key = text.len();
                }
                for row in &self.rows[hit.needle] {
                    text.truncate(after_key);
                    self.layout.put_row(*row, &mut text);
                    let matched = || held.text(piece, hit.start..hit.end);
                    match (&self.text, &mut state.expansion) {
                        (LineText::None, _) | (LineText::Expanded(_), None) => {}
                        (LineText::AsFound, _) => text.extend_from_slice(&matched()),
                        (LineText::Folded, _) => text.extend(fold_all(&matched())),
                        (LineText::Expanded(expansion), Some(cache)) => {
                            let range = within(hit, &line);
                            if expansion.has_groups() {
                                let bytes = without_ending(lines.bytes(&line));
                                expansion.append(cache, hit.needle, bytes, range, &mut text);
                            } else {
                                let bytes = matched();
                                let all = 0..bytes.len();
                                expansion.append(cache, hit.needle, &bytes, all, &mut text);
                            }
                        }
                    }
                    if self.fields.times.is_some() && latest.1 == Known::Unknown {
                        let entry = state.pending.entry(text[rest..].to_vec());
                        let entry = entry.or_insert((0, first));
                        *entry = (entry.0 + 1, entry.1.min(first));
                    } else {
                        local.add_at(&text, 1, first);
                    }
                }
            }
        });
        state.held = held;
    }
}

/// The lines that can be seen: those that are held, and those of a piece. No line is in both.
struct Lines<'t> {
    /// Texts with the places where they begin, one after the other.
    texts: [(u64, &'t [u8]); 2],
}

impl<'t> Lines<'t> {
    fn new(held: &'t Held, piece: &Piece<'t>) -> Self {
        // What follows a range is not counted in.
        let text = if piece.role == Role::Text { piece.text } else { &[] };
        Self { texts: [(held.start(), held.bytes()), (piece.offset, text)] }
    }

    /// Where what can be seen ends.
    fn end(&self) -> u64 {
        let [_, (offset, text)] = self.texts;
        offset + text.len() as u64
    }

    /// The text in which this offset is, with the index of the offset in it.
    fn text_at(&self, offset: u64) -> Option<(u64, &'t [u8], usize)> {
        self.texts.into_iter().find_map(|(start, text)| {
            let index = usize::try_from(offset.checked_sub(start)?).ok()?;
            (index < text.len()).then_some((start, text, index))
        })
    }

    /// The line in which this offset is, with its ending.
    fn line_of(&self, offset: u64) -> Range<u64> {
        let Some((base, text, index)) = self.text_at(offset) else { return offset..offset };
        let start = memrchr(b'\n', &text[..index]).map_or(0, |at| at + 1);
        let end = memchr(b'\n', &text[index..]).map_or(text.len(), |at| index + at + 1);
        base + start as u64..base + end as u64
    }

    /// Where the line begins in which this offset is; the end, if it is after that.
    fn start_of(&self, offset: u64) -> u64 {
        if offset >= self.end() { self.end() } else { self.line_of(offset).start }
    }

    /// The bytes of a line.
    fn bytes(&self, line: &Range<u64>) -> &'t [u8] {
        let Some((_, text, index)) = self.text_at(line.start) else { return &[] };
        let length = usize::try_from(line.end - line.start).unwrap_or(usize::MAX);
        &text[index..text.len().min(index.saturating_add(length))]
    }

    /// The time of a line, given that before some place.
    fn time_of(&self, times: &Times, line: &Range<u64>, before: (u64, Known)) -> Known {
        match times.finder.find(self.bytes(line)) {
            Some(stamp) => Known::Known(Some(times.start(stamp))),
            None => self.time_before(times, line.start, before),
        }
    }

    /// The time of the last line with a stamp before this place, where a line begins, given
    /// that before some place.
    fn time_before(&self, times: &Times, mut at: u64, (known_at, known): (u64, Known)) -> Known {
        while at > known_at {
            let line = self.line_of(at - 1);
            if line.is_empty() {
                break;
            }
            if let Some(stamp) = times.finder.find(self.bytes(&line)) {
                return Known::Known(Some(times.start(stamp)));
            }
            at = line.start;
        }
        known
    }
}

/// Where in its line a hit is.
fn within(hit: &Hit, line: &Range<u64>) -> Range<usize> {
    let index = |at: u64| usize::try_from(at - line.start).unwrap_or(usize::MAX);
    index(hit.start)..index(hit.end)
}

/// The line without its ending.
fn without_ending(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}
