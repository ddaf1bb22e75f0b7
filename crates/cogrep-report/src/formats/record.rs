//! The unit of the formats that have a line a count.

use cogrep_core::Counts;

use crate::formats::{At, Shown, Totals};
use crate::row::Row;

/// One count: of a row, in all sources, in one, or in a slice of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// `None` for a total over all sources.
    pub(super) source: Option<&'a [u8]>,
    /// The slice of the source, from 1.
    pub(super) slice: Option<usize>,
    pub(super) row: &'a Row,
    pub(super) count: u64,
}

/// The records of a source or a slice.
pub(super) fn records<'a>(
    shown: &Shown<'a>,
    at: At<'a>,
    counts: &Counts,
) -> impl Iterator<Item = Record<'a>> {
    let counts = shown.rows.counts_in(counts);
    let Shown { rows, order, view, .. } = *shown;
    let count_of = order.iter().map(move |row| (rows.get(*row), counts[*row]));
    let is_shown = count_of.filter(move |(_, count)| *count >= view.min_count);
    is_shown.map(move |(row, count)| Record {
        source: Some(at.source.as_bytes()),
        slice: at.slice,
        row,
        count,
    })
}

/// The records of the totals.
pub(super) fn totals<'a>(
    shown: &Shown<'a>,
    totals: &Totals<'a>,
) -> impl Iterator<Item = Record<'a>> {
    let Shown { rows, order, view, .. } = *shown;
    let counts = totals.counts;
    let is_shown = order.iter().filter(move |row| counts[**row] >= view.min_count);
    is_shown.map(move |row| Record {
        source: None,
        slice: None,
        row: rows.get(*row),
        count: counts[*row],
    })
}
