//! How far a job is, for whoever watches it from another thread.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that a job keeps up to date while it runs.
///
/// They are for people to look at: a reader may see one of them a moment before
/// another.
#[derive(Debug, Default)]
pub struct Progress {
    text_bytes: AtomicU64,
    sources: AtomicU64,
}

impl Progress {
    /// Of a job that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
