//! The sources of a result, for formats that write everything at the end.

use std::cmp::Reverse;

use cogrep_core::measure::Places;
use cogrep_core::{Counts, SourceReport};

use crate::row::Rows;
use crate::view::{Sort, View};

/// All sources that have ended, in their order.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The sources.
    pub sources: Vec<SourceReport>,
}

impl Collection {
    /// A collection of no source.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source. Its places are in the report of the job.
    pub fn push(&mut self, source: &SourceReport) {
        let mut source = source.clone();
        source.findings.remove::<Places>();
        self.sources.push(source);
    }

    /// The sources as this view has them: in its order, and without counts those that are
    /// not shown but have to be named, since they were not read to their end.
    pub(crate) fn ranked(&self, rows: &Rows, view: View) -> Self {
        let total = |source: &SourceReport| -> u64 {
            source.counts.iter().flat_map(Counts::iter).map(|(_, count)| count).sum()
        };
        let is_candidate =
            |source: &SourceReport| view.names.is_none() || view.names_source(rows, source);
        let mut sources: Vec<(u64, bool, usize)> = (0..)
            .zip(&self.sources)
            .map(|(nth, source)| (total(source), is_candidate(source), nth))
            .collect();
        sources.sort_by_key(|(total, _, _)| Reverse(*total));
        let mut left = view.top.unwrap_or(usize::MAX);
        for (_, is_shown, _) in &mut sources {
            *is_shown = *is_shown && left > 0;
            left -= usize::from(*is_shown);
        }
        match view.sort {
            Sort::Count => {}
            Sort::Input => sources.sort_unstable_by_key(|(_, _, nth)| *nth),
            Sort::Name => sources.sort_by_key(|(_, _, nth)| self.sources[*nth].name.as_bytes()),
        }
        let shown = sources.into_iter().filter_map(|(_, is_shown, nth)| {
            let mut source = self.sources[nth].clone();
            source.counts = source.counts.filter(|_| is_shown);
            (is_shown || !source.outcome.is_complete()).then_some(source)
        });
        Self { sources: shown.collect() }
    }
}
