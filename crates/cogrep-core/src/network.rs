//! The network that a plan asks for.

use std::fmt;
use std::sync::Arc;

use cogrep_match::{Patterns, Plan, Tally};
use cogrep_source::{Chunk, Fault};
use cosend::{Sink, Stopped, fanout};

use crate::progress::LiveTally;
use crate::stage::{Shape, Stage, Stop, count, fold, grep, lines};

/// What counts: the stages of a network from some point on, with a tally an engine.
pub type Counting = Box<dyn Stage<Return = Vec<Tally>>>;

/// Puts stages of one's own between the text and what counts it.
///
/// It is given what counts, and where a stage leaves word if it cannot go on, and gives
/// what shall count instead. Each text gets stages of its own. They see the text as it
/// is, decoded, not folded, in chunks that are cut anywhere; [`lines`] before them has it
/// cut between lines. A stage that ends of itself has had enough of its text; the rest
/// of that is not read.
#[derive(Clone, Copy)]
pub struct Extension<'a>(pub &'a (dyn Fn(Counting, Stop) -> Counting + Sync));

impl fmt::Debug for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extension").finish_non_exhaustive()
    }
}

/// A live network: a sink of text that gives what was counted when it is closed.
pub struct Network {
    head: Counting,
    stop: Stop,
}

impl Network {
    /// Builds the stages for a plan: one `grep -> count` an engine, under one
    /// `fanout`, behind what prepares the text for them.
    ///
    /// `max_line_bytes` is the longest line that regular expressions may hold.
    #[must_use]
    pub fn new(plan: &Plan, patterns: &Patterns, max_line_bytes: usize) -> Self {
        Self::watched(plan, patterns, max_line_bytes, None)
    }

    /// The same, with somebody who is told what has been counted while text comes.
    #[must_use]
    pub fn watched(
        plan: &Plan,
        patterns: &Patterns,
        max_line_bytes: usize,
        live: Option<&LiveTally>,
    ) -> Self {
        let greps = plan.engines().iter().map(|engine| {
            let label = plan.label(patterns, &**engine);
            grep(Arc::clone(engine).scan(), &label, count(live.cloned()))
        });
        let counting = fanout(greps);
        let stop = Stop::default();
        let head: Counting = if plan.needs_whole_lines() {
            Box::new(lines(max_line_bytes, stop.clone(), counting))
        } else if plan.folds() {
            Box::new(fold(plan.folder(), counting))
        } else {
            Box::new(counting)
        };
        Self { head, stop }
    }

    /// The same network behind stages of one's own, if there are any.
    #[must_use]
    pub fn extended(self, extension: Option<Extension<'_>>) -> Self {
        let Some(Extension(extend)) = extension else { return self };
        Self { head: extend(self.head, self.stop.clone()), stop: self.stop }
    }

    /// The shape of the network, from the text on.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape::new("cat", [self.head.shape()])
    }

    /// Whether the network stopped of itself.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stop.is_set()
    }

    /// Why the network stopped of itself, if it did.
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        self.stop.take()
    }
}

impl Sink<Chunk> for Network {
    type Return = Tally;

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        self.head.send(chunk)?;
        if self.stop.is_set() { Err(Stopped) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<Tally, Stopped> {
        let mut total = Tally::new();
        for tally in self.head.finish()? {
            total.merge(&tally);
        }
        Ok(total)
    }
}
