//! Whole lines, for stages that need them whole.

use std::cell::RefCell;
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
/// stops, and says so in `stop`.
pub fn lines<S: Stage>(
    limit_bytes: usize,
    stop: Stop,
    mut child: S,
) -> impl Stage<Return = S::Return> {
    let shape = Shape::new("lines", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut grouper = LineGrouper::new(limit_bytes);
        let mut whole = Chunk::new();
        let mut offset = 0;
        let mut sent = Ok(());
        while sent.is_ok() && !stop.is_set() {
            let Some(chunk) = text.next().await else { break };
            if chunk.role() == Role::Before {
                sent = child.send(chunk);
                continue;
            }
            let behind = Some(chunk).filter(|chunk| chunk.role() == Role::Behind);
            let mut pass_on = |lines: &[u8], last| {
                whole.refill(lines, offset, last);
                offset += lines.len() as u64;
                if sent.is_ok() {
                    sent = child.send(&whole);
                }
            };
            match grouper.feed(chunk.bytes(), |lines| pass_on(lines, false)) {
                Err(LineTooLong { limit_bytes }) => stop.set(Fault::LongLine { limit_bytes }),
                Ok(()) if chunk.is_last() => {
                    grouper.end_text(|lines| pass_on(lines, false));
                    match behind {
                        Some(behind) => sent = sent.and_then(|()| child.send(behind)),
                        None => pass_on(&[], true),
                    }
                    offset = 0;
                }
                Ok(()) => {}
            }
        }
        child.close()
    });
    named(shape, body)
}
