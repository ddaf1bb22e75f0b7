//! What a worker makes of the rows that it looks through.

use std::sync::Arc;

use cogrep_match::{Hits, LineTooLong, Plan, RowCount, RowOutput, RowScanner, Tally, Totals};

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

fn push<O: RowOutput>(
    rows: &mut RowScanner<O>,
    row: &[u8],
    is_stopped: &dyn Fn() -> bool,
) -> Result<(), LineTooLong> {
    if row.len() <= PIECE_BYTES {
        return rows.push(row);
    }
    rows.push_pieces(row.chunks(PIECE_BYTES).take_while(|_| !is_stopped()))
}

/// The sum over all rows.
pub(super) struct Sum(RowScanner<Totals>);

impl Sum {
    pub(super) fn new(plan: &Arc<Plan>, max_line_bytes: usize) -> Self {
        Self(RowScanner::with_line_limit(Arc::clone(plan), max_line_bytes))
    }

    pub(super) fn take(&mut self) -> Tally {
        self.0.take()
    }
}

impl Gather for Sum {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.0, row, is_stopped)
    }

    fn end_stretch(&mut self, _: u64) {}
}

/// The counts of each row.
pub(super) struct ByRow {
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

impl ByRow {
    pub(super) fn new(plan: &Arc<Plan>, max_line_bytes: usize) -> Self {
        let rows = RowScanner::with_line_limit(Arc::clone(plan), max_line_bytes);
        Self { rows, stretches: Vec::new() }
    }
}

impl Gather for ByRow {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.rows, row, is_stopped)
    }

    fn end_stretch(&mut self, first_row: u64) {
        self.stretches.push(Stretch { first_row, counts: self.rows.take() });
    }
}
