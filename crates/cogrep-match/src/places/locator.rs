//! Where patterns stand: all places of each, as they come.

use std::ops::Range;

use super::{Found, Way, needles};
use crate::pattern::{PatternError, Patterns};
use crate::text::line::LineTooLong;

/// Finds every place that counts, in a text that comes in pieces.
///
/// ```
/// use cogrep_match::{Locator, Matching, Patterns};
///
/// let matching = Matching { ignore_case: true, ..Matching::default() };
/// let patterns = Patterns::new(["peace", "war", "War"], matching)?;
/// let mut locator = Locator::new(&patterns)?;
/// // Equal patterns share a needle: here the last two, since case is ignored.
/// assert_eq!(locator.needles(), [0, 1, 1]);
///
/// let mut found = Vec::new();
/// locator.feed(b"WAR\nand Pea", |needle, bytes| found.push((needle, bytes)))?;
/// locator.feed(b"ce, war", |needle, bytes| found.push((needle, bytes)))?;
/// locator.end_text(|needle, bytes| found.push((needle, bytes)));
/// assert_eq!(found, [(1, 0..3), (0, 8..13), (1, 15..18)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Locator {
    needles: Vec<usize>,
    way: Way,
}

impl Locator {
    /// A locator at the start of a text.
    ///
    /// # Errors
    ///
    /// As for a [`Plan`](crate::Plan) of the same patterns.
    pub fn new(patterns: &Patterns) -> Result<Self, PatternError> {
        Self::with_line_limit(patterns, crate::LineGrouper::DEFAULT_LIMIT_BYTES)
    }

    /// A locator that holds lines up to this length for regular expressions.
    ///
    /// # Errors
    ///
    /// As in [`new`](Self::new).
    pub fn with_line_limit(
        patterns: &Patterns,
        line_limit_bytes: usize,
    ) -> Result<Self, PatternError> {
        let (needles, distinct) = needles(patterns);
        let found = Found::All(Vec::new());
        let way = Way::new(patterns, &needles, distinct, found, line_limit_bytes)?;
        Ok(Self { needles, way })
    }

    /// The needle of each pattern, in the order given: what places are found of.
    #[must_use]
    pub fn needles(&self) -> &[usize] {
        &self.needles
    }

    /// Looks on in the next piece of the text, cut anywhere, and gives each place by
    /// its needle and the bytes of the text that match, before any folding. The places
    /// of one needle come in order.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression. Places before it are given.
    pub fn feed(
        &mut self,
        piece: &[u8],
        found: impl FnMut(usize, Range<u64>),
    ) -> Result<(), LineTooLong> {
        let fed = self.way.feed(piece);
        give(self.way.found_mut(), found);
        fed
    }

    /// Ends the text, and gives the places that hung on its end.
    pub fn end_text(self, found: impl FnMut(usize, Range<u64>)) {
        give(&mut self.way.finish(), found);
    }
}

fn give(all: &mut Found, mut found: impl FnMut(usize, Range<u64>)) {
    if let Found::All(all) = all {
        all.drain(..).for_each(|(needle, bytes)| found(needle, bytes));
    }
}
