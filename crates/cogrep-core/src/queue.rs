//! The sources that are still to be read, between the walk that finds them and the
//! workers that take them.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use cogrep_source::Selected;
use tokio::sync::Notify;

/// So many sources wait at most, so that a walk of any tree takes little memory.
const LENGTH: usize = 4096;

/// A source that was found, and its place in the order of all.
pub(crate) struct Found {
    pub(crate) ordinal: u64,
    pub(crate) selected: Selected,
}

/// What a worker gets when it asks for a source.
pub(crate) enum Taken {
    Source(Found),
    /// There is none now.
    Empty,
    /// There will be none any more.
    Closed,
}

/// Sources in their order: one thread puts them in, many take them out.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// There are sources again, or will be none.
    filled: Notify,
    /// There is room again.
    drained: Condvar,
}

#[derive(Default)]
struct State {
    sources: VecDeque<Selected>,
    /// How many were taken out.
    taken: u64,
    closed: bool,
}

impl Queue {
    /// Puts all of these in, waiting for room where there is none; then closes.
    pub(crate) fn fill(&self, sources: impl Iterator<Item = Selected>) {
        for source in sources {
            let mut state = self.lock();
            if state.sources.len() >= LENGTH {
                // Half a queue at a time, not a source: each wait costs two switches.
                let is_full = |state: &mut State| state.sources.len() > LENGTH / 2 && !state.closed;
                let waited = self.drained.wait_while(state, is_full);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
            if state.closed {
                return;
            }
            state.sources.push_back(source);
            drop(state);
            self.filled.notify_one();
        }
        self.lock().closed = true;
        self.filled.notify_waiters();
    }

    /// Takes the next source out.
    pub(crate) fn take(&self) -> Taken {
        let mut state = self.lock();
        let Some(selected) = state.sources.pop_front() else {
            return if state.closed { Taken::Closed } else { Taken::Empty };
        };
        let ordinal = state.taken;
        state.taken += 1;
        if state.sources.len() == LENGTH / 2 {
            self.drained.notify_one();
        }
        Taken::Source(Found { ordinal, selected })
    }

    /// Throws away what nobody has taken, and takes no more.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.sources.clear();
        state.closed = true;
        drop(state);
        self.drained.notify_one();
        self.filled.notify_waiters();
    }

    /// Waits until asking again may give anything but "none now".
    pub(crate) async fn news(&self) {
        let mut filled = pin!(self.filled.notified());
        // In this order: what comes after the look is not missed.
        filled.as_mut().enable();
        let has_news = {
            let state = self.lock();
            state.closed || !state.sources.is_empty()
        };
        if !has_news {
            filled.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
