//! The ways to count, and the interface between them and the planner.
//!
//! An engine for literals is made of three parts: the [`window`] that joins pieces of
//! text, a way to find places, and the [`judge`] who decides which of them count;
//! [`course`] puts them together. A new engine brings the middle part.

mod automaton;
mod chapter;
mod compare;
pub mod course;
pub mod judge;
pub(crate) mod kernel;
mod memmem;
mod regex;
mod sieve;
pub mod window;

pub use automaton::Automaton;
pub use chapter::Chapter;
pub use compare::Compare;
pub use memmem::Memmem;
pub(crate) use regex::LineRegex;
pub use regex::Regex;
pub use sieve::Sieve;

use std::fmt;
use std::sync::Arc;

use crate::Tally;

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

    /// Begins to count: a state of its own, at the start of a text.
    fn scan(self: Arc<Self>) -> Box<dyn Scan>;
}

/// An engine on its way through texts, one after the other.
///
/// The pieces of a text may be cut anywhere, also inside an occurrence or a
/// character, unless the engine [needs whole lines](Engine::needs_whole_lines); the
/// counts do not depend on it.
pub trait Scan {
    /// Counts on in the next piece of the text.
    fn feed(&mut self, piece: &[u8]);

    /// Ends the text: what hung on its end is decided, and the next piece begins
    /// another text.
    fn end_text(&mut self);

    /// Adds to the tally what was counted so far, and starts again from zero.
    ///
    /// Within a text, what hangs on bytes to come is not counted yet; after
    /// [`end_text`](Self::end_text) the counts are those of the texts.
    fn take(&mut self, tally: &mut Tally);
}
