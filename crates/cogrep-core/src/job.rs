//! What to count and where. How that is done is decided by the schedule, and done by the run.

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_match::{LineGrouper, Plan};
use cogrep_source::{Input, OpenOptions, Selection};

use crate::measure::{AnyMeasure, Rank, TextFacts};
use crate::network::{Blueprint, Extension, Shape};
use crate::progress::Progress;
use crate::shard::ShardFilter;
use crate::state::TextStates;
use crate::trace::Timeline;

/// Counts the patterns of a plan in the texts of some inputs.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "options that are independent of each other")]
pub struct Job<'a> {
    /// The patterns, and how they are counted.
    pub plan: &'a Arc<Plan>,
    /// Where the text is.
    pub inputs: &'a [Input],
    /// Which files of a folder are read.
    pub selection: Selection,
    /// How sources are opened.
    pub open: OpenOptions,
    /// The longest line that regular expressions may hold.
    pub max_line_bytes: usize,
    /// How many cores count at once; as many as there are, unless said.
    pub workers: Option<NonZeroUsize>,
    /// Whether all sources are read on this thread, one after the other: what event loops
    /// are compared with.
    pub serial: bool,
    /// Keeps the sources of one shard of the job; all of them, if there is none.
    pub shard: Option<&'a ShardFilter>,
    /// Large sources are counted in ranges of this many bytes, by all workers; of a size
    /// that suits, unless said. A source that is not larger is counted by one.
    pub range_bytes: Option<NonZeroU64>,
    /// Whether each source gets counts of its own.
    pub by_source: bool,
    /// What is made of the hits of each text, besides totals.
    pub measures: Vec<AnyMeasure>,
    /// Records what the job spends its time on.
    pub timeline: Option<&'a Timeline>,
    /// Is kept up to date on how far the job is.
    pub progress: Option<&'a Progress>,
    /// Whether the report names every source.
    pub remember: bool,
    /// Whether the report of a source says how to continue its count, where that is possible:
    /// in a text that can be read at any position and is long enough to be worth it.
    pub keeps_states: bool,
    /// Counts to be continued: of a text that begins as it did, only what comes after is
    /// read. They must be of the same patterns and options. They serve totals; where hits
    /// are measured, every text is read whole.
    pub states: Option<&'a TextStates>,
    /// Whether to stop as soon as anything is found: a stop is requested then.
    pub stop_when_found: bool,
    /// Stages of one's own before the network.
    pub extension: Option<Extension<'a>>,
}

impl<'a> Job<'a> {
    /// A job that counts over all of these inputs, with every option as it is unless
    /// said otherwise.
    ///
    /// ```
    /// use cogrep_core::Job;
    /// use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
    /// use cogrep_source::Input;
    /// use std::sync::Arc;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("book.txt"), "love, hope and love")?;
    ///
    /// let patterns = Patterns::new(["love", "hate"], Matching::default())?;
    /// let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto)?);
    /// let inputs = [Input::Path(folder.path().into())];
    /// let job = Job { by_source: true, ..Job::new(&plan, &inputs) };
    ///
    /// let mut seen = Vec::new();
    /// let report = job.run(|source| seen.extend(source.counts.clone()));
    /// assert_eq!(report.patterns[0].as_row(), (&b"love"[..], 2));
    /// assert!(report.is_complete());
    /// assert_eq!(seen[0].to_vec(2), [2, 0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(plan: &'a Arc<Plan>, inputs: &'a [Input]) -> Self {
        Self {
            plan,
            inputs,
            selection: Selection::default(),
            open: OpenOptions::default(),
            max_line_bytes: LineGrouper::DEFAULT_LIMIT_BYTES,
            workers: None,
            serial: false,
            shard: None,
            range_bytes: None,
            by_source: false,
            measures: Vec::new(),
            timeline: None,
            progress: None,
            remember: false,
            keeps_states: false,
            states: None,
            stop_when_found: false,
            extension: None,
        }
    }

    /// The network that counts in a text, for people to look at.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let blueprint = self.blueprint();
        let facts = TextFacts::new(self.plan, Rank::default(), Some(0), 0);
        let measures = &self.measures;
        let findings = measures.iter().filter_map(|measure| measure.begin(&facts).ok()).collect();
        let network =
            if measures.is_empty() { blueprint.counting() } else { blueprint.measuring(findings) };
        network.shape()
    }

    /// How its networks are built.
    pub(crate) fn blueprint(&self) -> Blueprint<'_> {
        let Self { plan, max_line_bytes, extension, .. } = *self;
        let live = self.progress.and_then(Progress::live_tally);
        Blueprint {
            plan,
            max_line_bytes,
            live,
            interrupt: self.open.interrupt.clone(),
            stop_when_found: self.stop_when_found,
            extension,
        }
    }

    /// Whether counts are continued, or kept to be.
    pub(crate) fn has_states(&self) -> bool {
        self.keeps_states || self.states.is_some()
    }
}
