//! Counts in two dimensions, for tables that people read: sources and patterns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cogrep_core::Counts;

use crate::formats::{Totals, slices};
use crate::row::{Row, Rows};
use crate::view::{By, View};

/// A line for each source or part, and a column for each row that is shown; or the other way
/// round. Only counts that are not zero are in memory.
pub(super) struct Matrix<'a> {
    /// What the lines are.
    pub(super) corner: &'static str,
    pub(super) headings: Vec<String>,
    pub(super) lines: Vec<Line<'a>>,
    /// Of the columns.
    pub(super) totals: Vec<u64>,
}

/// A line of numbers, of which most may be zero.
pub(super) struct Line<'a> {
    pub(super) label: String,
    pub(super) cells: Cow<'a, Counts>,
    pub(super) sum: u64,
}

impl<'a> Line<'a> {
    fn new(label: String, cells: Cow<'a, Counts>) -> Self {
        let sum = cells.iter().map(|(_, count)| count).sum();
        Self { label, cells, sum }
    }
}

impl<'a> Matrix<'a> {
    /// The counts by source, or by part of each; `shown` makes a label of a name.
    pub(super) fn new(
        rows: &Rows,
        view: View,
        result: &Totals<'a>,
        shown: &dyn Fn(&[u8]) -> String,
    ) -> Self {
        let order = view.shown(rows, result.counts);
        let columns = Columns::new(rows, &order);
        let mut lines = Vec::new();
        for source in &result.collection.sources {
            let name = source.name.as_bytes();
            let slices = slices(source);
            let by_slice = (1..).zip(slices).filter(|_| view.by == By::Part);
            lines.extend(by_slice.map(|(slice, counts): (usize, _)| {
                let slice = format!(" {slice}/{}", slices.len());
                Line::new(shown(&[name, slice.as_bytes()].concat()), columns.cells(counts))
            }));
            let counts = source.counts.as_ref().filter(|_| view.by == By::File);
            lines.extend(counts.map(|counts| Line::new(shown(name), columns.cells(counts))));
        }
        lines.retain(|line| {
            view.min_count == 0 || line.cells.iter().any(|(_, count)| count >= view.min_count)
        });
        Self {
            corner: "source",
            headings: order.iter().map(|row| shown(&label(rows.get(*row)))).collect(),
            totals: order.iter().map(|row| result.counts[*row]).collect(),
            lines,
        }
    }

    /// The same with a line for each pattern.
    pub(super) fn turned(&self) -> Matrix<'static> {
        let mut cells: Vec<Vec<(u32, u64)>> = vec![Vec::new(); self.headings.len()];
        for (column, line) in (0..).zip(&self.lines) {
            for (row, count) in line.cells.iter() {
                cells[row].push((column, count));
            }
        }
        let lines = self.headings.iter().zip(cells).map(|(label, cells)| {
            let cells = Counts::from_found(&cells).unwrap_or_default();
            Line::new(label.clone(), Cow::Owned(cells))
        });
        Matrix {
            corner: "pattern",
            headings: self.lines.iter().map(|line| line.label.clone()).collect(),
            lines: lines.collect(),
            totals: self.lines.iter().map(|line| line.sum).collect(),
        }
    }
}

/// What is printed of a row: expanded, the name and then the pattern.
pub(super) fn label(row: &Row) -> Vec<u8> {
    let name = row.name.as_ref().filter(|name| **name != row.label);
    name.map_or_else(|| row.label.clone(), |name| [name, &row.label[..]].join(&b' '))
}

/// Which pattern is counted in which column.
enum Columns {
    /// Each in the one of its own index.
    Same,
    /// Each in one, if it is shown.
    Other(Vec<Option<u32>>),
}

impl Columns {
    fn new(rows: &Rows, shown: &[usize]) -> Self {
        let mut columns = vec![None; rows.pattern_count()];
        for (column, row) in (0..).zip(shown) {
            rows.get(*row).patterns.iter().for_each(|pattern| columns[*pattern] = Some(column));
        }
        if (0..).zip(&columns).all(|(pattern, column)| *column == Some(pattern)) {
            return Self::Same;
        }
        Self::Other(columns)
    }

    /// The counts of some text, by column.
    fn cells<'a>(&self, counts: &'a Counts) -> Cow<'a, Counts> {
        let Self::Other(columns) = self else { return Cow::Borrowed(counts) };
        let mut cells = BTreeMap::new();
        for (pattern, count) in counts.iter() {
            if let Some(column) = columns[pattern] {
                *cells.entry(column).or_insert(0) += count;
            }
        }
        let cells: Vec<(u32, u64)> = cells.into_iter().collect();
        Cow::Owned(Counts::from_found(&cells).unwrap_or_default())
    }
}
