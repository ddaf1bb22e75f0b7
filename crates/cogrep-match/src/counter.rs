//! Counts text that is in memory, or comes in pieces, without further ado.

use crate::{Folder, Plan, Scan, Tally};

/// Counts the patterns of a plan in texts.
///
/// It puts in order what a plan asks for: the text is folded if case is ignored, and
/// then goes to every engine.
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
/// counter.feed(b"USH");
/// counter.feed(b"ERS");
/// assert_eq!(counter.finish(), [1, 1, 1]);
/// # Ok::<(), cogrep_match::PatternError>(())
/// ```
pub struct Counter<'p> {
    plan: &'p Plan,
    scans: Vec<Box<dyn Scan>>,
    folder: Folder,
    folded: Vec<u8>,
}

impl<'p> Counter<'p> {
    /// A counter at the start of a text.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        let scans = plan.engines().iter().map(|engine| engine.clone().scan()).collect();
        Self { plan, scans, folder: Folder::new(), folded: Vec::new() }
    }

    /// Counts on in the next piece of the text.
    pub fn feed(&mut self, piece: &[u8]) {
        let text = if self.plan.folds() {
            self.folded.clear();
            self.folder.fold(piece, &mut self.folded);
            &self.folded
        } else {
            piece
        };
        self.scans.iter_mut().for_each(|scan| scan.feed(text));
    }

    /// Ends the text, and gives the count of each pattern in it, in the order given.
    /// The next piece begins another text, counted from zero.
    pub fn finish(&mut self) -> Vec<u64> {
        self.folded.clear();
        self.folder.finish(&mut self.folded);
        let mut tally = Tally::new();
        for scan in &mut self.scans {
            scan.feed(&self.folded);
            scan.end_text();
            scan.take(&mut tally);
        }
        self.plan.totals(&tally)
    }

    /// Counts a whole text.
    pub fn count(&mut self, text: &[u8]) -> Vec<u64> {
        self.feed(text);
        self.finish()
    }
}
