//! What a worker makes of the rows that it looks through.

use std::sync::Arc;

use cogrep_match::{Hits, LineTooLong, RowCount, RowOutput, RowScanner, Tally, Totals};

use crate::prepared::Prepared;

/// A longer row is looked through in pieces, so that it can be stopped.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

/// A worker's part of the result.
pub(crate) trait Gather: Send {
    /// Looks through the next row, unless it is to stop.
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong>;

    /// The text ends of which all that was pushed is a part, where it is one.
    fn end_text(&mut self) {}

    /// The rows since the last time were all there are from this one on, in their order.
    fn end_stretch(&mut self, first_row: u64);
}

fn scanner<O: RowOutput>(counter: &Prepared) -> RowScanner<O> {
    RowScanner::with_line_limit(Arc::clone(&counter.plan), counter.max_line_bytes)
}

fn push<O: RowOutput>(
    rows: &mut RowScanner<O>,
    counter: &Prepared,
    row: &[u8],
    is_stopped: &dyn Fn() -> bool,
) -> Result<(), LineTooLong> {
    let row = &*counter.searched(row);
    if row.len() <= PIECE_BYTES {
        return rows.push(row);
    }
    rows.push_pieces(row.chunks(PIECE_BYTES).take_while(|_| !is_stopped()))
}

/// The sum over all rows.
pub(super) struct Sum<'a> {
    counter: &'a Prepared,
    rows: RowScanner<Totals>,
}

impl<'a> Sum<'a> {
    pub(super) fn new(counter: &'a Prepared) -> Self {
        Self { counter, rows: scanner(counter) }
    }

    pub(super) fn take(&mut self) -> Tally {
        self.rows.take()
    }
}

impl Gather for Sum<'_> {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.rows, self.counter, row, is_stopped)
    }

    fn end_stretch(&mut self, _: u64) {}
}

/// The counts of each row.
pub(super) struct ByRow<'a> {
    counter: &'a Prepared,
    rows: RowScanner<Hits>,
    pub(super) stretches: Vec<Stretch>,
}

/// The counts of rows that follow each other.
pub(super) struct Stretch {
    /// The number of the first row.
    pub(super) first_row: u64,
    /// The counts, by row from zero.
    pub(super) counts: Vec<RowCount>,
}

impl<'a> ByRow<'a> {
    pub(super) fn new(counter: &'a Prepared) -> Self {
        Self { counter, rows: scanner(counter), stretches: Vec::new() }
    }
}

impl Gather for ByRow<'_> {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.rows, self.counter, row, is_stopped)
    }

    fn end_stretch(&mut self, first_row: u64) {
        self.stretches.push(Stretch { first_row, counts: self.rows.take() });
    }
}
