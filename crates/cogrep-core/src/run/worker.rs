//! One worker: it counts in sources, each through a network that serves one source after the
//! other.
//!
//! What a worker does is written once, for a thread that blocks and for an event loop; how it
//! waits is a type. [`tasks`] is the event loop of a worker, [`hooks`] what it does between the
//! chunks of a text, and [`containers`] how it goes through the members of archives.

mod containers;
mod hooks;
mod tasks;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use cogrep_match::{Counts, Tally};
use cogrep_source::{
    Blocking, Chunk, Chunks, Content, EventLoop, Fault, Outcome, Role, Rule, Selected, Source,
    SourceName, Text, Wait, block_on,
};
use cosend::Sink;

use self::hooks::{Paced, Ranged};
use super::pace::Pace;
use super::queue::Large;
use super::ranges::{Claim, Divided};
use crate::job::Job;
use crate::measure::{AnyMeasure, Rank, TextFacts};
use crate::network::{Counted, Hooks, Network, cat, cat_fetched};
use crate::report::SourceReport;
use crate::schedule::Schedule;
use crate::state::TextState;
use crate::trace::Activity;
use crate::trace::recorder::{Recorder, follow};

/// Counts in sources, and keeps what it needs for that from one to the next.
pub(super) struct Worker<'a, W> {
    job: &'a Job<'a>,
    schedule: &'a Schedule,
    wait: W,
    /// Networks that serve no source right now. The last is the first to serve again, since
    /// it is in the cache.
    networks: RefCell<Vec<Network>>,
    /// A chunk between two sources.
    chunk: Cell<Chunk>,
    /// From networks that were closed.
    total: RefCell<Tally>,
    /// How many members of containers were left out, by rule.
    left_out: RefCell<BTreeMap<Rule, u64>>,
    /// How many sources may wait for ever.
    streams: Cell<usize>,
    /// How many sources gave way and can go on.
    runnable: Cell<usize>,
    /// What is made of hits, if anything is.
    measures: Vec<AnyMeasure>,
    /// How many ranges of large sources are being counted.
    ranges_open: Cell<usize>,
    /// Records what this worker does.
    recorder: Option<Rc<Recorder>>,
}

/// How a worker waits.
pub(super) trait Turns: Wait {
    /// Whether one source gives way to others while it is counted in.
    const GIVES_WAY: bool;
}

impl Turns for Blocking<Option<Rc<Recorder>>> {
    const GIVES_WAY: bool = false;
}

impl Turns for Rc<EventLoop> {
    const GIVES_WAY: bool = true;
}

/// A text that one worker counts in from its start.
struct Whole {
    rank: Rank,
    name: SourceName,
    /// Its length, if that is known.
    text_bytes: Option<u64>,
}

/// The report of a text, but for how it ended.
struct Unfinished {
    report: SourceReport,
    /// How the text ended, if not by its own end: a stage had enough, or could not go on.
    stopped: Option<Outcome>,
}

impl Unfinished {
    /// The report of the text, which ended in this way if it was read to its end.
    fn finish(self, outcome: impl FnOnce() -> Outcome) -> SourceReport {
        let outcome = self.stopped.unwrap_or_else(outcome);
        SourceReport { outcome, ..self.report }
    }
}

impl<'a, W: Turns> Worker<'a, W> {
    /// A worker that waits in this way, made on the thread that it is to run on.
    pub(super) fn new(
        job: &'a Job<'a>,
        schedule: &'a Schedule,
        wait: W,
        recorder: Option<Rc<Recorder>>,
    ) -> Self {
        Self {
            job,
            schedule,
            wait,
            networks: RefCell::default(),
            chunk: Cell::default(),
            total: RefCell::default(),
            left_out: RefCell::default(),
            streams: Cell::new(0),
            runnable: Cell::new(0),
            measures: job.measures.clone(),
            ranges_open: Cell::new(0),
            recorder,
        }
    }

    /// Counts in one source, and blocks the thread where it waits.
    pub(super) fn count_now(&self, ordinal: u64, selected: Selected, take: &impl Fn(SourceReport)) {
        self.name(ordinal, &selected);
        let take_next = |report| take(SourceReport { ordinal, ..report });
        let counting = self.count_source(ordinal, selected, |_| false, &take_next);
        let counting = std::pin::pin!(counting);
        let report = block_on(follow(self.recorder.as_deref(), ordinal, counting));
        report.into_iter().for_each(take_next);
    }

    /// From now on the worker does this.
    fn enter(&self, activity: Activity) {
        if let Some(recorder) = &self.recorder {
            recorder.enter(activity);
        }
    }

    /// Records the name of the source of this ordinal.
    fn name(&self, ordinal: u64, selected: &Selected) {
        if let Some(recorder) = &self.recorder {
            let (Ok(name) | Err((name, _))) = selected;
            recorder.name(ordinal, name);
        }
    }

    /// Counts in a source, and gives its report; of the members of a container, `take` gets
    /// the reports.
    ///
    /// `decide` is called once: with the source divided, if it is large and its text can be.
    /// It says whether the source is left to all workers, and has no report yet.
    async fn count_source(
        &self,
        ordinal: u64,
        selected: Selected,
        decide: impl Fn(Option<Large>) -> bool,
        take: &impl Fn(SourceReport),
    ) -> Option<SourceReport> {
        let (name, fault) = match selected {
            Ok(name) => (name, None),
            Err((name, fault)) => (name, Some(fault)),
        };
        let source = match self.open(&name, fault).await {
            Ok(source) => source,
            Err(fault) => {
                decide(None);
                return Some(failed(name, fault));
            }
        };
        let _stream = source.is_stream().then(|| Raised::new(&self.streams));
        let ranges = self.schedule.ranges.filter(|ranges| {
            source.divisible_bytes().is_some_and(|bytes| bytes > ranges.undivided_bytes)
        });
        if ranges.is_none() {
            // The other workers need not wait for its beginning.
            decide(None);
        }
        self.enter(Activity::Read);
        let mut chunk = self.chunk.take();
        let content = source.begin(&mut chunk).await;
        if let Some(ranges) = ranges {
            let divisible = match &content {
                Content::Text(text) => text.divisible(),
                Content::Container(_) | Content::Directory(_) => None,
            };
            let large = match (divisible, &content) {
                (Some(source), _) => {
                    let divided = Divided::new(name.clone(), source, ranges);
                    // As below, what is rare takes no room in the state of every source.
                    let divided = Box::pin(self.divide(divided)).await;
                    Some(Large::Text(Box::new(divided)))
                }
                (None, Content::Directory(directory)) if directory.part_count() > 1 => {
                    Some(Large::Archive(Arc::clone(directory)))
                }
                _ => None,
            };
            if decide(large) {
                self.put_back(chunk);
                return None;
            }
        }
        match content {
            Content::Text(text) => Some(self.count_text(ordinal, name, text, chunk).await),
            Content::Container(container) => {
                self.put_back(chunk);
                let first = Rank { ordinal, member: 0 };
                // What is rare takes no room in the state of every source.
                Box::pin(self.count_container(first, name, *container, take)).await
            }
            Content::Directory(directory) => {
                self.put_back(chunk);
                Box::pin(self.count_directory(ordinal, &directory, take)).await
            }
        }
    }

    /// A source that is divided, continued from where an earlier count was kept.
    async fn divide(&self, divided: Divided) -> Divided {
        let divided = divided.keeping_last_apart(self.job.keeps_states);
        let states = self.job.states.filter(|_| self.measures.is_empty());
        match states.and_then(|states| states.get(divided.name())) {
            Some(state) if self.is_of(state, &divided).await => divided.continued_from(state),
            _ => divided,
        }
    }

    /// Whether a text begins as the text of a state did. One that cannot be read is read from
    /// its start, and says so then.
    async fn is_of(&self, state: &TextState, divided: &Divided) -> bool {
        state.position < divided.text_bytes()
            && self.digest(divided, state.position).await == Some(state.digest)
    }

    async fn digest(&self, divided: &Divided, position: u64) -> Option<u64> {
        divided.digest(position, &self.job.open.interrupt, self.wait.clone()).await.ok()
    }

    /// Opens a source that was found without a fault.
    async fn open<'n>(
        &'n self,
        name: &'n SourceName,
        fault: Option<Fault>,
    ) -> Result<Source<'n, W>, Fault> {
        if let Some(fault) = fault {
            return Err(fault);
        }
        let source = Source::open(name, &self.job.open, self.wait.clone()).await?;
        // That it has no length is known without waiting for its writer.
        let needs_length = self.measures.iter().any(AnyMeasure::needs_length);
        if needs_length && source.is_stream() { Err(Fault::NoLength) } else { Ok(source) }
    }

    /// Counts in a text whose first chunk was fetched.
    async fn count_text(
        &self,
        ordinal: u64,
        name: SourceName,
        mut text: Text<W>,
        chunk: Chunk,
    ) -> SourceReport {
        let whole =
            Whole { rank: Rank { ordinal, member: 0 }, name, text_bytes: text.text_bytes() };
        let hooks = Paced { worker: self, pace: Pace::default() };
        match self.count(whole, &mut text, chunk, hooks).await {
            Ok(unfinished) => unfinished.finish(|| text.outcome()),
            Err(report) => *report,
        }
    }

    /// Counts in a range of a source. With the last range of it, gives its report.
    async fn count_range(&self, divided: &Divided, claim: Claim) -> Option<SourceReport> {
        let mut text = divided.text(claim, &self.job.open.interrupt, self.wait.clone());
        let mut chunk = self.chunk.take();
        // What can be measured in one range can be in all.
        let rank = Rank { ordinal: divided.ordinal(), member: 0 };
        let text_bytes = Some(divided.text_bytes());
        let mut network = self.new_network(rank, text_bytes, claim.start()).ok()?;
        let mut hooks = Ranged { worker: self, text_bytes: 0 };
        // A network that cannot go on says why when it is closed.
        let _ = cat(&mut text, &mut chunk, &mut network, &mut hooks).await;
        let text_bytes = hooks.text_bytes;
        self.put_back(chunk);
        let mut counted = network.finish().unwrap_or_default();
        let fault = counted.fault.take().or_else(|| text.fault());

        let mut all = divided.record(claim, counted, text_bytes, fault)?;
        if all.counted.is_undecided {
            // Which hits count shows only from the start of the text.
            return self.count_in_order(divided.ordinal(), divided.name().clone()).await;
        }
        let mut report = divided.report(&mut all);
        if let (Some(before), true) = (all.before_last, report.outcome.is_complete()) {
            let digest = self.digest(divided, before.position()).await;
            report.state = digest.map(|digest| before.with_digest(digest));
        }
        self.conclude(all.counted, &mut report);
        Some(report)
    }

    /// Counts in a source from its start to its end, though it could be divided.
    async fn count_in_order(&self, ordinal: u64, name: SourceName) -> Option<SourceReport> {
        Box::pin(self.count_source(ordinal, Ok(name), |_| false, &|_| {})).await
    }

    /// Counts in a text whose first chunk was fetched. It gives way to others after each chunk.
    async fn count<T: Chunks>(
        &self,
        Whole { rank, name, text_bytes }: Whole,
        text: &mut T,
        mut chunk: Chunk,
        mut hooks: impl Hooks<T>,
    ) -> Result<Unfinished, Box<SourceReport>> {
        let mut network = match self.network(rank, text_bytes) {
            Ok(network) => network,
            Err(fault) => {
                self.put_back(chunk);
                return Err(Box::new(failed(name, fault)));
            }
        };
        let sent = cat_fetched(text, &mut chunk, &mut network, &mut hooks).await;
        let text_bytes = chunk.offset() + chunk.bytes().len() as u64;
        self.put_back(chunk);

        // Stages of a caller's own, and measures, serve one text only.
        let serves_one = self.job.extension.is_some() || !self.measures.is_empty();
        let mut counted = Counted::default();
        if self.job.by_source || serves_one || sent.is_err() {
            counted = network.finish().unwrap_or_default();
        } else {
            self.networks.borrow_mut().push(network);
        }
        let stopped = match counted.fault.take() {
            Some(fault) => Some(Outcome::Partial(fault)),
            // A stage has had enough: nothing is missing of what it wants.
            None => sent.is_err().then_some(Outcome::Complete),
        };
        let mut report = SourceReport::new(name, Outcome::Complete, text_bytes);
        self.conclude(counted, &mut report);
        Ok(Unfinished { report, stopped })
    }

    /// Adds up what was counted in a source, and reports what is to be known of it.
    fn conclude(&self, counted: Counted, report: &mut SourceReport) {
        let Counted { tally, findings, .. } = counted;
        let plan = self.job.plan;
        report.counts = self.job.by_source.then(|| Counts::new(plan.totals(&tally)));
        self.total.borrow_mut().merge(&tally);
        report.findings = findings.by_pattern(plan.needles());
        if let Some(progress) = self.job.progress {
            progress.add_source();
        }
    }

    /// A network for a text of this length, if that is known.
    fn network(&self, rank: Rank, text_bytes: Option<u64>) -> Result<Network, Fault> {
        let spare = self.networks.borrow_mut().pop();
        spare.map_or_else(|| self.new_network(rank, text_bytes, 0), Ok)
    }

    /// A network for a text of this length, if that is known, or for a range of it.
    fn new_network(
        &self,
        rank: Rank,
        text_bytes: Option<u64>,
        start: u64,
    ) -> Result<Network, Fault> {
        let blueprint = self.job.blueprint();
        if self.measures.is_empty() {
            return Ok(blueprint.counting());
        }
        let facts = TextFacts::new(self.job.plan, rank, text_bytes, start);
        let findings = self.measures.iter().map(|measure| measure.begin(&facts));
        Ok(blueprint.measuring(findings.collect::<Result<_, _>>()?))
    }

    /// Keeps one chunk at hand; the buffers of more go to the loop.
    fn put_back(&self, chunk: Chunk) {
        let mut other = self.chunk.replace(chunk);
        self.wait.take_back(&mut other);
    }

    /// Lets other sources go on first, where there are any.
    async fn give_way(&self) {
        if !W::GIVES_WAY {
            return;
        }
        self.enter(Activity::Loop);
        let mut gave_way = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut gave_way, true) {
                self.runnable.update(|runnable| runnable - 1);
                return Poll::Ready(());
            }
            self.runnable.update(|runnable| runnable + 1);
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// A chunk is about to be sent.
    fn before_send(&self, chunk: &Chunk) {
        self.enter(Activity::Count);
        if let Some(progress) = self.job.progress
            && chunk.role() == Role::Text
        {
            progress.add_text(chunk.bytes().len() as u64);
        }
    }

    /// Closes the networks and gives all that was counted; and how many members of
    /// containers were left out, by rule.
    pub(super) fn close(self) -> (Tally, BTreeMap<Rule, u64>) {
        let mut total = self.total.into_inner();
        for network in self.networks.into_inner() {
            total.merge(&network.close().tally);
        }
        (total, self.left_out.into_inner())
    }
}

/// A number that is larger by one for as long as this exists.
struct Raised<'a>(&'a Cell<usize>);

impl<'a> Raised<'a> {
    fn new(number: &'a Cell<usize>) -> Self {
        number.update(|number| number + 1);
        Self(number)
    }
}

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        self.0.update(|number| number - 1);
    }
}

/// A source that never gave a byte.
fn failed(name: SourceName, fault: Fault) -> SourceReport {
    SourceReport::new(name, Outcome::Failed(fault), 0)
}
