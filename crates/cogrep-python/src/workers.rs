//! Work on several threads, while the thread that called looks for Ctrl-C and tells of the
//! progress.
//!
//! No thread is left when it is done, so that a program may fork between two calls.

use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

/// So often the calling thread looks for Ctrl-C.
const PERIOD: Duration = Duration::from_millis(20);

/// How far the work is, and whether it is to go on.
#[derive(Debug, Default)]
pub(crate) struct Course {
    is_stopped: AtomicBool,
    done: AtomicU64,
}

impl Course {
    /// Whether nobody wants the result any more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Asks the workers to end.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Adds to what is done.
    pub(crate) fn add(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// What is done so far.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// Tells a function of Python how much more is done.
pub(crate) struct Progress<'a, 'py> {
    function: Option<&'a Bound<'py, PyAny>>,
    told: u64,
}

impl<'a, 'py> Progress<'a, 'py> {
    pub(crate) fn new(function: Option<&'a Bound<'py, PyAny>>) -> Self {
        Self { function, told: 0 }
    }

    /// Tells what is done since the last time.
    pub(crate) fn tell(&mut self, done: u64) -> PyResult<()> {
        let more = done - self.told;
        self.told = done;
        match self.function {
            Some(function) if more > 0 => function.call1((more,)).map(drop),
            _ => Ok(()),
        }
    }
}

/// How many threads count, where this many are asked for; 0 are as many as there are cores.
pub(crate) fn threads(asked: usize) -> usize {
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if asked == 0 { cores() } else { asked }
}

/// Does something on this many threads, without the lock of the interpreter, and gives what
/// each of them returned. `watch` is called on this thread in between.
///
/// When it fails, or Ctrl-C is pressed, `stop` asks the threads to end, and the error is
/// returned when they have.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    threads: usize,
    mut watch: impl FnMut() -> PyResult<()>,
    mut stop: impl FnMut(),
    work: impl Fn() -> T + Sync,
) -> PyResult<Vec<T>> {
    thread::scope(|scope| {
        let (running, mut ended) = mpsc::channel::<()>();
        let work = &work;
        let start = |_| {
            let running = running.clone();
            let body = move || {
                let _running = running;
                work()
            };
            thread::Builder::new().name("cogrep".to_owned()).spawn_scoped(scope, body)
        };
        let workers: Vec<_> = (0..threads).map_while(|nth| start(nth).ok()).collect();
        if workers.is_empty() {
            // The system has no threads to give.
            return Ok(vec![py.detach(work)]);
        }
        drop(running);
        let mut watched = Ok(());
        let mut have_ended = || {
            let ended = &mut ended;
            py.detach(move || ended.recv_timeout(PERIOD)) != Err(RecvTimeoutError::Timeout)
        };
        while !have_ended() {
            if watched.is_ok() {
                watched = py.check_signals().and_then(|()| watch());
                if watched.is_err() {
                    stop();
                }
            }
        }
        // Each is at its end: there is nothing to wait for.
        let results = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)));
        let results = results.collect();
        watched.and_then(|()| watch()).map(|()| results)
    })
}
