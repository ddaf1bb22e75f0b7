//! Arrow's way between libraries: the `PyCapsule` interface, in and out.
//!
//! All unsafe code of this crate is here, but for what starts the program. The libraries that do this for many kinds of
//! arrays bring more code than all else in the package.
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>
#![expect(unsafe_code, reason = "the interface is one of pointers")]

use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::ArrowError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const SCHEMA: &std::ffi::CStr = c"arrow_schema";
const ARRAY: &std::ffi::CStr = c"arrow_array";
const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// The arrays of an object, if it offers them.
pub(crate) fn import(object: &Bound<'_, PyAny>) -> Option<PyResult<Vec<ArrayRef>>> {
    if let Ok(export) = object.getattr("__arrow_c_array__") {
        return Some(export.call0().and_then(|pair| Ok(vec![array(&pair)?])));
    }
    let export = object.getattr("__arrow_c_stream__").ok()?;
    Some(export.call0().and_then(|capsule| stream(&capsule)))
}

fn array(pair: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let pair = pair.cast::<PyTuple>()?;
    let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
    let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?.cast();
    let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?.cast();
    // SAFETY: a capsule of this name holds such a structure, as the interface says; it is
    // moved out, and what is left behind is marked as released.
    let (schema, array) = unsafe {
        (FFI_ArrowSchema::from_raw(schema.as_ptr()), FFI_ArrowArray::from_raw(array.as_ptr()))
    };
    // SAFETY: the producer promises that the array is as its schema says.
    let data = unsafe { from_ffi(array, &schema) }.map_err(failed)?;
    Ok(make_array(data))
}

fn stream(capsule: &Bound<'_, PyAny>) -> PyResult<Vec<ArrayRef>> {
    let stream = capsule.cast::<PyCapsule>()?.pointer_checked(Some(STREAM))?.cast();
    // SAFETY: a capsule of this name holds such a structure, as the interface says; it is
    // moved out, and what is left behind is marked as released.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    let arrays = ArrayStreamReader::try_new(stream).map_err(failed)?;
    arrays.collect::<Result<_, _>>().map_err(failed)
}

/// A table, as one that takes it by this interface wants it.
pub(crate) fn export(py: Python<'_>, table: RecordBatch) -> PyResult<Bound<'_, PyCapsule>> {
    let schema = table.schema();
    let batches = RecordBatchIterator::new([Ok(table)], Arc::clone(&schema));
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
pub(crate) fn failed(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
