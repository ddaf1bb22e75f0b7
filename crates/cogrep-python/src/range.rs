//! A range of a file or an object: the lines that begin in it, wherever the last of them ends.
//!
//! So the ranges of a source that follow each other have each of its lines once. What is counted
//! in lines, or by patterns without a line feed, is then the sum over ranges.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use cogrep_source::{
    Blocking, Chunk, Chunks, Cut, Divisible, Division, Fault, Interrupt, OpenOptions, Role, Source,
    SourceName, block_on,
};
use futures_util::stream::{self, StreamExt};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::files::encoding;
use crate::remote::{self, ChangedError, RemoteOptions};

/// A range is of whole lines, and nothing is shown of what is around it.
const LINES: Division = Division { cut: Cut::Lines, before: 0, after: 0 };

/// So many sources are opened at once.
const OPENED: usize = 32;

/// How a source of which ranges are read is opened; an object of Python with these attributes.
#[derive(Debug, FromPyObject)]
pub(crate) struct RangeOptions {
    encoding: Option<String>,
    decompress: bool,
    remote: RemoteOptions,
}

/// A range of a file or an object.
#[derive(Debug)]
pub(crate) struct SourceRange {
    pub(crate) name: OsString,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) options: RangeOptions,
}

impl RangeOptions {
    fn open_options(&self) -> PyResult<OpenOptions> {
        Ok(OpenOptions {
            backend: self.remote.backend_in_ranges()?,
            encoding: self.encoding.as_deref().map(encoding).transpose()?,
            no_decompress: !self.decompress,
            ..OpenOptions::default()
        })
    }

    fn source_name(&self, name: &OsStr) -> SourceName {
        let address = self.remote.address(name);
        address.unwrap_or_else(|| SourceName::from(Path::new(name)))
    }
}

/// Whether the bytes of each of these sources are its text, so that a range of it can be read by
/// itself; of an object, also whether its store gives ranges of one version.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "it was made of an object for this call")]
pub(crate) fn are_divisible(
    py: Python<'_>,
    names: Vec<OsString>,
    options: RangeOptions,
) -> PyResult<Vec<bool>> {
    let open = options.open_options()?;
    let mut found = Vec::with_capacity(names.len());
    for some in names.chunks(8 * OPENED) {
        // What cannot be opened is opened once more by the task, which reports it.
        let is_divisible = async |name: &OsString| {
            let name = options.source_name(name);
            divide(&name, &open).await.is_ok_and(|text| text.is_some())
        };
        found.extend(py.detach(|| {
            let looked_at = stream::iter(some).map(is_divisible).buffered(OPENED);
            block_on(looked_at.collect::<Vec<_>>())
        }));
        py.check_signals()?;
    }
    Ok(found)
}

/// The text of a source, if its bytes are that.
async fn divide(name: &SourceName, options: &OpenOptions) -> Result<Option<Divisible>, Fault> {
    Ok(Source::open(name, options, Blocking(())).await?.divide().await)
}

/// Calls `look` with the text of the range, piece by piece, and gives the bytes of all of it.
pub(crate) fn each_piece(
    py: Python<'_>,
    range: &SourceRange,
    mut look: impl FnMut(&[u8]) -> PyResult<()> + Send,
) -> PyResult<u64> {
    let changed = || ChangedError::new_err(range.name.clone());
    let name = range.options.source_name(&range.name);
    let failed = |fault: Fault| match fault {
        Fault::Shrank { .. } => changed(),
        fault if remote::has_changed(&name, &fault) => changed(),
        fault => PyOSError::new_err(format!("{name}: {fault}")),
    };
    let open = range.options.open_options()?;
    let opened = py.detach(|| block_on(divide(&name, &open)));
    // It was divisible when it was divided. In the same version it is so still, but for a server
    // that gives no range this time.
    let no_range = || PyOSError::new_err(format!("{name}: the server gives no ranges"));
    let is_address = matches!(name, SourceName::Remote(_));
    let indivisible = || if is_address { no_range() } else { changed() };
    let divisible = opened.map_err(failed)?.ok_or_else(indivisible)?;
    let end = Some(range.end);
    let mut text = divisible.range(range.start, end, LINES, &Interrupt::new(), Blocking(()));
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
