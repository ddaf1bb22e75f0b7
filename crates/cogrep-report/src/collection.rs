//! The sources of a result, for formats that write everything at the end.

use cogrep_core::SourceReport;
use cogrep_core::measure::Places;

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
}
