//! The network that counts: stages that hold their child and push into it.
//!
//! Text comes in by [`cat`], goes through stages of a caller's own if there are any, and is
//! scanned; what was found is counted and measured. Closing the network brings it back.

mod cat;
mod count;
mod counted;
mod lines;
mod measure;
mod scan;
mod shape;
mod stage;

use std::fmt;
use std::sync::Arc;

use cogrep_match::{LineGrouper, Plan, Scanner};
use cogrep_source::{Chunk, Fault};
use cosend::{Sink, Stopped, fanout};

use self::count::count_hits;
use self::measure::CountAndMeasure;
use self::scan::find;
use crate::measure::Finding;
use crate::progress::LiveTally;

pub use self::cat::cat;
pub use self::count::count;
pub use self::counted::Counted;
pub use self::lines::{Stop, lines};
pub use self::scan::scan;

pub use self::shape::Shape;
pub use self::stage::{Named, Stage, named};

/// What counts: the stages of a network from some point on.
pub type Counting = Box<dyn Stage<Return = Counted>>;

/// Puts stages of one's own between the text and what counts it.
///
/// It is given what counts, and where a stage records why it cannot go on, and gives what is
/// to count instead. Each text gets stages of its own. They see the text as it is, decoded,
/// not folded, in chunks that are cut anywhere; after [`lines`] it is cut between lines. A
/// stage that ends of itself has had enough of its text; the rest of that is not read.
#[derive(Clone, Copy)]
pub struct Extension<'a>(pub &'a (dyn Fn(Counting, Stop) -> Counting + Sync));

impl fmt::Debug for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extension").finish_non_exhaustive()
    }
}

/// How a network is built for a plan.
#[derive(Debug)]
pub struct Blueprint<'a> {
    /// How the patterns are counted.
    pub plan: &'a Arc<Plan>,
    /// The longest line that regular expressions may hold.
    pub max_line_bytes: usize,
    /// Receives what has been counted while text comes.
    pub live: Option<&'a LiveTally>,
    /// Stages of one's own before the scan.
    pub extension: Option<Extension<'a>>,
}

impl<'a> Blueprint<'a> {
    /// A network for a plan, with every option as it is unless set otherwise.
    #[must_use]
    pub fn new(plan: &'a Arc<Plan>) -> Self {
        Self { plan, max_line_bytes: LineGrouper::DEFAULT_LIMIT_BYTES, live: None, extension: None }
    }

    /// The network that counts: a scan and its count.
    #[must_use]
    pub fn counting(&self) -> Network {
        let stop = Stop::default();
        let scanner = Scanner::with_line_limit(Arc::clone(self.plan), self.max_line_bytes);
        let counting = Whole(scan(scanner, stop.clone(), count(self.live.cloned())));
        self.network(Box::new(counting), stop)
    }

    /// The network that counts and measures one text, or one range: it goes on with these
    /// findings.
    #[must_use]
    pub fn measuring(&self, findings: Vec<Finding>) -> Network {
        let stop = Stop::default();
        let scanner = Scanner::with_line_limit(Arc::clone(self.plan), self.max_line_bytes);
        let count = count_hits(self.live.cloned());
        let asking = findings.len();
        let measures = fanout(findings.into_iter().map(measure::measure));
        let measured = CountAndMeasure { count, measures };
        self.network(Box::new(find(scanner, asking, stop.clone(), measured)), stop)
    }

    fn network(&self, counting: Counting, stop: Stop) -> Network {
        let head = match self.extension {
            Some(Extension(extend)) => extend(counting, stop.clone()),
            None => counting,
        };
        Network { head, stop }
    }
}

/// A live network: a sink of text that gives what was counted when it is closed.
pub struct Network {
    head: Counting,
    stop: Stop,
}

impl Network {
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
    type Return = Counted;

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        self.head.send(chunk)?;
        if self.stop.is_set() { Err(Stopped) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<Counted, Stopped> {
        self.head.finish()
    }
}

/// A stage whose result is all that was counted.
struct Whole<S>(S);

impl<S: Sink<Chunk, Return: Into<Counted>>> Sink<Chunk> for Whole<S> {
    type Return = Counted;

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        self.0.send(chunk)
    }

    fn finish(&mut self) -> Result<Counted, Stopped> {
        self.0.finish().map(Into::into)
    }
}

impl<S: Stage<Chunk, Return: Into<Counted>>> Stage<Chunk> for Whole<S> {
    fn shape(&self) -> Shape {
        self.0.shape()
    }
}
