//! Names of sources.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::remote_name::RemoteName;

/// The name of one source, for backends, results and messages.
///
/// A clone shares the name. Names are ordered by kind, and those of files by path.
///
/// ```
/// use std::path::Path;
///
/// use cogrep_source::SourceName;
///
/// let archive = SourceName::from(Path::new("letters.tar"));
/// let letter = archive.member(b"1842/may.txt");
/// assert_eq!(letter.to_string(), "letters.tar!1842/may.txt");
/// assert_eq!(letter.as_bytes(), b"letters.tar!1842/may.txt");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SourceName {
    /// Standard input; shown as `-`, as it is named on the command line.
    Stdin,
    /// A file, by the path through which it was reached.
    Path(Arc<Path>),
    /// A text in memory, by whatever a program calls it.
    Memory(Arc<str>),
    /// A text that is read over the network, by its address.
    Remote(Arc<RemoteName>),
    /// A member of a container; shown as `container!member`.
    Member(Arc<MemberName>),
}

/// The name of a member of a container.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberName {
    container: SourceName,
    /// The names of both, with a `!` between them.
    bytes: Box<[u8]>,
}

impl MemberName {
    /// The container that it is in.
    #[must_use]
    pub fn container(&self) -> &SourceName {
        &self.container
    }

    /// Its own name in the container.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.bytes[self.container.as_bytes().len() + 1..]
    }
}

impl SourceName {
    /// The name of a text in memory.
    #[must_use]
    pub fn memory(name: impl Into<Arc<str>>) -> Self {
        Self::Memory(name.into())
    }

    /// The name of an address, if the text is one: it begins with `http://`, `https://`,
    /// `s3://`, `gs://` or `az://`.
    ///
    /// ```
    /// use cogrep_source::SourceName;
    ///
    /// let name = SourceName::remote("https://example.org/a.txt?sig=secret").unwrap();
    /// assert_eq!(name.to_string(), "https://example.org/a.txt?sig=...");
    /// ```
    #[must_use]
    pub fn remote(address: &str) -> Option<Self> {
        RemoteName::parse(address).map(|name| Self::Remote(Arc::new(name)))
    }

    /// The name of a member of this container.
    #[must_use]
    pub fn member(&self, name: &[u8]) -> Self {
        let bytes = [self.as_bytes(), b"!", name].concat().into();
        Self::Member(Arc::new(MemberName { container: self.clone(), bytes }))
    }

    /// The name's bytes; of a file, exactly those of the file system; of an address, what is
    /// shown of it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Stdin => b"-",
            Self::Path(path) => path.as_os_str().as_encoded_bytes(),
            Self::Memory(name) => name.as_bytes(),
            Self::Remote(name) => name.shown().as_bytes(),
            Self::Member(member) => &member.bytes,
        }
    }

    /// The path, if it is the name of a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }
}

impl From<&Path> for SourceName {
    fn from(path: &Path) -> Self {
        Self::Path(path.into())
    }
}

impl From<PathBuf> for SourceName {
    fn from(path: PathBuf) -> Self {
        Self::Path(path.into())
    }
}

/// The name of a text in memory.
impl From<&str> for SourceName {
    fn from(name: &str) -> Self {
        Self::memory(name)
    }
}

/// The name of a text in memory.
impl From<String> for SourceName {
    fn from(name: String) -> Self {
        Self::memory(name)
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => fmt::Display::fmt(&path.display(), f),
            Self::Memory(name) => fmt::Display::fmt(name, f),
            _ => f.write_str(&String::from_utf8_lossy(self.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_knows_its_container_and_its_own_name() {
        let outer = SourceName::from(Path::new("a!b.tar"));
        let SourceName::Member(member) = outer.member(b"c!d") else { panic!("a member") };
        assert_eq!((member.container(), member.name()), (&outer, &b"c!d"[..]));
        let inner = SourceName::Member(member).member(b"e");
        assert_eq!(inner.to_string(), "a!b.tar!c!d!e");
    }

    #[test]
    fn names_are_small() {
        assert!(size_of::<SourceName>() <= 24);
    }
}
