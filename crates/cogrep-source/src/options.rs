//! How sources are opened and read.

use std::sync::Arc;

use crate::backend::{Backend, Files};
use crate::container::format::Formats;
use crate::decode::Encoding;
use crate::interrupt::Interrupt;
use crate::notice::Notices;

/// How sources are opened and read.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// What opens them.
    pub backend: Arc<dyn Backend>,
    /// The encoding of every source, if its mark is not to decide.
    pub encoding: Option<Encoding>,
    /// Asks the reader to stop.
    pub interrupt: Interrupt,
    /// How files are read on an event loop.
    pub io: Io,
    /// Compressed data and containers are text as they are, and not unpacked first.
    pub no_decompress: bool,
    /// The formats of containers that are taken apart.
    pub containers: Formats,
    /// Where it is said what a source looks like, if it is not what it was taken for.
    pub notices: Notices,
    /// How deep containers may be in others: 0 is those that are in none.
    pub nest: u32,
}

impl Default for OpenOptions {
    /// Files, by their marks, unpacked, and containers that are in one other at most.
    fn default() -> Self {
        Self {
            backend: Arc::new(Files),
            encoding: None,
            interrupt: Interrupt::default(),
            io: Io::default(),
            no_decompress: false,
            containers: Formats::built_in(),
            nest: 1,
            notices: Notices::default(),
        }
    }
}

/// How files are read on an event loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Io {
    /// Where the system can tell that no disk is needed, at once; else on a thread that may
    /// wait.
    #[default]
    Auto,
    /// Always on a thread that may wait, with calls that every platform has.
    Portable,
}
