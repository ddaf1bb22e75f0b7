//! Files that are asked for beside the result. They are written at the end; what is
//! there already is looked at before anything is counted, since a slip on the command
//! line would lose it: `--plot book.txt` is easily typed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use cogrep_report::Saved;

use crate::error::{Error, shown};

/// So much of a file tells what it is.
const BEGINNING_BYTES: u64 = 32;

const _: () = assert!(Saved::BEGINNING_BYTES as u64 <= BEGINNING_BYTES);

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Picture,
    Page,
    Result,
    Trace,
}

impl Kind {
    /// Whether a file that begins with these bytes is meant to be one.
    fn is_begun_by(self, bytes: &[u8]) -> bool {
        match self {
            Self::Picture => bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml"),
            Self::Page => bytes.to_ascii_lowercase().starts_with(b"<!doctype html"),
            Self::Result => Saved::is_begun_by(bytes),
            Self::Trace => bytes.starts_with(b"{\"displayTimeUnit\""),
        }
    }
}

/// Refuses a file in which something else stands than what is to be written. What can be
/// only written to, or only read, is no such file.
pub(crate) fn refuse_loss(flag: &str, path: &OsStr, kind: Kind) -> Result<(), Error> {
    match beginning(Path::new(path)) {
        Some(bytes) if !bytes.is_empty() && !kind.is_begun_by(&bytes) => {
            Err(Error::Usage(format!(
                "--{flag} {}: is there already, and is something else; name another file",
                shown(path)
            )))
        }
        _ => Ok(()),
    }
}

/// Whether a file is a saved result.
pub(crate) fn is_saved(path: &Path) -> bool {
    beginning(path).is_some_and(|bytes| Kind::Result.is_begun_by(&bytes))
}

/// How a file begins, if it is one. Pipes are not looked into: what is read of them is
/// gone.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = if path.is_file() { File::open(path).ok()? } else { return None };
    file.take(BEGINNING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes a file; `-` is standard output.
pub(crate) fn write_file(
    path: &OsStr,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let trouble = |error| Error::Unwritten { name: shown(path), error };
    let written = if path == "-" {
        write(&mut io::stdout())
    } else {
        let file = File::create(path).map_err(trouble)?;
        let mut file = BufWriter::new(file);
        write(&mut file).and_then(|()| file.flush())
    };
    written.map_err(trouble)
}
