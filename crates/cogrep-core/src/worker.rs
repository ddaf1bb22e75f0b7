//! One worker: it counts in sources, each through a network that serves one source
//! after the other.

use std::cell::{Cell, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cogrep_match::Tally;
use cogrep_source::{Chunk, EventLoop, Fault, Outcome, Selected, SourceName, Text};
use cosend::Sink;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::beside::{Findings, beside};
use crate::job::Job;
use crate::ledger::Ledger;
use crate::network::Network;
use crate::progress::Progress;
use crate::queue::{Queue, Taken};
use crate::recorder::{Recorder, follow};
use crate::report::SourceReport;
use crate::timeline::Kind;

/// So many sources of a worker wait for a disk at most: enough to keep all threads
/// that may wait busy while others are counted in.
const ON_THE_WAY: usize = 2 * EventLoop::DEPTH;

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

    /// Counts in the source that is at this place among all.
    async fn count_recorded(&self, ordinal: u64, selected: Selected) -> SourceReport {
        if let Some(recorder) = &self.recorder {
            let (Ok(name) | Err((name, _))) = &selected;
            recorder.name(ordinal, name);
        }
        follow(self.recorder(), ordinal, self.count(selected)).await
    }

    /// Counts in one source, on the spot.
    pub(crate) fn count_now(&self, ordinal: u64, selected: Selected) -> SourceReport {
        let counting = pin!(self.count_recorded(ordinal, selected));
        match counting.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(report) => report,
            Poll::Pending => unreachable!("a worker without a loop waits on the spot"),
        }
    }

    /// Counts in one source; gives way to others after each chunk.
    async fn count(&self, selected: Selected) -> SourceReport {
        let name = match selected {
            Ok(name) => name,
            Err((name, fault)) => return failed(name, fault),
        };
        let mut text = match Text::begin(&name, &self.job.open, self.event_loop.clone()).await {
            Ok(text) => text,
            Err(fault) => return failed(name, fault),
        };
        let is_stream = text.is_stream();
        self.streams.update(|streams| streams + usize::from(is_stream));
        let mut chunk = self.chunk.take();
        let mut network = None;
        let mut beside = match beside(self.job, &name) {
            Ok(beside) => beside,
            Err(fault) => return failed(name, fault),
        };
        let mut sent = Ok(());
        while sent.is_ok() {
            self.enter(Kind::Read);
            text.fetch(&mut chunk).await;
            self.enter(Kind::Count);
            let network = network.get_or_insert_with(|| self.network());
            // Either ends of itself when it has enough; the text is read for the other.
            sent = (network, &mut beside).send(&chunk);
            if let Some(progress) = self.job.progress {
                progress.add_text(chunk.bytes().len() as u64);
            }
            if chunk.is_last() {
                break;
            }
            if is_stream && let Some(event_loop) = &self.event_loop {
                event_loop.take_back(&mut chunk);
            }
            self.enter(Kind::Loop);
            self.give_way().await;
        }
        let text_bytes = chunk.offset() + chunk.bytes().len() as u64;
        self.put_back(chunk);
        self.streams.update(|streams| streams - usize::from(is_stream));

        let mut stopped_by = None;
        let mut counts = None;
        if let Some(mut network) = network {
            // Stages from elsewhere serve one text only: they need not know of others.
            let is_spent = self.job.extension.is_some() || network.has_stopped() || sent.is_err();
            if self.job.by_source || is_spent {
                let tally = network.finish().unwrap_or_default();
                stopped_by = network.take_fault();
                counts = self.job.by_source.then(|| self.job.plan.totals(&tally));
                self.total.borrow_mut().merge(&tally);
            } else {
                self.networks.borrow_mut().push(network);
            }
        }
        let outcome = match stopped_by {
            Some(fault) => Outcome::Partial(fault),
            // A stage has had enough: nothing is missing of what it wants.
            None if sent.is_err() => Outcome::Complete,
            None => text.outcome(),
        };
        if let Some(progress) = self.job.progress {
            progress.add_source();
        }
        let Findings { places, parts, dispersion } = beside.close();
        let report = SourceReport::new(name, outcome, text_bytes);
        SourceReport { counts, places, parts, dispersion, ..report }
    }

    fn network(&self) -> Network {
        let spare = self.networks.borrow_mut().pop();
        spare.unwrap_or_else(|| {
            let live = self.job.progress.and_then(Progress::live_tally);
            let Job { plan, patterns, max_line_bytes, .. } = *self.job;
            let network = Network::watched(plan, patterns, max_line_bytes, live);
            match self.job.extension {
                Some(extension) => network.extended(extension),
                None => network,
            }
        })
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
            match if has_room { queue.take() } else { Taken::Empty } {
                Taken::Source(found) => {
                    let mut task = Box::pin(async move {
                        let report = self.count_recorded(found.ordinal, found.selected).await;
                        let is_telling = self.job.is_worth_telling(&report);
                        ledger.record(found.ordinal, report, is_telling);
                    });
                    // Most end here, their text being in memory: the rest become tasks.
                    if task.as_mut().poll(&mut awake).is_pending() {
                        tasks.push(task);
                    }
                }
                Taken::Closed if tasks.is_empty() => return,
                taken if self.runnable.get() == 0 => {
                    let awaited = has_room && matches!(taken, Taken::Empty);
                    self.wait(on, &mut tasks, awaited.then_some(queue)).await;
                    waited = Instant::now();
                }
                _ => {}
            }
            if waited.elapsed() > PATIENCE {
                // Long enough for others to have become ready.
                tokio::task::yield_now().await;
                waited = Instant::now();
            }
        }
    }

    /// Waits until a task can go on, the queue has news, or somebody wants to stop.
    async fn wait<F: Future<Output = ()>>(
        &self,
        on: &EventLoop,
        tasks: &mut FuturesUnordered<Pin<Box<F>>>,
        queue: Option<&Queue>,
    ) {
        let mut news = pin!(async {
            match queue {
                Some(queue) => queue.news().await,
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
            total.merge(&network.close());
        }
        total
    }
}

/// A source that never gave a byte.
fn failed(name: SourceName, fault: Fault) -> SourceReport {
    SourceReport::new(name, Outcome::Failed(fault), 0)
}
