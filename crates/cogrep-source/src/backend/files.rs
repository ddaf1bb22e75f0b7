//! Files, folders and standard input.

use std::fs::metadata;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, ready};

use super::{Backend, Facts, Kind, Listing, Opened};
use crate::name::SourceName;
use crate::outcome::Fault;
use crate::system;

/// The file system, and standard input; it knows no other names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

impl Files {
    fn facts_now(name: &SourceName) -> Result<Facts, Fault> {
        let metadata = match name {
            SourceName::Stdin => return Ok(Facts::stream()),
            SourceName::Path(path) => metadata(path)?,
            _ => return Err(io::Error::from(io::ErrorKind::NotFound).into()),
        };
        let kind = match metadata.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Stream,
        };
        Ok(Facts { kind, size: metadata.is_file().then_some(metadata.len()) })
    }

    fn open_now(name: &SourceName) -> Result<Opened, Fault> {
        match name {
            SourceName::Stdin => Ok(Opened::File(system::standard_input()?)),
            SourceName::Path(path) => Ok(Opened::Path(Arc::clone(path))),
            _ => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }
}

impl Backend for Files {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        ready(Self::facts_now(name)).boxed()
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        ready(Self::open_now(name)).boxed()
    }

    fn path<'a>(&self, name: &'a SourceName) -> Option<&'a Path> {
        name.path()
    }

    fn list(&self, folder: &SourceName) -> Listing<'_> {
        Listing::Path(folder.path().map_or_else(Default::default, ToOwned::to_owned))
    }
}
