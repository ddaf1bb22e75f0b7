//! Walking through a folder of files.

use std::cell::Cell;
use std::error::Error;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread::Builder;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, Walk, WalkBuilder, WalkState};

use super::Selected;
use super::gate::Gate;
use super::place::Place;
use crate::name::SourceName;
use crate::notice::{Notice, Notices};
use crate::outcome::Fault;
use crate::system::is_short_of_threads;

type Put<'a> = &'a (dyn Fn(Vec<Selected>) -> bool + Sync);

/// Walks with several threads: see [`Selection::walk_parallel`](super::Selection). Says
/// whether it did: not where the system refuses one of them, and then nothing was put.
///
/// [`WalkParallel::visit`](ignore::WalkParallel::visit) panics where a thread is refused, when
/// others may have put sources; where it is the last one, they wait for it for ever. So each
/// thread is held at a gate when it gets its first entry: there is a root for each, of which
/// all but one are the mark of standard input, for which the file system is not asked. A
/// thread that holds an entry takes no other, so each gets one, whichever way they are dealt
/// out. The walker of a thread that is refused is dropped without an entry; that shuts the
/// gate, the others quit, and the panic comes back to here.
pub(super) fn walk_parallel(
    rules: &mut WalkBuilder,
    threads: usize,
    place: &Place,
    notices: &Notices,
    put: Put<'_>,
) -> bool {
    for _ in 1..threads {
        rules.add(STANDARD_INPUT);
    }
    // The first thread to start gets the last root.
    rules.add(place.walked()).threads(threads);
    let gate = Gate::new(threads);
    let mut walkers = Walkers { place, notices, put, gate: &gate, has_callers: false };
    let is_within = IS_STARTING.replace(true);
    let ended = catch_unwind(AssertUnwindSafe(|| rules.build_parallel().visit(&mut walkers)));
    IS_STARTING.set(is_within);
    if ended.is_err() && gate.is_open() {
        put(vec![broken(place)]);
    }
    gate.is_open()
}

/// Walks with this thread, in order.
pub(super) fn in_order(
    walk: Walk,
    place: Place,
    notices: &Notices,
) -> impl Iterator<Item = Selected> {
    let mut walk = Some(walk);
    std::iter::from_fn(move || {
        loop {
            let entry = catch_unwind(AssertUnwindSafe(|| walk.as_mut()?.next()));
            let Ok(entry) = entry else {
                walk = None;
                return Some(broken(&place));
            };
            let found = selected(entry?, &place, notices);
            if found.is_some() {
                return found;
            }
        }
    })
}

/// A walk that panicked, as the standard library does where the system fails to close a folder:
/// the hook for panics has said why, and what was found before counts.
fn broken(place: &Place) -> Selected {
    let name = SourceName::from(place.shown(place.walked().to_owned()));
    Err((name, Fault::Walk("the walk ended too early".to_owned())))
}

/// What `ignore` takes for standard input.
const STANDARD_INPUT: &str = "-";

thread_local! {
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread has others walk through a tree. A hook for panics may then be silent
/// about a thread that was refused: the walk begins again without it.
#[must_use]
pub fn is_starting_walkers() -> bool {
    IS_STARTING.get()
}

/// The number of threads that walk through a tree. They read little, and wait long for it
/// where the folders are not in memory.
const WALKERS: usize = 8;

/// This many more are tried for, since others may start some at the same time.
const SPARE_THREADS: usize = 4;

/// How many threads may walk through a tree: one, where the system may not give more. A walk
/// with fewer than it was given begins again, and a panic is reported before that.
#[must_use]
pub fn walkers() -> usize {
    if is_short_of_threads() {
        // What starts some at the same time could take those that were just tried.
        return 1;
    }
    let (end, ended) = channel::<()>();
    let ended = Arc::new(Mutex::new(ended));
    let wait = || {
        let ended = Arc::clone(&ended);
        // It ends with an error when the other end is dropped.
        let wait = move || drop(ended.lock().map(|ended| ended.recv()));
        Builder::new().name("walk".to_owned()).spawn(wait)
    };
    let started: Vec<_> = (0..WALKERS + SPARE_THREADS).map_while(|_| wait().ok()).collect();
    let has_all = started.len() == WALKERS + SPARE_THREADS;
    drop(end);
    for thread in started {
        // It does not panic.
        let _ = thread.join();
    }
    if has_all { WALKERS } else { 1 }
}

/// At most this many sources are put at once: those of a folder, if it has fewer.
const BATCH: usize = 64;

/// Makes a [`Walker`] for each thread.
struct Walkers<'a> {
    place: &'a Place,
    notices: &'a Notices,
    put: Put<'a>,
    gate: &'a Gate,
    /// Whether the first one was made, which the calling thread keeps.
    has_callers: bool,
}

/// One of the threads that walk through a tree.
struct Walker<'a> {
    /// Each with its position among the files of its disk, as far as that is known.
    found: Vec<(u64, Selected)>,
    place: &'a Place,
    notices: &'a Notices,
    put: Put<'a>,
    gate: &'a Gate,
    state: WalkerState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WalkerState {
    /// It belongs to the calling thread, which tells it of roots that cannot be walked.
    Callers,
    /// Its thread has not started.
    New,
    /// Its thread has got an entry.
    Started,
}

impl<'a> ParallelVisitorBuilder<'a> for Walkers<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        let Self { place, notices, put, gate, .. } = *self;
        let is_first = !std::mem::replace(&mut self.has_callers, true);
        let state = if is_first { WalkerState::Callers } else { WalkerState::New };
        Box::new(Walker { found: Vec::new(), place, notices, put, gate, state })
    }
}

impl ParallelVisitor for Walker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if !self.start() {
            return WalkState::Quit;
        }
        if entry.as_ref().is_ok_and(DirEntry::is_stdin) {
            return WalkState::Continue;
        }
        let is_folder = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
        // Another folder may take long to read.
        let is_done = self.found.len() >= BATCH || entry.as_ref().is_ok_and(is_folder);
        let position = entry.as_ref().map_or(0, disk_position);
        let found = selected(entry, self.place, self.notices);
        self.found.extend(found.map(|found| (position, found)));
        if is_done && !self.put_all() {
            return WalkState::Quit;
        }
        WalkState::Continue
    }
}

impl Walker<'_> {
    /// Waits until all threads have started; says whether they have.
    fn start(&mut self) -> bool {
        match self.state {
            WalkerState::Started => true,
            WalkerState::New => {
                self.state = WalkerState::Started;
                self.gate.pass()
            }
            // With fewer roots than threads, one could wait for ever.
            WalkerState::Callers => {
                self.gate.shut();
                false
            }
        }
    }

    /// Puts what was found in the order of the disk, which is read faster so.
    fn put_all(&mut self) -> bool {
        if self.found.is_empty() {
            return true;
        }
        self.found.sort_by_key(|(position, _)| *position);
        (self.put)(self.found.drain(..).map(|(_, found)| found).collect())
    }
}

/// File systems tend to put files of neighbouring numbers next to each other.
#[cfg(unix)]
fn disk_position(entry: &DirEntry) -> u64 {
    entry.ino().unwrap_or(0)
}

#[cfg(not(unix))]
fn disk_position(_: &DirEntry) -> u64 {
    0
}

impl Drop for Walker<'_> {
    fn drop(&mut self) {
        if self.state == WalkerState::New {
            self.gate.shut();
        }
        self.put_all();
    }
}

/// A regular file is a source; folders, links, pipes and devices met on the way
/// are not.
fn selected(
    entry: Result<DirEntry, ignore::Error>,
    place: &Place,
    notices: &Notices,
) -> Option<Selected> {
    match entry {
        Ok(entry) => {
            if let Some(error) = entry.error() {
                note(error, None, notices);
            }
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            is_file.then(|| Ok(SourceName::from(place.shown(entry.into_path()))))
        }
        Err(error) => match failed(error) {
            Ok((path, fault)) => Some(Err((SourceName::from(place.shown(path)), fault))),
            Err(error) => {
                note(&error, None, notices);
                None
            }
        },
    }
}

/// Takes the path out of an error of a walk, so that it is named once.
///
/// # Errors
///
/// Gives back what is no failure of the walk, but a rule in a file that is no rule.
pub(super) fn failed(error: ignore::Error) -> Result<(PathBuf, Fault), ignore::Error> {
    use ignore::Error::{Loop, WithDepth, WithPath};

    match error {
        WithPath { path, err } if err.depth().is_some() => Ok((path, fault(*err))),
        WithDepth { err, depth } => match *err {
            WithPath { path, err } => Ok((path, fault(*err))),
            Loop { ancestor, child } => {
                let fault = format!("leads back to {}, a folder above it", ancestor.display());
                Ok((child, Fault::Walk(fault)))
            }
            err => Err(WithDepth { depth, err: Box::new(err) }),
        },
        other => Err(other),
    }
}

/// What went wrong, as it is said of what was opened.
pub(super) fn fault(error: ignore::Error) -> Fault {
    let text = error.to_string();
    let Some(error) = error.into_io_error() else { return Fault::Walk(text) };
    // The walk wraps what the system said.
    let mut inner: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = inner {
        let system = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        if let Some(number) = system {
            return io::Error::from_raw_os_error(number).into();
        }
        inner = error.source();
    }
    error.into()
}

/// Notes rules that are none, each with the file that it is in.
pub(super) fn note(error: &ignore::Error, path: Option<&Path>, notices: &Notices) {
    use ignore::Error::{Glob, Partial, WithLineNumber, WithPath};

    match error {
        Partial(errors) => errors.iter().for_each(|error| note(error, path, notices)),
        WithPath { path, err } => note(err, Some(path), notices),
        other => {
            let text = match other {
                WithLineNumber { line, err } => match &**err {
                    Glob { glob: Some(glob), err } => format!("line {line}: {glob}: {err}"),
                    err => format!("line {line}: {err}"),
                },
                other => other.to_string(),
            };
            let name = path.map_or_else(|| SourceName::memory("ignore rules"), SourceName::from);
            notices.add(&name, Notice::IgnoreRule(text));
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
