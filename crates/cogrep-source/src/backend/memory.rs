//! Texts in memory.

use std::collections::HashMap;
use std::io;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, ready};

use super::{Backend, Facts, Opened};
use crate::name::SourceName;
use crate::outcome::Fault;

/// Texts in memory, by their names; it knows no others.
///
/// ```
/// use cogrep_source::backend::MemoryBackend;
/// use cogrep_source::{Chunk, OpenOptions, SourceName, Text};
///
/// let backend = MemoryBackend::from_iter([("a song", "All you need is love")]);
/// let options = OpenOptions { backend: std::sync::Arc::new(backend), ..Default::default() };
/// let mut text = Text::open(&SourceName::memory("a song"), &options)?;
/// let mut chunk = Chunk::new();
/// text.read(&mut chunk);
/// assert_eq!(chunk.bytes(), b"All you need is love");
/// # Ok::<(), cogrep_source::Fault>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryBackend(HashMap<SourceName, Bytes>);

impl MemoryBackend {
    /// Adds a text, in place of another of that name.
    pub fn insert(&mut self, name: impl Into<SourceName>, text: impl Into<Bytes>) {
        self.0.insert(name.into(), text.into());
    }

    fn get(&self, name: &SourceName) -> Result<&Bytes, Fault> {
        self.0.get(name).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
    }
}

impl<N: Into<SourceName>, B: Into<Bytes>> FromIterator<(N, B)> for MemoryBackend {
    fn from_iter<I: IntoIterator<Item = (N, B)>>(texts: I) -> Self {
        Self(texts.into_iter().map(|(name, text)| (name.into(), text.into())).collect())
    }
}

impl Backend for MemoryBackend {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        ready(self.get(name).map(|text| Facts::file(text.len() as u64))).boxed()
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        ready(self.get(name).map(|text| Opened::Memory(text.clone()))).boxed()
    }
}
