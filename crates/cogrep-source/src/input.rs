//! What the user asks for: a source, or a folder of many.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::backend::{Backend, Facts, Kind};
use crate::name::SourceName;
use crate::outcome::Fault;
use crate::wait::block_on;

/// What to read, as named on the command line, in a list or by a program: a source, or a
/// folder of many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A file, a folder, or anything else that has a path.
    Path(PathBuf),
    /// Anything else that a [`Backend`] can open.
    Name(SourceName),
}

impl Input {
    /// Reads an argument: `-` is standard input, what begins as an
    /// [address](SourceName::remote) is one, everything else is a path.
    #[must_use]
    pub fn from_argument(argument: &OsStr) -> Self {
        if argument == "-" {
            return Self::Stdin;
        }
        let remote = argument.to_str().and_then(SourceName::remote);
        remote.map_or_else(|| Self::Path(PathBuf::from(argument)), Self::Name)
    }

    /// The name that a backend knows it by.
    #[must_use]
    pub fn name(&self) -> SourceName {
        match self {
            Self::Stdin => SourceName::Stdin,
            Self::Path(path) => SourceName::from(path.as_path()),
            Self::Name(name) => name.clone(),
        }
    }

    /// What a backend knows of it without opening it.
    ///
    /// # Errors
    ///
    /// When there is no such thing, or it cannot be asked for.
    pub fn facts(&self, backend: &dyn Backend) -> Result<Facts, Fault> {
        block_on(backend.facts(&self.name()))
    }

    /// How many bytes there are to read: the size of a file; zero where there is nothing,
    /// as shows when it is opened; `None` where the size is not known, as of folders and
    /// pipes.
    #[must_use]
    pub fn size(&self, backend: &dyn Backend) -> Option<u64> {
        self.facts(backend).map_or(Some(0), |facts| facts.size)
    }

    /// Whether it is a folder, and so may have many sources.
    #[must_use]
    pub fn is_folder(&self, backend: &dyn Backend) -> bool {
        self.facts(backend).is_ok_and(|facts| facts.kind == Kind::Folder)
    }
}
