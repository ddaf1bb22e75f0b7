//! Columns of Arrow.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray,
    LargeStringArray, StringArray, StringViewArray,
};
use arrow_schema::DataType;
use cogrep_match::{RowCount, Tally};
use pyo3::prelude::*;

use super::gather::{ByRow, Gather, Stretch, Sum};
use super::{BadRow, Run, Settings};
use crate::workers::{self, Course, Progress};

/// A worker claims rows of about so many bytes, and at most this many.
const CLAIM_BYTES: usize = 1 << 20;
const CLAIM_ROWS: usize = 1 << 14;

/// Columns of less text are counted in by one thread, whatever the number of cores.
const SMALL_BYTES: usize = 256 << 10;

/// Texts in an array.
#[derive(Debug)]
pub(super) enum Texts {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    Binary(BinaryArray),
    LargeBinary(LargeBinaryArray),
    BinaryView(BinaryViewArray),
    FixedSizeBinary(FixedSizeBinaryArray),
    /// An array without a type has only nulls.
    Null(usize),
}

/// A part of a column.
#[derive(Debug)]
pub(super) enum Chunk {
    Plain(Texts),
    /// Each value is looked through once.
    Dictionary {
        values: Texts,
        /// How many rows have each value.
        uses: Vec<u64>,
        /// The value of each row, if it has one.
        keys: Vec<Option<usize>>,
    },
}

impl Texts {
    fn new(array: &ArrayRef) -> Result<Self, DataType> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeUtf8(array.as_string().clone()),
            DataType::Utf8View => Self::Utf8View(array.as_string_view().clone()),
            DataType::Binary => Self::Binary(array.as_binary().clone()),
            DataType::LargeBinary => Self::LargeBinary(array.as_binary().clone()),
            DataType::BinaryView => Self::BinaryView(array.as_binary_view().clone()),
            DataType::FixedSizeBinary(_) => {
                Self::FixedSizeBinary(array.as_fixed_size_binary().clone())
            }
            DataType::Null => Self::Null(array.len()),
            other => return Err(other.clone()),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Utf8(array) => array.len(),
            Self::LargeUtf8(array) => array.len(),
            Self::Utf8View(array) => array.len(),
            Self::Binary(array) => array.len(),
            Self::LargeBinary(array) => array.len(),
            Self::BinaryView(array) => array.len(),
            Self::FixedSizeBinary(array) => array.len(),
            Self::Null(len) => *len,
        }
    }

    /// The text of a row; none of a null.
    #[inline]
    fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Utf8(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Self::LargeUtf8(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Self::Utf8View(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Self::Binary(array) => array.is_valid(row).then(|| array.value(row)),
            Self::LargeBinary(array) => array.is_valid(row).then(|| array.value(row)),
            Self::BinaryView(array) => array.is_valid(row).then(|| array.value(row)),
            Self::FixedSizeBinary(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Null(_) => None,
        }
    }
}

impl Chunk {
    pub(super) fn new(array: &ArrayRef) -> Result<Self, DataType> {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Texts::new(array).map(Self::Plain);
        };
        // Where all rows are null there are no values, and pandas gives them any type.
        let values = match dictionary.values() {
            values if values.is_empty() => Texts::Null(0),
            values => Texts::new(values)?,
        };
        let nulls = dictionary.keys().logical_nulls();
        let mut uses = vec![0; values.len()];
        let keys = if values.len() == 0 {
            vec![None; dictionary.len()]
        } else {
            dictionary
                .normalized_keys()
                .into_iter()
                .enumerate()
                .map(|(row, value)| {
                    let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
                    (!is_null).then_some(value)
                })
                .collect()
        };
        for value in keys.iter().flatten() {
            uses[*value] += 1;
        }
        Ok(Self::Dictionary { values, uses, keys })
    }

    fn len(&self) -> usize {
        match self {
            Self::Plain(texts) => texts.len(),
            Self::Dictionary { keys, .. } => keys.len(),
        }
    }
}

/// Texts to look through: those of an array that are wanted.
struct Part<'a> {
    texts: &'a Texts,
    /// How often each is in use; one that is not is left out.
    uses: Option<&'a [u64]>,
    /// Which of them each row has, if rows are not the texts in their order.
    keys: Option<&'a [Option<usize>]>,
}

impl Part<'_> {
    /// How many rows there are.
    fn len(&self) -> usize {
        self.keys.map_or_else(|| self.texts.len(), <[_]>::len)
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        if let Some(keys) = self.keys {
            return self.texts.get(keys[row]?);
        }
        if self.uses.is_some_and(|uses| uses[row] == 0) {
            return None;
        }
        self.texts.get(row)
    }
}

/// A stretch of rows of one part.
struct Claim {
    part: usize,
    rows: Range<usize>,
    /// The number of its first row, over all parts.
    first_row: u64,
}

/// Which rows are to be claimed next.
#[derive(Default)]
struct Cursor {
    part: usize,
    row: usize,
    first_row: u64,
}

impl Cursor {
    fn claim(&mut self, parts: &[Part<'_>]) -> Option<Claim> {
        while parts.get(self.part)?.len() == self.row {
            self.part += 1;
            self.row = 0;
        }
        let part = &parts[self.part];
        let most = part.len().min(self.row + CLAIM_ROWS);
        let (mut end, mut bytes) = (self.row, 0);
        while end < most && bytes < CLAIM_BYTES {
            bytes += part.get(end).map_or(0, <[u8]>::len);
            end += 1;
        }
        let claim = Claim { part: self.part, rows: self.row..end, first_row: self.first_row };
        self.first_row += (end - self.row) as u64;
        self.row = end;
        Some(claim)
    }
}

/// Counts over all rows.
pub(super) fn totals(
    py: Python<'_>,
    chunks: &[Chunk],
    settings: &Settings<'_, '_>,
) -> PyResult<(Tally, u64)> {
    let plain: Vec<_> = chunks.iter().filter_map(Chunk::plain).collect();
    let mut tally = Tally::new();
    let new = || Sum::new(settings.counter);
    for mut sum in scan(py, &plain, &settings.run, new)? {
        tally.merge(&sum.take());
    }
    for chunk in chunks {
        let Chunk::Dictionary { values, uses, .. } = chunk else { continue };
        for RowCount { row, needle, count } in by_value(py, values, uses, settings)? {
            tally.add(needle, count * uses[index(row)]);
        }
    }
    Ok((tally, row_count(chunks)))
}

/// Counts by row.
pub(super) fn by_row(
    py: Python<'_>,
    chunks: &[Chunk],
    settings: &Settings<'_, '_>,
) -> PyResult<(Vec<Stretch>, u64)> {
    let mut stretches = Vec::new();
    if chunks.iter().all(|chunk| matches!(chunk, Chunk::Plain(_))) {
        let plain: Vec<_> = chunks.iter().filter_map(Chunk::plain).collect();
        return Ok((scan_rows(py, &plain, settings)?, row_count(chunks)));
    }
    let mut first_row = 0;
    for chunk in chunks {
        match chunk {
            Chunk::Plain(texts) => {
                let part = Part { texts, uses: None, keys: None };
                for mut stretch in scan_rows(py, &[part], settings)? {
                    stretch.first_row += first_row;
                    stretches.push(stretch);
                }
            }
            Chunk::Dictionary { values, uses, keys } => {
                let by_value = by_value(py, values, uses, settings)?;
                stretches
                    .push(Stretch { first_row, counts: spread(&by_value, keys, values.len()) });
            }
        }
        first_row += chunk.len() as u64;
    }
    Ok((stretches, first_row))
}

impl Chunk {
    fn plain(&self) -> Option<Part<'_>> {
        match self {
            Self::Plain(_) => Some(self.part()),
            Self::Dictionary { .. } => None,
        }
    }

    /// Its rows, each with its text.
    fn part(&self) -> Part<'_> {
        match self {
            Self::Plain(texts) => Part { texts, uses: None, keys: None },
            Self::Dictionary { values, keys, .. } => {
                Part { texts: values, uses: None, keys: Some(keys) }
            }
        }
    }
}

fn row_count(chunks: &[Chunk]) -> u64 {
    chunks.iter().map(|chunk| chunk.len() as u64).sum()
}

fn index(row: u64) -> usize {
    usize::try_from(row).expect("it is a row of an array")
}

/// The counts of each value that is in use, by value.
fn by_value(
    py: Python<'_>,
    values: &Texts,
    uses: &[u64],
    settings: &Settings<'_, '_>,
) -> PyResult<Vec<RowCount>> {
    let part = Part { texts: values, uses: Some(uses), keys: None };
    // Values are not the rows that progress is told of.
    let settings = Settings { run: Run { progress: None, ..settings.run }, ..*settings };
    let mut stretches = scan_rows(py, &[part], &settings)?;
    stretches.sort_unstable_by_key(|stretch| stretch.first_row);
    let counts = stretches.into_iter().flat_map(|Stretch { first_row, counts }| {
        counts.into_iter().map(move |it| RowCount { row: first_row + it.row, ..it })
    });
    Ok(counts.collect())
}

/// From the counts of values to those of rows.
fn spread(by_value: &[RowCount], keys: &[Option<usize>], values: usize) -> Vec<RowCount> {
    let mut places = vec![0..0; values];
    let mut at = 0;
    for same in by_value.chunk_by(|one, next| one.row == next.row) {
        places[index(same[0].row)] = at..at + same.len();
        at += same.len();
    }
    let mut counts = Vec::new();
    for (row, value) in (0..).zip(keys) {
        let Some(value) = value else { continue };
        let of_value = &by_value[places[*value].clone()];
        counts.extend(of_value.iter().map(|it| RowCount { row, ..*it }));
    }
    counts
}

/// Looks through all parts by row.
fn scan_rows(
    py: Python<'_>,
    parts: &[Part<'_>],
    settings: &Settings<'_, '_>,
) -> PyResult<Vec<Stretch>> {
    let new = || ByRow::new(settings.counter);
    let by_row = scan(py, parts, &settings.run, new)?;
    Ok(by_row.into_iter().flat_map(|by_row| by_row.stretches).collect())
}

/// Looks through the rows of all chunks, those of a dictionary too, in any order.
pub(super) fn gather<G: Gather>(
    py: Python<'_>,
    chunks: &[Chunk],
    run: &Run<'_, '_>,
    new: impl Fn() -> G + Sync,
) -> PyResult<Vec<G>> {
    let parts: Vec<_> = chunks.iter().map(Chunk::part).collect();
    scan(py, &parts, run, new)
}

/// Looks through all parts on several threads.
fn scan<G: Gather>(
    py: Python<'_>,
    parts: &[Part<'_>],
    run: &Run<'_, '_>,
    new: impl Fn() -> G + Sync,
) -> PyResult<Vec<G>> {
    let course = Course::default();
    let cursor = Mutex::new(Cursor::default());
    let work = || -> Result<G, BadRow> {
        let mut gather = new();
        while !course.is_stopped() {
            let claim = cursor.lock().unwrap_or_else(PoisonError::into_inner).claim(parts);
            let Some(Claim { part, rows, first_row }) = claim else { break };
            course.add(rows.len() as u64);
            for (nth, row) in (0..).zip(rows) {
                // A null is a row without a text.
                let text = parts[part].get(row).unwrap_or_default();
                gather.push(text, &|| course.is_stopped()).map_err(|error| {
                    course.stop();
                    BadRow { row: first_row + nth, error }
                })?;
            }
            gather.end_stretch(first_row);
        }
        Ok(gather)
    };
    let found = if is_small(parts) {
        vec![py.detach(work)]
    } else {
        let mut progress = Progress::new(run.progress);
        let watch = || progress.tell(course.done());
        workers::run(py, run.threads, watch, || course.stop(), work)?
    };
    Ok(found.into_iter().collect::<Result<_, _>>()?)
}

/// Whether there is so little text that starting a thread takes longer.
fn is_small(parts: &[Part<'_>]) -> bool {
    let rows = parts.iter().flat_map(|part| (0..part.len()).map(|row| part.get(row)));
    let mut bytes = 0;
    !rows.take(CLAIM_ROWS).any(|text| {
        // A row costs something, too.
        bytes += text.map_or(0, <[u8]>::len) + 16;
        bytes > SMALL_BYTES
    })
}
