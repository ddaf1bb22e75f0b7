//! Bytes that come in pieces.

use std::io::{self, Read};

use cogrep_source::{Chunk, OpenOptions, Outcome, Text};

/// Gives its bytes in pieces of these lengths, in turn.
pub(crate) struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    lengths: Vec<usize>,
    turn: usize,
}

impl Pieces {
    /// Pieces of lengths that are chosen by some bytes; in one piece, if there are none.
    pub(crate) fn new(bytes: &[u8], choices: &[u8]) -> Self {
        let length = |choice: &u8| match choice {
            0 => 1,
            1..=100 => usize::from(*choice),
            _ => usize::from(*choice - 100) * 701,
        };
        Self {
            bytes: bytes.to_vec(),
            at: 0,
            lengths: choices.iter().map(length).collect(),
            turn: 0,
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let most = match self.lengths.len() {
            0 => rest.len(),
            count => self.lengths[self.turn % count],
        };
        self.turn += 1;
        let length = most.min(rest.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

/// Reads a text to its end.
pub(crate) fn read(bytes: &[u8], choices: &[u8], options: &OpenOptions) -> (Vec<u8>, Outcome) {
    let mut text = Text::from_reader(Pieces::new(bytes, choices), options);
    let mut chunk = Chunk::new();
    let mut all = Vec::new();
    while !chunk.is_last() {
        text.read(&mut chunk);
        all.extend_from_slice(chunk.bytes());
    }
    (all, text.outcome())
}
