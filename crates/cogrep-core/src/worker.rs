//! One worker: it counts in sources, each through a network that serves one source
//! after the other.

use std::cell::{Cell, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cogrep_match::{Counts, Tally};
use cogrep_source::{
    Chunk, EventLoop, Fault, Outcome, Role, Selected, SourceName, Text, text_length,
};
use cosend::Sink;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::divided::{Claim, Divided, Ranges};
use crate::job::Job;
use crate::ledger::Ledger;
use crate::measure::{AnyMeasure, Dispersion, Places, Slices, TextFacts};
use crate::network::{Counted, Network};
use crate::pace::Pace;
use crate::queue::{Found, Queue, Taken};
use crate::recorder::{Recorder, follow};
use crate::report::SourceReport;
use crate::timeline::Kind;

/// So many sources of a worker wait for a disk at most: enough to keep all threads
/// that may wait busy while others are counted in.
const ON_THE_WAY: usize = 4 * EventLoop::DEPTH;

/// So many ranges of large files are on the way in a worker at most: while one waits for
/// the disk, another is counted in. Each has counts of its own, which can be many.
const RANGES_ON_THE_WAY: usize = 2;

/// So long is counted at most before the event loop looks who can go on.
const PATIENCE: Duration = Duration::from_millis(2);

/// Counts in sources, and keeps what it needs for that from one to the next.
pub(crate) struct Worker<'a> {
    job: &'a Job<'a>,
    event_loop: Option<Rc<EventLoop>>,
    /// Networks that serve no source right now. The last is the first to serve again,
    /// since it is in the cache.
    networks: RefCell<Vec<Network>>,
    /// A chunk between two sources.
    chunk: Cell<Chunk>,
    /// From networks that were closed.
    total: RefCell<Tally>,
    /// How many sources may wait for somebody.
    streams: Cell<usize>,
    /// How many sources gave way and can go on.
    runnable: Cell<usize>,
    /// Takes down what this worker does.
    recorder: Option<Recorder<'a>>,
    /// What is made of hits, if anything is.
    measures: Vec<AnyMeasure>,
    /// The ranges in which many count in a large file, if they do: where none waits on a
    /// loop, there is only one.
    ranges: Option<Ranges>,
    /// How many of them are on the way.
    ranges_open: Cell<usize>,
}

/// A source that was opened.
struct Opened {
    name: SourceName,
    text: Text,
    /// Its first chunk, if that was read.
    first: Option<Chunk>,
}

impl<'a> Worker<'a> {
    /// A worker of this number that waits on this loop, or on the spot; on the thread
    /// that it is to run on.
    pub(crate) fn new(job: &'a Job<'a>, event_loop: Option<Rc<EventLoop>>, number: usize) -> Self {
        let name = format!("core {}", number + 1);
        let has_loop = event_loop.is_some();
        let recorder = job.timeline.map(|timeline| Recorder::new(timeline, name, has_loop));
        Self {
            job,
            event_loop,
            networks: RefCell::default(),
            chunk: Cell::default(),
            total: RefCell::default(),
            streams: Cell::new(0),
            runnable: Cell::new(0),
            recorder,
            measures: job.all_measures(),
            ranges: has_loop.then(|| job.ranges()).flatten(),
            ranges_open: Cell::new(0),
        }
    }

    /// What takes down what it does.
    pub(crate) fn recorder(&self) -> Option<&Recorder<'a>> {
        self.recorder.as_ref()
    }

    /// Says what it does from now on.
    fn enter(&self, kind: Kind) {
        if let Some(recorder) = &self.recorder {
            recorder.enter(kind);
        }
    }

    /// Takes down the name of the source at this place among all.
    fn name(&self, ordinal: u64, selected: &Selected) {
        if let Some(recorder) = &self.recorder {
            let (Ok(name) | Err((name, _))) = selected;
            recorder.name(ordinal, name);
        }
    }

    /// Counts in one source, on the spot.
    pub(crate) fn count_now(&self, ordinal: u64, selected: Selected) -> SourceReport {
        self.name(ordinal, &selected);
        let counting = pin!(async {
            match self.open(selected).await {
                Ok(opened) => self.count(opened).await,
                Err(report) => *report,
            }
        });
        match pin!(follow(self.recorder(), ordinal, counting))
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(report) => report,
            Poll::Pending => unreachable!("a worker without a loop waits on the spot"),
        }
    }

    /// Counts in a source from the queue, or leaves it to all workers.
    async fn count_found(
        &self,
        Found { ordinal, selected }: Found,
        queue: &Queue,
    ) -> Option<SourceReport> {
        let mut opened = self.open(selected).await;
        let divided = match &mut opened {
            Ok(opened) => self.divide(opened, ordinal).await,
            Err(_) => None,
        };
        let is_divided = divided.is_some();
        queue.decide(divided);
        match opened {
            Ok(_) if is_divided => None,
            Ok(opened) => Some(self.count(opened).await),
            Err(report) => Some(*report),
        }
    }

    async fn open(&self, selected: Selected) -> Result<Opened, Box<SourceReport>> {
        let (name, fault) = match selected {
            Ok(name) => match Text::begin(&name, &self.job.open, self.event_loop.clone()).await {
                Ok(text) => return Ok(Opened { name, text, first: None }),
                Err(fault) => (name, fault),
            },
            Err(failure) => failure,
        };
        Err(Box::new(failed(name, fault)))
    }

    /// Divides a source for many to count in, if it is large and can be.
    async fn divide(&self, opened: &mut Opened, ordinal: u64) -> Option<Divided> {
        let ranges = self.ranges?;
        if opened.text.file_bytes()? <= ranges.undivided_bytes {
            return None;
        }
        // Its beginning says what kind of text it is.
        let mut chunk = self.chunk.take();
        opened.text.fetch(&mut chunk).await;
        let Some(source) = opened.text.divisible() else {
            opened.first = Some(chunk);
            return None;
        };
        self.put_back(chunk);
        Some(Divided::new(opened.name.clone(), ordinal, source, ranges))
    }

    /// Counts in a range of a source. With the last range of it, gives its report.
    async fn count_range(&self, divided: &Divided, claim: Claim) -> Option<SourceReport> {
        let mut text = divided.text(claim, &self.job.open.interrupt, self.event_loop.clone());
        let mut chunk = self.chunk.take();
        let network = self.new_network(Some(divided.text_bytes()), claim.start());
        // What can be measured in one range can be in all.
        let mut network = network.ok()?;
        let mut text_bytes = 0;
        loop {
            self.enter(Kind::Read);
            text.fetch(&mut chunk).await;
            self.enter(Kind::Count);
            let sent = network.send(&chunk);
            if chunk.role() == Role::Text {
                text_bytes += chunk.bytes().len() as u64;
                if let Some(progress) = self.job.progress {
                    progress.add_text(chunk.bytes().len() as u64);
                }
            }
            if chunk.is_last() || sent.is_err() {
                break;
            }
            self.enter(Kind::Loop);
            self.give_way().await;
        }
        self.put_back(chunk);
        let mut counted = network.finish().unwrap_or_default();
        let fault = counted.fault.take().or_else(|| text.fault());

        let mut all = divided.record(claim, counted, text_bytes, fault)?;
        if all.counted.is_undecided {
            // Which hits count can be told only from the start of the text.
            return Some(match self.open(Ok(divided.name().clone())).await {
                Ok(opened) => self.count(opened).await,
                Err(report) => *report,
            });
        }
        let mut report = divided.report(&mut all);
        self.conclude(all.counted, &mut report);
        if let Some(progress) = self.job.progress {
            progress.add_source();
        }
        Some(report)
    }

    /// Counts in one source; gives way to others after each chunk.
    async fn count(&self, Opened { name, mut text, first }: Opened) -> SourceReport {
        let mut network = match self.network(&name) {
            Ok(network) => network,
            Err(fault) => return failed(name, fault),
        };
        let is_stream = text.is_stream();
        self.streams.update(|streams| streams + usize::from(is_stream));
        let mut is_read = first.is_some();
        let mut pace = Pace::default();
        let mut chunk = first.unwrap_or_else(|| self.chunk.take());
        let mut sent = Ok(());
        while sent.is_ok() {
            if !std::mem::take(&mut is_read) {
                self.enter(Kind::Read);
                pace.begin(&text);
                text.fetch(&mut chunk).await;
                pace.fetched();
            }
            self.enter(Kind::Count);
            sent = network.send(&chunk);
            if let Some(progress) = self.job.progress {
                progress.add_text(chunk.bytes().len() as u64);
            }
            if chunk.is_last() || sent.is_err() {
                break;
            }
            if pace.counted(chunk.bytes().len()) && self.job.may_read_ahead() {
                text.read_ahead();
            }
            if let Some(event_loop) = &self.event_loop {
                // Whoever goes on first finds it in the cache.
                event_loop.take_back(&mut chunk);
            }
            self.enter(Kind::Loop);
            self.give_way().await;
        }
        let text_bytes = chunk.offset() + chunk.bytes().len() as u64;
        self.put_back(chunk);
        self.streams.update(|streams| streams - usize::from(is_stream));

        // Stages of a caller's own, and measures, serve one text only.
        let serves_one = self.job.extension.is_some() || !self.measures.is_empty();
        let mut counted = Counted::default();
        if self.job.by_source || serves_one || sent.is_err() {
            counted = network.finish().unwrap_or_default();
        } else {
            self.networks.borrow_mut().push(network);
        }
        let outcome = match counted.fault.take() {
            Some(fault) => Outcome::Partial(fault),
            // A stage has had enough: nothing is missing of what it wants.
            None if sent.is_err() => Outcome::Complete,
            None => text.outcome(),
        };
        let mut report = SourceReport::new(name, outcome, text_bytes);
        self.conclude(counted, &mut report);
        report
    }

    /// Adds up what was counted in a source, and reports what is to be known of it.
    fn conclude(&self, counted: Counted, report: &mut SourceReport) {
        let Counted { tally, mut findings, .. } = counted;
        let plan = self.job.plan;
        report.counts = self.job.by_source.then(|| Counts::new(plan.totals(&tally)));
        self.total.borrow_mut().merge(&tally);
        let needles = plan.needles();
        if let Some(places) = findings.take::<Places>() {
            report.places = places.by_pattern(needles);
        }
        if let Some(slices) = findings.take::<Slices>() {
            report.parts = slices.by_pattern(needles);
        }
        report.dispersion = findings.take::<Dispersion>().map(|found| found.by_pattern(needles));
        report.findings = findings;
        if let Some(progress) = self.job.progress {
            progress.add_source();
        }
    }

    fn network(&self, name: &SourceName) -> Result<Network, Fault> {
        if !self.measures.is_empty() {
            let asks_length = self.job.slices > 0 || !self.job.measures.is_empty();
            let text_bytes = asks_length.then(|| text_length(name, &self.job.open)).flatten();
            return self.new_network(text_bytes, 0);
        }
        let spare = self.networks.borrow_mut().pop();
        spare.map_or_else(|| self.new_network(None, 0), Ok)
    }

    /// A network for a text of this length, if that is known, or for a range of it.
    fn new_network(&self, text_bytes: Option<u64>, start: u64) -> Result<Network, Fault> {
        let blueprint = self.job.blueprint();
        if self.measures.is_empty() {
            return Ok(blueprint.counting());
        }
        let facts = TextFacts::new(self.job.plan, text_bytes, start);
        let findings = self.measures.iter().map(|measure| measure.begin(&facts));
        Ok(blueprint.measuring(findings.collect::<Result<_, _>>()?))
    }

    /// Keeps one chunk at hand; the buffers of more go to the loop.
    fn put_back(&self, chunk: Chunk) {
        let mut other = self.chunk.replace(chunk);
        if let Some(event_loop) = &self.event_loop {
            event_loop.take_back(&mut other);
        }
    }

    /// Lets other sources go on first, where there are any.
    async fn give_way(&self) {
        if self.event_loop.is_none() {
            return;
        }
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

    /// Takes sources from the queue until there will be none any more.
    pub(crate) async fn run(&self, on: &EventLoop, queue: &Queue, ledger: &Ledger) {
        let mut tasks = FuturesUnordered::new();
        let mut waited = Instant::now();
        // Who goes on without having waited needs nobody to wake this up: it is awake.
        // A waker that does nothing saves a system call a chunk.
        let mut awake = Context::from_waker(Waker::noop());
        loop {
            if self.job.open.interrupt.is_requested() {
                queue.stop();
            }
            while let Poll::Ready(Some(())) = tasks.poll_next_unpin(&mut awake) {}

            let has_room = tasks.len() - self.streams.get() < ON_THE_WAY;
            let wants_range = self.wants_range();
            match if has_room { queue.take(wants_range) } else { Taken::Empty } {
                Taken::Closed if tasks.is_empty() => return,
                taken @ (Taken::Source(_) | Taken::Range(..)) => {
                    let mut task = Box::pin(self.count_taken(taken, queue, ledger));
                    // Most end here, their text being in memory: the rest become tasks.
                    if task.as_mut().poll(&mut awake).is_pending() {
                        tasks.push(task);
                    }
                }
                taken if self.runnable.get() == 0 => {
                    on.set_out(&self.job.open.interrupt);
                    let awaited = has_room && matches!(taken, Taken::Empty);
                    let queue = awaited.then_some((queue, wants_range));
                    self.wait(on, &mut tasks, queue).await;
                    waited = Instant::now();
                }
                _ => {}
            }
            if waited.elapsed() > PATIENCE {
                // Long enough for others to have become ready, and to let those set out
                // that wait for company: who goes on may do so for ever.
                on.set_out(&self.job.open.interrupt);
                tokio::task::yield_now().await;
                waited = Instant::now();
            }
        }
    }

    /// Whether another range may be taken: where one can be counted in, it goes first.
    fn wants_range(&self) -> bool {
        let open = self.ranges_open.get();
        open == 0 || (open < RANGES_ON_THE_WAY && self.runnable.get() == 0)
    }

    /// Counts in what was taken from the queue, and takes down how it ended.
    async fn count_taken(&self, taken: Taken, queue: &Queue, ledger: &Ledger) {
        let ended = match taken {
            Taken::Source(found) => {
                let ordinal = found.ordinal;
                self.name(ordinal, &found.selected);
                let counting = pin!(self.count_found(found, queue));
                let report = follow(self.recorder(), ordinal, counting).await;
                report.map(|report| (ordinal, report))
            }
            Taken::Range(divided, claim) => {
                self.ranges_open.update(|open| open + 1);
                let counting = pin!(self.count_range(&divided, claim));
                let ended = follow(self.recorder(), divided.ordinal(), counting).await;
                self.ranges_open.update(|open| open - 1);
                ended.map(|report| (divided.ordinal(), report))
            }
            Taken::Empty | Taken::Closed => None,
        };
        if let Some((ordinal, report)) = ended {
            let is_telling = self.job.is_worth_telling(&report);
            ledger.record(ordinal, report, is_telling);
        }
    }

    /// Waits until a task can go on, the queue has news, or somebody wants to stop.
    async fn wait<F: Future<Output = ()>>(
        &self,
        on: &EventLoop,
        tasks: &mut FuturesUnordered<Pin<Box<F>>>,
        queue: Option<(&Queue, bool)>,
    ) {
        let mut news = pin!(async {
            match queue {
                Some((queue, with_ranges)) => queue.news(with_ranges).await,
                None => std::future::pending().await,
            }
        });
        let mut stop = pin!(on.stop(&self.job.open.interrupt));
        std::future::poll_fn(|context| {
            self.enter(Kind::Loop);
            let is_stopping = stop.as_mut().poll(context).is_ready();
            let has_ended = matches!(tasks.poll_next_unpin(context), Poll::Ready(Some(())));
            let is_news = news.as_mut().poll(context).is_ready();
            if is_stopping || has_ended || is_news || self.runnable.get() > 0 {
                return Poll::Ready(());
            }
            self.enter(Kind::Idle);
            Poll::Pending
        })
        .await;
    }

    /// Closes the networks and gives all that was counted.
    pub(crate) fn close(self) -> Tally {
        let mut total = self.total.into_inner();
        for network in self.networks.into_inner() {
            total.merge(&network.close().tally);
        }
        total
    }
}

/// A source that never gave a byte.
fn failed(name: SourceName, fault: Fault) -> SourceReport {
    SourceReport::new(name, Outcome::Failed(fault), 0)
}
