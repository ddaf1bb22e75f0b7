//! Counts of texts that were not known before, the most frequent first.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array};
use cogrep_core::measure::{DistinctTexts, Layout};
use cogrep_core::table::{Order, Table};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyString};

use crate::{arrow, names};

/// Distinct texts and their counts; equal counts are in the order of the texts' bytes.
#[pyclass(frozen, module = "cogrep._cogrep")]
#[derive(Debug)]
pub(crate) struct TextCounts {
    texts: DistinctTexts,
    /// The sum of all counts.
    #[pyo3(get)]
    total: u64,
}

/// A text and its count, to become objects of Python.
#[derive(Debug)]
pub(crate) struct Counted {
    text: Vec<u8>,
    count: u64,
}

impl Counted {
    pub(crate) fn new(text: &[u8], count: u64) -> Self {
        Self { text: text.to_vec(), count }
    }
}

impl<'py> IntoPyObject<'py> for Counted {
    type Target = pyo3::types::PyTuple;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        (key(py, &self.text), self.count).into_pyobject(py)
    }
}

/// A text as a `str`; as `bytes` if it is no Unicode.
fn key<'py>(py: Python<'py>, text: &[u8]) -> Bound<'py, PyAny> {
    match str::from_utf8(text) {
        Ok(text) => PyString::new(py, text).into_any(),
        Err(_) => PyBytes::new(py, text).into_any(),
    }
}

impl TextCounts {
    pub(crate) fn new(table: &Arc<Table>, layout: Layout) -> Self {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let texts = DistinctTexts::new(table, layout, Order::Count, cores);
        let total = texts.iter().map(|text| text.count).sum();
        Self { texts, total }
    }
}

#[pymethods]
impl TextCounts {
    fn __len__(&self) -> usize {
        self.texts.len()
    }

    /// The most frequent texts and their counts, or all of them.
    fn items<'py>(&self, py: Python<'py>, most: Option<usize>) -> Vec<(Bound<'py, PyAny>, u64)> {
        let most = most.unwrap_or(usize::MAX);
        self.texts.iter().take(most).map(|text| (key(py, text.text), text.count)).collect()
    }

    /// The table, for what takes Arrow.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let table = py.detach(|| {
            let is_text = self.texts.iter().all(|text| str::from_utf8(text.text).is_ok());
            let counts = self.texts.iter().map(|text| text.count.cast_signed());
            let counts = Int64Array::from_iter_values(counts);
            let texts: ArrayRef = if is_text {
                let mut texts = StringBuilder::new();
                for text in self.texts.iter() {
                    texts.append_value(str::from_utf8(text.text).unwrap_or_default());
                }
                Arc::new(texts.finish())
            } else {
                let mut texts = BinaryBuilder::new();
                self.texts.iter().for_each(|text| texts.append_value(text.text));
                Arc::new(texts.finish())
            };
            names::table([("text", texts), ("count", Arc::new(counts))])
        });
        arrow::export(py, table.map_err(arrow::failed)?)
    }
}
