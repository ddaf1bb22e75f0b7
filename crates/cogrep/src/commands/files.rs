//! Files that are written besides the result on standard output.
//!
//! They are written at the end. What is in a file already is looked at before anything is
//! counted, since a slip on the command line would lose it: `--plot book.txt` is easily
//! typed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use cogrep_report::{Saved, escape};

use crate::error::Error;

/// As many bytes of a file tell what it is.
const BEGINNING_BYTES: u64 = 32;

const _: () = assert!(Saved::BEGINNING_BYTES as u64 <= BEGINNING_BYTES);

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Plot,
    Page,
    SavedResult,
    Trace,
}

impl Content {
    /// Whether a file that begins with these bytes holds this.
    fn matches(self, bytes: &[u8]) -> bool {
        match self {
            Self::Plot => bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml"),
            Self::Page => bytes.to_ascii_lowercase().starts_with(b"<!doctype html"),
            Self::SavedResult => Saved::is_begun_by(bytes),
            Self::Trace => bytes.starts_with(b"{\"displayTimeUnit\""),
        }
    }
}

/// Refuses to write over a file that holds something else. What can be only written to, or
/// only read, is no such file.
pub(super) fn refuse_loss(flag: &str, path: &OsStr, content: Content) -> Result<(), Error> {
    match beginning(Path::new(path)) {
        Some(bytes) if !bytes.is_empty() && !content.matches(&bytes) => {
            let path = escape(path.as_encoded_bytes());
            let message = format!("--{flag} {path}: is there already, and is something else");
            Err(Error::usage(message).hint("name another file"))
        }
        _ => Ok(()),
    }
}

/// How a file begins, if it is one. A pipe is not read, since what is read of it is gone.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = if path.is_file() { File::open(path).ok()? } else { return None };
    file.take(BEGINNING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes a file; `-` is standard output.
pub(super) fn write_file(
    path: &OsStr,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::output(&escape(path.as_encoded_bytes()), &error);
    let written = if path == "-" {
        write(&mut io::stdout())
    } else {
        let file = File::create(path).map_err(failed)?;
        let mut file = BufWriter::new(file);
        write(&mut file).and_then(|()| file.flush())
    };
    written.map_err(failed)
}
