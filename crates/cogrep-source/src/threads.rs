//! Threads that may wait: what a loop has blocking calls made on.
//!
//! They start when there is work for them, up to a number, and as many as the system gives.
//! Where it gives none, the work is done by the thread that asks for it: others wait
//! meanwhile, and nothing is lost.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

/// The stack of a thread that only waits for system calls.
const STACK_BYTES: usize = 256 << 10;

type Work = Box<dyn FnOnce() + Send>;

/// A number of threads, which end when this is dropped and they have nothing to do. One that
/// hangs in a system call is not waited for.
pub(crate) struct Threads {
    most: usize,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Work>,
    /// How many there are, and how many of them have nothing to do.
    threads: usize,
    idle: usize,
    is_closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Threads {
    /// At most this many; none is started yet.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, shared: Arc::default() }
    }

    /// Has this done by one of the threads, as soon as one is free; here and at once, where
    /// there are none and none can be had.
    pub(crate) fn run(&self, work: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.lock();
        state.queue.push_back(Box::new(work));
        if state.idle >= state.queue.len() {
            drop(state);
            self.shared.news.notify_one();
        } else if state.threads < self.most {
            state.threads += 1;
            drop(state);
            self.start();
        }
    }

    /// Starts a thread that was counted.
    fn start(&self) {
        let thread = Thread(Arc::clone(&self.shared));
        let started = Builder::new()
            .name("wait".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || thread.work());
        if started.is_err() {
            // What was to be moved into it was dropped, and so it is not counted any more.
            self.do_here();
        }
    }

    /// Does all that is to be done, unless there are threads for it.
    fn do_here(&self) {
        let mut state = self.shared.lock();
        while state.threads == 0
            && let Some(work) = state.queue.pop_front()
        {
            drop(state);
            work();
            state = self.shared.lock();
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_closed = true;
        state.queue.clear();
        drop(state);
        self.shared.news.notify_all();
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").field("most", &self.most).finish_non_exhaustive()
    }
}

/// A thread, which is counted for as long as this exists.
struct Thread(Arc<Shared>);

impl Thread {
    fn work(self) {
        loop {
            let mut state = self.0.lock();
            let work = loop {
                if let Some(work) = state.queue.pop_front() {
                    break work;
                }
                if state.is_closed {
                    return;
                }
                state.idle += 1;
                state = self.0.news.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            };
            drop(state);
            // Who waits for it sees that there is no answer; the message was printed.
            let _ = catch_unwind(AssertUnwindSafe(work));
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.0.lock().threads -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    #[test]
    fn work_is_done_by_no_more_threads_than_allowed() {
        let threads = Threads::new(3);
        let (done, results) = channel();
        for number in 0..100 {
            let done = done.clone();
            threads.run(move || done.send((number, thread::current().id())).unwrap());
        }
        drop(done);
        let mut results: Vec<_> = results.into_iter().collect();
        results.sort_by_key(|(number, _)| *number);
        assert!(results.iter().map(|(number, _)| *number).eq(0..100));
        let mut ids: Vec<_> = results.into_iter().map(|(_, id)| format!("{id:?}")).collect();
        ids.sort();
        ids.dedup();
        assert!(ids.len() <= 3, "{ids:?}");
    }

    #[test]
    fn work_is_done_here_where_there_is_no_thread() {
        let threads = Threads::new(usize::MAX);
        let here = thread::current().id();
        let (done, results) = channel();
        {
            // As if the system had given none.
            let mut state = threads.shared.lock();
            state.queue.push_back(Box::new(move || done.send(thread::current().id()).unwrap()));
            state.threads = 0;
        }
        threads.do_here();
        assert_eq!(results.recv(), Ok(here));
    }

    #[test]
    fn a_panic_ends_no_other_work() {
        let threads = Threads::new(1);
        let (done, results) = channel();
        threads.run(|| panic!("a panic that a test makes"));
        threads.run(move || done.send(()).unwrap());
        assert!(results.recv().is_ok());
    }
}
