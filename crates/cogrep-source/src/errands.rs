//! Errands for threads that may wait: to open a file that is not in memory and to read
//! its beginning, of which a small file has no more.
//!
//! To hand over an errand and to come back from it takes longer than to run it, but for
//! the waiting. So a thread gets several, and answers them together. It opens all their
//! files, tells the system of each that it will be read, and only then reads: so it waits
//! for the disk about once, and the disk has many requests to choose from.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::event_loop::Io;
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::spent;
use crate::system::{self, Kind, Opened};

/// How many errands a thread gets, if the system is told beforehand what will be read,
/// and if not: then it waits for each.
const TOGETHER: usize = 16;
const TOGETHER_UNTOLD: usize = 4;

/// While more threads than this are on their way, those that are to follow wait to be
/// more.
const ENOUGH_OUT: usize = 4;

/// An answer waits at most so long for those behind it, and for the one on its way.
const PATIENCE: Duration = Duration::from_millis(2);

/// How much of a file is read by whoever opens it: most small files whole, and so little
/// that many may be on their way.
pub(crate) const BEGINNING_BYTES: usize = 16 << 10;

/// What is waited for where no more files may be open, until others have closed theirs.
const UNTIL_CLOSED: Duration = Duration::from_millis(1);
const MOST_UNTIL_CLOSED: u32 = 500;

/// A file that was opened, and what it begins with.
pub(crate) struct Beginning {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    /// The file, to be read on; none if its end was reached.
    pub(crate) file: Option<Arc<File>>,
    pub(crate) first: FirstRead,
}

/// The first read of a file, if it was made on the way.
pub(crate) type FirstRead = Option<io::Result<Vec<u8>>>;

impl From<Opened> for Beginning {
    fn from(Opened { file, kind, size }: Opened) -> Self {
        Self { kind, size, file: Some(Arc::new(file)), first: None }
    }
}

/// What is to be done, and where the result is waited for, with how long it took.
struct Errand {
    what: What,
    answer: Answer,
}

type Answer = oneshot::Sender<(io::Result<Beginning>, Duration)>;

enum What {
    Open(PathBuf),
    /// The file is open, and at its beginning.
    Read(Arc<File>),
}

/// The errands of one event loop.
pub(crate) struct Errands {
    io: Io,
    /// They wait for others to go with.
    waiting: RefCell<Vec<Errand>>,
    /// How many threads are on their way.
    out: Arc<AtomicUsize>,
}

impl Errands {
    pub(crate) fn new(io: Io) -> Self {
        Self { io, waiting: RefCell::default(), out: Arc::default() }
    }

    /// Opens a file and reads its beginning.
    pub(crate) async fn open(
        &self,
        path: &Path,
        interrupt: &Interrupt,
    ) -> Result<io::Result<Beginning>, Fault> {
        self.run(What::Open(path.to_owned()), interrupt).await
    }

    /// Reads the beginning of a file that is open, and at its beginning.
    pub(crate) async fn read(
        &self,
        file: &Arc<File>,
        interrupt: &Interrupt,
    ) -> Result<FirstRead, Fault> {
        let beginning = self.run(What::Read(Arc::clone(file)), interrupt).await?;
        Ok(beginning?.first)
    }

    async fn run(&self, what: What, interrupt: &Interrupt) -> Result<io::Result<Beginning>, Fault> {
        let (answer, answered) = oneshot::channel();
        let together = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push(Errand { what, answer });
            if waiting.len() < self.together() { Vec::new() } else { std::mem::take(&mut *waiting) }
        };
        if !together.is_empty() {
            self.start(together, interrupt);
        }
        // It fails only when everything is being taken down.
        let (result, took) = answered.await.map_err(|_| Fault::Interrupted)?;
        if spent::is_measured() {
            spent::add_elsewhere(took);
        }
        Ok(result)
    }

    fn together(&self) -> usize {
        if self.tells() { TOGETHER } else { TOGETHER_UNTOLD }
    }

    /// Whether the system is told what will be read.
    fn tells(&self) -> bool {
        self.io == Io::Auto && system::CAN_BE_TOLD
    }

    /// Starts those that wait for others to go with, each on a thread of its own, unless
    /// so many are on their way that others may come. To be called before the loop waits.
    pub(crate) fn start_rest(&self, interrupt: &Interrupt) {
        if self.out.load(Ordering::Acquire) > ENOUGH_OUT {
            // Whoever comes back wakes the loop, and this is called again.
            return;
        }
        for errand in self.waiting.take() {
            self.start(vec![errand], interrupt);
        }
    }

    fn start(&self, errands: Vec<Errand>, interrupt: &Interrupt) {
        self.out.fetch_add(1, Ordering::AcqRel);
        let (out, interrupt) = (Arc::clone(&self.out), interrupt.clone());
        let tells = self.tells() && errands.len() > 1;
        let work = move || run_all(errands, tells, &out, &interrupt);
        // Nobody waits for the thread, only for its answers.
        drop(spawn_blocking(work));
    }
}

impl std::fmt::Debug for Errands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Errands").field("io", &self.io).finish_non_exhaustive()
    }
}

/// Runs errands, and gives the answers together.
fn run_all(errands: Vec<Errand>, tells: bool, out: &AtomicUsize, interrupt: &Interrupt) {
    let mut errands = errands.into_iter().peekable();
    let mut buffer = vec![0; BEGINNING_BYTES];
    let mut watch = Watch(Instant::now());
    let mut answered = watch.0;
    let mut answers = Vec::with_capacity(errands.len());
    while errands.peek().is_some() && !interrupt.is_requested() {
        let opened = open_all(&mut errands, tells, &mut watch);
        for (answer, beginning, opening) in opened {
            let result = beginning.map(|beginning| beginning.read(&mut buffer));
            let took = opening + watch.lap();
            answers.push((answer, (result, took)));
            if watch.0 - answered > PATIENCE {
                answered = watch.0;
                give(answers.drain(..));
            }
        }
    }
    out.fetch_sub(1, Ordering::AcqRel);
    give(answers.into_iter());
}

/// Opens the files of errands, as many as may be open at once; each with how long it took.
fn open_all(
    errands: &mut Peekable<impl Iterator<Item = Errand>>,
    tells: bool,
    watch: &mut Watch,
) -> Vec<(Answer, io::Result<Beginning>, Duration)> {
    let mut opened = Vec::new();
    let mut waited = 0;
    while let Some(Errand { what, .. }) = errands.peek() {
        let beginning = what.open();
        if beginning.as_ref().is_err_and(system::is_too_many_open) {
            if !opened.is_empty() {
                break;
            }
            if waited < MOST_UNTIL_CLOSED {
                waited += 1;
                thread::sleep(UNTIL_CLOSED);
                continue;
            }
        }
        if let (true, Ok(Beginning { kind: Kind::Regular, file: Some(file), .. })) =
            (tells, &beginning)
        {
            system::will_read(file, BEGINNING_BYTES);
        }
        opened.extend(errands.next().map(|Errand { answer, .. }| (answer, beginning, watch.lap())));
    }
    opened
}

fn give<T>(answers: impl Iterator<Item = (oneshot::Sender<T>, T)>) {
    // Nobody may wait for an answer any more.
    answers.for_each(|(answer, result)| drop(answer.send(result)));
}

/// Says how long each of several things took that follow each other.
struct Watch(Instant);

impl Watch {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}

impl What {
    fn open(&self) -> io::Result<Beginning> {
        match self {
            Self::Open(path) => Ok(system::open(path)?.into()),
            Self::Read(file) => {
                let file = Some(Arc::clone(file));
                Ok(Beginning { kind: Kind::Regular, size: 0, file, first: None })
            }
        }
    }
}

impl Beginning {
    /// Reads what the file begins with, unless one has to wait for somebody for it.
    fn read(mut self, buffer: &mut [u8]) -> Self {
        let (Kind::Regular, Some(file)) = (self.kind, &self.file) else { return self };
        let first = (&**file).read(buffer).map(|read| buffer[..read].to_vec());
        if first.as_ref().is_ok_and(|first| self.is_all(first)) {
            // So that no more files are open than are read in.
            self.file = None;
        }
        Self { first: Some(first), ..self }
    }

    /// Whether there is no more in the file; a size of zero says nothing.
    fn is_all(&self, first: &[u8]) -> bool {
        let read = first.len() as u64;
        read == 0 || (read == self.size && first.len() < BEGINNING_BYTES)
    }
}
