//! A range of a file: the lines that begin in it, wherever the last of them ends.
//!
//! So the ranges of a file that follow each other have each of its lines once. What is counted
//! in lines, or by patterns without a line feed, is then the sum over ranges.

use std::path::PathBuf;

use cogrep_source::{
    Blocking, Chunk, Chunks, Content, Cut, Divisible, Division, Encoding, Fault, Interrupt,
    OpenOptions, Role, Source, SourceName, block_on,
};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::files::encoding;
use crate::remote::ChangedError;

/// A range is of whole lines, and nothing is shown of what is around it.
const LINES: Division = Division { cut: Cut::Lines, before: 0, after: 0 };

/// A range of a file, and how the file is read.
#[derive(Debug)]
pub(crate) struct FileRange<'a> {
    pub(crate) path: PathBuf,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) encoding: Option<&'a str>,
    pub(crate) decompress: bool,
}

/// Whether the bytes of a file are its text, so that a range of it can be read by itself.
#[pyfunction]
pub(crate) fn is_divisible(
    py: Python<'_>,
    path: PathBuf,
    encoding: Option<&str>,
    decompress: bool,
) -> PyResult<bool> {
    let encoding = encoding.map(self::encoding).transpose()?;
    // What cannot be opened is opened once more by the task, which reports it.
    Ok(py.detach(|| open(path, encoding, decompress)).is_ok_and(|text| text.is_some()))
}

/// The text of a file, if its bytes are that.
fn open(
    path: PathBuf,
    encoding: Option<Encoding>,
    decompress: bool,
) -> Result<Option<Divisible>, Fault> {
    let options = OpenOptions { encoding, no_decompress: !decompress, ..OpenOptions::default() };
    let name = SourceName::from(path);
    block_on(async {
        let source = Source::open(&name, &options, Blocking(())).await?;
        match source.begin(&mut Chunk::new()).await {
            Content::Text(text) => Ok(text.divisible()),
            _ => Ok(None),
        }
    })
}

/// Calls `look` with the text of the range, piece by piece, and gives the bytes of all of it.
pub(crate) fn each_piece(
    py: Python<'_>,
    file: &FileRange<'_>,
    mut look: impl FnMut(&[u8]) -> PyResult<()> + Send,
) -> PyResult<u64> {
    let changed = || ChangedError::new_err(file.path.clone());
    let failed = |fault: Fault| match fault {
        Fault::Shrank { .. } => changed(),
        fault => PyOSError::new_err(format!("{}: {fault}", file.path.display())),
    };
    let encoding = file.encoding.map(self::encoding).transpose()?;
    let opened = py.detach(|| open(file.path.clone(), encoding, file.decompress));
    // It was divisible when it was divided.
    let divisible = opened.map_err(failed)?.ok_or_else(changed)?;
    let end = Some(file.end);
    let mut text = divisible.range(file.start, end, LINES, &Interrupt::new(), Blocking(()));
    let (mut chunk, mut bytes) = (Chunk::new(), 0);
    while !chunk.is_last() {
        py.detach(|| {
            block_on(text.fetch(&mut chunk));
            if chunk.role() != Role::Text {
                return Ok(());
            }
            bytes += chunk.bytes().len() as u64;
            look(chunk.bytes())
        })?;
        py.check_signals()?;
    }
    text.fault().map_or(Ok(bytes), |fault| Err(failed(fault)))
}
