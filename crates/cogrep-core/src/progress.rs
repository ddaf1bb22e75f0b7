//! How far a job is, for another thread to watch.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cogrep_match::Tally;

/// Numbers that a job keeps up to date while it runs.
///
/// They are for people to look at: a reader may see one of them a moment before
/// another.
#[derive(Debug, Default)]
pub struct Progress {
    text_bytes: AtomicU64,
    sources: AtomicU64,
    tally: Option<LiveTally>,
}

/// What has been counted so far, shared by the networks that count and a thread that
/// watches.
#[derive(Clone, Debug, Default)]
pub struct LiveTally(Arc<Mutex<Tally>>);

impl LiveTally {
    /// Adds what was counted since the last time.
    pub(crate) fn merge(&self, tally: &Tally) {
        let mut total = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        total.merge(tally);
        // What depends on where a text was cut is for those to see who need it exactly.
        total.settle();
    }

    /// What has been counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress {
    /// Of a job that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Of a job whose counts are shown while it runs, too: every few megabytes of text, and
    /// with each piece of a slow pipe.
    #[must_use]
    pub fn with_counts() -> Self {
        Self { tally: Some(LiveTally::default()), ..Self::default() }
    }

    /// What has been counted so far, if that is shown.
    #[must_use]
    pub fn live_tally(&self) -> Option<&LiveTally> {
        self.tally.as_ref()
    }

    /// The bytes of text that have been counted in.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.text_bytes.load(Ordering::Relaxed)
    }

    /// The sources that have been read.
    #[must_use]
    pub fn sources(&self) -> u64 {
        self.sources.load(Ordering::Relaxed)
    }

    pub(crate) fn add_text(&self, bytes: u64) {
        self.text_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_source(&self) {
        self.sources.fetch_add(1, Ordering::Relaxed);
    }
}
