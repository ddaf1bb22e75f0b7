//! Bytes that come in pieces.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use cogrep_source::backend::{Backend, Facts, Object, Opened};
use cogrep_source::{Bytes, Chunk, Fault, OpenOptions, Outcome, SourceName, Text};
use futures_util::future::{BoxFuture, FutureExt, ready};

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

/// Opens every name as these bytes.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// As a stream, in pieces whose lengths are chosen by some bytes.
    Stream(Vec<u8>, Vec<u8>),
    /// At any position, at most so many bytes at once.
    Object(Bytes, usize),
}

impl Source {
    /// Bytes as they are: no mark says how to decode them, and nothing is unpacked.
    pub(crate) fn raw(self) -> OpenOptions {
        OpenOptions { no_decompress: true, ..self.unpacked() }
    }

    /// Bytes that are unpacked, and that no mark says how to decode.
    pub(crate) fn unpacked(self) -> OpenOptions {
        let encoding = "none".parse().ok();
        OpenOptions { backend: Arc::new(self), encoding, ..OpenOptions::default() }
    }
}

impl Backend for Source {
    fn facts<'a>(&'a self, _: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        let facts = match self {
            Self::Stream(..) => Facts::stream(),
            Self::Object(bytes, _) => Facts::file(bytes.len() as u64),
        };
        ready(Ok(facts)).boxed()
    }

    fn open<'a>(&'a self, _: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        let opened = match self {
            Self::Stream(bytes, choices) => {
                Opened::Reader { reader: Box::new(Pieces::new(bytes, choices)), size: None }
            }
            Self::Object(bytes, most) => Opened::Object {
                object: Arc::new(Few(bytes.clone(), *most)),
                size: bytes.len() as u64,
            },
        };
        ready(Ok(opened)).boxed()
    }
}

/// Gives at most so many of its bytes at once.
struct Few(Bytes, usize);

impl Object for Few {
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        let Self(bytes, most) = self;
        let at =
            |offset: u64| usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
        let (start, end) = (at(range.start), at(range.end));
        ready(Ok(bytes.slice(start..end.min(start.saturating_add(*most))))).boxed()
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
