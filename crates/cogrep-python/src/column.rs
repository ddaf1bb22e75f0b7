//! Many texts in a column: of Arrow, or in anything that can be gone through.
//!
//! Workers claim rows, a stretch at a time, and look through them as one text; see
//! [`RowScanner`](cogrep_match::RowScanner).

mod arrays;
mod gather;
mod objects;

use cogrep_match::{LineTooLong, RowCount, Tally};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use self::arrays::Chunk;
use self::gather::Stretch;
pub(crate) use self::gather::{Gather, PIECE_BYTES};
use crate::arrow;
use crate::labels::Labels;
use crate::prepared::Prepared;
use crate::rows::Columns;

/// How a column is counted in.
pub(crate) struct Settings<'a, 'py> {
    pub(crate) counter: &'a Prepared,
    pub(crate) run: Run<'a, 'py>,
}

/// On how many threads, and what is told of it.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a, 'py> {
    pub(crate) threads: usize,
    /// Is told how many more rows are done.
    pub(crate) progress: Option<&'a Bound<'py, PyAny>>,
}

/// A row that could not be counted in, and why.
#[derive(Debug)]
pub(crate) struct BadRow {
    row: u64,
    error: LineTooLong,
}

impl From<BadRow> for PyErr {
    fn from(BadRow { row, error }: BadRow) -> Self {
        PyValueError::new_err(format!("row {row}: {error}; raise max_line_bytes"))
    }
}

/// Counts over all rows. Gives how many rows there were, too.
pub(crate) fn count_totals(
    column: &Bound<'_, PyAny>,
    settings: &Settings<'_, '_>,
) -> PyResult<(Tally, u64)> {
    match chunks(column)? {
        Some(chunks) => arrays::totals(column.py(), &chunks, settings),
        None => objects::totals(column, settings),
    }
}

/// Counts by row. Gives how many rows there were, too.
pub(crate) fn count_rows(
    column: &Bound<'_, PyAny>,
    settings: &Settings<'_, '_>,
    labels: &Labels,
) -> PyResult<(Columns, u64)> {
    let (stretches, rows) = match chunks(column)? {
        Some(chunks) => arrays::by_row(column.py(), &chunks, settings)?,
        None => objects::by_row(column, settings)?,
    };
    Ok((column.py().detach(|| columns(stretches, labels)), rows))
}

/// Makes something of all rows. Those of one worker are in order, but there may be others
/// between them.
pub(crate) fn gather<G: Gather>(
    column: &Bound<'_, PyAny>,
    run: &Run<'_, '_>,
    new: impl Fn() -> G + Sync,
) -> PyResult<Vec<G>> {
    match chunks(column)? {
        Some(chunks) => arrays::gather(column.py(), &chunks, run, new),
        None => Ok(objects::gather(column, run, new)?.0),
    }
}

/// The arrays of a column of Arrow, if it is one. A column that offers its arrays and then has
/// none, as that of pandas without pyarrow, is gone through instead.
fn chunks(column: &Bound<'_, PyAny>) -> PyResult<Option<Vec<Chunk>>> {
    let arrays = match arrow::import(column) {
        None => return Ok(None),
        Some(Err(_)) if column.try_iter().is_ok() => return Ok(None),
        Some(arrays) => arrays?,
    };
    let chunks: Result<_, _> = arrays.iter().map(Chunk::new).collect();
    let chunks = chunks.map_err(|kind| {
        let hint = match kind {
            arrow_schema::DataType::Struct(_) => "; name one column of the table",
            _ => "",
        };
        PyTypeError::new_err(format!("a column of texts has strings or bytes, not {kind}{hint}"))
    })?;
    Ok(Some(chunks))
}

/// The label of a needle that has the same number.
fn label(needle: usize) -> u32 {
    u32::try_from(needle).expect("labels are numbers of this size")
}

/// The counts of all stretches, by row and label.
fn columns(mut stretches: Vec<Stretch>, labels: &Labels) -> Columns {
    stretches.sort_unstable_by_key(|stretch| stretch.first_row);
    let mut columns = Columns::default();
    let mut of_row: Vec<(u32, u64)> = Vec::new();
    for Stretch { first_row, counts } in stretches {
        for same in counts.chunk_by(|one, next| one.row == next.row) {
            let row = (first_row + same[0].row).cast_signed();
            of_row.clear();
            for RowCount { needle, count, .. } in same {
                match labels.of_needle(*needle) {
                    None => columns.push(row, label(*needle), *count),
                    Some(labels) => of_row.extend(labels.iter().map(|label| (*label, *count))),
                }
            }
            of_row.sort_unstable();
            for same in of_row.chunk_by(|one, next| one.0 == next.0) {
                columns.push(row, same[0].0, same.iter().map(|(_, count)| count).sum());
            }
        }
    }
    columns
}
