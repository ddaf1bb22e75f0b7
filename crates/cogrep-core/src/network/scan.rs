//! Where patterns are found.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cogrep_match::{Hit, Hits, LineTooLong, Output, Scanner, Tally, Totals};
use cogrep_source::{Chunk, Fault, Role};
use cosend::{Input, coroutine};

use crate::network::counted::Counted;
use crate::network::patient::Patient;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};
use crate::network::stride::Stride;

/// Between two messages of what was found there is this much text.
const MESSAGE_BYTES: u64 = 4 << 20;

/// A chunk with less text, after which there is more, is one of a pipe that is slower than
/// what reads it.
const SHORT_BYTES: usize = 32 << 10;

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
///
/// All of it is on one thread, but a stage can only be sent to another if what it is lent could
/// be shared.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// By needle; a measure takes itself off.
    measures: Vec<AtomicUsize>,
    /// Needles that no measure asks for, since the last time.
    lost: Mutex<Vec<usize>>,
}

impl Interest {
    /// This many measures ask for each of these needles.
    fn new(needles: usize, measures: usize) -> Self {
        let measures = (0..needles).map(|_| AtomicUsize::new(measures)).collect();
        Self { measures, lost: Mutex::default() }
    }

    /// A measure asks for no more hits of a needle. To be called once.
    pub(super) fn end(&self, needle: usize) {
        if self.measures[needle].fetch_sub(1, Ordering::Relaxed) == 1 {
            self.lost.lock().unwrap_or_else(PoisonError::into_inner).push(needle);
        }
    }

    /// Takes the needles that no measure asks for, since the last time.
    fn take_lost(&mut self) -> Vec<usize> {
        std::mem::take(self.lost.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Counts with a scanner, and sends its child how often each needle was found: every few
/// megabytes, after each piece of a slow pipe, and when it is closed.
///
/// At a line that is too long for a regular expression it stops, and says so in what was
/// counted.
pub(super) fn scan<S: Stage<Tally, Return = Tally> + Send>(
    scanner: Scanner<Totals>,
    mut stride: Stride,
    mut child: S,
) -> impl Stage<Return = Counted> + Send {
    let shape = shape(&scanner, &child.shape());
    let mut scanner = Patient::new(scanner, stride.interrupt());
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut in_text = false;
        let mut unsent_bytes = 0;
        let mut fault = None;
        while let Some(chunk) = text.next().await {
            in_text = !chunk.is_last();
            // If the scanner is left to itself, what it has counted before is not lost.
            if scanner.is_in_long_line() {
                send_counts(&mut scanner, &mut child);
            }
            fault = go_on(&mut scanner, &mut stride, chunk).err();
            if fault.is_some() {
                break;
            }
            unsent_bytes += chunk.bytes().len() as u64;
            // A pipe that gave little has no more now, and may have none for long.
            let is_short = stride.is_eager || in_text && chunk.bytes().len() < SHORT_BYTES;
            if let Some(scanner) = scanner.get().filter(|_| is_short) {
                scanner.catch_up();
            }
            if is_short || unsent_bytes >= MESSAGE_BYTES {
                unsent_bytes = 0;
                send_counts(&mut scanner, &mut child);
            }
        }
        // Closed in the middle of a text: what was seen of it counts.
        if in_text {
            scanner.end_text();
        }
        send_counts(&mut scanner, &mut child);
        Counted { fault, ..Counted::from(child.close()) }
    });
    named(shape, body)
}

/// Finds hits with a scanner, and sends its child those of each chunk.
///
/// It stops as [`scan`] does. It says of what its child counted whether each hit of a range
/// is known.
pub(super) fn find<S: Stage<Batch, Return = Counted> + Send>(
    scanner: Scanner<Hits>,
    mut stride: Stride,
    measures: usize,
    mut child: S,
) -> impl Stage<Return = Counted> + Send {
    let labels: Vec<_> = scanner.plan().labels().collect();
    let name =
        if labels.is_empty() { "pass".into() } else { format!("find {}", labels.join(", ")) };
    let found = Shape::new(name, [child.shape()]);
    let shape = prepared(&scanner, found);
    let mut scanner = Patient::new(scanner, stride.interrupt());
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let interest = Interest::new(scanner.plan().needle_count(), measures);
        let mut batch = Batch { interest, ..Batch::default() };
        let mut in_text = false;
        let mut fault = None;
        while let Some(chunk) = text.next().await {
            in_text = !chunk.is_last();
            fault = go_on(&mut scanner, &mut stride, chunk).err();
            // A scanner that was left to itself has found nothing.
            let Some(scanner) = scanner.get() else { continue };
            take_found(scanner, &mut batch);
            batch.chunk = chunk.clone();
            let _ = child.send(&batch);
            batch.hits.clear();
            batch.interest.take_lost().into_iter().for_each(|needle| scanner.mute(needle));
            // The chunk can be filled again only once nothing else looks at its buffer.
            batch.chunk = Chunk::default();
            if fault.is_some() {
                break;
            }
        }
        if in_text {
            scanner.end_text();
            if let Some(scanner) = scanner.get() {
                take_found(scanner, &mut batch);
                batch.chunk.refill(&[], batch.settled, true);
                let _ = child.send(&batch);
            }
        }
        let is_decided = scanner.get().is_none_or(|scanner| scanner.decided().is_ok());
        let mut counted = child.close();
        counted.is_undecided |= !is_decided;
        counted.fault = fault;
        counted
    });
    named(shape, body)
}

/// Sends the counts of a scanner. A child that has stopped wants none.
fn send_counts(scanner: &mut Patient<Totals>, child: &mut impl Stage<Tally>) {
    if let Some(scanner) = scanner.get() {
        let _ = child.send(&scanner.take());
    }
}

/// Takes what a scanner has found.
fn take_found(scanner: &mut Scanner<Hits>, batch: &mut Batch) {
    batch.hits.extend(scanner.take_hits());
    batch.muted = scanner.take_muted();
    batch.settled = scanner.settled();
}

/// Takes the next chunk.
fn go_on<O: Output>(
    scanner: &mut Patient<O>,
    stride: &mut Stride,
    chunk: &Chunk,
) -> Result<(), Fault> {
    let bytes = chunk.bytes();
    match chunk.role() {
        Role::Before => {
            if let Some(scanner) = scanner.get() {
                scanner.begin_range(chunk.offset() + bytes.len() as u64, bytes);
            }
        }
        Role::Text => {
            let fed = stride.over(bytes.len(), |piece| scanner.feed(&bytes[piece]));
            fed.map_err(|LineTooLong { limit_bytes }| Fault::LongLine { limit_bytes })?;
            if chunk.is_last() {
                scanner.end_text();
            }
        }
        Role::After => {
            if let Some(scanner) = scanner.get() {
                scanner.end_range(bytes);
            }
        }
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
