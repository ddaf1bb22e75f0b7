//! Where patterns are found.

use std::cell::{Cell, RefCell};

use cogrep_match::{Hit, Hits, LineTooLong, Output, Scanner, Tally, Totals};
use cogrep_source::{Chunk, Fault, Role};
use cosend::{Input, coroutine};

use crate::network::counted::Counted;
use crate::network::lines::Stop;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};

/// Between two messages of what was found there is this much text.
const MESSAGE_BYTES: u64 = 4 << 20;

/// What was found with a chunk of text: what a measure is sent.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The chunk.
    pub(super) chunk: Chunk,
    /// The hits that were found with it. They end in the text so far, and may begin in an
    /// earlier chunk; the hits of a needle come in order.
    pub(super) hits: Vec<Hit>,
    /// How often needles were found of which no measure asks for hits any more.
    pub(super) muted: Tally,
    /// Hits that are still to come end after this offset of the text.
    pub(super) settled: u64,
    /// Which needles measures still ask for.
    pub(super) interest: Interest,
}

/// How many measures ask for the hits of each needle.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// By needle; a measure takes itself off.
    measures: Vec<Cell<usize>>,
    /// Needles that no measure asks for, since the last time.
    lost: RefCell<Vec<usize>>,
}

impl Interest {
    /// This many measures ask for each of these needles.
    fn new(needles: usize, measures: usize) -> Self {
        Self { measures: vec![Cell::new(measures); needles], lost: RefCell::default() }
    }

    /// A measure asks for no more hits of a needle. To be called once.
    pub(super) fn end(&self, needle: usize) {
        self.measures[needle].update(|measures| measures.saturating_sub(1));
        if self.measures[needle].get() == 0 {
            self.lost.borrow_mut().push(needle);
        }
    }
}

/// Counts with a scanner, and sends its child how often each needle was found: every few
/// megabytes, and when it is closed.
///
/// At a line that is too long for a regular expression it stops, and says so in `stop`.
pub fn scan<S: Stage<Tally>>(
    mut scanner: Scanner<Totals>,
    stop: Stop,
    mut child: S,
) -> impl Stage<Return = S::Return> {
    let shape = shape(&scanner, &child.shape());
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut in_text = false;
        let mut unsent_bytes = 0;
        while let Some(chunk) = text.next().await {
            in_text = !chunk.is_last();
            if let Err(fault) = go_on(&mut scanner, chunk) {
                stop.set(fault);
                break;
            }
            unsent_bytes += chunk.bytes().len() as u64;
            if unsent_bytes >= MESSAGE_BYTES {
                unsent_bytes = 0;
                // A child that has stopped wants no counts, here and below.
                let _ = child.send(&scanner.take());
            }
        }
        // Closed in the middle of a text: what was seen of it counts.
        if in_text {
            scanner.end_text();
        }
        let _ = child.send(&scanner.take());
        child.close()
    });
    named(shape, body)
}

/// Finds hits with a scanner, and sends its child those of each chunk.
///
/// It stops as [`scan`] does. It says of what its child counted whether each hit of a range
/// is known.
pub(super) fn find<S: Stage<Batch, Return = Counted>>(
    mut scanner: Scanner<Hits>,
    measures: usize,
    stop: Stop,
    mut child: S,
) -> impl Stage<Return = Counted> {
    let labels: Vec<_> = scanner.plan().labels().collect();
    let found = Shape::new(format!("find {}", labels.join(", ")), [child.shape()]);
    let shape = prepared(&scanner, found);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let interest = Interest::new(scanner.plan().needle_count(), measures);
        let mut batch = Batch { interest, ..Batch::default() };
        let mut in_text = false;
        while let Some(chunk) = text.next().await {
            in_text = !chunk.is_last();
            let gone_on = go_on(&mut scanner, chunk);
            batch.hits.extend(scanner.take_hits());
            batch.muted = scanner.take_muted();
            batch.settled = scanner.settled();
            batch.chunk = chunk.clone();
            let _ = child.send(&batch);
            batch.hits.clear();
            batch.interest.lost.take().into_iter().for_each(|needle| scanner.mute(needle));
            // The chunk can be filled again only once nothing else looks at its buffer.
            batch.chunk = Chunk::default();
            if let Err(fault) = gone_on {
                stop.set(fault);
                break;
            }
        }
        if in_text {
            scanner.end_text();
            batch.hits.extend(scanner.take_hits());
            batch.muted = scanner.take_muted();
            batch.settled = scanner.settled();
            batch.chunk.refill(&[], batch.settled, true);
            let _ = child.send(&batch);
        }
        let is_decided = scanner.decided().is_ok();
        let mut counted = child.close();
        counted.is_undecided |= !is_decided;
        counted
    });
    named(shape, body)
}

/// Takes the next chunk.
fn go_on<O: Output>(scanner: &mut Scanner<O>, chunk: &Chunk) -> Result<(), Fault> {
    let bytes = chunk.bytes();
    match chunk.role() {
        Role::Before => scanner.begin_range(chunk.offset() + bytes.len() as u64, bytes),
        Role::Text => {
            let fed = scanner.feed(bytes);
            fed.map_err(|LineTooLong { limit_bytes }| Fault::LongLine { limit_bytes })?;
            if chunk.is_last() {
                scanner.end_text();
            }
        }
        Role::After => scanner.end_range(bytes),
    }
    Ok(())
}

/// What a scanner for totals does, and its child, of which each engine has one.
fn shape<O: Output>(scanner: &Scanner<O>, child: &Shape) -> Shape {
    let grep = |label: String| Shape::new(format!("grep {label}"), [child.clone()]);
    prepared(scanner, Shape::new("fanout", scanner.plan().labels().map(grep)))
}

/// What comes after what a scanner does with the text first.
fn prepared<O: Output>(scanner: &Scanner<O>, rest: Shape) -> Shape {
    let plan = scanner.plan();
    if plan.needs_whole_lines() {
        Shape::new("lines", [rest])
    } else if plan.folds() {
        Shape::new("fold", [rest])
    } else {
        rest
    }
}
