//! What an engine is: the interface between the planner and the ways to count.

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

    /// Begins to count: a state of its own, at the start of a text.
    fn scan(self: Arc<Self>) -> Box<dyn Scan>;
}

/// An engine on its way through texts, one after the other.
///
/// The pieces of a text may be cut anywhere, also inside an occurrence or a
/// character; the counts do not depend on it.
pub trait Scan {
    /// Counts on in the next piece of the text.
    fn feed(&mut self, piece: &[u8]);

    /// Ends the text: what hung on its end is decided, and the next piece begins
    /// another text.
    fn end_text(&mut self);

    /// Adds to the tally what was counted in the texts that have ended, and starts
    /// again from zero.
    fn take(&mut self, tally: &mut Tally);
}
