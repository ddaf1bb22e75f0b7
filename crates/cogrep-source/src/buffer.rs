//! Memory to read into: buffers that are used again and again.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// A buffer begins at a multiple of this many bytes.
///
/// The kernel copies what it has of a file with one instruction, which takes half as long
/// again where the memory begins 16 bytes off, as large allocations of the C library do.
const ALIGNMENT: usize = 64;

/// Bytes to be read into, initialised all over; used again and again.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    /// Where the aligned part begins in them.
    start: usize,
}

impl Buffer {
    /// Makes room for at least `length` bytes, and keeps what it holds.
    pub(crate) fn make_room(&mut self, length: usize) {
        if self.len() >= length {
            return;
        }
        let mut bytes = vec![0; length + ALIGNMENT - 1];
        let start = bytes.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT - 1);
        bytes[start..start + self.len()].copy_from_slice(self);
        *self = Self { bytes, start };
    }

    /// The memory without its bytes, to be written anew.
    pub(crate) fn emptied(&mut self) -> &mut Vec<u8> {
        self.start = 0;
        self.bytes.clear();
        &mut self.bytes
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, start: 0 }
    }
}

impl From<Buffer> for Vec<u8> {
    fn from(Buffer { mut bytes, start }: Buffer) -> Self {
        bytes.drain(..start);
        bytes
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }
}

/// Buffers that are not in use, of one event loop and of the threads that work for it.
///
/// The last to be kept is the first to be taken, since it is in the cache.
#[derive(Debug, Default)]
pub struct Spare(Mutex<Vec<Buffer>>);

impl Spare {
    /// One of them, or an empty one.
    pub(crate) fn take(&self) -> Buffer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps a buffer that is not needed now.
    pub(crate) fn keep(&self, buffer: Buffer) {
        if !buffer.is_empty() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_aligned_and_keeps_its_bytes_when_it_grows() {
        let mut buffer = Buffer::default();
        for length in [1, 10, 100, 5, 1 << 17, (1 << 17) + 1, 1 << 20] {
            buffer.make_room(length);
            assert!(buffer.len() >= length);
            assert!(buffer.as_ptr().align_offset(ALIGNMENT) == 0, "{length}");
            assert!(length == 1 || buffer[0] == 7);
            buffer[0] = 7;
            buffer[length - 1] = 7;
        }
        buffer.emptied().extend_from_slice(b"love");
        assert_eq!(*buffer, *b"love");
        buffer.make_room(1 << 17);
        assert!(buffer.starts_with(b"love"));
        assert!(Vec::from(buffer).starts_with(b"love"));
    }
}
