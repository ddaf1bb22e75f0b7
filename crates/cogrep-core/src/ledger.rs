//! What became of the sources, told in their order whatever the order they end in.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use cogrep_source::Outcome;

use crate::report::SourceReport;

/// Takes a report for each source, and gives those that are worth telling in the
/// order of the sources.
#[derive(Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
    told: Condvar,
}

#[derive(Default)]
struct State {
    /// The sources from the first that has not ended, by their ordinals.
    ended: VecDeque<Entry>,
    /// The ordinal of the first of `ended`.
    first: u64,
    /// To be told, in order.
    ready: VecDeque<SourceReport>,
    sums: Sums,
    closed: bool,
}

/// What adds up over sources, beside the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) source_count: u64,
    pub(crate) partial_count: u64,
    pub(crate) failed_count: u64,
    pub(crate) text_bytes: u64,
}

impl Sums {
    pub(crate) fn add(&mut self, source: &SourceReport) {
        self.source_count += 1;
        match source.outcome {
            Outcome::Complete => {}
            Outcome::Partial(_) => self.partial_count += 1,
            Outcome::Failed(_) => self.failed_count += 1,
        }
        self.text_bytes += source.text_bytes;
    }
}

enum Entry {
    Running,
    Ended(Option<Box<SourceReport>>),
}

impl Ledger {
    /// Notes that the source of this ordinal has ended, and whether it is to be told.
    pub(crate) fn record(&self, ordinal: u64, mut report: SourceReport, is_telling: bool) {
        report.ordinal = ordinal;
        let mut state = self.lock();
        state.sums.add(&report);
        let telling = is_telling.then(|| Box::new(report));
        let place = usize::try_from(ordinal - state.first).unwrap_or(usize::MAX);
        while state.ended.len() <= place {
            state.ended.push_back(Entry::Running);
        }
        state.ended[place] = Entry::Ended(telling);
        let told = state.ready.len();
        while let Some(Entry::Ended(report)) = state.ended.front_mut() {
            let report = report.take();
            state.ready.extend(report.map(|report| *report));
            state.ended.pop_front();
            state.first += 1;
        }
        if state.ready.len() > told {
            self.told.notify_one();
        }
    }

    /// Says that no more sources will end.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        // Where the job was stopped there are gaps.
        let rest = std::mem::take(&mut state.ended).into_iter().filter_map(|entry| match entry {
            Entry::Ended(report) => report.map(|report| *report),
            Entry::Running => None,
        });
        state.ready.extend(rest);
        drop(state);
        self.told.notify_all();
    }

    /// Waits for reports to tell; gives none when the ledger was closed and all is told.
    pub(crate) fn next(&self) -> VecDeque<SourceReport> {
        let is_silent = |state: &mut State| state.ready.is_empty() && !state.closed;
        let waited = self.told.wait_while(self.lock(), is_silent);
        std::mem::take(&mut waited.unwrap_or_else(PoisonError::into_inner).ready)
    }

    /// The sums over all sources that have ended.
    pub(crate) fn sums(&self) -> Sums {
        self.lock().sums
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use cogrep_source::{Fault, Outcome, SourceName};

    use super::*;

    fn report(ordinal: u64, outcome: Outcome) -> SourceReport {
        let name = SourceName::Path(ordinal.to_string().into());
        SourceReport::new(name, outcome, 1)
    }

    fn names(reports: impl IntoIterator<Item = SourceReport>) -> Vec<String> {
        reports.into_iter().map(|report| report.name.to_string()).collect()
    }

    #[test]
    fn reports_are_told_in_the_order_of_the_sources() {
        let ledger = Ledger::default();
        ledger.record(2, report(2, Outcome::Complete), true);
        ledger.record(0, report(0, Outcome::Complete), true);
        assert_eq!(names(ledger.next()), ["0"]);
        ledger.record(1, report(1, Outcome::Complete), true);
        assert_eq!(names(ledger.next()), ["1", "2"]);
        ledger.record(5, report(5, Outcome::Complete), true);
        ledger.close();
        assert_eq!(names(ledger.next()), ["5"], "told though 3 and 4 never ended");
        assert_eq!(names(ledger.next()), [""; 0]);
    }

    #[test]
    fn what_is_not_to_be_told_adds_up() {
        let ledger = Ledger::default();
        ledger.record(0, report(0, Outcome::Complete), false);
        ledger.record(2, report(2, Outcome::Failed(Fault::Interrupted)), true);
        ledger.record(1, report(1, Outcome::Complete), false);
        assert_eq!(names(ledger.next()), ["2"]);
        let sums = Sums { source_count: 3, partial_count: 0, failed_count: 1, text_bytes: 3 };
        assert_eq!(ledger.sums(), sums);
    }
}
