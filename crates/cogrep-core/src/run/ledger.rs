//! What became of the sources, reported in their order whatever the order they end in.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::report::{SourceReport, Sums};

/// Takes the reports of each source, and gives those that are worth it in the order of the
/// sources.
///
/// Most sources have one report; a container has one for each member, in their order.
#[derive(Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
    reported: Condvar,
}

#[derive(Default)]
struct State {
    /// The sources from the first that has not ended, by their ordinals.
    sources: VecDeque<Entry>,
    /// The ordinal of the first of them.
    first: u64,
    /// To be reported, in order.
    ready: VecDeque<SourceReport>,
    sums: Sums,
    closed: bool,
}

/// A source that has not ended, or waits for others to end.
#[derive(Default)]
struct Entry {
    reports: Vec<SourceReport>,
    has_ended: bool,
}

impl State {
    fn entry(&mut self, ordinal: u64) -> &mut Entry {
        let place = usize::try_from(ordinal - self.first).unwrap_or(usize::MAX);
        if self.sources.len() <= place {
            self.sources.resize_with(place + 1, Entry::default);
        }
        &mut self.sources[place]
    }

    /// Gives what is first in order to be reported. Says whether there was anything.
    fn advance(&mut self) -> bool {
        let ready = self.ready.len();
        while let Some(entry) = self.sources.front_mut() {
            self.ready.extend(entry.reports.drain(..));
            if !entry.has_ended {
                break;
            }
            self.sources.pop_front();
            self.first += 1;
        }
        self.ready.len() > ready
    }
}

impl Ledger {
    /// Takes the report of a member of the source of this ordinal, and whether it is worth
    /// reporting.
    pub(crate) fn member(&self, ordinal: u64, report: SourceReport, is_reported: bool) {
        self.record(ordinal, Some((report, is_reported)), false);
    }

    /// Adds up what a member gave that is reported [later](Self::report), or not at all.
    pub(crate) fn count(&self, report: &SourceReport) {
        self.lock().sums.count(report);
    }

    /// Takes reports of members that were counted already.
    pub(crate) fn report(&self, ordinal: u64, reports: Vec<SourceReport>) {
        let mut state = self.lock();
        let reports = reports.into_iter().map(|report| SourceReport { ordinal, ..report });
        state.entry(ordinal).reports.extend(reports);
        if state.advance() {
            self.reported.notify_one();
        }
    }

    /// Notes that the source of this ordinal has ended; with its report, unless that is said
    /// by its members.
    pub(crate) fn end(&self, ordinal: u64, report: Option<(SourceReport, bool)>) {
        self.record(ordinal, report, true);
    }

    fn record(&self, ordinal: u64, report: Option<(SourceReport, bool)>, has_ended: bool) {
        let mut state = self.lock();
        if let Some((report, _)) = &report {
            state.sums.count(report);
        }
        let entry = state.entry(ordinal);
        if let Some((report, true)) = report {
            entry.reports.push(SourceReport { ordinal, ..report });
        }
        entry.has_ended = has_ended;
        if state.advance() {
            self.reported.notify_one();
        }
    }

    /// Says that no more sources will end.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        // Where the job was stopped there are gaps.
        let rest = std::mem::take(&mut state.sources);
        state.ready.extend(rest.into_iter().flat_map(|entry| entry.reports));
        drop(state);
        self.reported.notify_all();
    }

    /// Waits for reports; gives none when the ledger was closed and everything is reported.
    pub(crate) fn next(&self) -> VecDeque<SourceReport> {
        let is_silent = |state: &mut State| state.ready.is_empty() && !state.closed;
        let waited = self.reported.wait_while(self.lock(), is_silent);
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
        let name = SourceName::memory(ordinal.to_string());
        SourceReport::new(name, outcome, 1)
    }

    fn names(reports: impl IntoIterator<Item = SourceReport>) -> Vec<String> {
        reports.into_iter().map(|report| report.name.to_string()).collect()
    }

    #[test]
    fn reports_are_given_in_the_order_of_the_sources() {
        let ledger = Ledger::default();
        let end = |ordinal| ledger.end(ordinal, Some((report(ordinal, Outcome::Complete), true)));
        end(2);
        end(0);
        assert_eq!(names(ledger.next()), ["0"]);
        end(1);
        assert_eq!(names(ledger.next()), ["1", "2"]);
        end(5);
        ledger.close();
        assert_eq!(names(ledger.next()), ["5"], "though 3 and 4 never ended");
        assert_eq!(names(ledger.next()), [""; 0]);
    }

    #[test]
    fn members_are_reported_as_soon_as_it_is_their_turn() {
        let ledger = Ledger::default();
        let member =
            |ordinal: u64| ledger.member(ordinal, report(ordinal, Outcome::Complete), true);
        member(1);
        member(0);
        assert_eq!(names(ledger.next()), ["0"]);
        member(0);
        assert_eq!(names(ledger.next()), ["0"]);
        ledger.end(0, None);
        assert_eq!(names(ledger.next()), ["1"]);
        member(1);
        assert_eq!(names(ledger.next()), ["1"]);
        ledger.end(1, None);
        ledger.close();
        assert_eq!(names(ledger.next()), [""; 0]);
    }

    #[test]
    fn what_is_not_reported_adds_up() {
        let ledger = Ledger::default();
        ledger.end(0, Some((report(0, Outcome::Complete), false)));
        ledger.end(2, Some((report(2, Outcome::Failed(Fault::Interrupted)), true)));
        ledger.end(1, Some((report(1, Outcome::Complete), false)));
        assert_eq!(names(ledger.next()), ["2"]);
        let sums = Sums { source_count: 3, partial_count: 0, failed_count: 1, text_bytes: 3 };
        assert_eq!(ledger.sums(), sums);
    }
}
