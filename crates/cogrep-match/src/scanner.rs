//! The way from bytes to counts, or to hits: one object that owns all it needs.
//!
//! A scanner holds what is between the bytes of a text and what is found in it: the
//! folding or the grouping into lines, the engines of a plan on their way through the text,
//! and what they found. It borrows nothing and can be sent to another thread, so that it
//! fits into a struct, a task or an object of another language.
//!
//! What this module refuses to do: read anything, and copy what it is fed.

mod prepare;

use std::fmt;
use std::sync::Arc;

use crate::counts::Counts;
use crate::pattern::Unit;
use crate::plan::Plan;
use crate::scan::interface::{Hit, Hits, Output, Scan, Totals};
use crate::scan::origins::Origins;
use crate::scan::window::Context;
use crate::tally::Tally;
use crate::text::fold::Change;
use crate::text::line::{LineGrouper, LineTooLong};
use prepare::Prepare;

/// Finds the patterns of a plan in texts that come in pieces.
///
/// The pieces may be cut anywhere, also inside an occurrence or a character; what is found
/// does not depend on it. A piece is not copied, but for what is folded and a line or an
/// occurrence that was cut.
///
/// ```
/// use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner};
///
/// let matching = Matching { ignore_case: true, ..Matching::default() };
/// let patterns = Patterns::new(["he", "she", "hers"], matching)?;
/// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
///
/// let mut scanner: Scanner = Scanner::new(plan);
/// scanner.feed(b"USH")?;
/// scanner.feed(b"ERS")?;
/// scanner.end_text();
/// let counts = scanner.take_counts();
/// assert_eq!(counts.get(0), 1);
/// assert_eq!(counts.iter().collect::<Vec<_>>(), [(0, 1), (1, 1), (2, 1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Its type says what it gives. A `Scanner<Hits>` says where patterns occur:
///
/// ```
/// use cogrep_match::{EngineChoice, Hits, Matching, Patterns, Plan, Scanner};
///
/// let patterns = Patterns::new(["aa", "b"], Matching::default())?;
/// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
/// let mut scanner = Scanner::<Hits>::new(plan);
/// scanner.feed(b"aaab")?;
/// scanner.end_text();
/// let mut hits: Vec<_> = scanner.take_hits().map(|hit| (hit.needle, hit.start..hit.end)).collect();
/// hits.sort_unstable_by_key(|(needle, _)| *needle);
/// assert_eq!(hits, [(0, 0..2), (1, 3..4)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A text may also be counted in ranges, by scanners of their own and in any order; where it
/// may be cut and what each scanner must be shown of the text around its range,
/// [`range_needs`](Self::range_needs) says.
///
/// ```
/// use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Tally};
/// use std::sync::Arc;
///
/// let patterns = Patterns::new(["aaa"], Matching::default())?;
/// let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto)?);
///
/// let mut first: Scanner = Scanner::new(Arc::clone(&plan));
/// first.feed(b"aaaa")?;
/// first.end_range(b"aaa");
/// let mut second: Scanner = Scanner::new(Arc::clone(&plan));
/// second.begin_range(4, b"aaaa");
/// second.feed(b"aaa")?;
/// second.end_text();
///
/// let mut tally = first.take();
/// tally.join(&second.take());
/// tally.settle();
/// assert_eq!(plan.counts(&tally).to_vec(1), [2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Scanner<O: Output = Totals> {
    plan: Arc<Plan>,
    scans: Vec<Box<dyn Scan<O>>>,
    prepare: Prepare,
    found: O::Found,
    /// Kept up to date only for hits.
    origins: Origins,
    /// Whether a text has begun.
    has_begun: bool,
    /// Where in the text the next piece is.
    text_bytes: u64,
    /// Where the range begins in what was fed, if it is one that is cut anywhere: what ends
    /// before is found elsewhere.
    range_start: Option<u64>,
}

/// Where a text may be cut into ranges, and what must be shown around a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeNeeds {
    /// Where a text may be cut.
    pub cut: Cut,
    /// The bytes before a range that are shown, or all there are if they are fewer; three
    /// more or less where characters are not cut.
    pub before: usize,
    /// The bytes after a range that are shown, or all there are.
    pub after: usize,
}

/// Where a text may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// Between any two bytes.
    Anywhere,
    /// Not within a character of UTF-8.
    Characters,
    /// After line feeds only.
    Lines,
}

/// Whether each hit of a range is known: whether an occurrence counts can depend on the text
/// before, and further back than was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("whether an occurrence counts depends on text further back than was shown")]
pub struct Undecided;

/// So much text before a range is looked through to find out where occurrences of patterns
/// end that can overlap themselves. Only text that repeats such a pattern without a gap is
/// still undecided then.
const LOOKBACK_BYTES: usize = 4 << 10;

impl<O: Output> Scanner<O> {
    /// A scanner at the start of a text.
    #[must_use]
    pub fn new(plan: impl Into<Arc<Plan>>) -> Self {
        Self::with_line_limit(plan, LineGrouper::DEFAULT_LIMIT_BYTES)
    }

    /// A scanner that holds lines of at most this length for regular expressions.
    #[must_use]
    pub fn with_line_limit(plan: impl Into<Arc<Plan>>, limit_bytes: usize) -> Self {
        let plan = plan.into();
        let scans = plan.engines().iter().map(|engine| O::scan(Arc::clone(engine)));
        let mut scans: Vec<_> = scans.collect();
        if let Some(watch) = plan.watch() {
            for scan in &mut scans {
                scan.watch(watch);
            }
        }
        Self {
            scans,
            prepare: Prepare::new(&plan, O::REPORTS_HITS, limit_bytes),
            found: O::Found::default(),
            origins: Origins::default(),
            has_begun: false,
            text_bytes: 0,
            range_start: None,
            plan,
        }
    }

    /// The plan that it follows.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What went through the scanner up to this offset of the text is settled: hits that are
    /// still to come end after it, and begin after it less the longest pattern.
    #[must_use]
    pub fn settled(&self) -> u64 {
        let Context { before, after } = self.plan.unfolded_context();
        // Scans hold at most twice their context and a few bytes, and a folder less than a
        // character.
        let held = 2 * (before + after) + 64;
        self.text_bytes.saturating_sub(held.max(self.prepare.held_bytes()) as u64)
    }

    /// How many bytes are held of a line that has not ended, since a regular expression needs
    /// it whole.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.prepare.held_bytes()
    }

    /// Where texts may be cut into ranges for such a scanner, and what it must be shown
    /// around a range.
    #[must_use]
    pub fn range_needs(plan: &Plan) -> RangeNeeds {
        if plan.needs_whole_lines() || O::REPORTS_HITS && plan.counts_lines() {
            // A line is never cut, so a range is to a scan what a text is.
            return RangeNeeds { cut: Cut::Lines, before: 0, after: 0 };
        }
        let looks_back = O::REPORTS_HITS && plan.matching().unit == Unit::Occurrences;
        let lookback = if looks_back { LOOKBACK_BYTES } else { 0 };
        let context = plan.unfolded_context();
        RangeNeeds {
            cut: if plan.folds() { Cut::Characters } else { Cut::Anywhere },
            before: context.before + lookback,
            after: context.after,
        }
    }

    /// Goes on in the next piece of the text.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression. What the lines before it have is
    /// found; nothing more of this text is.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        self.begin_text();
        let Self { scans, prepare, origins, .. } = self;
        let fed = prepare.feed(piece, |piece, changes| feed(scans, origins, piece, changes));
        self.text_bytes += piece.len() as u64;
        self.collect();
        fed
    }

    /// Finds what the pieces so far hold, but for what depends on the pieces to come. It is
    /// found with those otherwise, since small pieces are gathered: to be called where the
    /// next one may be long in coming, and not after each.
    ///
    /// ```
    /// # use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner};
    /// let patterns = Patterns::new(["love"], Matching::default())?;
    /// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
    /// let mut scanner: Scanner = Scanner::new(plan);
    /// scanner.feed(b"love")?;
    /// scanner.catch_up();
    /// assert_eq!(scanner.take().count(0), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn catch_up(&mut self) {
        self.scans.iter_mut().for_each(|scan| scan.catch_up());
        self.collect();
    }

    /// Ends the text. The next piece begins another one.
    pub fn end_text(&mut self) {
        self.begin_text();
        self.finish_pieces();
        self.scans.iter_mut().for_each(|scan| scan.end_text());
        self.has_begun = false;
        self.collect();
    }

    /// Begins within a text, at this offset, after these bytes of it, which another scanner
    /// goes through; to be called instead of beginning at the start of a text.
    ///
    /// They must be as many as this scanner [needs](Self::range_needs), or all there are. An
    /// occurrence belongs to the range in which it ends.
    pub fn begin_range(&mut self, start: u64, before: &[u8]) {
        self.has_begun = true;
        self.text_bytes = start;
        if self.is_cut_between_lines() {
            self.origins.begin_at(start);
            self.range_start = None;
            return;
        }
        let is_all = start == before.len() as u64;
        self.origins.begin_at(start.saturating_sub(before.len() as u64));
        let (before, changes) = prepare::around(&self.plan, O::REPORTS_HITS, before);
        let shown = match (O::REPORTS_HITS, is_all) {
            (false, _) => before.len(),
            (true, false) => before.len().min(self.plan.context().before),
            // There is nothing before what was shown, so nothing is undecided.
            (true, true) => 0,
        };
        for scan in &mut self.scans {
            if shown > 0 || !is_all {
                scan.begin_range(&before[..shown]);
            }
            scan.feed(&before[shown..]);
        }
        self.origins.feed(before.len(), &changes);
        self.range_start = Some(self.origins.fed());
    }

    /// Ends a range of a text, and not the text: these bytes follow, as many as this scanner
    /// [needs](Self::range_needs), or all there are. The next piece begins another text.
    pub fn end_range(&mut self, after: &[u8]) {
        if self.is_cut_between_lines() {
            self.end_text();
            return;
        }
        self.begin_text();
        self.finish_pieces();
        self.has_begun = false;
        let (after, _) = prepare::around(&self.plan, false, after);
        self.scans.iter_mut().for_each(|scan| scan.end_range(&after));
        self.collect();
        self.origins.feed(after.len(), &[]);
    }

    fn begin_text(&mut self) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.text_bytes = 0;
            self.origins.begin_at(0);
            self.range_start = None;
        }
    }

    /// Feeds what was kept back of the last pieces.
    fn finish_pieces(&mut self) {
        let Self { scans, prepare, origins, .. } = self;
        prepare.finish(|piece, changes| feed(scans, origins, piece, changes));
    }

    /// Collects hits while it is known where in the text they are.
    fn collect(&mut self) {
        if !O::REPORTS_HITS {
            return;
        }
        let Self { plan, scans, found, origins, range_start, .. } = self;
        for scan in scans {
            O::collect(&mut **scan, found, |hit| {
                let is_own = range_start.is_none_or(|start| hit.end > start);
                is_own.then(|| Hit {
                    start: origins.start(hit.start),
                    end: origins.end(hit.end),
                    ..hit
                })
            });
        }
        let Context { before, after } = plan.context();
        // What a scan holds is twice its context, and a few bytes.
        origins.forget(4 * (before + after) + 64);
    }

    /// Whether ranges are to scans what texts are.
    fn is_cut_between_lines(&self) -> bool {
        Self::range_needs(&self.plan).cut == Cut::Lines
    }
}

/// Feeds a prepared piece to all scans.
fn feed<O: Output>(
    scans: &mut [Box<dyn Scan<O>>],
    origins: &mut Origins,
    piece: &[u8],
    changes: &[Change],
) {
    for scan in scans {
        scan.feed(piece);
    }
    if O::REPORTS_HITS {
        origins.feed(piece.len(), changes);
    }
}

impl Scanner<Totals> {
    /// Hands over what was counted so far, by needle, and starts again from zero.
    ///
    /// Within a text, occurrences that depend on bytes to come are not counted yet; after
    /// [`end_text`](Self::end_text) they are.
    pub fn take(&mut self) -> Tally {
        let mut tally = std::mem::take(&mut self.found);
        self.scans.iter_mut().for_each(|scan| scan.take(&mut tally));
        tally
    }

    /// Hands over what was counted so far, by pattern, and starts again from zero.
    pub fn take_counts(&mut self) -> Counts {
        let tally = self.take();
        self.plan.counts(&tally)
    }

    /// Counts in a whole text.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression.
    pub fn count(&mut self, text: &[u8]) -> Result<Counts, LineTooLong> {
        let fed = self.feed(text);
        self.end_text();
        let counts = self.take_counts();
        fed.map(|()| counts)
    }
}

impl Scanner<Hits> {
    /// Hands over the hits since the last time. The hits of one needle come in order.
    ///
    /// Within a text, hits that depend on bytes to come are not found yet; after
    /// [`end_text`](Self::end_text) they are.
    pub fn take_hits(&mut self) -> impl Iterator<Item = Hit> {
        self.found.hits.drain(..)
    }

    /// From now on hits of this needle are counted, and not reported, up to the end of the text
    /// or the range: where no more of them are asked for, they are found faster.
    pub fn mute(&mut self, needle: usize) {
        self.scans.iter_mut().for_each(|scan| scan.mute(needle));
    }

    /// Hands over the counts of hits that were not reported, since the last time.
    pub fn take_muted(&mut self) -> Tally {
        std::mem::take(&mut self.found.muted)
    }

    /// Whether each hit of the range is known. To be asked when the range has ended.
    ///
    /// # Errors
    ///
    /// When occurrences of a pattern that can overlap itself follow each other without a
    /// gap, from further back than was shown. The text must then be gone through from an
    /// earlier place, or from its start.
    pub fn decided(&mut self) -> Result<(), Undecided> {
        let end = std::mem::take(&mut self.found.undecided_end);
        if self.range_start.is_some_and(|start| end > start) { Err(Undecided) } else { Ok(()) }
    }
}

impl<O: Output> fmt::Debug for Scanner<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("plan", &self.plan).finish_non_exhaustive()
    }
}
