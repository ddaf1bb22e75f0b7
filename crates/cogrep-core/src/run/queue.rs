//! The sources that are still to be read, between the walk that finds them and the
//! workers that take them.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use cogrep_source::Selected;
use cogrep_source::container::Directory;
use tokio::sync::Notify;

use super::archive::Archive;
use super::ranges::{Claim, Divided};

/// At most this many sources wait, so that a walk of any tree takes little memory.
const LENGTH: usize = 4096;

/// A source that was found, and its place in the order of all.
pub(crate) struct Found {
    pub(crate) ordinal: u64,
    pub(crate) selected: Selected,
}

/// What a worker gets when it asks for something to count in.
pub(crate) enum Taken {
    /// A source. The worker says whether it is [divided](Queue::decide).
    Source(Found),
    /// A range of a source in which all workers count.
    Range(Arc<Divided>, Claim),
    /// A part of an archive in which all workers count.
    Part(Arc<Archive>, usize),
    /// There is none now.
    Empty,
    /// There will be no more.
    Closed,
}

/// A source that is left to all workers.
pub(crate) enum Large {
    /// A text, in ranges.
    Text(Box<Divided>),
    /// An archive, in parts.
    Archive(Arc<Directory>),
}

/// The same, in the queue.
enum Shared {
    Text(Arc<Divided>),
    Archive(Arc<Archive>),
}

impl Shared {
    fn has_more(&self) -> bool {
        match self {
            Self::Text(divided) => divided.has_more(),
            Self::Archive(archive) => archive.has_more(),
        }
    }

    fn claim(&self) -> Option<Taken> {
        match self {
            Self::Text(divided) => {
                divided.claim().map(|claim| Taken::Range(Arc::clone(divided), claim))
            }
            Self::Archive(archive) => {
                archive.claim().map(|number| Taken::Part(Arc::clone(archive), number))
            }
        }
    }
}

/// Sources: a walk puts them in, the workers take them out in the same order.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// There are sources again, or there will be no more.
    filled: Notify,
    /// There is room again.
    drained: Condvar,
}

#[derive(Default)]
struct State {
    sources: VecDeque<Selected>,
    /// Sources with ranges that no worker has claimed yet.
    divided: VecDeque<Shared>,
    /// How many were taken out.
    taken: u64,
    /// How many of them may still turn out to be for all workers.
    undecided: usize,
    closed: bool,
    /// Nothing is waited for any more.
    stopped: bool,
}

impl State {
    /// Whether there will be nothing more.
    fn is_over(&self) -> bool {
        self.closed && (self.undecided == 0 || self.stopped)
    }
}

impl Queue {
    /// Puts these in, waiting for room where there is none; says whether there may be
    /// more.
    pub(crate) fn put(&self, sources: impl IntoIterator<Item = Selected>) -> bool {
        let mut state = self.lock();
        if state.sources.len() >= LENGTH {
            // Half a queue at a time, not a source: each wait costs two switches.
            let is_full = |state: &mut State| state.sources.len() > LENGTH / 2 && !state.closed;
            let waited = self.drained.wait_while(state, is_full);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return false;
        }
        let before = state.sources.len();
        state.sources.extend(sources);
        let is_one = state.sources.len() == before + 1;
        drop(state);
        if is_one {
            self.filled.notify_one();
        } else {
            self.filled.notify_waiters();
        }
        true
    }

    /// How many sources were put in so far.
    pub(crate) fn put_count(&self) -> u64 {
        let state = self.lock();
        state.taken + state.sources.len() as u64
    }

    /// Whether no more are taken in.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Says that there are no more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_waiters();
    }

    /// Takes the next source out, or a range of one, if those are wanted.
    pub(crate) fn take(&self, with_ranges: bool) -> Taken {
        let mut state = self.lock();
        if with_ranges {
            while let Some(divided) = state.divided.front() {
                if let Some(claimed) = divided.claim() {
                    return claimed;
                }
                state.divided.pop_front();
            }
        }
        let Some(selected) = state.sources.pop_front() else {
            return if state.is_over() { Taken::Closed } else { Taken::Empty };
        };
        let ordinal = state.taken;
        state.taken += 1;
        state.undecided += 1;
        if state.sources.len() == LENGTH / 2 {
            self.drained.notify_all();
        }
        Taken::Source(Found { ordinal, selected })
    }

    /// Says of the source of this ordinal, which was taken, whether all workers count in it.
    pub(crate) fn decide(&self, ordinal: u64, large: Option<Large>) {
        let mut state = self.lock();
        state.undecided -= 1;
        let is_news = large.is_some() || state.is_over();
        state.divided.extend(large.map(|large| match large {
            Large::Text(divided) => Shared::Text(Arc::new(divided.with_ordinal(ordinal))),
            Large::Archive(directory) => {
                Shared::Archive(Arc::new(Archive::new(directory, ordinal)))
            }
        }));
        drop(state);
        if is_news {
            self.filled.notify_waiters();
        }
    }

    /// Drops what was not taken, and takes no more.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.sources.clear();
        state.closed = true;
        state.stopped = true;
        drop(state);
        self.drained.notify_all();
        self.filled.notify_waiters();
    }

    /// Waits until [`take`](Self::take) may return something other than [`Taken::Empty`].
    pub(crate) async fn news(&self, with_ranges: bool) {
        let mut filled = pin!(self.filled.notified());
        // In this order: what comes after the look is not missed.
        filled.as_mut().enable();
        let has_news = {
            let state = self.lock();
            let has_range = with_ranges && state.divided.iter().any(Shared::has_more);
            state.is_over() || has_range || !state.sources.is_empty()
        };
        if !has_news {
            filled.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
