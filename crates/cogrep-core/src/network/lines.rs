//! Whole lines, for stages that need them whole.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use cogrep_match::{LineGrouper, LineTooLong};
use cogrep_source::{Chunk, Fault, Role};
use cosend::{Input, coroutine};
use memchr::{memchr, memrchr};

use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};

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

/// Lines are passed on in chunks of so many bytes and less, where they are no longer: what
/// one stage has looked at is then still in the cache next to the core when the next one does.
const PIECE_BYTES: usize = 64 << 10;

/// Passes the text on in chunks that end where a line ends, of at most 64 KiB unless a line
/// is longer.
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
            let behind = Some(chunk).filter(|chunk| chunk.role() == Role::After);
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
            let mut pass_on_pieces =
                |lines: &[u8]| pieces(lines).for_each(|piece| pass_on(piece, false));
            match grouper.feed(chunk.bytes(), &mut pass_on_pieces) {
                Err(LineTooLong { limit_bytes }) => stop.set(Fault::LongLine { limit_bytes }),
                Ok(()) if chunk.is_last() => {
                    grouper.end_text(&mut pass_on_pieces);
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

/// Whole lines, cut between lines.
fn pieces(mut lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let most = lines.len().min(PIECE_BYTES);
        let end = match memrchr(b'\n', &lines[..most]) {
            Some(line_feed) if lines.len() > most => line_feed + 1,
            _ => memchr(b'\n', &lines[most..]).map_or(lines.len(), |at| most + at + 1),
        };
        let piece;
        (piece, lines) = lines.split_at(end);
        (!piece.is_empty()).then_some(piece)
    })
}

/// Where in these bytes the others lie, if they are some of them, and no copy.
fn place_in(bytes: &[u8], others: &[u8]) -> Option<Range<usize>> {
    let start = others.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    let place = start..start + others.len();
    (!others.is_empty() && place.end <= bytes.len()).then_some(place)
}
