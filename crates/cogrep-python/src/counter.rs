//! Patterns that were made ready, and how they are counted in what Python has.

use std::ffi::OsString;
use std::sync::Arc;

use cogrep_core::network::with_loose_space;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax, Unit};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::files::{self, FileSums, SourceRow};
use crate::labels::{self, Found, Labels};
use crate::names::bytes_of;
use crate::prepared::Prepared;
use crate::range::{self, RangeOptions, SourceRange};
use crate::rows::RowCounts;
use crate::{column, text, workers};

pyo3::create_exception!(
    cogrep,
    PatternError,
    PyValueError,
    "A pattern that cannot be counted. `index` is its place in what was given, from 0, or None."
);

/// Patterns that were made ready; it never changes, so threads can share it.
#[pyclass(frozen, module = "cogrep._cogrep")]
#[derive(Debug)]
pub(crate) struct Counter(Prepared);

pub(crate) fn pattern_error(py: Python<'_>, error: &cogrep_match::PatternError) -> PyErr {
    let raised = PatternError::new_err(error.to_string());
    match raised.value(py).setattr("index", error.index()) {
        Ok(()) => raised,
        Err(other) => other,
    }
}

fn unit(name: &str) -> Unit {
    match name {
        "overlapping" => Unit::Overlapping,
        "lines" => Unit::Lines,
        "whole_lines" => Unit::WholeLines,
        _ => Unit::Occurrences,
    }
}

#[pymethods]
impl Counter {
    /// Makes patterns ready, each with the number of its label, of which there are `count`.
    #[new]
    #[pyo3(signature = (
        patterns, labels, count, *, unit, ignore_case, smart_case, whole_words, regex, loose_space,
        engine, max_line_bytes, regex_size_limit,
    ))]
    #[expect(clippy::too_many_arguments, reason = "named, and checked in Python")]
    #[expect(clippy::fn_params_excessive_bools, reason = "named, and checked in Python")]
    fn new(
        py: Python<'_>,
        patterns: &Bound<'_, PyTuple>,
        labels: Option<Vec<u32>>,
        count: usize,
        unit: &str,
        ignore_case: bool,
        smart_case: bool,
        whole_words: bool,
        regex: bool,
        loose_space: bool,
        engine: &str,
        max_line_bytes: usize,
        regex_size_limit: u64,
    ) -> PyResult<Self> {
        let mut bytes = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let pattern = bytes_of(&pattern)?;
            bytes.push(if loose_space { with_loose_space(&pattern) } else { pattern });
        }
        let engine: EngineChoice =
            engine.parse().map_err(|error: cogrep_match::UnknownEngine| {
                PyValueError::new_err(error.to_string())
            })?;
        let syntax = if regex { Syntax::Regex } else { Syntax::Literal };
        let matching = Matching { syntax, ignore_case, whole_words, unit: self::unit(unit) };
        let made = py.detach(|| {
            let mut patterns = Patterns::new(bytes, matching)?;
            if smart_case && !patterns.any_uppercase() {
                let matching = Matching { ignore_case: true, ..matching };
                patterns = Patterns::new(patterns.iter(), matching)?;
            }
            let plan = Plan::with_regex_limit(&patterns, engine, regex_size_limit)?;
            let labels = labels.unwrap_or_else(|| (0..).take(patterns.len()).collect());
            let labels = Labels::new(&plan, labels, count);
            Ok((Arc::new(plan), labels))
        });
        let (plan, labels) = made.map_err(|error| pattern_error(py, &error))?;
        Ok(Self(Prepared { plan, labels, max_line_bytes, loose_space }))
    }

    /// Whether case is ignored, as smart case may have decided.
    #[getter]
    fn ignores_case(&self) -> bool {
        self.0.plan.matching().ignore_case
    }

    /// What is to be known about the patterns.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.0.plan.warnings().iter().map(ToString::to_string).collect()
    }

    /// The engines that count, and why these.
    #[getter]
    fn reason(&self) -> &str {
        self.0.plan.reason()
    }

    /// Counts in one text.
    fn count(&self, text: &Bound<'_, PyAny>, threads: usize) -> PyResult<Found> {
        let threads = workers::threads(threads);
        let tally = text::count(text, &text::Settings { counter: &self.0, threads })?;
        Ok(labels::found(&self.0.labels.totals(&self.0.plan, &tally)))
    }

    /// Counts over the rows of a column. Gives how many rows there were, too.
    fn count_column(
        &self,
        column: &Bound<'_, PyAny>,
        threads: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Found, u64)> {
        let settings = self.column_settings(threads, progress);
        let (tally, rows) = column::count_totals(column, &settings)?;
        Ok((labels::found(&self.0.labels.totals(&self.0.plan, &tally)), rows))
    }

    /// Counts by row of a column.
    fn count_rows(
        &self,
        column: &Bound<'_, PyAny>,
        threads: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<RowCounts> {
        let settings = self.column_settings(threads, progress);
        let (columns, rows) = column::count_rows(column, &settings, &self.0.labels)?;
        Ok(RowCounts::new(columns, rows))
    }

    /// Counts in files, folders and objects that can be read.
    #[expect(clippy::needless_pass_by_value, reason = "it was made of an object for this call")]
    fn count_files(
        &self,
        py: Python<'_>,
        options: files::FileOptions<'_>,
    ) -> PyResult<(Found, FileSums, Vec<SourceRow<Found>>)> {
        files::count(py, &self.0, &options)
    }

    /// Whether the counts of lines add up to those of a text: no pattern has a line feed, and
    /// none may be found across one.
    #[getter]
    fn is_by_line(&self) -> bool {
        let Prepared { plan, loose_space, .. } = &self.0;
        let has_line_feed = |pattern: &[u8]| pattern.contains(&b'\n');
        let is_regex = plan.matching().syntax == Syntax::Regex;
        is_regex || !loose_space && !plan.patterns().iter().any(has_line_feed)
    }

    /// Counts in the lines that begin in a range of a file or an object. Gives the bytes of these, too.
    fn count_range(
        &self,
        py: Python<'_>,
        name: OsString,
        start: u64,
        end: u64,
        options: RangeOptions,
    ) -> PyResult<(Found, u64)> {
        let range = SourceRange { name, start, end, options };
        let Prepared { plan, labels, max_line_bytes, .. } = &self.0;
        let mut scanner: Scanner = Scanner::with_line_limit(Arc::clone(plan), *max_line_bytes);
        let bytes =
            range::each_piece(py, &range, |piece| scanner.feed(piece).map_err(text::too_long))?;
        scanner.end_text();
        Ok((labels::found(&labels.totals(plan, &scanner.take())), bytes))
    }
}

impl Counter {
    fn column_settings<'a, 'py>(
        &'a self,
        threads: usize,
        progress: Option<&'a Bound<'py, PyAny>>,
    ) -> column::Settings<'a, 'py> {
        let threads = workers::threads(threads);
        let run = column::Run { threads, progress };
        column::Settings { counter: &self.0, run }
    }
}

/// The patterns in the text of a list, one a line: blank lines are left out.
#[pyfunction]
pub(crate) fn parse_list<'py>(py: Python<'py>, text: &[u8]) -> Vec<Bound<'py, PyBytes>> {
    cogrep_match::parse_list(text).map(|pattern| PyBytes::new(py, pattern)).collect()
}
