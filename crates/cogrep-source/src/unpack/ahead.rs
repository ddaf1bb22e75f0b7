//! Decoding ahead: while one piece of text is counted in, a thread decodes the next.
//!
//! A source that is compressed keeps one core busy, first with decoding a piece of it, then
//! with counting in that. Where another core is free, only the slower of the two takes time.
//!
//! The thread takes over what reads and decodes as it is, and gives it back at the end, so
//! text, faults and totals are those of decoding on the spot. It is ahead by [`PIECES`] and
//! the one it fills, whatever the data holds.
//!
//! Nobody waits for a thread that is not needed any more: it ends when it has its next
//! piece. One that waits for the writer of a pipe ends when there is something to read,
//! or a wish to stop, and leaves that to others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::Unpacking;
use crate::buffer::{Buffer, Spare};
use crate::bytes::{Bytes, Moving};
use crate::chunk::{Chunk, LONG_CHUNK_BYTES};
use crate::text::on_the_spot;

/// So many pieces wait to be taken at most.
const PIECES: usize = 2;

/// How long they are, unless there is nothing more to be had at once.
///
/// To wake a thread takes some 20 µs here, most of it of the one that wakes: with pieces of
/// 128 KiB, a tenth of the time of decoding zstd.
const PIECE_BYTES: usize = LONG_CHUNK_BYTES;

/// What reads and decodes, between two threads.
pub(super) struct Work {
    pub(super) unpacking: Unpacking,
    pub(super) moving: Moving,
    /// How much is decoded at once. A decoder that fails may give nothing of its last step,
    /// so steps are as long as they are on the spot, and not as pieces.
    pub(super) step_bytes: usize,
}

/// A source that is decoded on another thread.
pub(super) struct Ahead {
    pieces: Receiver<Piece>,
    /// The piece that is handed out, from `start` on.
    piece: Piece,
    start: usize,
    /// `None` once it has been asked for what it worked with.
    thread: Option<JoinHandle<Option<Box<Work>>>>,
    /// Buffers that come back, to be filled again.
    spare: Arc<Spare>,
    is_wanted: Arc<AtomicBool>,
}

/// Some text.
#[derive(Default)]
struct Piece {
    buffer: Buffer,
    length: usize,
    /// The bytes that were read for all text up to its end.
    read_bytes: u64,
    is_last: bool,
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }
}

impl Ahead {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// Gives the work back, where the system has no thread to give.
    pub(super) fn begin(work: Box<Work>, spare: Arc<Spare>) -> Result<Self, Box<Work>> {
        Self::begin_on(Builder::new().name("decode".into()), work, spare)
    }

    fn begin_on(thread: Builder, work: Box<Work>, spare: Arc<Spare>) -> Result<Self, Box<Work>> {
        let read_bytes = work.moving.delivered;
        // What a closure holds is lost with a thread that did not start.
        let (hand_over, given) = sync_channel::<Box<Work>>(1);
        let (send, pieces) = sync_channel(PIECES);
        let is_wanted = Arc::new(AtomicBool::new(true));
        let thread = {
            let (spare, is_wanted) = (Arc::clone(&spare), Arc::clone(&is_wanted));
            let decode = move || decode(*given.recv().ok()?, &send, &spare, &is_wanted);
            thread.spawn(decode)
        };
        if let Err(SendError(work)) = hand_over.send(work) {
            return Err(work);
        }
        let piece = Piece { read_bytes, ..Piece::default() };
        Ok(Self { pieces, piece, start: 0, thread: thread.ok(), spare, is_wanted })
    }

    /// The bytes that were read for the text that was handed out.
    pub(super) fn read_bytes(&self) -> u64 {
        self.piece.read_bytes
    }

    /// Takes the next piece, as the chunk's buffer. Gives how many bytes it has: none only
    /// if it is the last.
    pub(super) fn fill_chunk(&mut self, chunk: &mut Chunk) -> usize {
        self.receive();
        if self.start > 0 {
            return self.fill(chunk.buffer_mut(PIECE_BYTES));
        }
        self.spare.keep(chunk.take_buffer());
        chunk.give_buffer(std::mem::take(&mut self.piece.buffer));
        self.start = self.piece.length;
        self.start
    }

    /// Copies what there is of the next piece, and for which there is room.
    pub(super) fn fill(&mut self, plain: &mut [u8]) -> usize {
        self.receive();
        let rest = &self.piece.buffer[self.start..self.piece.length];
        let length = rest.len().min(plain.len());
        plain[..length].copy_from_slice(&rest[..length]);
        self.start += length;
        length
    }

    /// Waits for a piece, unless there is something left of one.
    fn receive(&mut self) {
        if self.start < self.piece.length || self.piece.is_last {
            return;
        }
        self.spare.keep(std::mem::take(&mut self.piece.buffer));
        self.start = 0;
        let Ok(piece) = self.pieces.recv() else {
            self.join();
            unreachable!("a thread that is wanted ends with its last piece, or by a panic");
        };
        self.piece = piece;
    }

    /// What the thread worked with, when all pieces have been taken.
    pub(super) fn end(&mut self) -> Option<Box<Work>> {
        if !self.piece.is_last || self.start < self.piece.length {
            return None;
        }
        self.join()
    }

    fn join(&mut self) -> Option<Box<Work>> {
        match self.thread.take()?.join() {
            Ok(work) => work,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// Decodes piece after piece, to the end or until nobody wants more.
fn decode(
    work: Work,
    pieces: &SyncSender<Piece>,
    spare: &Spare,
    is_wanted: &AtomicBool,
) -> Option<Box<Work>> {
    let Work { mut unpacking, moving, step_bytes } = work;
    let mut bytes = Bytes::from(moving);
    loop {
        // Who waits for somebody holds no buffer.
        on_the_spot(unpacking.wait(&mut bytes));
        if !is_wanted.load(Ordering::Relaxed) {
            break;
        }
        let mut buffer = spare.take();
        buffer.make_room(PIECE_BYTES);
        let room = &mut buffer[..PIECE_BYTES];
        let length = fill(&mut unpacking, &mut bytes, room, step_bytes);
        let is_last = unpacking.has_ended;
        if length == 0 && !is_last {
            spare.keep(buffer);
            continue;
        }
        let piece = Piece { buffer, length, read_bytes: bytes.delivered(), is_last };
        if pieces.send(piece).is_err() || is_last {
            break;
        }
    }
    Some(Box::new(Work { unpacking, moving: bytes.leave()?, step_bytes }))
}

/// Decodes step by step until the piece is full, or the data ends, or there is nothing to be
/// had at once. Gives how many bytes it has then.
fn fill(
    unpacking: &mut Unpacking,
    bytes: &mut Bytes,
    piece: &mut [u8],
    step_bytes: usize,
) -> usize {
    let mut filled = 0;
    for room in piece.chunks_exact_mut(step_bytes) {
        if filled > 0 && bytes.is_stream() && unpacking.is_hungry(bytes) {
            // What is there is not held back while somebody is waited for.
            break;
        }
        let length = on_the_spot(unpacking.fill(bytes, room));
        filled += length;
        if length < step_bytes {
            break;
        }
    }
    filled
}

#[cfg(test)]
mod tests;
