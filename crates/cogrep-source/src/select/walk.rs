//! Walking through a folder of files.

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::Selected;
use crate::name::SourceName;
use crate::outcome::Fault;

/// Walks with several threads: see [`Selection::walk_parallel`](super::Selection).
pub(super) fn walk_parallel(rules: &mut WalkBuilder, put: &(dyn Fn(Vec<Selected>) -> bool + Sync)) {
    rules.threads(WALKERS).build_parallel().visit(&mut Walkers(put));
}

/// The number of threads that walk through a tree. They read little, and wait long for it
/// where the folders are not in memory.
const WALKERS: usize = 8;

/// At most this many sources are put at once: those of a folder, if it has fewer.
const BATCH: usize = 64;

/// Makes a [`Walker`] for each thread.
struct Walkers<'a>(&'a (dyn Fn(Vec<Selected>) -> bool + Sync));

/// One of the threads that walk through a tree.
struct Walker<'a> {
    /// Each with its position among the files of its disk, as far as that is known.
    found: Vec<(u64, Selected)>,
    put: &'a (dyn Fn(Vec<Selected>) -> bool + Sync),
}

impl<'a> ParallelVisitorBuilder<'a> for Walkers<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Walker { found: Vec::new(), put: self.0 })
    }
}

impl ParallelVisitor for Walker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let is_folder = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
        // Another folder may take long to read.
        let is_done = self.found.len() >= BATCH || entry.as_ref().is_ok_and(is_folder);
        let position = entry.as_ref().map_or(0, disk_position);
        self.found.extend(selected(entry).map(|found| (position, found)));
        if is_done && !self.put_all() {
            return WalkState::Quit;
        }
        WalkState::Continue
    }
}

impl Walker<'_> {
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
        self.put_all();
    }
}

/// A regular file is a source; folders, links, pipes and devices met on the way
/// are not.
pub(super) fn selected(entry: Result<DirEntry, ignore::Error>) -> Option<Selected> {
    match entry {
        Ok(entry) => {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            is_file.then(|| Ok(SourceName::from(entry.path())))
        }
        Err(error) => Some(Err(failed(error))),
    }
}

/// Takes the path out of a walk's error, so that it is named once.
pub(super) fn failed(error: ignore::Error) -> (SourceName, Fault) {
    match error {
        ignore::Error::WithPath { path, err } => (SourceName::from(path), fault(*err)),
        ignore::Error::WithDepth { err, .. } => failed(*err),
        other => (SourceName::memory("walk"), fault(other)),
    }
}

fn fault(error: ignore::Error) -> Fault {
    let text = error.to_string();
    match error.into_io_error() {
        Some(error) => error.into(),
        None => Fault::Walk(text),
    }
}
