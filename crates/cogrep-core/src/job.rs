//! What to count and where, and the run of it.

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::thread;

use cogrep_match::{Hits, LineGrouper, Plan, Scanner, Tally, Totals};
use cogrep_source::{Input, Io, OpenOptions, Selected, Selection};

use crate::crew;
use crate::divided::Ranges;
use crate::ledger::Sums;
use crate::measure::{AnyMeasure, Disperse, FirstPlaces, Slice, TextFacts};
use crate::network::{Blueprint, Extension, Shape};
use crate::part::Dealer;
use crate::progress::Progress;
use crate::recorder::Walking;
use crate::report::{Located, Report, SourceReport};
use crate::timeline::{Kind, Timeline};
use crate::worker::Worker;

/// So many inputs of so many bytes in all are read faster by one than it takes to
/// start several.
const FEW_INPUTS: usize = 64;
const FEW_BYTES: u64 = 4 << 20;

/// Counts the patterns of a plan in the texts of some inputs.
#[derive(Debug)]
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
    /// Keeps the sources of one part of the job; all of them, if there is none.
    pub dealer: Option<&'a Dealer>,
    /// Large files are counted in ranges of this many bytes, by many workers; of a size
    /// that suits, unless said. A file that is not larger is counted by one.
    pub range_bytes: Option<NonZeroU64>,
    /// Whether each source gets counts of its own.
    pub by_source: bool,
    /// How many of the first places of each pattern are to be shown.
    pub show: usize,
    /// Into how many slices each text is divided, each with counts of its own; none, if
    /// zero. A source whose length is not known before it is read then fails.
    pub slices: usize,
    /// Whether the report says where in each text each pattern starts.
    pub disperse: bool,
    /// What else is made of the hits of each text.
    pub measures: Vec<AnyMeasure>,
    /// Takes down what the job spends its time on.
    pub timeline: Option<&'a Timeline>,
    /// Is told how far the job is.
    pub progress: Option<&'a Progress>,
    /// Whether the report names every source.
    pub remember: bool,
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
            dealer: None,
            range_bytes: None,
            by_source: false,
            show: 0,
            slices: 0,
            disperse: false,
            measures: Vec::new(),
            timeline: None,
            progress: None,
            remember: false,
            extension: None,
        }
    }

    /// The network that counts in a text, for people to look at.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let blueprint = self.blueprint();
        let facts = TextFacts::new(self.plan, Some(0), 0);
        let measures = self.all_measures();
        let findings = measures.iter().filter_map(|measure| measure.begin(&facts).ok()).collect();
        let network =
            if measures.is_empty() { blueprint.counting() } else { blueprint.measuring(findings) };
        network.shape()
    }

    /// How its networks are built.
    pub(crate) fn blueprint(&self) -> Blueprint<'_> {
        let Self { plan, max_line_bytes, extension, .. } = *self;
        let live = self.progress.and_then(Progress::live_tally);
        Blueprint { plan, max_line_bytes, live, extension }
    }

    /// Reads every source once and counts.
    ///
    /// `observe` is told of the sources in their order, whatever the order they ended
    /// in: of all, where each has counts of its own or is to be remembered; else of
    /// those that were not read to their end or have places to show. Nothing that goes
    /// wrong with a source stops the job: the report says so.
    pub fn run(&self, mut observe: impl FnMut(&SourceReport)) -> Report {
        let mut report = Report::blank(self.plan.patterns());
        let mut tell = |source: SourceReport| {
            observe(&source);
            self.take_down(source, &mut report);
        };
        let crew = if self.open.io == Io::InTurn || self.is_small() {
            None
        } else {
            self.run_by_crew(&mut tell)
        };
        let (tally, sums, cores) = crew.unwrap_or_else(|| self.run_here(&mut tell));
        report.cores = cores;
        for (pattern, count) in report.patterns.iter_mut().zip(self.plan.totals(&tally)) {
            pattern.count = count;
        }
        report.source_count = sums.source_count;
        report.partial_count = sums.partial_count;
        report.failed_count = sums.failed_count;
        report.text_bytes = sums.text_bytes;
        report.interrupted = self.open.interrupt.is_requested();
        report
    }

    /// Takes down in the report what one source gave, but for what adds up.
    fn take_down(&self, mut source: SourceReport, report: &mut Report) {
        for (pattern, places) in report.patterns.iter_mut().zip(source.places.drain(..)) {
            let wanted = self.show - pattern.places.len();
            let located = |place| Located { source: source.name.clone(), place };
            pattern.places.extend(places.into_iter().take(wanted).map(located));
        }
        if self.remember {
            report.sources.push(source);
        }
    }

    /// Whether starting threads would take longer than they save: a few small files,
    /// or one source that only one can count in.
    fn is_small(&self) -> bool {
        let mut bytes = 0;
        match self.inputs {
            [Input::Stdin] => true,
            // How many cores there are is asked last, since the system takes as long to
            // say as counting in a small file does.
            [input @ Input::Path(path)] => {
                let undivided_bytes = self.ranges_for(1).undivided_bytes;
                !path.is_dir() && (input.size() <= Some(undivided_bytes) || self.ranges().is_none())
            }
            inputs => {
                inputs.len() <= FEW_INPUTS
                    && inputs.iter().all(|input| {
                        bytes += input.size().unwrap_or(u64::MAX).min(FEW_BYTES + 1);
                        bytes <= FEW_BYTES
                    })
            }
        }
    }

    /// Whether a core would be free to decode what another counts in: where there is only
    /// one source. A timeline has no row for it.
    pub(crate) fn may_read_ahead(&self) -> bool {
        let is_alone = match self.inputs {
            [Input::Stdin] => true,
            [Input::Path(path)] => !path.is_dir(),
            _ => false,
        };
        let is_in_turn = self.open.io == Io::InTurn;
        is_alone && !is_in_turn && self.timeline.is_none() && self.worker_count().get() > 1
    }

    /// How many count at once.
    fn worker_count(&self) -> NonZeroUsize {
        let workers = self.workers.or_else(|| thread::available_parallelism().ok());
        workers.unwrap_or(NonZeroUsize::MIN)
    }

    /// The ranges in which large files are counted by several workers, unless each is counted
    /// by one: because there is only one, or because stages of one's own see text in order.
    pub(crate) fn ranges(&self) -> Option<Ranges> {
        let workers = self.worker_count().get();
        (workers > 1 && self.extension.is_none()).then(|| self.ranges_for(workers))
    }

    fn ranges_for(&self, workers: usize) -> Ranges {
        let mut needs = if self.measures_hits() {
            Scanner::<Hits>::range_needs(self.plan)
        } else {
            Scanner::<Totals>::range_needs(self.plan)
        };
        for surroundings in self.all_measures().iter().map(AnyMeasure::surroundings) {
            needs.before = needs.before.max(surroundings.before);
            needs.after = needs.after.max(surroundings.after);
        }
        Ranges::new(needs, self.plan.needle_count(), workers, self.range_bytes.map(NonZeroU64::get))
    }

    /// Whether more is made of the hits than totals.
    pub(crate) fn measures_hits(&self) -> bool {
        self.show > 0 || self.slices > 0 || self.disperse || !self.measures.is_empty()
    }

    /// What is made of the hits.
    pub(crate) fn all_measures(&self) -> Vec<AnyMeasure> {
        let places = (self.show > 0).then(|| FirstPlaces::new(self.show).into());
        let slices = (self.slices > 0).then(|| Slice::new(self.slices).into());
        let dispersion = self.disperse.then(|| Disperse.into());
        let built_in = [places, slices, dispersion].into_iter().flatten();
        built_in.chain(self.measures.iter().cloned()).collect()
    }

    /// Reads one source after the other, on this thread, and waits where it must.
    fn run_here(&self, tell: &mut impl FnMut(SourceReport)) -> (Tally, Sums, usize) {
        let worker = Worker::new(self, None, 0);
        let mut sums = Sums::default();
        if let Some(timeline) = self.timeline {
            timeline.set_in_turn();
        }
        let recorder = worker.recorder();
        let sources = Walking { sources: self.sources(), recorder, then: Kind::Loop };
        for (ordinal, selected) in (0..).zip(sources) {
            if self.open.interrupt.is_requested() {
                break;
            }
            let source = SourceReport { ordinal, ..worker.count_now(ordinal, selected) };
            sums.add(&source);
            if self.is_worth_telling(&source) {
                tell(source);
            }
        }
        (worker.close(), sums, 1)
    }

    /// Reads many sources at once on several cores, if the system gives threads.
    fn run_by_crew(&self, tell: &mut impl FnMut(SourceReport)) -> Option<(Tally, Sums, usize)> {
        let workers = self.worker_count();
        let (tally, sums) = crew::run(self, workers, tell).ok()?;
        Some((tally, sums, workers.get()))
    }

    /// The sources of the job, or of its part.
    pub(crate) fn sources(&self) -> impl Iterator<Item = Selected> {
        let sources = self.selection.sources(self.inputs);
        sources.filter(|selected| self.dealer.is_none_or(|dealer| dealer.keeps(selected)))
    }

    /// Whether sources may be found in any order: where there is nothing to tell of most
    /// of them, and nobody deals them out or watches.
    pub(crate) fn may_scatter(&self) -> bool {
        let is_told = self.by_source || self.remember || self.measures_hits();
        !is_told && self.dealer.is_none() && self.timeline.is_none()
    }

    /// Whether there is more to a source than what adds up.
    pub(crate) fn is_worth_telling(&self, source: &SourceReport) -> bool {
        self.by_source
            || self.remember
            || self.slices > 0
            || self.disperse
            || !self.measures.is_empty()
            || !source.outcome.is_complete()
            || source.places.iter().any(|places| !places.is_empty())
    }
}
