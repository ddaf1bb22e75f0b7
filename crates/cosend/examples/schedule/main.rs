//! `schedule [--work io|cpu] [--svg FILE]`: four tasks that compute and wait, run
//! one after the other, together on an event loop, and on threads.
//!
//! The tasks are the same in all three; only who decides differs. One by one,
//! nobody does: the CPU idles while each task waits. On the event loop each task
//! gives way of its own accord. On threads the operating system decides.

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use cosend::generator;

mod event_loop;
mod picture;
mod switches;

use event_loop::{EventLoop, Task, Wait};
use picture::{Picture, Span, svg};
use switches::Switches;

const TASKS: [char; 4] = ['A', 'B', 'C', 'D'];
const ROUNDS: u32 = 4;
const WAIT: Duration = Duration::from_millis(30);

/// What the tasks do between their computations.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    /// They wait, as for a disk or another machine.
    Io,
    /// Nothing: they only compute, and give way where they would wait.
    Cpu,
}

/// Adds a million numbers: some milliseconds of a CPU.
fn compute() {
    let mut sum = 0_u64;
    for number in 0..1_000_000_u64 {
        sum = black_box(sum.wrapping_add(number));
    }
    black_box(sum);
}

/// Notes when tasks had the CPU.
struct Clock {
    start: Instant,
    spans: RefCell<Vec<Span>>,
}

impl Clock {
    fn new(start: Instant) -> Self {
        Self { start, spans: RefCell::default() }
    }
}

/// A task: it computes and waits in turn, and knows nothing of who runs it.
fn task(name: char, work: Work, clock: &Clock) -> Task<'_> {
    Box::new(generator(async move |mut out| {
        for _ in 0..ROUNDS {
            let start = clock.start.elapsed();
            compute();
            let end = clock.start.elapsed();
            clock.spans.borrow_mut().push(Span { task: name, start, end });
            out.yield_(Wait(if work == Work::Io { WAIT } else { Duration::ZERO })).await;
        }
    }))
}

/// Runs one task alone: whoever waits for it waits for its waits too.
fn run_alone(task: Task<'_>) {
    for Wait(duration) in task {
        if !duration.is_zero() {
            thread::sleep(duration);
        }
    }
}

fn one_by_one(work: Work, clock: &Clock) -> Option<Switches> {
    let before = Switches::of_this_thread();
    for name in TASKS {
        run_alone(task(name, work, clock));
    }
    Switches::since(before)
}

fn on_the_loop(work: Work, clock: &Clock) -> Option<Switches> {
    let before = Switches::of_this_thread();
    let mut tasks = EventLoop::default();
    for name in TASKS {
        tasks.spawn(task(name, work, clock));
    }
    tasks.run();
    Switches::since(before)
}

/// Each task is made on the thread that runs it: a coroutine does not change threads.
fn on_threads(work: Work, clock: &Clock) -> Option<Switches> {
    let start = clock.start;
    thread::scope(|scope| {
        let threads = TASKS.map(|name| {
            scope.spawn(move || {
                let clock = Clock::new(start);
                let before = Switches::of_this_thread();
                run_alone(task(name, work, &clock));
                (Switches::since(before), clock.spans.into_inner())
            })
        });
        let mut total = Some(Switches::default());
        for thread in threads {
            let (switches, spans) = match thread.join() {
                Ok(it) => it,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            total = total.zip(switches).map(|(total, switches)| total + switches);
            clock.spans.borrow_mut().extend(spans);
        }
        total
    })
}

/// Runs the tasks in one way, and tells how it went.
#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn show(title: &'static str, work: Work, way: fn(Work, &Clock) -> Option<Switches>) -> Picture {
    let clock = Clock::new(Instant::now());
    let switches = way(work, &clock);
    let total = clock.start.elapsed();
    match switches {
        Some(Switches { voluntary, involuntary }) => {
            println!("{title:12} {:8} {voluntary:11} {involuntary:13}", total.as_millis());
        }
        None => println!("{title:12} {:8} {:>11} {:>13}", total.as_millis(), "?", "?"),
    }
    Picture { title, total, spans: clock.spans.into_inner() }
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn run() -> Result<(), Box<dyn Error>> {
    let (mut work, mut picture) = (Work::Io, None);
    let mut arguments = env::args().skip(1);
    while let Some(option) = arguments.next() {
        match (option.as_str(), arguments.next().as_deref()) {
            ("--work", Some("io")) => work = Work::Io,
            ("--work", Some("cpu")) => work = Work::Cpu,
            ("--svg", Some(path)) => picture = Some(path.to_owned()),
            _ => return Err("usage: schedule [--work io|cpu] [--svg FILE]".into()),
        }
    }
    println!("{:12} {:>8} {:>11} {:>13}", "", "total ms", "voluntary", "involuntary");
    let pictures = [
        show("one by one", work, one_by_one),
        show("event loop", work, on_the_loop),
        show("threads", work, on_threads),
    ];
    let faster = pictures[0].total.as_secs_f64() / pictures[1].total.as_secs_f64();
    match work {
        Work::Io => println!("While one task waits, another computes: {faster:.1} times as fast."),
        Work::Cpu => println!(
            "Nothing waits, so there is nothing to gain ({faster:.1} times as fast): \
             pausing does not speed up work that only computes."
        ),
    }
    if let Some(path) = picture {
        fs::write(path, svg(&pictures))?;
    }
    Ok(())
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("schedule: {error}");
            ExitCode::FAILURE
        }
    }
}
