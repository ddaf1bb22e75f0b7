//! Counts text that is in memory, or comes in pieces, without further ado.

use std::fmt;

use crate::{Folder, LineGrouper, LineTooLong, Plan, Scan, Tally};

/// Counts the patterns of a plan in texts.
///
/// It puts in order what a plan asks for: the text is folded if case is ignored,
/// regrouped into lines if an engine needs them whole, and then goes to every engine.
///
/// ```
/// use cogrep_match::{Counter, EngineChoice, Matching, Patterns, Plan};
///
/// let matching = Matching { ignore_case: true, ..Matching::default() };
/// let patterns = Patterns::new(["he", "she", "hers"], matching)?;
/// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
///
/// let mut counter = Counter::new(&plan);
/// // The pieces of a text may be cut anywhere.
/// counter.feed(b"USH")?;
/// counter.feed(b"ERS")?;
/// assert_eq!(counter.finish(), [1, 1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Counter<'p> {
    plan: &'p Plan,
    scans: Vec<Box<dyn Scan>>,
    folder: Folder,
    folded: Vec<u8>,
    /// Whether text has been folded before.
    is_begun: bool,
    lines: LineGrouper,
}

impl<'p> Counter<'p> {
    /// A counter at the start of a text.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        Self::with_line_limit(plan, LineGrouper::DEFAULT_LIMIT_BYTES)
    }

    /// A counter that holds lines up to this length, where an engine needs them whole.
    #[must_use]
    pub fn with_line_limit(plan: &'p Plan, limit_bytes: usize) -> Self {
        Self {
            plan,
            scans: plan.engines().iter().map(|engine| engine.clone().scan()).collect(),
            folder: plan.folder(),
            folded: Vec::new(),
            is_begun: false,
            lines: LineGrouper::new(limit_bytes),
        }
    }

    /// Counts on in the next piece of the text.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression. The lines before it count;
    /// nothing more of this text does.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        let scans = &mut self.scans;
        let mut feed_scans = |text: &[u8]| scans.iter_mut().for_each(|scan| scan.feed(text));
        if self.plan.needs_whole_lines() {
            return self.lines.feed(piece, feed_scans);
        }
        if !self.plan.folds() || self.folder.leaves(piece) {
            feed_scans(piece);
            return Ok(());
        }
        let mut rest = piece;
        while !rest.is_empty() {
            let most = if self.is_begun { Folder::PIECE_BYTES } else { Folder::FIRST_BYTES };
            let piece;
            (piece, rest) = rest.split_at(rest.len().min(most));
            self.folded.clear();
            self.folder.fold(piece, &mut self.folded);
            feed_scans(&self.folded);
            self.is_begun = true;
        }
        Ok(())
    }

    /// Ends the text, and gives the count of each pattern in it, in the order given.
    /// The next piece begins another text, counted from zero.
    pub fn finish(&mut self) -> Vec<u64> {
        self.folded.clear();
        self.folder.finish(&mut self.folded);
        let mut tally = Tally::new();
        for scan in &mut self.scans {
            scan.feed(&self.folded);
        }
        let scans = &mut self.scans;
        self.lines.end_text(|line| scans.iter_mut().for_each(|scan| scan.feed(line)));
        for scan in &mut self.scans {
            scan.end_text();
            scan.take(&mut tally);
        }
        self.plan.totals(&tally)
    }

    /// Counts a whole text.
    ///
    /// # Errors
    ///
    /// As in [`feed`](Self::feed).
    pub fn count(&mut self, text: &[u8]) -> Result<Vec<u64>, LineTooLong> {
        let fed = self.feed(text);
        let counts = self.finish();
        fed.map(|()| counts)
    }
}

impl fmt::Debug for Counter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("plan", self.plan).finish_non_exhaustive()
    }
}
