//! The fault matrix: whatever the system refuses, whatever is read and whatever is written,
//! the counts are right, or the program says what went wrong, and no file is half written.
//!
//! A cell is one operation that fails in one way while one thing is done. `strace` makes the
//! system calls fail, the shell sets the limits. Without `COGREP_THOROUGH=1` one cell in ten
//! is tried, and one place in it.

mod judge;
mod run;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cogrep_testing::{is_thorough, share, skip};

use self::judge::judge;
use self::run::{Bench, Means, can_run};

/// What is done while something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    File,
    Folder,
    Pipe,
    Compressed,
    Saved,
    Report,
}

const SUBJECTS: [Subject; 6] = [
    Subject::File,
    Subject::Folder,
    Subject::Pipe,
    Subject::Compressed,
    Subject::Saved,
    Subject::Report,
];

impl Subject {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::File => &["love", "file"],
            Self::Folder => &["love", "folder"],
            Self::Pipe => &["love", "-"],
            Self::Compressed => &["love", "packed"],
            Self::Saved => &["love", "file", "--save=saved"],
            Self::Report => &["love", "file", "--report=page.html"],
        }
    }

    /// What is read, as a message names it.
    fn input(self) -> &'static str {
        match self {
            Self::File | Self::Saved | Self::Report => "file",
            Self::Folder => "folder",
            Self::Pipe => "-:",
            Self::Compressed => "packed",
        }
    }

    /// The file that is written, besides standard output.
    fn output(self) -> Option<&'static str> {
        match self {
            Self::Saved => Some("saved"),
            Self::Report => Some("page.html"),
            _ => None,
        }
    }
}

/// What the system is asked for, and the calls that ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Open,
    Read,
    Write,
    Fsync,
    Rename,
    Close,
    Thread,
    Memory,
    Descriptors,
    Signal,
}

const OPERATIONS: [Operation; 10] = [
    Operation::Open,
    Operation::Read,
    Operation::Write,
    Operation::Fsync,
    Operation::Rename,
    Operation::Close,
    Operation::Thread,
    Operation::Memory,
    Operation::Descriptors,
    Operation::Signal,
];

impl Operation {
    /// A question mark is before what only some processors have.
    fn calls(self) -> &'static str {
        match self {
            Self::Open => "?open,openat,openat2",
            Self::Read => "read,pread64,readv,preadv,preadv2,getdents64",
            Self::Write => "write,pwrite64,writev",
            Self::Fsync => "fsync,fdatasync",
            Self::Rename => "?rename,renameat,renameat2",
            Self::Close => "close",
            Self::Thread => "clone,clone3",
            // brk has no error numbers: it gives the old end, which a limit of memory makes it do.
            Self::Memory => "mmap,mremap,mprotect",
            Self::Descriptors => "?pipe,pipe2,socketpair,epoll_create1,eventfd2,fcntl,epoll_ctl",
            Self::Signal => "rt_sigaction",
        }
    }

    /// The calls that a signal comes in the middle of.
    fn interrupted_calls(self) -> String {
        match self {
            Self::Signal => [Self::Open, Self::Read, Self::Write, Self::Fsync, Self::Rename]
                .map(Self::calls)
                .join(","),
            other => other.calls().to_owned(),
        }
    }
}

/// How it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Error(&'static str),
    /// Less is given than was asked for.
    Short,
    /// The program is killed in the middle of it.
    Killed,
}

const FAULTS: [Fault; 7] = [
    Fault::Error("EINTR"),
    Fault::Error("EIO"),
    Fault::Error("ENOSPC"),
    Fault::Error("EMFILE"),
    Fault::Error("EAGAIN"),
    Fault::Short,
    Fault::Killed,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    operation: Operation,
    fault: Fault,
    subject: Subject,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Error(name) => name,
            Fault::Short => "short",
            Fault::Killed => "killed",
        };
        write!(f, "{:?} x {fault} x {:?}", self.operation, self.subject)
    }
}

/// Every cell, or in a quick run one in ten: of the subjects each in turn.
fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for operation in OPERATIONS {
        for fault in FAULTS {
            cells.extend(SUBJECTS.map(|subject| Cell { operation, fault, subject }));
        }
    }
    // It has no divisor in common with the numbers of faults and subjects, so that each occurs.
    let step = if is_thorough() { 1 } else { 11 };
    cells.into_iter().step_by(step).collect()
}

/// How many places of a cell are tried.
fn places() -> usize {
    share(10)
}

/// The numbers of the calls that are made to fail: the last, and others evenly before it.
fn chosen(first: usize, last: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = (last + 1).saturating_sub(first);
    let most = most.min(count);
    (1..=most).map(move |nth| first + count * nth / most - 1)
}

/// The ways in which a cell is tried. None, where there is nothing that could fail.
fn means(cell: Cell, bench: &Bench) -> Vec<Means> {
    let calls = cell.operation.calls();
    let inject = |calls: &str, what: &str, is_from_on: bool| {
        let (first, last) = bench.numbers(cell.subject, calls);
        let end = if is_from_on { "+" } else { "" };
        chosen(first, last, places())
            .map(|number| Means::inject(calls, format!("{what}:when={number}{end}")))
            .collect::<Vec<_>>()
    };
    match (cell.fault, cell.operation) {
        (Fault::Killed, operation) => {
            inject(&operation.interrupted_calls(), "signal=SIGKILL", false)
        }
        (Fault::Short, Operation::Read) => vec![Means::ShortRead],
        // The system took three bytes.
        (Fault::Short, Operation::Write) => inject(calls, "retval=3", false)
            .into_iter()
            .chain(
                ["trap '' XFSZ; ulimit -f 0", "ulimit -f 0"].map(|it| Means::Limit(it.to_owned())),
            )
            .collect(),
        (Fault::Short, Operation::Thread) => inject(calls, "error=EAGAIN", true),
        (Fault::Short, Operation::Memory) => {
            let sizes = (0..56).map(|step| 4000 + step * 4000);
            let sizes = sizes.step_by(if is_thorough() { 1 } else { 11 });
            let limits = sizes.map(|kib| format!("ulimit -v {kib}"));
            limits.filter(|limit| bench.is_started(limit)).map(Means::Limit).collect()
        }
        (Fault::Short, Operation::Descriptors) => {
            let numbers = (6..=40).step_by(if is_thorough() { 2 } else { 17 });
            numbers.map(|number| Means::Limit(format!("ulimit -n {number}"))).collect()
        }
        (Fault::Short, Operation::Signal) => {
            inject(&cell.operation.interrupted_calls(), "signal=SIGTERM", false)
        }
        (Fault::Short, _) => Vec::new(),
        // A signal that nothing listens to: what it interrupts goes on by itself.
        (Fault::Error("EINTR"), Operation::Signal) => {
            inject(&cell.operation.interrupted_calls(), "signal=SIGWINCH", false)
        }
        (Fault::Error(error), _) => {
            let what = format!("error={error}");
            let mut means = inject(calls, &what, false);
            // Such an error means that it is worth trying again: a program may do so for ever.
            if !matches!(error, "EINTR" | "EAGAIN") {
                means.extend(inject(calls, &what, true));
            }
            means
        }
    }
}

#[test]
fn every_cell_gives_the_counts_or_an_honest_outcome() {
    if let Err(reason) = can_run() {
        return skip(reason);
    }
    let cells = cells();
    let (next, tried, runs) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong: Mutex<BTreeMap<String, Vec<String>>> = Mutex::default();
    let work = || {
        let bench = Bench::new();
        while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let means = means(*cell, &bench);
            tried.fetch_add(usize::from(!means.is_empty()), Ordering::Relaxed);
            for means in means {
                runs.fetch_add(1, Ordering::Relaxed);
                let run = bench.run(cell.subject, &means);
                if let Err(why) = judge(*cell, &means, &run, bench.plain(cell.subject)) {
                    let mut wrong = wrong.lock().unwrap();
                    let list = wrong.entry(cell.to_string()).or_default();
                    list.push(format!("{means}: {why}\n{run}"));
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let figures = format!(
        "{} cells, {} in which something can fail, {} runs, {} cells wrong",
        cells.len(),
        tried.into_inner(),
        runs.into_inner(),
        wrong.len()
    );
    println!("{figures}");
    let list: String = wrong.iter().fold(String::new(), |list, (cell, why)| {
        list + &format!("== {cell}\n{}\n", why.join("\n"))
    });
    assert!(wrong.is_empty(), "{figures}\n{list}");
}
