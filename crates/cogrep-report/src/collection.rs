//! What was counted source by source, for formats that can begin only when all is
//! counted.

use cogrep_core::measure::Dispersion;
use cogrep_core::{Counts, SourceName, SourceReport, TextState};

/// A source that has ended.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its place among the sources that were read, from 0.
    pub ordinal: u64,
    /// Its name.
    pub name: SourceName,
    /// How it ended: `complete`, `partial` or `failed`.
    pub outcome: &'static str,
    /// Why it was not read to its end, if it was not.
    pub reason: Option<String>,
    /// The bytes of its text.
    pub text_bytes: u64,
    /// Its counts, if they were taken apart.
    pub counts: Option<Counts>,
    /// Those of each of its parts, if it was divided.
    pub parts: Vec<Counts>,
    /// Where in it patterns start, if that was wanted.
    pub dispersion: Option<Dispersion>,
    /// How to continue its count, if that was kept.
    pub state: Option<TextState>,
}

impl Source {
    /// Whether it was not read to its end.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.reason.is_some()
    }
}

/// All sources that have ended, in their order.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The sources.
    pub sources: Vec<Source>,
}

impl Collection {
    /// Of no source yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes down what one source gave.
    pub fn take(&mut self, source: &SourceReport) {
        self.sources.push(Source {
            ordinal: source.ordinal,
            name: source.name.clone(),
            outcome: source.outcome.as_str(),
            reason: source.outcome.fault().map(ToString::to_string),
            text_bytes: source.text_bytes,
            counts: source.counts.clone(),
            parts: source.parts.clone(),
            dispersion: source.dispersion.clone(),
            state: source.state.clone(),
        });
    }
}
