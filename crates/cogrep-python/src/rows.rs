//! Counts by row: a column each of rows, labels and counts.

use std::sync::Arc;

use arrow_array::{DictionaryArray, Int32Array, Int64Array};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyTuple};

use crate::arrow;
use crate::names;

/// How often each label occurs in each row, in the order of rows and then of labels, without
/// zeros.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) rows: Vec<i64>,
    pub(crate) labels: Vec<i32>,
    pub(crate) counts: Vec<i64>,
}

impl Columns {
    pub(crate) fn push(&mut self, row: i64, label: u32, count: u64) {
        self.rows.push(row);
        self.labels.push(label.cast_signed());
        self.counts.push(count.cast_signed());
    }
}

/// Counts by row, as plain columns.
#[pyclass(frozen, module = "cogrep._cogrep")]
#[derive(Debug)]
pub(crate) struct RowCounts {
    rows: Int64Array,
    labels: Int32Array,
    counts: Int64Array,
    /// How many rows there were, those without a count too.
    #[pyo3(get)]
    row_count: u64,
}

impl RowCounts {
    pub(crate) fn new(columns: Columns, row_count: u64) -> Self {
        let Columns { rows, labels, counts } = columns;
        Self { rows: rows.into(), labels: labels.into(), counts: counts.into(), row_count }
    }
}

#[pymethods]
impl RowCounts {
    fn __len__(&self) -> usize {
        self.rows.values().len()
    }

    /// The rows, labels and counts as the bytes of numbers of this machine: of 8, 4 and 8
    /// bytes.
    fn buffers<'py>(&self, py: Python<'py>) -> [Bound<'py, PyBytes>; 3] {
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
        [
            bytes(self.rows.values().inner().as_slice()),
            bytes(self.labels.values().inner().as_slice()),
            bytes(self.counts.values().inner().as_slice()),
        ]
    }

    /// The row, label and count at this place.
    fn get(&self, place: usize) -> (i64, i32, i64) {
        (self.rows.value(place), self.labels.value(place), self.counts.value(place))
    }

    /// The table, for what takes Arrow.
    fn stream<'py>(&self, names: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyCapsule>> {
        if i32::try_from(names.len()).is_err() {
            return Err(PyOverflowError::new_err("there are too many patterns for Arrow"));
        }
        let patterns = DictionaryArray::try_new(self.labels.clone(), names::column(names)?);
        let table = names::table([
            ("row", Arc::new(self.rows.clone())),
            ("pattern", Arc::new(patterns.map_err(arrow::failed)?)),
            ("count", Arc::new(self.counts.clone())),
        ]);
        arrow::export(names.py(), table.map_err(arrow::failed)?)
    }
}
