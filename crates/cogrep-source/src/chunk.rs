//! The unit that flows through a network.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::buffer::Buffer;

/// How many bytes a chunk holds when it comes from a source, unless that is long.
///
/// Large enough that a send costs nothing beside the counting, small enough that there
/// may be many.
pub const CHUNK_BYTES: usize = 128 * 1024;

/// The same in the middle of a long file, and the most that a chunk from a source holds.
///
/// A call to the system costs as much as copying 16 KiB; so much in one call takes a tenth
/// off the reading, and still stays in the second-level cache of a core that has a mebibyte.
/// Where it has half of that, 256 KiB are no faster: 0.91 to 1.06 of the time.
pub const LONG_CHUNK_BYTES: usize = 512 * 1024;

/// What the bytes of a chunk are to the part of a text that is counted.
///
/// A whole text has only chunks of [`Text`](Self::Text). A part that is cut out of it
/// begins with one of what stands [`Before`](Self::Before) it, unless the text begins
/// there, and ends with one of what stands [`Behind`](Self::After), unless the text ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// What is counted.
    #[default]
    Text,
    /// The end of the part before, to be looked at and not counted.
    Before,
    /// The beginning of the part behind. Such a chunk is the last.
    After,
}

/// A piece of the text of one source, on its way through a network.
///
/// It owns its buffer, which is used again for the next piece, so that it can be
/// lent to one stage after the other without a copy. A stage that passes on only a
/// part of it makes a [`piece`](Self::piece), which shares the buffer; once that is
/// gone, the buffer is used again. The chunks of a text follow each other without a
/// gap; the last one says so, and may be empty.
///
/// ```
/// use cogrep_source::Chunk;
///
/// let mut chunk = Chunk::new();
/// chunk.refill(b"to be", 0, false);
/// assert_eq!(chunk.bytes(), b"to be");
/// assert_eq!(chunk.offset(), 0);
/// assert!(!chunk.is_last());
/// ```
#[derive(Clone, Default)]
pub struct Chunk {
    /// Initialised all over; only the part `start..end` is text.
    buffer: Arc<Buffer>,
    start: usize,
    end: usize,
    offset: u64,
    last: bool,
    role: Role,
}

impl Chunk {
    /// An empty chunk, without a buffer yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Where in the text of its source it stands, in bytes from the start.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the text ends with this chunk, or the part of it that is counted.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// What the bytes are to the part of the text that is counted.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Says what the bytes are; until then they are [`Role::Text`].
    pub fn set_role(&mut self, role: Role) {
        self.role = role;
    }

    /// Replaces the text by a copy of these bytes.
    pub fn refill(&mut self, bytes: &[u8], offset: u64, last: bool) {
        self.rewrite(offset, last, |buffer| buffer.extend_from_slice(bytes));
    }

    /// Replaces the text by what `write` appends to the empty buffer.
    pub fn rewrite(&mut self, offset: u64, last: bool, write: impl FnOnce(&mut Vec<u8>)) {
        if Arc::get_mut(&mut self.buffer).is_none() {
            // Others still look at the old text.
            self.buffer = Arc::default();
        }
        let buffer = Arc::make_mut(&mut self.buffer).emptied();
        write(buffer);
        self.start = 0;
        self.end = buffer.len();
        self.offset = offset;
        self.last = last;
        self.role = Role::Text;
    }

    /// A chunk of some of these bytes, without copying them: not the last of its text.
    ///
    /// While it is there, this one needs another buffer for what it is filled with next.
    ///
    /// ```
    /// use cogrep_source::Chunk;
    ///
    /// let mut chunk = Chunk::new();
    /// chunk.refill(b"to be or not", 100, true);
    /// let piece = chunk.piece(3..5);
    /// assert_eq!(piece.bytes(), b"be");
    /// assert_eq!(piece.offset(), 103);
    /// assert!(!piece.is_last());
    /// ```
    ///
    /// # Panics
    ///
    /// When it has no such bytes.
    #[must_use]
    pub fn piece(&self, bytes: Range<usize>) -> Self {
        let length = self.bytes()[bytes.clone()].len();
        let start = self.start + bytes.start;
        Self {
            buffer: Arc::clone(&self.buffer),
            start,
            end: start + length,
            offset: self.offset + bytes.start as u64,
            last: false,
            role: self.role,
        }
    }

    /// The whole buffer, of at least `length` bytes, to be read into;
    /// [`set`](Self::set) says afterwards which part of it is text.
    pub(crate) fn buffer_mut(&mut self, length: usize) -> &mut Buffer {
        let buffer = Arc::make_mut(&mut self.buffer);
        buffer.make_room(length);
        buffer
    }

    /// Whether there is a buffer, or the chunk never had one, or gave it away.
    pub(crate) fn has_buffer(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Gives it a buffer to be read into.
    pub(crate) fn give_buffer(&mut self, buffer: Buffer) {
        self.buffer = Arc::new(buffer);
    }

    /// Takes the buffer away, and the text with it.
    pub(crate) fn take_buffer(&mut self) -> Buffer {
        self.start = 0;
        self.end = 0;
        Arc::unwrap_or_clone(std::mem::take(&mut self.buffer))
    }

    /// Says which part of the buffer is text.
    pub(crate) fn set(&mut self, start: usize, end: usize, offset: u64, last: bool) {
        assert!(start <= end && end <= self.buffer.len(), "a chunk outside its buffer");
        self.start = start;
        self.end = end;
        self.offset = offset;
        self.last = last;
        self.role = Role::Text;
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("offset", &self.offset)
            .field("length", &self.bytes().len())
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_stays_as_it_is_whatever_becomes_of_the_chunk() {
        let mut chunk = Chunk::new();
        chunk.refill(b"to be or not", 0, false);
        let piece = chunk.piece(3..8).piece(3..5);
        assert_eq!((piece.bytes(), piece.offset()), (&b"or"[..], 6));
        chunk.refill(b"another text", 12, false);
        assert_eq!((piece.bytes(), chunk.bytes()), (&b"or"[..], &b"another text"[..]));
        let piece = chunk.piece(0..0);
        chunk.buffer_mut(20)[0] = b'A';
        assert_eq!(chunk.take_buffer()[..7], *b"Another");
        assert_eq!(piece.bytes(), b"");
    }

    #[test]
    fn a_buffer_is_used_again_once_its_pieces_are_gone() {
        let mut chunk = Chunk::new();
        chunk.refill(b"to be", 0, false);
        let place = chunk.bytes().as_ptr();
        drop(chunk.piece(1..4));
        chunk.refill(b"or", 5, false);
        assert_eq!(chunk.bytes().as_ptr(), place);
    }
}
