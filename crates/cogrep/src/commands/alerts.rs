//! Counts that are over or under a limit, which the exit status says.

use cogrep_core::measure::Slices;
use cogrep_core::{Report, SourceReport};
use cogrep_report::{By, Rows, escape};

use crate::args::CountArgs;
use crate::status::Status;
use crate::ui::messages;

/// The limits, and the counts that are beyond them.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    over: Option<u64>,
    under: Option<u64>,
    /// How many counts are over the limit or under it, and the first of each.
    found: [(u64, String); 2],
}

impl Alerts {
    pub(super) fn new(args: &CountArgs) -> Self {
        Self { over: args.fail_over, under: args.fail_under, ..Self::default() }
    }

    /// Whether there is a limit.
    pub(super) fn are_wanted(&self) -> bool {
        self.over.is_some() || self.under.is_some()
    }

    /// Looks at the counts over all sources.
    pub(super) fn check_totals(&mut self, rows: &Rows, report: &Report) {
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        for (row, count) in rows.iter().zip(rows.counts(&counts)) {
            self.check(&[&row.label], count);
        }
    }

    /// Looks at a count, which is of this.
    pub(super) fn check(&mut self, of: &[&[u8]], count: u64) {
        let beyond = [
            self.over.is_some_and(|most| count > most),
            self.under.is_some_and(|least| count < least),
        ];
        for (found, _) in self.found.iter_mut().zip(beyond).filter(|(_, is_beyond)| *is_beyond) {
            if found.0 == 0 {
                found.1 = format!("{} {count}", escape(&of.join(&b' ')));
            }
            found.0 += 1;
        }
    }

    /// Looks at the counts of a source, if counts are broken down.
    pub(super) fn check_source(&mut self, rows: &Rows, by: By, source: &SourceReport) {
        if !self.are_wanted() {
            return;
        }
        let whole = source.counts.iter().filter(|_| by == By::File);
        let parts = source.findings.get::<Slices>().map_or(&[][..], Slices::counts);
        let parts = parts.iter().filter(|_| by == By::Part);
        for counts in whole.chain(parts) {
            for (row, count) in rows.iter().zip(rows.counts_in(counts)) {
                self.check(&[source.name.as_bytes(), &row.label], count);
            }
        }
    }

    /// Says which counts are beyond a limit. The status is then another one, unless not even
    /// everything was read.
    pub(super) fn conclude(&self, status: Status) -> Status {
        let limits = [("over", self.over), ("under", self.under)];
        let mut is_beyond = false;
        for ((side, limit), (number, first)) in limits.into_iter().zip(&self.found) {
            let Some(limit) = limit.filter(|_| *number > 0) else { continue };
            is_beyond = true;
            messages::alert(&if *number == 1 {
                format!("a count is {side} {limit}: {first}")
            } else {
                format!("{number} counts are {side} {limit}, the first is {first}")
            });
        }
        match status {
            Status::Success | Status::NotFound if is_beyond => Status::Alert,
            other => other,
        }
    }
}
