//! What the tests of containers share.

use std::io::Read;
use std::sync::Arc;

use super::{Container, Formats, Listed, Next};
use crate::chunk::Chunk;
use crate::chunks::Chunks;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::Outcome;
use crate::select::Selection;
use crate::source::{Content, Source};
use crate::wait::{Blocking, block_on};
use crate::{Fault, backend};

/// Gives its bytes in pieces of at most this length.
#[derive(Debug)]
pub(crate) struct Pieces(pub(crate) Vec<u8>, pub(crate) usize);

impl backend::Backend for Pieces {
    fn facts<'a>(
        &'a self,
        _: &'a SourceName,
    ) -> futures_util::future::BoxFuture<'a, Result<backend::Facts, Fault>> {
        unreachable!("only opened")
    }

    fn open<'a>(
        &'a self,
        _: &'a SourceName,
    ) -> futures_util::future::BoxFuture<'a, Result<backend::Opened, Fault>> {
        let reader = Short(std::io::Cursor::new(self.0.clone()), self.1);
        Box::pin(std::future::ready(Ok(backend::Opened::Reader {
            reader: Box::new(reader),
            size: None,
        })))
    }
}

struct Short<R>(R, usize);

impl<R: Read> Read for Short<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// A member as it was read: its name, its text, and how it ended.
pub(crate) type Unpacked = (String, Vec<u8>, Outcome);

/// Reads a container of one of these formats, which comes in pieces of this length.
pub(crate) fn unpack_as(formats: Formats, packed: &[u8], piece: usize) -> (Vec<Unpacked>, Outcome) {
    let options = OpenOptions {
        backend: Arc::new(Pieces(packed.to_vec(), piece)),
        containers: formats,
        ..OpenOptions::default()
    };
    let name = SourceName::memory("box");
    block_on(async {
        let source = Source::open(&name, &options, Blocking(())).await.unwrap();
        let mut chunk = Chunk::new();
        let Content::Container(container) = source.begin(&mut chunk).await else {
            panic!("it is a container");
        };
        drain(*container).await
    })
}

/// What was read, to be compared: names, texts, and whether they are whole.
pub(crate) fn said(unpacked: &[Unpacked]) -> Vec<(&str, &[u8], bool)> {
    unpacked.iter().map(|(name, text, outcome)| (&**name, &**text, outcome.is_complete())).collect()
}

/// Reads a container that is a file, and whose directory is used if it has one.
pub(crate) fn unpack_file(packed: &[u8]) -> (Vec<Unpacked>, Outcome) {
    unpack_file_with(packed, &OpenOptions::default())
}

/// The same, read by these options.
pub(crate) fn unpack_file_with(packed: &[u8], options: &OpenOptions) -> (Vec<Unpacked>, Outcome) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), packed).unwrap();
    let name = SourceName::from(file.path());
    let (all, outcome) = block_on(async {
        let mut chunk = Chunk::new();
        let source = Source::open(&name, options, Blocking(())).await.unwrap();
        match source.begin(&mut chunk).await {
            Content::Text(_) => panic!("it is a container"),
            Content::Container(container) => drain(*container).await,
            Content::Directory(directory) => {
                let mut all = Vec::new();
                for part in 0..directory.part_count() {
                    let selection = Selection::default();
                    let members = directory.part(part, &selection, &Blocking(())).await;
                    for member in members.unwrap() {
                        let Listed::Container(container) = member else { continue };
                        // What is wrong is said of the member.
                        all.extend(drain(container).await.0);
                    }
                }
                (all, directory.outcome())
            }
        }
    });
    let path = name.to_string();
    let rename = |(name, text, outcome): Unpacked| (name.replace(&path, "box"), text, outcome);
    (all.into_iter().map(rename).collect(), outcome)
}

/// Reads all members of a container.
async fn drain(mut container: Container<Blocking>) -> (Vec<Unpacked>, Outcome) {
    let mut chunk = Chunk::new();
    let mut unpacked = Vec::new();
    loop {
        let mut member = match container.next(&mut chunk, &Selection::default()).await {
            Next::Member(member) => member,
            Next::End { outcome, .. } => return (unpacked, outcome),
            Next::Nested { name, outcome, rest } => {
                unpacked.push((name.to_string(), Vec::new(), outcome));
                container = rest;
                continue;
            }
        };
        let mut text = chunk.bytes().to_vec();
        while !chunk.is_last() {
            member.fetch(&mut chunk).await;
            text.extend_from_slice(chunk.bytes());
        }
        let name = member.name().to_string();
        let (outcome, rest) = member.end();
        unpacked.push((name, text, outcome));
        container = rest;
    }
}
