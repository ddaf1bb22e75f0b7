//! Opening many files together that are not in memory, and reading their beginnings: of a
//! small file that is all.
//!
//! To hand a file over to a thread and to get it back takes longer than to open it, apart
//! from the waiting. So a thread gets several, and answers for all of them together. It
//! opens all files, tells the system of each that it will be read, and only then reads: so
//! it waits for the disk about once, and the disk has many requests to choose from.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::system::{self, Opened, Type};
use crate::threads::Threads;
use crate::trace::Trace;

/// How many requests a thread gets if it can tell the system what will be read.
const ADVISED_BATCH: usize = 16;

/// How many it gets if it cannot, and so waits for each file.
const PLAIN_BATCH: usize = 4;

/// While more threads than this are at work, a batch that is not full waits for more.
const BUSY_THREADS: usize = 4;

/// An answer waits at most this long for the others of its batch, and for the one that is
/// being worked on.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(2);

/// How much of a file is read when it is opened: most small files whole, and so little that
/// many can be read at once.
pub(crate) const BEGINNING_BYTES: usize = 16 << 10;

/// Where no more files may be open, how often and how long a thread waits for others to be
/// closed.
const CLOSING_WAIT: Duration = Duration::from_millis(1);
const CLOSING_WAITS: u32 = 500;

/// A file that was opened, and what it begins with.
pub struct Beginning {
    pub(crate) kind: Type,
    pub(crate) size: u64,
    /// The file, to be read on; none if its end was reached.
    pub(crate) file: Option<Arc<File>>,
    pub(crate) first: FirstRead,
}

/// The first read of a file, if it was made when it was opened.
pub(crate) type FirstRead = Option<io::Result<Vec<u8>>>;

impl From<Opened> for Beginning {
    fn from(Opened { file, kind, size }: Opened) -> Self {
        Self { kind, size, file: Some(Arc::new(file)), first: None }
    }
}

/// What is to be done, and who waits for the result and how long it took.
struct Request {
    work: Work,
    answer: Answer,
}

type Answer = oneshot::Sender<(io::Result<Beginning>, Duration)>;

enum Work {
    Open(PathBuf),
    /// The file is open, and at its beginning.
    Read(Arc<File>),
}

/// Whether the system gets advice on what will be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is, so that the disk is asked for all files of a batch at once.
    Advised,
    /// It is not: only with calls that every platform has.
    Plain,
}

impl Mode {
    fn batch(self) -> usize {
        match self {
            Self::Advised => ADVISED_BATCH,
            Self::Plain => PLAIN_BATCH,
        }
    }
}

/// The requests of one event loop.
#[derive(Debug)]
pub(crate) struct OpenBatch {
    mode: Mode,
    /// The batch that is not full yet.
    waiting: RefCell<Vec<Request>>,
    /// How many threads are at work.
    in_flight: Arc<AtomicUsize>,
    threads: Arc<Threads>,
}

impl OpenBatch {
    pub(crate) fn new(mode: Mode, threads: &Arc<Threads>) -> Self {
        let mode = if system::TAKES_ADVICE { mode } else { Mode::Plain };
        let threads = Arc::clone(threads);
        Self { mode, waiting: RefCell::default(), in_flight: Arc::default(), threads }
    }

    /// Opens a file and reads its beginning.
    pub(crate) async fn open(
        &self,
        path: &Path,
        interrupt: &Interrupt,
        trace: &impl Trace,
    ) -> Result<Beginning, Fault> {
        Ok(self.run(Work::Open(path.to_owned()), interrupt, trace).await??)
    }

    /// Reads the beginning of a file that is open, and at its beginning.
    pub(crate) async fn read(
        &self,
        file: &Arc<File>,
        interrupt: &Interrupt,
        trace: &impl Trace,
    ) -> Result<FirstRead, Fault> {
        let beginning = self.run(Work::Read(Arc::clone(file)), interrupt, trace).await?;
        Ok(beginning?.first)
    }

    async fn run(
        &self,
        work: Work,
        interrupt: &Interrupt,
        trace: &impl Trace,
    ) -> Result<io::Result<Beginning>, Fault> {
        let (answer, answered) = oneshot::channel();
        let full = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push(Request { work, answer });
            let is_full = waiting.len() >= self.mode.batch();
            if is_full { std::mem::take(&mut *waiting) } else { Vec::new() }
        };
        if !full.is_empty() {
            self.start(full, interrupt);
        }
        // It fails only when the loop ends, or with a panic.
        let (result, took) = answered.await.map_err(|_| Fault::Interrupted)?;
        if trace.is_on() {
            trace.elsewhere(took);
        }
        Ok(result)
    }

    /// Starts the requests of a batch that is not full, each on a thread of its own, unless
    /// enough threads are at work that more requests will come. To be called before the
    /// loop waits.
    pub(crate) fn flush(&self, interrupt: &Interrupt) {
        if self.in_flight.load(Ordering::Acquire) > BUSY_THREADS {
            // Each answer wakes the loop, and this is called again.
            return;
        }
        for request in self.waiting.take() {
            self.start(vec![request], interrupt);
        }
    }

    fn start(&self, requests: Vec<Request>, interrupt: &Interrupt) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        let (in_flight, interrupt) = (Arc::clone(&self.in_flight), interrupt.clone());
        // The advice for one file alone would be followed by the read at once.
        let mode = if requests.len() > 1 { self.mode } else { Mode::Plain };
        self.threads.run(move || run_all(requests, mode, &in_flight, &interrupt));
    }
}

/// Runs a batch, and gives the answers together.
fn run_all(requests: Vec<Request>, mode: Mode, in_flight: &AtomicUsize, interrupt: &Interrupt) {
    let mut requests = requests.into_iter().peekable();
    let mut buffer = vec![0; BEGINNING_BYTES];
    let mut watch = Stopwatch(Instant::now());
    let mut answered = watch.0;
    let mut answers = Vec::with_capacity(requests.len());
    while requests.peek().is_some() && !interrupt.is_requested() {
        let opened = open_all(&mut requests, mode, &mut watch);
        for (answer, beginning, opening) in opened {
            let result = beginning.map(|beginning| beginning.read(&mut buffer));
            answers.push((answer, (result, opening + watch.lap())));
            if watch.0 - answered > ANSWER_TIMEOUT {
                answered = watch.0;
                give(answers.drain(..));
            }
        }
    }
    in_flight.fetch_sub(1, Ordering::AcqRel);
    give(answers.into_iter());
}

/// Opens the files of a batch, as many as may be open at once; each with how long it took.
fn open_all(
    requests: &mut Peekable<impl Iterator<Item = Request>>,
    mode: Mode,
    watch: &mut Stopwatch,
) -> Vec<(Answer, io::Result<Beginning>, Duration)> {
    let mut opened = Vec::new();
    let mut waits = 0;
    while let Some(Request { work, .. }) = requests.peek() {
        let beginning = work.open();
        if beginning.as_ref().is_err_and(system::is_too_many_open) {
            if !opened.is_empty() {
                break;
            }
            if waits < CLOSING_WAITS {
                waits += 1;
                thread::sleep(CLOSING_WAIT);
                continue;
            }
        }
        if let (Mode::Advised, Ok(Beginning { kind: Type::Regular, file: Some(file), .. })) =
            (mode, &beginning)
        {
            system::will_read(file, BEGINNING_BYTES);
        }
        let next = requests.next();
        opened.extend(next.map(|Request { answer, .. }| (answer, beginning, watch.lap())));
    }
    opened
}

fn give<T>(answers: impl Iterator<Item = (oneshot::Sender<T>, T)>) {
    // A source that was given up waits for no answer.
    answers.for_each(|(answer, result)| drop(answer.send(result)));
}

/// Measures several pieces of work that follow each other.
struct Stopwatch(Instant);

impl Stopwatch {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}

impl Work {
    fn open(&self) -> io::Result<Beginning> {
        match self {
            Self::Open(path) => Ok(system::open(path)?.into()),
            Self::Read(file) => {
                let file = Some(Arc::clone(file));
                Ok(Beginning { kind: Type::Regular, size: 0, file, first: None })
            }
        }
    }
}

impl Beginning {
    /// Reads what the file begins with, unless a read may wait for ever.
    fn read(mut self, buffer: &mut [u8]) -> Self {
        let (Type::Regular, Some(file)) = (self.kind, &self.file) else { return self };
        let first = loop {
            match system::read(file, buffer, Some(0)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result.map(|read| buffer[..read].to_vec()),
            }
        };
        if first.as_ref().is_ok_and(|first| self.is_all(first)) {
            // So that no more files are open than are being read.
            self.file = None;
        }
        Self { first: Some(first), ..self }
    }

    /// Whether the file has no more; a size of zero says nothing. One that has less than its
    /// size is looked at again.
    fn is_all(&self, first: &[u8]) -> bool {
        let read = first.len() as u64;
        read == self.size && first.len() < BEGINNING_BYTES
    }
}
