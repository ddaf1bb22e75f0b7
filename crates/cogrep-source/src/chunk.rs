//! The unit that flows through a network.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::buffer::Buffer;

/// How many bytes a chunk holds when it comes from a source, unless that is long.
///
/// Large enough that a send costs nothing compared to the counting, small enough that many
/// chunks may exist at once.
pub const CHUNK_BYTES: usize = 128 * 1024;

/// The same in the middle of a long file, and the most that a chunk from a source holds.
///
/// A call to the system costs as much as copying 16 KiB. Reading this much in one call takes
/// a tenth less time, and the text still stays in the second-level cache of a core that has
/// a mebibyte. Where it has half of that, 256 KiB are no faster: 0.91 to 1.06 of the time.
pub const LONG_CHUNK_BYTES: usize = 512 * 1024;

/// What the bytes of a chunk are to the range of a text that is counted.
///
/// A whole text has only chunks of [`Text`](Self::Text). A range begins with a chunk of the
/// bytes [`Before`](Self::Before) it, unless the text begins there, and ends with a chunk of
/// the bytes [`After`](Self::After) it, unless the text ends there. There will be no other
/// role without every stage knowing: this enum is exhaustive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// What is counted.
    #[default]
    Text,
    /// The end of the range before, to be looked at and not counted.
    Before,
    /// The beginning of the range after. Such a chunk is the last.
    After,
}

/// A piece of the text of one source, as the stages of a network see it.
///
/// It owns its buffer, which is used again for the next piece, so that it can be lent to
/// one stage after the other without a copy. A stage that passes on only a part of it makes
/// a [`piece`](Self::piece), which shares the buffer; the buffer is used again once no piece
/// of it is left. Text that is in memory already is [adopted](Self::adopt) instead of
/// copied. The chunks of a text follow each other without a gap; the last one says so, and
/// may be empty.
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
    /// Only the bytes `start..end` of it are text.
    memory: Memory,
    start: usize,
    end: usize,
    offset: u64,
    last: bool,
    role: Role,
}

/// Where the text of a chunk is.
#[derive(Clone)]
enum Memory {
    /// In a buffer of its own, which is initialised all over.
    Own(Arc<Buffer>),
    /// In memory that came from elsewhere.
    Adopted(Bytes),
}

impl Default for Memory {
    fn default() -> Self {
        Self::Own(Arc::default())
    }
}

impl Memory {
    fn all(&self) -> &[u8] {
        match self {
            Self::Own(buffer) => buffer,
            Self::Adopted(bytes) => bytes,
        }
    }

    /// A buffer that can be written to; what it held may be lost.
    fn own(&mut self) -> &mut Arc<Buffer> {
        if let Self::Adopted(_) = self {
            *self = Self::default();
        }
        match self {
            Self::Own(buffer) => buffer,
            Self::Adopted(_) => unreachable!("it was replaced"),
        }
    }
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
        &self.memory.all()[self.start..self.end]
    }

    /// The offset of its first byte in the text of its source.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the text, or the range of it that is counted, ends with this chunk.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// What the bytes are to the range of the text that is counted.
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
        let buffer = self.memory.own();
        if Arc::get_mut(buffer).is_none() {
            // Pieces of the old text are still in use.
            *buffer = Arc::default();
        }
        let buffer = Arc::make_mut(buffer).emptied();
        write(buffer);
        self.start = 0;
        self.end = buffer.len();
        self.offset = offset;
        self.last = last;
        self.role = Role::Text;
    }

    /// Replaces the text by bytes that are in memory already, without copying them.
    ///
    /// Anything that owns its bytes can be adopted: see [`Bytes::from_owner`].
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use cogrep_source::{Bytes, Chunk};
    ///
    /// let text: Arc<[u8]> = (*b"to be").into();
    /// let mut chunk = Chunk::new();
    /// chunk.adopt(Bytes::from_owner(text), 0, true);
    /// assert_eq!(chunk.bytes(), b"to be");
    /// ```
    pub fn adopt(&mut self, bytes: Bytes, offset: u64, last: bool) {
        let end = bytes.len();
        self.memory = Memory::Adopted(bytes);
        self.set(0, end, offset, last);
    }

    /// A chunk of some of these bytes, without copying them: not the last of its text.
    ///
    /// As long as the piece exists, this chunk takes another buffer for its next text.
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
    /// When the range is not within the chunk.
    #[must_use]
    pub fn piece(&self, bytes: Range<usize>) -> Self {
        let length = self.bytes()[bytes.clone()].len();
        let start = self.start + bytes.start;
        Self {
            memory: self.memory.clone(),
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
        let buffer = Arc::make_mut(self.memory.own());
        buffer.make_room(length);
        buffer
    }

    /// The whole memory, text or not.
    pub(crate) fn memory(&self) -> &[u8] {
        self.memory.all()
    }

    /// Puts bytes into the place of the memory; [`set`](Self::set) says afterwards which
    /// part of them is text.
    pub(crate) fn set_memory(&mut self, bytes: Bytes) {
        self.memory = Memory::Adopted(bytes);
    }

    /// Whether there is a buffer: a new chunk has none, nor has one that gave it away.
    pub(crate) fn has_buffer(&self) -> bool {
        matches!(&self.memory, Memory::Own(buffer) if !buffer.is_empty())
    }

    /// Gives it a buffer to be read into.
    pub(crate) fn give_buffer(&mut self, buffer: Buffer) {
        self.memory = Memory::Own(Arc::new(buffer));
    }

    /// Takes the buffer away, and the text with it.
    pub(crate) fn take_buffer(&mut self) -> Buffer {
        self.start = 0;
        self.end = 0;
        match std::mem::take(&mut self.memory) {
            Memory::Own(buffer) => Arc::unwrap_or_clone(buffer),
            Memory::Adopted(_) => Buffer::default(),
        }
    }

    /// Says which part of the memory is text.
    pub(crate) fn set(&mut self, start: usize, end: usize, offset: u64, last: bool) {
        assert!(start <= end && end <= self.memory.all().len(), "a chunk outside its memory");
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
    fn a_piece_keeps_its_text_when_the_chunk_changes() {
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
    fn a_buffer_is_used_again_when_no_piece_is_left() {
        let mut chunk = Chunk::new();
        chunk.refill(b"to be", 0, false);
        let place = chunk.bytes().as_ptr();
        drop(chunk.piece(1..4));
        chunk.refill(b"or", 5, false);
        assert_eq!(chunk.bytes().as_ptr(), place);
    }

    #[test]
    fn adopted_text_is_not_copied() {
        let text = Bytes::from(b"to be or not".to_vec());
        let mut chunk = Chunk::new();
        chunk.adopt(text.clone(), 7, false);
        assert_eq!(chunk.bytes().as_ptr(), text.as_ptr());
        let piece = chunk.piece(3..5);
        assert_eq!((piece.bytes(), piece.offset()), (&b"be"[..], 10));
        assert!(!chunk.has_buffer() && chunk.take_buffer().is_empty());
        chunk.refill(b"another", 19, true);
        assert_eq!((piece.bytes(), chunk.bytes()), (&b"be"[..], &b"another"[..]));
    }
}
