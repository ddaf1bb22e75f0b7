//! Sources that wait for a disk next to one that always has text.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cogrep_core::Job;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
use cogrep_source::backend::{Backend, Facts, Files, Opened};
use cogrep_source::{Bytes, CHUNK_BYTES, Fault, Input, Io, OpenOptions, SourceName};
use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{self, StreamExt};

/// Has text until all others were read, or a long time has passed; everything but `endless`
/// is a file.
#[derive(Debug)]
struct Endless {
    others_are_read: Arc<AtomicBool>,
    until: Instant,
}

impl Backend for Endless {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        match name.path() {
            Some(_) => Files.facts(name),
            None => ready(Ok(Facts::stream())).boxed(),
        }
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        if name.path().is_some() {
            return Files.open(name);
        }
        let (others_are_read, until) = (Arc::clone(&self.others_are_read), self.until);
        let pieces = stream::iter(std::iter::from_fn(move || {
            if others_are_read.load(Ordering::Relaxed) {
                return None;
            }
            let is_late = Instant::now() > until;
            Some(if is_late {
                Err(io::Error::other("no other source was read"))
            } else {
                Ok(Bytes::from(vec![b'.'; CHUNK_BYTES]))
            })
        }));
        ready(Ok(Opened::Stream { pieces: pieces.boxed(), size: None })).boxed()
    }
}

/// More files than are read without a loop. The last of them are fewer than a thread gets
/// together, no others come to join them, and the loop never waits.
const FILES: u64 = 66;

#[test]
fn files_are_read_next_to_a_source_that_never_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs: Vec<Input> = Vec::new();
    for nth in 0..FILES {
        let path = folder.path().join(nth.to_string());
        std::fs::write(&path, "love").unwrap();
        inputs.push(Input::Path(path));
    }
    inputs.push(Input::Name("endless".into()));
    let others_are_read = Arc::new(AtomicBool::new(false));
    let until = Instant::now() + Duration::from_secs(20);
    let backend = Arc::new(Endless { others_are_read: Arc::clone(&others_are_read), until });
    let patterns = Patterns::new(["love"], Matching::default()).unwrap();
    let plan = std::sync::Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let job = Job {
        open: OpenOptions { backend, io: Io::Portable, ..OpenOptions::default() },
        workers: NonZeroUsize::new(1),
        by_source: true,
        ..Job::new(&plan, &inputs)
    };
    let mut read = 0;
    let report = job.run(|_| {
        read += 1;
        others_are_read.store(read >= FILES, Ordering::Relaxed);
    });
    assert!(report.is_complete(), "the others had to wait for the endless one");
    assert_eq!(report.patterns[0].count, FILES);
}
