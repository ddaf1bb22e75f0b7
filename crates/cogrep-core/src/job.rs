//! What to count and where, and the run of it.

use cogrep_match::{Patterns, Plan, Tally};
use cogrep_source::{Chunk, Fault, Input, OpenOptions, Outcome, Selection, SourceName, Text};
use cosend::{Sink, Stopped};

use crate::network::Network;
use crate::report::{PatternCount, Report, SourceReport};
use crate::stage::cat;

/// Counts the patterns of a plan in the texts of some inputs.
#[derive(Debug)]
pub struct Job<'a> {
    /// The patterns, as they were given.
    pub patterns: &'a Patterns,
    /// How they are counted.
    pub plan: &'a Plan,
    /// Where the text is.
    pub inputs: &'a [Input],
    /// Which files of a folder are read.
    pub selection: Selection,
    /// How sources are opened.
    pub open: OpenOptions,
    /// The longest line that regular expressions may hold.
    pub max_line_bytes: usize,
    /// Whether each source gets counts of its own.
    pub by_source: bool,
    /// Whether the report names every source.
    pub remember: bool,
}

impl Job<'_> {
    /// Reads every source once and counts.
    ///
    /// `observe` is told of each source as it ends. Nothing that goes wrong with a
    /// source stops the job: the report says so.
    pub fn run(&self, mut observe: impl FnMut(&SourceReport)) -> Report {
        let mut run = Run { job: self, network: None, chunk: Chunk::new(), total: Tally::new() };
        let mut report = Report {
            patterns: Vec::new(),
            source_count: 0,
            fault_count: 0,
            sources: Vec::new(),
            text_bytes: 0,
            interrupted: false,
        };
        for selected in self.selection.sources(self.inputs) {
            if self.open.interrupt.is_requested() {
                break;
            }
            let source = match selected {
                Ok(name) => run.source(name),
                Err((name, fault)) => failed(name, fault),
            };
            observe(&source);
            report.source_count += 1;
            report.text_bytes += source.text_bytes;
            report.fault_count += u64::from(!source.outcome.is_complete());
            if self.remember {
                report.sources.push(source);
            }
        }
        report.interrupted = self.open.interrupt.is_requested();
        let totals = self.plan.totals(&run.close());
        let patterns = self.patterns.iter().zip(totals);
        report.patterns = patterns
            .map(|(pattern, count)| PatternCount { pattern: pattern.to_vec(), count })
            .collect();
        report
    }
}

/// A source that never gave a byte.
fn failed(name: SourceName, fault: Fault) -> SourceReport {
    SourceReport { name, outcome: Outcome::Failed(fault), text_bytes: 0, counts: None }
}

/// A job on its way through its sources.
struct Run<'a> {
    job: &'a Job<'a>,
    /// Serves one source after the other, for as long as nobody needs to close it.
    network: Option<Network>,
    chunk: Chunk,
    /// From networks that were closed.
    total: Tally,
}

impl Run<'_> {
    /// Counts in one source.
    fn source(&mut self, name: SourceName) -> SourceReport {
        let mut text = match Text::open(&name, &self.job.open) {
            Ok(text) => text,
            Err(fault) => return failed(name, fault),
        };
        let network = self.network.get_or_insert_with(|| {
            Network::new(self.job.plan, self.job.patterns, self.job.max_line_bytes)
        });
        let sent = cat(&mut text, &mut self.chunk, network);
        let text_bytes = self.chunk.offset() + self.chunk.bytes().len() as u64;

        let mut stopped_by = None;
        let mut counts = None;
        if (self.job.by_source || sent == Err(Stopped))
            && let Some(mut network) = self.network.take()
        {
            let tally = network.finish().unwrap_or_default();
            stopped_by = network.take_fault();
            counts = self.job.by_source.then(|| self.job.plan.totals(&tally));
            self.total.merge(&tally);
        }
        let outcome = stopped_by.map_or_else(|| text.outcome(), Outcome::Partial);
        SourceReport { name, outcome, text_bytes, counts }
    }

    /// Closes what is still open and gives all that was counted.
    fn close(mut self) -> Tally {
        if let Some(network) = self.network {
            self.total.merge(&network.close());
        }
        self.total
    }
}
