//! What was counted source by source, for formats that can begin only when all is
//! counted.

use cogrep_core::dispersion::Dispersion;
use cogrep_core::{SourceName, SourceReport};
use serde::{Deserialize, Serialize};

use crate::row::Rows;

/// Counts of which most may be zero: only the others take memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts {
    /// The patterns that occur, in their order, and how often.
    found: Vec<(u32, u64)>,
}

impl Counts {
    fn new(counts: &[u64]) -> Self {
        let found = (0..).zip(counts.iter().copied()).filter(|(_, count)| *count > 0);
        Self { found: found.collect() }
    }

    /// The patterns that occur, by their places, and how often.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        self.found.iter().map(|(id, count)| (*id as usize, *count))
    }

    /// The count of each pattern, of so many.
    #[must_use]
    pub fn of_patterns(&self, patterns: usize) -> Vec<u64> {
        let mut counts = vec![0; patterns];
        for (id, count) in &self.found {
            counts[*id as usize] = *count;
        }
        counts
    }

    /// The count of each row.
    #[must_use]
    pub fn of_rows(&self, rows: &Rows) -> Vec<u64> {
        rows.counts(&self.of_patterns(rows.pattern_count()))
    }
}

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
            counts: source.counts.as_deref().map(Counts::new),
            parts: source.parts.iter().map(|counts| Counts::new(counts)).collect(),
            dispersion: source.dispersion.clone(),
        });
    }
}
