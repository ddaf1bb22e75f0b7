//! Many short texts, counted as fast as a long one.
//!
//! To begin and to end a text takes an engine longer than to look through a hundred bytes.
//! So rows are laid end to end, with something between them that no pattern matches and
//! that is to its neighbours what the end of a text is; then they are one text.
//!
//! What this module refuses to do: hold more rows than fit into the cache, and copy long
//! ones.

use std::sync::Arc;

use crate::pattern::{Syntax, Unit};
use crate::plan::Plan;
use crate::scan::interface::{Hits, Output, Totals};
use crate::scanner::Scanner;
use crate::tally::Tally;
use crate::text::line::{LineGrouper, LineTooLong};

/// How many bytes of rows are laid end to end.
const BATCH_BYTES: usize = 64 << 10;

/// A row of this length is a text by itself.
const LONG_BYTES: usize = 16 << 10;

/// Finds the patterns of a plan in rows, each of which is a text of its own.
///
/// The counts are those of a [`Scanner`] that is fed each row and told that the text has
/// ended.
///
/// ```
/// use cogrep_match::{EngineChoice, Hits, Matching, Patterns, Plan, RowScanner, Totals};
/// use std::sync::Arc;
///
/// let patterns = Patterns::new(["ab", "b"], Matching::default())?;
/// let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto)?);
///
/// let mut rows = RowScanner::<Totals>::new(Arc::clone(&plan));
/// for row in ["ab", "", "a", "bb"] {
///     rows.push(row.as_bytes())?;
/// }
/// assert_eq!(plan.counts(&rows.take()).to_vec(2), [1, 3]);
///
/// let mut rows = RowScanner::<Hits>::new(plan);
/// for row in ["ab", "", "a", "bb"] {
///     rows.push(row.as_bytes())?;
/// }
/// let found: Vec<_> = rows.take().iter().map(|it| (it.row, it.needle, it.count)).collect();
/// assert_eq!(found, [(0, 0, 1), (0, 1, 1), (3, 1, 2)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RowScanner<O: RowOutput = Totals> {
    scanner: Scanner<O>,
    joint: Joint,
    /// Rows of this length are texts by themselves.
    long_bytes: usize,
    /// Rows laid end to end.
    joined: Vec<u8>,
    /// Where each of them begins; kept for hits only.
    starts: Vec<usize>,
    /// The number of the first of them.
    first_row: u64,
    sums: Sums,
}

/// How often a needle was found in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCount {
    /// The number of the row, from 0, since the rows were taken last.
    pub row: u64,
    /// Which needle, as in [`Plan::needles`].
    pub needle: usize,
    /// How often; never zero.
    pub count: u64,
}

/// What is between two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// A byte that no pattern has, and that is no part of a word.
    Byte(u8),
    /// A line feed, unless a row ends with one: what is counted depends on lines only.
    Line,
    /// There is nothing that could be: each row is a text by itself.
    Nothing,
}

impl Joint {
    fn new(plan: &Plan) -> Self {
        let matching = plan.matching();
        let counts_lines = matches!(matching.unit, Unit::Lines | Unit::WholeLines);
        if counts_lines || matching.syntax == Syntax::Regex {
            return Self::Line;
        }
        let mut is_used = [false; 256];
        for byte in plan.patterns().iter().flatten() {
            is_used[usize::from(*byte)] = true;
        }
        // None of them is changed by folding, a word character, or a part of a character.
        let candidates = std::iter::once(b'\n').chain(0..b' ').chain([0xFF, 0xFE]);
        let free = candidates.into_iter().find(|byte| !is_used[usize::from(*byte)]);
        free.map_or(Self::Nothing, Self::Byte)
    }

    /// What follows a row, if it can be joined at all.
    fn after(self, row: &[u8]) -> Option<&'static [u8]> {
        static BYTES: [u8; 256] = bytes();
        let byte = |byte: u8| &BYTES[usize::from(byte)..=usize::from(byte)];
        match self {
            Self::Byte(joint) => Some(byte(joint)),
            // Before a line feed a carriage return would be a part of the line's ending.
            Self::Line => match row.last() {
                Some(b'\r') => None,
                Some(b'\n') => Some(&[]),
                _ => Some(byte(b'\n')),
            },
            Self::Nothing => None,
        }
    }
}

const fn bytes() -> [u8; 256] {
    let mut bytes = [0; 256];
    let mut byte = 0_u8;
    loop {
        bytes[byte as usize] = byte;
        if byte == u8::MAX {
            return bytes;
        }
        byte += 1;
    }
}

impl<O: RowOutput> RowScanner<O> {
    /// A scanner before the first row.
    #[must_use]
    pub fn new(plan: impl Into<Arc<Plan>>) -> Self {
        Self::with_line_limit(plan, LineGrouper::DEFAULT_LIMIT_BYTES)
    }

    /// A scanner that holds lines of at most this length for regular expressions.
    #[must_use]
    pub fn with_line_limit(plan: impl Into<Arc<Plan>>, limit_bytes: usize) -> Self {
        let plan = plan.into();
        Self {
            joint: Joint::new(&plan),
            scanner: Scanner::with_line_limit(plan, limit_bytes),
            long_bytes: LONG_BYTES.min(limit_bytes),
            joined: Vec::new(),
            starts: Vec::new(),
            first_row: 0,
            sums: Sums::default(),
        }
    }

    /// Goes on in the next row.
    ///
    /// # Errors
    ///
    /// When a line of the row is too long for a regular expression. What the lines before it
    /// have is found.
    pub fn push(&mut self, row: &[u8]) -> Result<(), LineTooLong> {
        if row.len() < self.long_bytes
            && let Some(joint) = self.joint.after(row)
        {
            self.join(row, joint);
            return Ok(());
        }
        self.push_pieces([row])
    }

    /// Goes on in the next row, which comes in pieces that may be cut anywhere.
    ///
    /// # Errors
    ///
    /// As of [`push`](Self::push).
    pub fn push_pieces<'t>(
        &mut self,
        pieces: impl IntoIterator<Item = &'t [u8]>,
    ) -> Result<(), LineTooLong> {
        self.end_batch();
        if O::REPORTS_HITS {
            self.starts.push(0);
        }
        let mut fed = Ok(());
        for piece in pieces {
            fed = self.scanner.feed(piece);
            O::add_up(self, false);
            if fed.is_err() {
                break;
            }
        }
        self.end_text();
        fed
    }

    fn join(&mut self, row: &[u8], joint: &[u8]) {
        if O::REPORTS_HITS {
            self.starts.push(self.joined.len());
        }
        if row.is_empty() {
            return;
        }
        self.joined.extend_from_slice(row);
        self.joined.extend_from_slice(joint);
        if self.joined.len() >= BATCH_BYTES {
            self.end_batch();
        }
    }

    /// Scans the rows that were laid end to end.
    fn end_batch(&mut self) {
        if self.joined.is_empty() {
            self.first_row += self.starts.len() as u64;
            self.starts.clear();
            return;
        }
        // No line in it is longer than its row, which is shorter than the limit.
        let fed = self.scanner.feed(&self.joined);
        debug_assert!(fed.is_ok(), "a row was joined that is too long");
        self.joined.clear();
        self.end_text();
    }

    fn end_text(&mut self) {
        self.scanner.end_text();
        O::add_up(self, true);
        self.first_row += self.starts.len() as u64;
        self.starts.clear();
    }
}

impl RowScanner<Totals> {
    /// Hands over what was counted in all rows so far, by needle, and starts again from zero.
    pub fn take(&mut self) -> Tally {
        self.end_batch();
        self.scanner.take()
    }
}

impl RowScanner<Hits> {
    /// Hands over what was counted, by row and then by needle, and starts again before a
    /// first row.
    pub fn take(&mut self) -> Vec<RowCount> {
        self.end_batch();
        self.first_row = 0;
        std::mem::take(&mut self.sums.found)
    }
}

/// What a [`RowScanner`] gives: [`Totals`] over all rows, or [`Hits`] added up by row.
pub trait RowOutput: Output {
    /// Adds up what the scanner has found, by row.
    #[doc(hidden)]
    fn add_up(rows: &mut RowScanner<Self>, has_ended: bool);
}

impl RowOutput for Totals {
    fn add_up(_: &mut RowScanner<Self>, _: bool) {}
}

impl RowOutput for Hits {
    fn add_up(rows: &mut RowScanner<Self>, has_ended: bool) {
        let RowScanner { scanner, starts, first_row, sums, .. } = rows;
        let mut place = RowAt { starts, row: 0 };
        sums.keys.extend(scanner.take_hits().map(|hit| key(place.find(hit.start), hit.needle)));
        if has_ended {
            sums.end_text(*first_row);
        } else if sums.keys.len() >= MOST_KEYS {
            sums.shrink();
        }
    }
}

/// How many hits of one row are kept until they are added up.
const MOST_KEYS: usize = 1 << 18;

/// A row of a batch and a needle, in an order by both.
fn key(row: usize, needle: usize) -> u64 {
    (row as u64) << u32::BITS | needle as u64
}

#[expect(clippy::cast_possible_truncation, reason = "it is the half that the needle is in")]
fn of_key(key: u64) -> (u64, usize) {
    (key >> u32::BITS, key as u32 as usize)
}

/// The row of a batch at a place.
struct RowAt<'s> {
    starts: &'s [usize],
    /// The row of the last place: the next is most often in it, or soon after.
    row: usize,
}

impl RowAt<'_> {
    /// The last row that begins here or before: one without a byte has no hits.
    fn find(&mut self, at: u64) -> usize {
        let begins_after = |row: usize| self.starts.get(row).is_none_or(|start| *start as u64 > at);
        if begins_after(self.row) || !begins_after(self.row + 1) {
            self.row = self.starts.partition_point(|start| *start as u64 <= at) - 1;
        }
        self.row
    }
}

/// Hits, added up by row and needle.
#[derive(Debug, Default)]
struct Sums {
    /// The hits of the text that are not added up yet.
    keys: Vec<u64>,
    /// Those that are, in stretches that are in order.
    runs: Vec<(u64, u64)>,
    found: Vec<RowCount>,
}

impl Sums {
    fn shrink(&mut self) {
        self.keys.sort_unstable();
        let same = self.keys.chunk_by(|one, other| one == other);
        self.runs.extend(same.map(|keys| (keys[0], keys.len() as u64)));
        self.keys.clear();
    }

    fn end_text(&mut self, first_row: u64) {
        let is_in_order = self.runs.is_empty();
        self.shrink();
        if !is_in_order {
            self.runs.sort_unstable();
        }
        for same in self.runs.chunk_by(|one, other| one.0 == other.0) {
            let (row, needle) = of_key(same[0].0);
            let count = same.iter().map(|(_, count)| count).sum();
            self.found.push(RowCount { row: first_row + row, needle, count });
        }
        self.runs.clear();
    }
}
