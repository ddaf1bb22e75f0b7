//! Workers on several cores, each with an event loop. They share the plan, the queue of what
//! is to be read, and the ledger.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

use cogrep_match::Tally;
use cogrep_source::{EventLoop, Rule, SourceName, Trace};
use tokio::runtime::{self, Runtime};

use super::Counted;
use super::ledger::Ledger;
use super::queue::Queue;
use super::worker::Worker;
use crate::job::Job;
use crate::report::SourceReport;
use crate::schedule::Schedule;
use crate::trace::Activity;
use crate::trace::recorder::{Recorder, Walking};

/// What a job's threads share.
struct Shared<'a> {
    job: &'a Job<'a>,
    schedule: &'a Schedule,
    queue: Queue,
    ledger: Ledger,
    /// How many sources there were before each input, where a walk by many threads mixes
    /// those of one.
    starts: Mutex<Vec<u64>>,
    /// The number of workers that have not left.
    working: AtomicUsize,
}

/// Runs a job on this many workers, while another thread walks through the inputs.
///
/// `take` gets the reports that are worth it, in the order of the sources. Gives what was
/// counted, and how many workers there were.
///
/// # Errors
///
/// When the system has no thread or no event loop to give; nothing was read then.
pub(crate) fn run(
    job: &Job<'_>,
    schedule: &Schedule,
    workers: NonZeroUsize,
    take: &mut impl FnMut(SourceReport),
) -> io::Result<(Counted, usize)> {
    let shared = Shared {
        job,
        schedule,
        queue: Queue::default(),
        ledger: Ledger::default(),
        starts: Mutex::default(),
        working: AtomicUsize::new(workers.get()),
    };
    let mut unordered = Vec::new();
    let mut members_left_out = BTreeMap::new();
    let (tally, started) = thread::scope(|scope| {
        let handles = start(scope, &shared, workers)?;
        let started = handles.len();
        loop {
            let reports = shared.ledger.next();
            if reports.is_empty() {
                break;
            }
            if schedule.walks_in_parallel {
                unordered.extend(reports);
            } else {
                reports.into_iter().for_each(&mut *take);
            }
            if job.open.interrupt.is_requested() {
                shared.queue.stop();
            }
        }
        let mut total = Tally::new();
        for handle in handles {
            match handle.join() {
                Ok((tally, left_out)) => {
                    total.merge(&tally);
                    add(&mut members_left_out, &left_out);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        io::Result::Ok((total, started))
    })?;
    let sums = shared.ledger.sums();
    sort(&mut unordered, &shared.starts.into_inner().unwrap_or_else(PoisonError::into_inner));
    unordered.into_iter().for_each(take);
    Ok(((tally, members_left_out, sums), started))
}

fn add(all: &mut BTreeMap<Rule, u64>, some: &BTreeMap<Rule, u64>) {
    for (rule, count) in some {
        *all.entry(*rule).or_insert(0) += count;
    }
}

/// Puts reports in the order in which one thread would have found the sources: by input, by
/// name in each folder, and the members of a container in their order before its own end.
fn sort(reports: &mut [SourceReport], starts: &[u64]) {
    let input = |report: &SourceReport| starts.partition_point(|start| *start <= report.ordinal);
    let source = |report: &SourceReport| {
        let mut name = &report.name;
        while let SourceName::Member(member) = name {
            name = member.container();
        }
        name.clone()
    };
    reports.sort_by_cached_key(|report| (input(report), source(report), report.member));
}

/// Starts the walk, and the workers: fewer, where the system has no more threads to give.
fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    shared: &'env Shared<'env>,
    workers: NonZeroUsize,
) -> io::Result<Vec<ScopedJoinHandle<'scope, Left>>> {
    let walk = || {
        let _closing = Closing(&shared.queue);
        if shared.schedule.walks_in_parallel {
            walk_parallel(shared);
        } else {
            let recorder = shared.job.timeline.map(Recorder::for_walk);
            let sources = shared.job.sources();
            let mut found = Walking { sources, recorder: recorder.as_ref(), then: Activity::Idle };
            found.all(|source| shared.queue.put([source]));
        }
    };
    Builder::new().name("walk".into()).spawn_scoped(scope, walk)?;
    let mut handles = Vec::new();
    let mut failure = None;
    for number in 0..workers.get() {
        let started = runtime().and_then(|runtime| {
            let work = move || work(shared, &runtime, number);
            Builder::new().name("worker".into()).spawn_scoped(scope, work)
        });
        match started {
            Ok(handle) => handles.push(handle),
            Err(error) => {
                // Those that are at work do not wait for it.
                drop(Leaving(shared));
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(error) if handles.is_empty() => {
            shared.queue.stop();
            Err(error)
        }
        _ => Ok(handles),
    }
}

/// Closes the queue when the walk ends, also by a panic.
struct Closing<'a>(&'a Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Finds the sources with several threads, which mixes those of one input.
fn walk_parallel(Shared { job, queue, starts, .. }: &Shared<'_>) {
    let walkers = cogrep_source::walkers();
    for input in job.inputs {
        starts.lock().unwrap_or_else(PoisonError::into_inner).push(queue.put_count());
        let put = |sources| queue.put(sources);
        job.selection.walk_parallel(input, &*job.open.backend, walkers, &put);
        if queue.is_closed() {
            break;
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_io().build()
}

/// What a worker leaves: what it counted, and how many members of containers it left out.
type Left = (Tally, BTreeMap<Rule, u64>);

/// What one worker does, from its start to its end.
fn work(shared: &Shared<'_>, runtime: &Runtime, number: usize) -> Left {
    let _leaving = Leaving(shared);
    let Shared { job, schedule, queue, ledger, .. } = shared;
    let recorder = job
        .timeline
        .map(|timeline| Rc::new(Recorder::new(timeline, format!("core {}", number + 1), true)));
    let trace = recorder.clone().map(|recorder| recorder as Rc<dyn Trace>);
    let worker = runtime.block_on(async {
        let event_loop = EventLoop::new(job.open.io, &job.open.interrupt).with_trace(trace);
        let event_loop = Rc::new(event_loop);
        let worker = Worker::new(job, schedule, Rc::clone(&event_loop), recorder);
        worker.run(queue, ledger).await;
        worker
    });
    worker.close()
}

/// Notes that a worker leaves, also by a panic.
struct Leaving<'a>(&'a Shared<'a>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let Shared { queue, ledger, working, .. } = self.0;
        if thread::panicking() {
            queue.stop();
        }
        if working.fetch_sub(1, Ordering::AcqRel) == 1 {
            ledger.close();
        }
    }
}
