//! Labels as a column of Arrow.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyString, PyTuple};

use crate::arrow;

/// The names as strings, or as bytes if one of them is no text.
pub(crate) fn column(names: &Bound<'_, PyTuple>) -> PyResult<ArrayRef> {
    let strings: Option<Vec<_>> =
        names.iter().map(|name| name.cast_into::<PyString>().ok()).collect();
    if let Some(strings) = strings
        && let Ok(strings) = strings.iter().map(|name| name.to_str()).collect::<PyResult<Vec<_>>>()
    {
        return Ok(Arc::new(StringArray::from_iter_values(strings)));
    }
    let mut bytes = Vec::with_capacity(names.len());
    for name in names {
        bytes.push(bytes_of(&name)?);
    }
    Ok(Arc::new(BinaryArray::from_iter_values(bytes)))
}

/// The bytes of a `str` or of `bytes`.
pub(crate) fn bytes_of(name: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(string) = name.cast::<PyString>() {
        return match string.to_str() {
            Ok(string) => Ok(string.as_bytes().to_vec()),
            Err(_) => Ok(crate::text::encode(string)?.as_bytes().to_vec()),
        };
    }
    let bytes = name.cast::<PyBytes>().map_err(|_| {
        PyTypeError::new_err(format!("a pattern is a str or bytes, not {}", name.get_type()))
    })?;
    Ok(bytes.as_bytes().to_vec())
}

/// A table of names and counts, for what takes Arrow; the names have this title.
#[pyfunction]
pub(crate) fn counts_stream<'py>(
    names: &Bound<'py, PyTuple>,
    counts: Vec<i64>,
    title: &str,
) -> PyResult<Bound<'py, PyCapsule>> {
    let table = table([(title, column(names)?), ("count", Arc::new(Int64Array::from(counts)))]);
    arrow::export(names.py(), table.map_err(arrow::failed)?)
}

/// A table of columns without nulls.
pub(crate) fn table<const N: usize>(
    columns: [(&str, ArrayRef); N],
) -> Result<RecordBatch, ArrowError> {
    let field = |(name, column): &(&str, ArrayRef)| {
        let kind: DataType = column.data_type().clone();
        Field::new(*name, kind, false)
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns.map(|(_, column)| column).to_vec())
}
