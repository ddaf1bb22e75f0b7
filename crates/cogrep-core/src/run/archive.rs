//! An archive in which several workers count, each in parts of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cogrep_source::Fault;
use cogrep_source::container::Directory;

use super::ledger::Ledger;
use crate::report::SourceReport;

/// An archive in which all workers count.
pub(crate) struct Archive {
    pub(crate) directory: Arc<Directory>,
    /// Its place among all sources.
    pub(crate) ordinal: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The part that is claimed next.
    next: usize,
    /// The part that is reported next.
    first: usize,
    /// What is to be reported of parts after that.
    done: BTreeMap<usize, Vec<SourceReport>>,
    /// Why a part could not be read, if that is so.
    fault: Option<Fault>,
}

impl Archive {
    pub(crate) fn new(directory: Arc<Directory>, ordinal: u64) -> Self {
        Self { directory, ordinal, state: Mutex::default() }
    }

    /// Claims a part that no worker has.
    pub(crate) fn claim(&self) -> Option<usize> {
        let mut state = self.lock();
        let number = state.next;
        (number < self.directory.part_count()).then(|| {
            state.next += 1;
            number
        })
    }

    /// Whether there are parts that no worker has.
    pub(crate) fn has_more(&self) -> bool {
        self.lock().next < self.directory.part_count()
    }

    /// Tells the ledger what is to be reported of a part, when it is its turn. Says whether
    /// that was the last.
    pub(crate) fn end(&self, number: usize, reports: Vec<SourceReport>, ledger: &Ledger) -> bool {
        let mut state = self.lock();
        state.done.insert(number, reports);
        let mut first = state.first;
        while let Some(reports) = state.done.remove(&first) {
            ledger.report(self.ordinal, reports);
            first += 1;
        }
        state.first = first;
        state.first == self.directory.part_count()
    }

    /// Notes that a part could not be read.
    pub(crate) fn fail(&self, fault: Fault) {
        self.lock().fault.get_or_insert(fault);
    }

    /// Why a part could not be read, if that is so.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.lock().fault.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
