//! Whole lines, for stages that need them whole.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use cogrep_match::{LineGrouper, LineTooLong};
use cogrep_source::{Chunk, Fault, Role};
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Where a stage leaves word why it stopped, for whoever sends to it: the send
/// during which it stops still succeeds.
#[derive(Clone, Debug, Default)]
pub struct Stop(Rc<RefCell<Option<Fault>>>);

impl Stop {
    /// Whether a stage has stopped.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Why it did.
    #[must_use]
    pub fn take(&self) -> Option<Fault> {
        self.0.take()
    }

    /// Says why.
    pub fn set(&self, fault: Fault) {
        self.0.replace(Some(fault));
    }
}

/// Passes the text on in chunks that end where a line ends.
///
/// It holds no more than one line, of at most `limit_bytes`; at a longer one it
/// stops, and says so in `stop`. Only lines that were cut are copied: the others are
/// passed on in pieces of the chunks that came.
pub fn lines<S: Stage>(
    limit_bytes: usize,
    stop: Stop,
    mut child: S,
) -> impl Stage<Return = S::Return> {
    let shape = Shape::new("lines", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut grouper = LineGrouper::new(limit_bytes);
        let mut mended = Chunk::new();
        let mut next_offset = None;
        let mut sent = Ok(());
        while sent.is_ok() && !stop.is_set() {
            let Some(chunk) = text.next().await else { break };
            if chunk.role() == Role::Before {
                sent = child.send(chunk);
                continue;
            }
            let behind = Some(chunk).filter(|chunk| chunk.role() == Role::Behind);
            let offset = next_offset.get_or_insert(chunk.offset());
            let mut pass_on = |lines: &[u8], last| {
                if let Some(place) = place_in(chunk.bytes(), lines) {
                    let mut piece = chunk.piece(place);
                    piece.set_role(Role::Text);
                    sent = sent.and_then(|()| child.send(&piece));
                } else {
                    mended.refill(lines, *offset, last);
                    sent = sent.and_then(|()| child.send(&mended));
                }
                *offset += lines.len() as u64;
            };
            match grouper.feed(chunk.bytes(), |lines| pass_on(lines, false)) {
                Err(LineTooLong { limit_bytes }) => stop.set(Fault::LongLine { limit_bytes }),
                Ok(()) if chunk.is_last() => {
                    grouper.end_text(|lines| pass_on(lines, false));
                    match behind {
                        Some(behind) => sent = sent.and_then(|()| child.send(behind)),
                        None => pass_on(&[], true),
                    }
                    next_offset = None;
                }
                Ok(()) => {}
            }
        }
        child.close()
    });
    named(shape, body)
}

/// Where in these bytes the others lie, if they are some of them, and no copy.
fn place_in(bytes: &[u8], others: &[u8]) -> Option<Range<usize>> {
    let start = others.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    let place = start..start + others.len();
    (!others.is_empty() && place.end <= bytes.len()).then_some(place)
}
