//! The network that a plan asks for.

use std::sync::Arc;

use cogrep_match::{Patterns, Plan, Tally};
use cogrep_source::{Chunk, Fault};
use cosend::{Sink, Stopped, fanout};

use crate::stage::{Shape, Stage, count, fold, grep};

/// A live network: a sink of text that gives what was counted when it is closed.
pub struct Network {
    head: Head,
    fault: Option<Fault>,
}

/// The first stage. What closing gives depends on it, so the ways differ in type.
enum Head {
    Direct(Box<dyn Stage<Return = Vec<Tally>>>),
}

impl Network {
    /// Builds the stages for a plan: one `grep -> count` an engine, under one
    /// `fanout`, behind what prepares the text for them.
    ///
    /// `max_line` is the longest line that regular expressions may hold, in bytes.
    #[must_use]
    pub fn new(plan: &Plan, patterns: &Patterns, _max_line: usize) -> Self {
        let greps = plan.engines().iter().map(|engine| {
            grep(Arc::clone(engine).scan(), &plan.label(patterns, &**engine), count())
        });
        let counting = fanout(greps);
        let head = if plan.folds() {
            Head::Direct(Box::new(fold(counting)))
        } else {
            Head::Direct(Box::new(counting))
        };
        Self { head, fault: None }
    }

    /// The shape of the network, from the text on.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let head = match &self.head {
            Head::Direct(stage) => stage.shape(),
        };
        Shape::new("cat", [head])
    }

    /// Why the network stopped of itself, if it did; to be asked after closing.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }
}

impl Sink<Chunk> for Network {
    type Return = Tally;

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        match &mut self.head {
            Head::Direct(stage) => stage.send(chunk),
        }
    }

    fn finish(&mut self) -> Result<Tally, Stopped> {
        let tallies = match &mut self.head {
            Head::Direct(stage) => stage.finish()?,
        };
        let mut total = Tally::new();
        for tally in &tallies {
            total.merge(tally);
        }
        Ok(total)
    }
}
