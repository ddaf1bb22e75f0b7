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

/// One way of running the tasks, and what it took of the system.
type Way = fn(Work, &Clock) -> Option<Switches>;

const TASKS: [char; 4] = ['A', 'B', 'C', 'D'];
const ROUNDS: u32 = 4;
const WAIT: Duration = Duration::from_millis(30);
/// How long a task computes before it waits.
const COMPUTE: Duration = Duration::from_millis(10);

/// What the tasks do between their computations.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    /// They wait, as for a disk or another machine.
    Io,
    /// Nothing: they only compute, and give way where they would wait.
    Cpu,
}

/// Adds up numbers, of which there are so many that it takes some milliseconds of a CPU.
fn compute(numbers: u64) {
    let mut sum = 0_u64;
    for number in 0..numbers {
        sum = black_box(sum.wrapping_add(number));
    }
    black_box(sum);
}

/// How many numbers this machine adds up in the time of [`COMPUTE`].
fn numbers() -> u64 {
    const TRIED: u64 = 200_000;
    let tries = (0..10).map(|_| {
        let start = Instant::now();
        compute(TRIED);
        start.elapsed()
    });
    let best = tries.min().unwrap_or_default().max(Duration::from_micros(1));
    let share = COMPUTE.as_micros() / best.as_micros();
    TRIED * u64::try_from(share).unwrap_or(1).max(1)
}

/// Notes when tasks had the CPU.
struct Clock {
    start: Instant,
    numbers: u64,
    spans: RefCell<Vec<Span>>,
}

impl Clock {
    fn new(start: Instant, numbers: u64) -> Self {
        Self { start, numbers, spans: RefCell::default() }
    }
}

/// A task: it computes and waits in turn, and knows nothing of who runs it.
fn task(name: char, work: Work, clock: &Clock) -> Task<'_> {
    Box::new(generator(async move |mut out| {
        for _ in 0..ROUNDS {
            let start = clock.start.elapsed();
            compute(clock.numbers);
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

/// Each task is made on the thread that runs it, since all of them share one clock here.
fn on_threads(work: Work, clock: &Clock) -> Option<Switches> {
    let (start, numbers) = (clock.start, clock.numbers);
    thread::scope(|scope| {
        let threads = TASKS.map(|name| {
            scope.spawn(move || {
                let clock = Clock::new(start, numbers);
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
fn show(title: &'static str, work: Work, numbers: u64, way: Way) -> (Picture, Option<Switches>) {
    let clock = Clock::new(Instant::now(), numbers);
    let used = way(work, &clock);
    let total = clock.start.elapsed();
    let cell = |value: Option<u128>| value.map_or_else(|| "?".to_owned(), |it| it.to_string());
    println!(
        "{title:12} {:8} {:>8} {:>11} {:>13}",
        total.as_millis(),
        cell(used.map(|it| it.cpu.as_millis())),
        cell(used.map(|it| it.voluntary.into())),
        cell(used.map(|it| it.involuntary.into())),
    );
    (Picture { title, total, spans: clock.spans.into_inner() }, used)
}

/// What to say at the end. Of work that waits, the time counts that it took; of work that
/// only computes, the time that a CPU was busy, which other programs do not change.
fn conclusion(work: Work, ways: &[(Picture, Option<Switches>)]) -> String {
    let took = |way: usize| ways[way].0.total.as_secs_f64();
    match (work, ways[0].1.zip(ways[1].1)) {
        (Work::Io, _) => {
            let faster = took(0) / took(1);
            format!("While one task waits, another computes: {faster:.1} times as fast.")
        }
        (Work::Cpu, None) => NOTHING.to_owned(),
        (Work::Cpu, Some((before, after))) => format!(
            "{NOTHING} A CPU was busy for {} ms, and for {} ms on the event loop.",
            before.cpu.as_millis(),
            after.cpu.as_millis()
        ),
    }
}

const NOTHING: &str = "Nothing waits, so pausing does not speed up work that only computes.";

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
    let numbers = numbers();
    println!(
        "{:12} {:>8} {:>8} {:>11} {:>13}",
        "", "total ms", "CPU ms", "voluntary", "involuntary"
    );
    let ways: [(&'static str, Way); 3] =
        [("one by one", one_by_one), ("event loop", on_the_loop), ("threads", on_threads)];
    let ways = ways.map(|(title, way)| show(title, work, numbers, way));
    println!("{}", conclusion(work, &ways));
    if let Some(path) = picture {
        fs::write(path, svg(&ways.map(|(picture, _)| picture)))?;
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
