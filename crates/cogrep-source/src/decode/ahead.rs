//! Decoding ahead: while one piece of text is counted in, a thread decodes the next.
//!
//! A source that is compressed keeps one core busy, first with decoding a piece of it, then
//! with counting in that. Where another core is free, only the slower of the two takes time.
//!
//! The thread takes over what reads and decodes as it is, and gives it back at the end, so
//! text, faults and totals are the same. It is ahead by [`PIECES`] and the one it fills,
//! whatever the data holds.
//!
//! A thread that is not needed any more is not waited for: it ends when it has its next
//! piece. One that waits for the writer of a pipe ends when there is something to read, or
//! when a stop is requested, and leaves the rest unread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::Unpacked;
use crate::buffer::{Buffer, Spare};
use crate::chunk::{Chunk, LONG_CHUNK_BYTES};
use crate::raw::Raw;
use crate::wait::{Blocking, block_on};

/// At most this many pieces wait to be taken.
const PIECES: usize = 2;

/// How long they are, unless there is nothing more to be had at once.
///
/// To wake a thread takes some 20 µs here, most of it of the one that wakes: with pieces of
/// 128 KiB, a tenth of the time of decoding zstd.
const PIECE_BYTES: usize = LONG_CHUNK_BYTES;

/// A source that is decoded on another thread.
pub(super) struct Ahead<R> {
    pieces: Receiver<Piece>,
    /// The piece that is handed out, from `start` on.
    piece: Piece,
    start: usize,
    /// `None` once it has given back what it worked with.
    thread: Option<JoinHandle<Unpacked<R>>>,
    is_stream: bool,
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

impl<R> Drop for Ahead<R> {
    fn drop(&mut self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }
}

impl<R: Raw> Ahead<R> {
    /// Starts the thread, which decodes this much at once: a decoder that fails may give
    /// nothing of its last step, so steps are as long as they are on this thread, and not as
    /// long as pieces.
    ///
    /// # Errors
    ///
    /// Gives back what it was given, where the system has no thread to give.
    pub(super) fn begin(
        unpacked: Unpacked<R>,
        step_bytes: usize,
        spare: Arc<Spare>,
    ) -> Result<Self, Box<Unpacked<R>>> {
        Self::begin_on(Builder::new().name("decode".into()), unpacked, step_bytes, spare)
    }

    fn begin_on(
        thread: Builder,
        unpacked: Unpacked<R>,
        step_bytes: usize,
        spare: Arc<Spare>,
    ) -> Result<Self, Box<Unpacked<R>>> {
        let (read_bytes, is_stream) = (unpacked.raw.delivered(), unpacked.raw.is_stream());
        // What a closure holds is lost with a thread that does not start, so the thread gets
        // it afterwards.
        let (hand_over, given) = sync_channel::<Unpacked<R>>(1);
        let (send, pieces) = sync_channel(PIECES);
        let is_wanted = Arc::new(AtomicBool::new(true));
        let work = {
            let (spare, is_wanted) = (Arc::clone(&spare), Arc::clone(&is_wanted));
            move || {
                let Ok(mut unpacked) = given.recv() else { unreachable!("it is handed over") };
                decode(&mut unpacked, step_bytes, &send, &spare, &is_wanted);
                unpacked
            }
        };
        let Ok(thread) = thread.spawn(work) else { return Err(Box::new(unpacked)) };
        hand_over.send(unpacked).map_err(|error| Box::new(error.0))?;
        let piece = Piece { read_bytes, ..Piece::default() };
        Ok(Self { pieces, piece, start: 0, thread: Some(thread), is_stream, spare, is_wanted })
    }

    /// The bytes that were read for the text that was handed out.
    pub(super) fn read_bytes(&self) -> u64 {
        self.piece.read_bytes
    }

    pub(super) fn is_stream(&self) -> bool {
        self.is_stream
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
    pub(super) fn end(&mut self) -> Option<Unpacked<R>> {
        if !self.piece.is_last || self.start < self.piece.length {
            return None;
        }
        self.join()
    }

    fn join(&mut self) -> Option<Unpacked<R>> {
        match self.thread.take()?.join() {
            Ok(unpacked) => Some(unpacked),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// Decodes piece after piece, to the end or until no more are wanted.
fn decode<R: Raw>(
    unpacked: &mut Unpacked<R>,
    step_bytes: usize,
    pieces: &SyncSender<Piece>,
    spare: &Spare,
    is_wanted: &AtomicBool,
) {
    loop {
        // A source that waits for its writer holds no buffer.
        unpacked.wait_here();
        if !is_wanted.load(Ordering::Relaxed) {
            return;
        }
        let mut buffer = spare.take();
        buffer.make_room(PIECE_BYTES);
        let length = unpacked.fill_here(&mut buffer[..PIECE_BYTES], step_bytes);
        let is_last = unpacked.has_ended();
        if length == 0 && !is_last {
            spare.keep(buffer);
            continue;
        }
        let piece = Piece { buffer, length, read_bytes: unpacked.raw.delivered(), is_last };
        if pieces.send(piece).is_err() || is_last {
            return;
        }
    }
}

/// What a thread of its own does, which may block.
impl<R: Raw> Unpacked<R> {
    fn wait_here(&mut self) {
        if let Some(unpacking) = &mut self.unpacking {
            block_on(unpacking.wait(&mut self.raw, &Blocking(())));
        }
    }

    /// Decodes step by step until the piece is full, or the data ends, or there is nothing
    /// to be had at once. Gives how many bytes it has then.
    fn fill_here(&mut self, piece: &mut [u8], step_bytes: usize) -> usize {
        let Some(unpacking) = &mut self.unpacking else { return 0 };
        let raw = &mut self.raw;
        let mut filled = 0;
        for room in piece.chunks_exact_mut(step_bytes) {
            if filled > 0 && raw.is_stream() && unpacking.is_hungry(raw) {
                // What is there is not held back while the writer is waited for.
                break;
            }
            let length = block_on(unpacking.fill(raw, &Blocking(()), room));
            filled += length;
            if length < step_bytes {
                break;
            }
        }
        filled
    }
}

#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "gzip", feature = "lz4", feature = "xz", feature = "zstd"))]
mod tests;
