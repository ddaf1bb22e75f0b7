//! Whole lines, for stages that need them whole.

use std::ops::Range;

use cogrep_match::{LineGrouper, LineTooLong};
use cogrep_source::{Chunk, Fault, Role};
use cosend::{Input, coroutine};
use memchr::{memchr, memrchr};

use crate::network::counted::Counted;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};

/// Lines are passed on in chunks of at most this many bytes, where they are no longer: what
/// one stage has looked at is then still in the cache next to the core when the next one does.
const PIECE_BYTES: usize = 64 << 10;

/// Passes the text on in chunks that end where a line ends, of at most 64 KiB unless a line
/// is longer.
///
/// It holds no more than one line, of at most `limit_bytes`; at a longer one it stops, and
/// says so in what was counted. Only lines that were cut are copied: the others are passed on
/// in pieces of the chunks that came.
pub fn lines<S: Stage<Return = Counted> + Send>(
    limit_bytes: usize,
    mut child: S,
) -> impl Stage<Return = Counted> + Send {
    let shape = Shape::new("lines", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut grouper = LineGrouper::new(limit_bytes);
        let mut mended = Chunk::new();
        let mut next_offset = None;
        let mut sent = Ok(());
        let mut fault = None;
        while sent.is_ok() && fault.is_none() {
            let Some(chunk) = text.next().await else { break };
            if chunk.role() == Role::Before {
                sent = child.send(chunk);
                continue;
            }
            let after = Some(chunk).filter(|chunk| chunk.role() == Role::After);
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
                Err(LineTooLong { limit_bytes }) => fault = Some(Fault::LongLine { limit_bytes }),
                Ok(()) if chunk.is_last() => {
                    grouper.end_text(&mut pass_on_pieces);
                    match after {
                        Some(after) => sent = sent.and_then(|()| child.send(after)),
                        None => pass_on(&[], true),
                    }
                    next_offset = None;
                }
                Ok(()) => {}
            }
        }
        let mut counted = child.close();
        counted.fault = counted.fault.or(fault);
        counted
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
