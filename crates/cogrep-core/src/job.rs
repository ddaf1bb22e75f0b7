//! What to count and where, and the run of it.

use cogrep_match::{Patterns, PlaceFinder, Plan, Tally};
use cogrep_source::{Chunk, Fault, Input, OpenOptions, Outcome, Selection, SourceName, Text};
use cosend::Sink;

use crate::network::Network;
use crate::report::{Located, PatternCount, Report, SourceReport};
use crate::stage::{self, cat};

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
    /// Finds the places that are to be shown: as many of each pattern as it looks for
    /// in one text.
    pub show: Option<&'a PlaceFinder>,
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
        let mut report = self.blank_report();
        for selected in self.selection.sources(self.inputs) {
            if self.open.interrupt.is_requested() {
                break;
            }
            let source = match selected {
                Ok(name) => run.source(name),
                Err((name, fault)) => failed(name, fault),
            };
            observe(&source);
            self.take_down(source, &mut report);
        }
        report.interrupted = self.open.interrupt.is_requested();
        let totals = self.plan.totals(&run.close());
        for (pattern, count) in report.patterns.iter_mut().zip(totals) {
            pattern.count = count;
        }
        report
    }

    fn network(&self) -> Network {
        Network::new(self.plan, self.patterns, self.max_line_bytes)
    }

    /// A report of nothing yet.
    fn blank_report(&self) -> Report {
        let blank = |pattern: &[u8]| PatternCount {
            pattern: pattern.to_vec(),
            count: 0,
            places: Vec::new(),
        };
        Report {
            patterns: self.patterns.iter().map(blank).collect(),
            source_count: 0,
            fault_count: 0,
            sources: Vec::new(),
            text_bytes: 0,
            interrupted: false,
        }
    }

    /// Takes down in the report what one source gave, but for its counts.
    fn take_down(&self, mut source: SourceReport, report: &mut Report) {
        report.source_count += 1;
        report.text_bytes += source.text_bytes;
        report.fault_count += u64::from(!source.outcome.is_complete());
        for (pattern, places) in report.patterns.iter_mut().zip(source.places.drain(..)) {
            let limit = self.show.map_or(0, PlaceFinder::limit);
            let wanted = limit - pattern.places.len();
            let located = |place| Located { source: source.name.clone(), place };
            pattern.places.extend(places.into_iter().take(wanted).map(located));
        }
        if self.remember {
            report.sources.push(source);
        }
    }
}

/// A source that never gave a byte.
fn failed(name: SourceName, fault: Fault) -> SourceReport {
    SourceReport {
        name,
        outcome: Outcome::Failed(fault),
        text_bytes: 0,
        counts: None,
        places: Vec::new(),
    }
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
        let network = self.network.get_or_insert_with(|| self.job.network());
        let mut places = self.job.show.cloned().map(stage::places);
        // Either ends of itself when it has enough; the text is read for the other.
        let sent = match &mut places {
            Some(places) => cat(&mut text, &mut self.chunk, &mut (network, places)),
            None => cat(&mut text, &mut self.chunk, network),
        };
        let text_bytes = self.chunk.offset() + self.chunk.bytes().len() as u64;

        let mut stopped_by = None;
        let mut counts = None;
        let is_over = self.network.as_ref().is_some_and(Network::has_stopped) || sent.is_err();
        if (self.job.by_source || is_over)
            && let Some(mut network) = self.network.take()
        {
            let tally = network.finish().unwrap_or_default();
            stopped_by = network.take_fault();
            counts = self.job.by_source.then(|| self.job.plan.totals(&tally));
            self.total.merge(&tally);
        }
        let outcome = stopped_by.map_or_else(|| text.outcome(), Outcome::Partial);
        let places = places.map_or_else(Vec::new, Sink::close);
        SourceReport { name, outcome, text_bytes, counts, places }
    }

    /// Closes what is still open and gives all that was counted.
    fn close(mut self) -> Tally {
        if let Some(network) = self.network {
            self.total.merge(&network.close());
        }
        self.total
    }
}
