//! Sources that wait for a disk beside one that always has text.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cogrep_core::Job;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
use cogrep_source::{Input, Io, OpenOptions, StandIn, StandIns};

/// Has text until it is told that the others were read, or a long time has passed.
struct Endless {
    others_are_read: Arc<AtomicBool>,
    until: Instant,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.others_are_read.load(Ordering::Relaxed) {
            return Ok(0);
        }
        if Instant::now() > self.until {
            return Err(io::Error::other("nobody else was read"));
        }
        buffer.fill(b'.');
        Ok(buffer.len())
    }
}

/// More files than are read without a loop, and some fewer than go to a thread together
/// in the end: nobody else comes to go with those, and the loop never waits.
const FILES: u64 = 66;

#[test]
fn files_are_read_beside_a_source_that_never_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs: Vec<Input> = Vec::new();
    for nth in 0..FILES {
        let path = folder.path().join(nth.to_string());
        std::fs::write(&path, "love").unwrap();
        inputs.push(Input::Path(path));
    }
    inputs.push(Input::Path("endless".into()));
    let others_are_read = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&others_are_read);
    let until = Instant::now() + Duration::from_secs(20);
    let stand_ins = StandIns::new(move |name| {
        let others_are_read = Arc::clone(&told);
        (name.as_bytes() == b"endless")
            .then(|| Ok(StandIn::new(Endless { others_are_read, until })))
    });
    let patterns = Patterns::new(["love"], Matching::default()).unwrap();
    let plan = std::sync::Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let job = Job {
        open: OpenOptions { stand_ins, io: Io::Portable, ..OpenOptions::default() },
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
