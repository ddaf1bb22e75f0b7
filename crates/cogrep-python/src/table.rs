//! Counts of texts that were not known before, the most frequent first.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use cogrep_core::measure::{DistinctText, DistinctTexts, Layout};
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

/// Why not all texts are gone through.
enum Ended {
    /// There were enough.
    Enough,
    Failed(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl TextCounts {
    pub(crate) fn new(table: &Arc<Table>, layout: Layout) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let texts = DistinctTexts::new(table, layout, Order::Count, cores)?;
        let mut counts = Self { texts, total: 0 };
        let mut total = 0;
        counts.each(usize::MAX, |text| total += text.count)?;
        counts.total = total;
        Ok(counts)
    }

    /// Shows at most this many texts.
    fn each(&self, most: usize, mut show: impl FnMut(DistinctText<'_>)) -> io::Result<()> {
        let mut left = most;
        let ended = self.texts.for_each(|text| {
            left = left.checked_sub(1).ok_or(Ended::Enough)?;
            show(text);
            Ok(())
        });
        match ended {
            Ok(()) | Err(Ended::Enough) => Ok(()),
            Err(Ended::Failed(error)) => Err(error),
        }
    }
}

#[pymethods]
impl TextCounts {
    fn __len__(&self) -> usize {
        self.texts.len()
    }

    /// The most frequent texts and their counts, or all of them.
    fn items<'py>(
        &self,
        py: Python<'py>,
        most: Option<usize>,
    ) -> PyResult<Vec<(Bound<'py, PyAny>, u64)>> {
        let mut items = Vec::new();
        self.each(most.unwrap_or(usize::MAX), |text| items.push((key(py, text.text), text.count)))?;
        Ok(items)
    }

    /// The table, for what takes Arrow.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let (texts, counts) = py.detach(|| {
            let (mut texts, mut counts) = (BinaryBuilder::new(), Vec::new());
            self.each(usize::MAX, |text| {
                texts.append_value(text.text);
                counts.push(text.count.cast_signed());
            })?;
            let texts = texts.finish();
            let texts: ArrayRef = match StringArray::try_from_binary(texts.clone()) {
                Ok(texts) => Arc::new(texts),
                // Some are no Unicode.
                Err(_) => Arc::new(texts),
            };
            Ok::<_, io::Error>((texts, counts))
        })?;
        let counts = Int64Array::from(counts);
        let table = names::table([("text", texts), ("count", Arc::new(counts))]);
        arrow::export(py, table.map_err(arrow::failed)?)
    }
}
