//! The network that counts: stages that hold their child and push into it.
//!
//! Text comes in by [`cat`], goes through stages of a caller's own if there are any, and is
//! scanned; what was found is counted and measured. Closing the network brings it back.

mod cat;
mod count;
mod counted;
mod lines;
mod loose_space;
mod measure;
mod patient;
mod scan;
mod shape;
mod stage;
mod stride;

use std::fmt;
use std::sync::Arc;

use cogrep_match::{LineGrouper, Plan, Scanner};
use cogrep_source::{Chunk, Interrupt};
use cosend::{Sink, Stopped, fanout};

use self::count::{count, count_hits};
use self::measure::CountAndMeasure;
use self::scan::{find, scan};
use self::stride::Stride;
use crate::measure::Finding;
use crate::progress::LiveTally;

pub use self::cat::{Hooks, cat, cat_fetched};
pub use self::counted::Counted;
pub use self::lines::lines;
pub use self::loose_space::{loose_space, with_loose_space};

pub use self::shape::Shape;
pub use self::stage::{Named, Stage, named};

/// What counts: the stages of a network from some point on.
pub type Counting = Box<dyn Stage<Return = Counted> + Send>;

/// Puts stages of one's own between the text and what counts it.
///
/// It is given what counts, and gives what is to count instead. Each text gets stages of its
/// own. They see the text as it is, decoded, not folded, in chunks that are cut anywhere;
/// after [`lines`] it is cut between lines. A stage that ends of itself has had enough of its
/// text; the rest of that is not read. One that cannot go on says why in
/// [`Counted::fault`].
#[derive(Clone, Copy)]
pub struct Extension<'a>(pub &'a (dyn Fn(Counting) -> Counting + Sync));

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
    /// Asks the scan to stop.
    pub interrupt: Interrupt,
    /// Whether that is asked as soon as anything is found.
    pub stop_when_found: bool,
    /// Stages of one's own before the scan.
    pub extension: Option<Extension<'a>>,
}

impl<'a> Blueprint<'a> {
    /// A network for a plan, with every option as it is unless set otherwise.
    #[must_use]
    pub fn new(plan: &'a Arc<Plan>) -> Self {
        Self {
            plan,
            max_line_bytes: LineGrouper::DEFAULT_LIMIT_BYTES,
            live: None,
            interrupt: Interrupt::default(),
            stop_when_found: false,
            extension: None,
        }
    }

    /// The network that counts: a scan and its count.
    #[must_use]
    pub fn counting(&self) -> Network {
        let scanner = Scanner::with_line_limit(Arc::clone(self.plan), self.max_line_bytes);
        self.network(Box::new(scan(scanner, self.stride(), count(self.live.cloned(), self.stop()))))
    }

    /// The network that counts and measures one text, or one range: it goes on with these
    /// findings.
    #[must_use]
    pub fn measuring(&self, findings: Vec<Finding>) -> Network {
        let scanner = Scanner::with_line_limit(Arc::clone(self.plan), self.max_line_bytes);
        let count = count_hits(self.live.cloned());
        let asking = findings.len();
        let needs_lines = findings.iter().any(Finding::needs_lines);
        let measures = fanout(findings.into_iter().map(measure::measure));
        let measured = CountAndMeasure { count, measures };
        let measuring = find(scanner, self.stride(), asking, measured);
        self.network(if needs_lines {
            Box::new(lines(self.max_line_bytes, measuring))
        } else {
            Box::new(measuring)
        })
    }

    /// What is asked to stop when something is found.
    fn stop(&self) -> Option<Interrupt> {
        self.stop_when_found.then(|| self.interrupt.clone())
    }

    fn stride(&self) -> Stride {
        Stride::new(self.interrupt.clone(), self.stop_when_found)
    }

    fn network(&self, counting: Counting) -> Network {
        Network(match self.extension {
            Some(Extension(extend)) => extend(counting),
            None => counting,
        })
    }
}

/// A live network: a sink of text that gives what was counted when it is closed.
pub struct Network(Counting);

impl Network {
    /// The shape of the network, from the text on.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape::new("cat", [self.0.shape()])
    }
}

impl Sink<Chunk> for Network {
    type Return = Counted;

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        self.0.pass(chunk)
    }

    fn finish(&mut self) -> Result<Counted, Stopped> {
        self.0.finish()
    }

    fn is_stopped(&self) -> bool {
        self.0.is_stopped()
    }
}
