//! The ways to count, and the interface between them and the planner.
//!
//! An engine for literals is made of three parts: the [`window`] that joins pieces of
//! text, a way to find places, and the [`judge`] who decides which of them count;
//! [`course`] puts them together. A new engine brings the middle part.

mod automaton;
mod chapter;
mod compare;
pub mod course;
mod histogram;
pub mod judge;
mod memmem;
mod opening;
mod regex;
mod regex_set;
mod sieve;
#[cfg(test)]
mod tests;
pub mod window;

pub use automaton::Automaton;
pub use chapter::Chapter;
pub use compare::Compare;
pub use histogram::Histogram;
pub use memmem::Memmem;
pub(crate) use regex::LineRegex;
pub use regex::Regex;
pub use regex_set::RegexSet;
pub use sieve::Sieve;

use std::fmt;
use std::sync::Arc;

use crate::Tally;
use window::Context;

/// A group of needles, made ready to be counted in one pass over a text.
///
/// Every engine gives the same counts; they differ in speed. It is compiled once
/// and shared by all cores.
pub trait Engine: fmt::Debug + Send + Sync {
    /// What the engine is called, in `--explain` and `--engine`.
    fn name(&self) -> &'static str;

    /// The needles it counts, as indices into a [`Tally`].
    fn needles(&self) -> &[usize];

    /// Whether each piece it is fed must end where a line ends, or the text does.
    ///
    /// A [`LineGrouper`](crate::LineGrouper) makes such pieces.
    fn needs_whole_lines(&self) -> bool {
        false
    }

    /// Whether it lowers the letters of ASCII in the text itself where case is ignored:
    /// then such text need not be folded before.
    fn lowers_ascii(&self) -> bool {
        false
    }

    /// How much text around a part a scan must be shown to count in it alone; see
    /// [`Scan::begin_part`].
    fn context(&self) -> Context;

    /// Begins to count: a state of its own, at the start of a text.
    fn scan(self: Arc<Self>) -> Box<dyn Scan>;
}

/// An engine on its way through texts, one after the other.
///
/// The pieces of a text may be cut anywhere, also inside an occurrence or a
/// character, unless the engine [needs whole lines](Engine::needs_whole_lines); the
/// counts do not depend on it.
///
/// A text may also be counted in parts, by scans of their own and in any order; how such
/// a part is cut off does not matter either:
///
/// ```
/// use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Tally};
///
/// let patterns = Patterns::new(["aaa"], Matching::default())?;
/// let plan = Plan::new(&patterns, EngineChoice::Auto)?;
/// let part = |before: &[u8], part: &[u8], behind: &[u8]| {
///     let mut scan = plan.engines()[0].clone().scan();
///     let mut tally = Tally::new();
///     if !before.is_empty() {
///         scan.begin_part(before);
///     }
///     scan.feed(part);
///     scan.end_part(behind);
///     scan.take(&mut tally);
///     tally
/// };
/// let mut tally = part(b"", b"aaaa", b"aaa");
/// tally.join(&part(b"aaaa", b"aaa", b""));
/// tally.settle();
/// assert_eq!(plan.totals(&tally), [2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Scan {
    /// Counts on in the next piece of the text.
    fn feed(&mut self, piece: &[u8]);

    /// Ends the text: what hung on its end is decided, and the next piece begins
    /// another text.
    fn end_text(&mut self);

    /// Begins in the midst of a text, behind these bytes of it, which another scan counts;
    /// to be called instead of beginning at the start of a text.
    ///
    /// They must be as many as the [context](Engine::context) of the engine asks for, or
    /// all there are. A place belongs to the part in which it ends.
    fn begin_part(&mut self, before: &[u8]);

    /// Ends a part of a text, and not the text: these bytes follow, as many as the
    /// context asks for, or all there are. The next piece begins another text.
    ///
    /// What is [taken](Self::take) then is to be [joined](Tally::join) to what was taken
    /// of the neighbours. The last part may end by [`end_text`](Self::end_text) instead.
    fn end_part(&mut self, behind: &[u8]);

    /// Adds to the tally what was counted so far, and starts again from zero.
    ///
    /// Within a text, what hangs on bytes to come is not counted yet; after
    /// [`end_text`](Self::end_text) the counts are those of the texts.
    fn take(&mut self, tally: &mut Tally);
}
