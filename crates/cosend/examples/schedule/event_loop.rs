//! A scheduler for coroutines, whole: an event loop that runs one task at a time,
//! until the task itself gives way.
//!
//! The operating system schedules threads; nobody schedules coroutines but a
//! program like this one. A task is a generator: it computes, and when it must
//! wait it yields how long. The loop puts it to sleep and takes another. There are
//! no locks, since no two tasks ever run at once, and no preemption: a task that
//! never yields keeps all others from running.
//!
//! Real loops wait for sockets beside the clock (with `epoll` and its kin); the
//! rest of them is this.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

/// What a task yields: how long it has to wait.
pub(crate) struct Wait(pub(crate) Duration);

/// A suspended computation that says at each pause what it waits for.
pub(crate) type Task<'a> = Box<dyn Iterator<Item = Wait> + 'a>;

/// Runs tasks, each until it waits, as long as there are any.
#[derive(Default)]
pub(crate) struct EventLoop<'a> {
    tasks: Vec<Task<'a>>,
    /// Tasks that can go on, in the order in which they became ready.
    ready: VecDeque<usize>,
    /// Tasks that wait, the one that wakes first on top.
    sleeping: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl<'a> EventLoop<'a> {
    /// Adds a task, which is ready to run.
    pub(crate) fn spawn(&mut self, task: Task<'a>) {
        self.ready.push_back(self.tasks.len());
        self.tasks.push(task);
    }

    /// Runs until every task is over.
    pub(crate) fn run(&mut self) {
        loop {
            self.wake();
            if let Some(task) = self.ready.pop_front() {
                self.step(task);
            } else if let Some(Reverse((next, _))) = self.sleeping.peek() {
                // Nobody can run: now the whole program may sleep.
                thread::sleep(next.saturating_duration_since(Instant::now()));
            } else {
                return;
            }
        }
    }

    /// Runs one task until it waits or ends.
    fn step(&mut self, task: usize) {
        if let Some(Wait(duration)) = self.tasks[task].next() {
            self.sleeping.push(Reverse((Instant::now() + duration, task)));
        }
    }

    /// Makes those ready whose time has come.
    fn wake(&mut self) {
        let now = Instant::now();
        while let Some(&Reverse((time, task))) = self.sleeping.peek() {
            if time > now {
                break;
            }
            self.sleeping.pop();
            self.ready.push_back(task);
        }
    }
}
