//! What the user names as a place to read from.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// A place to read from, as named on the command line or in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A file, a folder, or anything else that has a path.
    Path(PathBuf),
}

impl Input {
    /// Reads an argument: `-` is standard input, everything else is a path.
    #[must_use]
    pub fn from_argument(argument: &OsStr) -> Self {
        if argument == "-" { Self::Stdin } else { Self::Path(PathBuf::from(argument)) }
    }

    /// How much there is to read at once: the size of a regular file; nothing where
    /// there is nothing; `None` where nobody can tell, as of folders and pipes.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        let Self::Path(path) = self else { return None };
        match path.metadata() {
            Ok(metadata) => metadata.is_file().then_some(metadata.len()),
            // To be said when it is opened.
            Err(_) => Some(0),
        }
    }
}

/// The name of one source, for results and messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceName {
    /// Standard input; shown as `-`, as it is named on the command line.
    Stdin,
    /// A file, by the path through which it was reached.
    Path(PathBuf),
}

impl SourceName {
    /// The name's bytes, exactly as they stand in the file system.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.as_os_str().as_encoded_bytes()
    }

    fn as_os_str(&self) -> &OsStr {
        match self {
            Self::Stdin => OsStr::new("-"),
            Self::Path(path) => path.as_os_str(),
        }
    }
}

impl From<&Path> for SourceName {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Path::new(self.as_os_str()).display(), f)
    }
}
