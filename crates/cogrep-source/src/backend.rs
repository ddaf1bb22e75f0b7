//! Backends: what a name means, and how its bytes are to be had.
//!
//! A [`Backend`] opens names. [`Files`] is the one for files and standard input, and
//! [`MemoryBackend`] the one for texts in memory. A store of another kind is one more
//! implementation; tests put their faults in through the same door.
//!
//! A backend does not decode, and knows nothing of ranges, workers or event loops: it says
//! what there is, and how its bytes are to be had. Opening a file and waiting for a disk is
//! not its subject either: it answers with the path, and the [event loop](crate::EventLoop)
//! opens many files together.

mod files;
mod memory;
#[cfg(feature = "remote")]
mod remote;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

pub use self::files::Files;
pub use self::memory::MemoryBackend;
#[cfg(feature = "remote")]
pub use self::remote::{BadSetting, Remote, RemoteFault, RemoteSettings, Traffic};
use crate::name::SourceName;
use crate::outcome::Fault;

/// Opens sources by their names.
///
/// The futures may be polled on any thread, and by any executor. A backend whose futures
/// need a runtime of their own, such as a client for HTTP, spawns them there and waits for
/// the result.
///
/// ```
/// use cogrep_source::backend::{Backend, Facts, Files, Opened};
/// use cogrep_source::{Chunk, Fault, OpenOptions, SourceName, Text};
/// use futures_util::future::{BoxFuture, FutureExt, ready};
///
/// /// Opens `hello`, and everything else as a file.
/// #[derive(Debug)]
/// struct Hello;
///
/// impl Backend for Hello {
///     fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
///         match name.as_bytes() {
///             b"hello" => ready(Ok(Facts::file(5))).boxed(),
///             _ => Files.facts(name),
///         }
///     }
///
///     fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
///         match name.as_bytes() {
///             b"hello" => ready(Ok(Opened::Memory("to be".into()))).boxed(),
///             _ => Files.open(name),
///         }
///     }
/// }
///
/// let mut options = OpenOptions::default();
/// options.backend = std::sync::Arc::new(Hello);
/// let mut text = Text::open(&SourceName::memory("hello"), &options)?;
/// let mut chunk = Chunk::new();
/// text.read(&mut chunk);
/// assert_eq!(chunk.bytes(), b"to be");
/// # Ok::<(), Fault>(())
/// ```
pub trait Backend: fmt::Debug + Send + Sync {
    /// What is known of a source, or a folder, without opening it.
    ///
    /// # Errors
    ///
    /// When there is no such thing, or it cannot be asked for. That is no reason to leave
    /// it out: it is opened all the same, and what goes wrong then is reported.
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>>;

    /// Opens a source.
    ///
    /// # Errors
    ///
    /// When there is no such source, or it cannot be opened.
    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>>;

    /// The path of a source that is a file, if that is known at once. Such a source is
    /// [opened](Opened::Path) from there, and this backend is not asked to: it saves an
    /// allocation for each of many small files.
    fn path<'a>(&self, _name: &'a SourceName) -> Option<&'a Path> {
        None
    }

    /// The sources in what [`facts`](Self::facts) calls a folder.
    fn list(&self, _folder: &SourceName) -> Listing<'_> {
        Listing::Names(Box::pin(futures_util::stream::empty()))
    }
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A text that is there: reading it waits for a disk or a network at most.
    File,
    /// A pipe, a socket, a terminal: reading it may wait for ever.
    Stream,
    /// Sources in a folder, to be [listed](Backend::list).
    Folder,
}

/// What is known of a source without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// What it is.
    pub kind: Kind,
    /// The size in bytes, if it is known.
    pub size: Option<u64>,
}

impl Facts {
    /// The facts of a text of this size in bytes, if it is known.
    #[must_use]
    pub fn file(size: impl Into<Option<u64>>) -> Self {
        Self { kind: Kind::File, size: size.into() }
    }

    /// The facts of a stream, whose size is not known.
    #[must_use]
    pub fn stream() -> Self {
        Self { kind: Kind::Stream, size: None }
    }

    /// The facts of a folder.
    #[must_use]
    pub fn folder() -> Self {
        Self { kind: Kind::Folder, size: None }
    }
}

/// How the bytes of a source that was opened are to be had.
#[non_exhaustive]
pub enum Opened {
    /// From the file at this path, which is yet to be opened: together with others, if it is
    /// not in memory.
    Path(Arc<Path>),
    /// From this file or pipe, from its current position on.
    File(File),
    /// They are these. They are not copied, but where they have to be decoded.
    Memory(Bytes),
    /// At any position, by asking for ranges.
    Object {
        /// What is asked.
        object: Arc<dyn Object>,
        /// The size in bytes.
        size: u64,
    },
    /// In their order, piece by piece.
    Stream {
        /// The pieces; one without bytes says nothing.
        pieces: BoxStream<'static, io::Result<Bytes>>,
        /// The size in bytes, if it is known. A source that gives less is partial.
        size: Option<u64>,
    },
    /// In their order, by calls that block: on a thread that may wait, where others must not
    /// be held up.
    Reader {
        /// What is read.
        reader: Box<dyn Read + Send>,
        /// The size in bytes, if it is known. A source that gives less is partial.
        size: Option<u64>,
    },
}

/// Bytes that can be read at any position, by several readers at once: an object in a
/// store, or a large value in a database.
pub trait Object: Send + Sync {
    /// Reads the bytes of a range, which is not empty. There may be fewer; there are none
    /// only where the object ends.
    ///
    /// # Errors
    ///
    /// When they cannot be read. Trying again is up to the object.
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>>;

    /// The same object for one reader, which reads the bytes of this range in their order, and
    /// perhaps some that come after it: so that they can be fetched before they are asked for.
    ///
    /// None, if there is nothing to be gained by knowing this.
    fn in_order(&self, _range: Range<u64>) -> Option<Arc<dyn Object>> {
        None
    }
}

/// The sources in a folder.
#[non_exhaustive]
pub enum Listing<'a> {
    /// It is the folder at this path, which is walked by the rules of a
    /// [`Selection`](crate::Selection).
    Path(PathBuf),
    /// These, each selected by its name. What cannot be listed is a fault of the source or
    /// folder that is named with it.
    Names(BoxStream<'a, Result<SourceName, (SourceName, Fault)>>),
}
