//! The event loop of a worker: many sources that wait, and one that is counted in.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cogrep_source::EventLoop;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::super::ledger::Ledger;
use super::super::queue::{Found, Queue, Taken};
use super::{Raised, Worker};
use crate::report::SourceReport;
use crate::trace::Activity;
use crate::trace::recorder::follow;

/// At most this many sources of a worker wait for a disk: enough to keep all threads that
/// may wait busy while others are counted in.
const SOURCES_IN_FLIGHT: usize = 4 * EventLoop::DEPTH;

/// At most this many ranges of large sources are counted in at once: while one waits for
/// the disk, the other goes on. Each has counts of its own, which can be many.
const RANGES_IN_FLIGHT: usize = 2;

/// After this long the event loop looks which sources can go on.
const COUNTING_TIMEOUT: Duration = Duration::from_millis(2);

/// Hands a task what it is to count in, and tells whether it has done so at once.
#[derive(Default)]
struct Turn {
    next: Cell<Option<Taken>>,
    /// A task has its first turn at `next`.
    is_first: Cell<bool>,
}

impl Worker<'_, Rc<EventLoop>> {
    /// Takes sources from the queue until there will be no more.
    pub(in crate::run) async fn run(&self, queue: &Queue, ledger: &Ledger) {
        let turn = Turn::default();
        let mut tasks = FuturesUnordered::new();
        // A task that can take what comes next.
        let mut idle = None;
        let mut waited = Instant::now();
        // A task that did not suspend needs no wake-up: a waker that does nothing saves a
        // system call a chunk.
        let mut awake = Context::from_waker(Waker::noop());
        loop {
            if self.job.open.interrupt.is_requested() {
                queue.stop();
            }
            while !tasks.is_empty()
                && let Poll::Ready(Some(())) = tasks.poll_next_unpin(&mut awake)
            {}

            let files = self.schedule.files;
            let has_room = tasks.len() < files
                && tasks.len() - self.streams.get() < SOURCES_IN_FLIGHT.min(files);
            let wants_range = self.wants_range();
            match if has_room { queue.take(wants_range) } else { Taken::Empty } {
                Taken::Closed if tasks.is_empty() => return,
                taken @ (Taken::Source(_) | Taken::Range(..) | Taken::Part(..)) => {
                    turn.next.set(Some(taken));
                    turn.is_first.set(true);
                    let begin = || Box::pin(self.count_next(&turn, queue, ledger));
                    let mut task = idle.take().unwrap_or_else(begin);
                    // Most do it at once, the text being in memory: the rest wait with others.
                    if task.as_mut().poll(&mut awake).is_pending() && turn.is_first.take() {
                        tasks.push(task);
                    } else {
                        idle = Some(task);
                    }
                }
                taken if self.runnable.get() == 0 => {
                    self.wait.flush(&self.job.open.interrupt);
                    let awaited = has_room && matches!(taken, Taken::Empty);
                    let queue = awaited.then_some((queue, wants_range));
                    self.wait(&mut tasks, queue).await;
                    waited = Instant::now();
                }
                _ => {}
            }
            if waited.elapsed() > COUNTING_TIMEOUT {
                // Long enough for others to have become ready, and for files that wait to
                // be opened with others: a source that goes on may do so for ever.
                self.wait.flush(&self.job.open.interrupt);
                tokio::task::yield_now().await;
                waited = Instant::now();
            }
        }
    }

    /// Whether another range may be taken: where one can go on, it goes first.
    fn wants_range(&self) -> bool {
        let open = self.ranges_open.get();
        open == 0 || (open < RANGES_IN_FLIGHT && self.runnable.get() == 0)
    }

    /// Counts in what it is handed, as long as it can do so in its first turn; where it had to
    /// wait it ends. So a task is not made for each source: it has kilobytes, and to move these
    /// to their place is a part of the time of a small file that shows.
    async fn count_next(&self, turn: &Turn, queue: &Queue, ledger: &Ledger) {
        while let Some(taken) = turn.next.take() {
            self.count_taken(taken, queue, ledger).await;
            if !turn.is_first.take() {
                return;
            }
            let mut is_over = true;
            let next_turn = |_: &mut Context<'_>| {
                if std::mem::take(&mut is_over) { Poll::Pending } else { Poll::Ready(()) }
            };
            std::future::poll_fn(next_turn).await;
        }
    }

    /// Counts in what was taken from the queue, and records how it ended.
    async fn count_taken(&self, taken: Taken, queue: &Queue, ledger: &Ledger) {
        let is_reported = |report: &SourceReport| self.job.is_worth_reporting(report);
        match taken {
            Taken::Source(Found { ordinal, selected }) => {
                self.name(ordinal, &selected);
                let is_left = Cell::new(false);
                let decide = |divided: Option<_>| {
                    is_left.set(divided.is_some());
                    queue.decide(ordinal, divided);
                    is_left.get()
                };
                let take = |report| {
                    let reported = is_reported(&report);
                    ledger.member(ordinal, report, reported);
                };
                let counting = pin!(self.count_source(ordinal, selected, decide, &take));
                let report = follow(self.recorder.as_deref(), ordinal, counting).await;
                if !is_left.get() {
                    let report = report.map(|report| {
                        let reported = is_reported(&report);
                        (report, reported)
                    });
                    ledger.end(ordinal, report);
                }
            }
            Taken::Range(divided, claim) => {
                let _open = Raised::new(&self.ranges_open);
                let ordinal = divided.ordinal();
                let counting = pin!(self.count_range(&divided, claim));
                if let Some(report) = follow(self.recorder.as_deref(), ordinal, counting).await {
                    let reported = is_reported(&report);
                    ledger.end(ordinal, Some((report, reported)));
                }
            }
            Taken::Part(archive, number) => {
                let _open = Raised::new(&self.ranges_open);
                let mut counting =
                    Box::pin(self.count_shared(&archive, number, ledger, is_reported));
                follow(self.recorder.as_deref(), archive.ordinal, counting.as_mut()).await;
            }
            Taken::Empty | Taken::Closed => {}
        }
    }

    /// Waits until a task can go on, the queue has news, or a stop is requested.
    async fn wait<F: Future<Output = ()>>(
        &self,
        tasks: &mut FuturesUnordered<Pin<Box<F>>>,
        queue: Option<(&Queue, bool)>,
    ) {
        let mut news = pin!(async {
            match queue {
                Some((queue, with_ranges)) => queue.news(with_ranges).await,
                None => std::future::pending().await,
            }
        });
        let mut stop = pin!(self.wait.stop(&self.job.open.interrupt));
        std::future::poll_fn(|context| {
            self.enter(Activity::Loop);
            let is_stopping = stop.as_mut().poll(context).is_ready();
            let has_ended = matches!(tasks.poll_next_unpin(context), Poll::Ready(Some(())));
            let is_news = news.as_mut().poll(context).is_ready();
            if is_stopping || has_ended || is_news || self.runnable.get() > 0 {
                return Poll::Ready(());
            }
            self.enter(Activity::Idle);
            Poll::Pending
        })
        .await;
    }
}
