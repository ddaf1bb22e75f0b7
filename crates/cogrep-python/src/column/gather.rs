//! What a worker makes of the rows that it looks through.

use std::sync::Arc;

use cogrep_match::{Hits, Plan, RowCount, RowOutput, RowScanner, Tally, Totals};

/// A worker's part of the result.
pub(super) trait Gather: Send {
    /// What is found in a row.
    type Output: RowOutput;

    /// Before the first row.
    fn new(plan: &Arc<Plan>, max_line_bytes: usize) -> Self;

    /// What looks through the rows.
    fn rows(&mut self) -> &mut RowScanner<Self::Output>;

    /// The rows since the last time were all there are from this one on, in their order.
    fn end_stretch(&mut self, first_row: u64);
}

/// The sum over all rows.
pub(super) struct Sum(RowScanner<Totals>);

impl Sum {
    pub(super) fn take(&mut self) -> Tally {
        self.0.take()
    }
}

impl Gather for Sum {
    type Output = Totals;

    fn new(plan: &Arc<Plan>, max_line_bytes: usize) -> Self {
        Self(RowScanner::with_line_limit(Arc::clone(plan), max_line_bytes))
    }

    fn rows(&mut self) -> &mut RowScanner<Totals> {
        &mut self.0
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

impl Gather for ByRow {
    type Output = Hits;

    fn new(plan: &Arc<Plan>, max_line_bytes: usize) -> Self {
        let rows = RowScanner::with_line_limit(Arc::clone(plan), max_line_bytes);
        Self { rows, stretches: Vec::new() }
    }

    fn rows(&mut self) -> &mut RowScanner<Hits> {
        &mut self.rows
    }

    fn end_stretch(&mut self, first_row: u64) {
        self.stretches.push(Stretch { first_row, counts: self.rows.take() });
    }
}
