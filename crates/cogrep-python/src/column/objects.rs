//! Columns that are lists, iterators, or anything else that can be gone through.
//!
//! The calling thread copies texts out of Python's objects, a batch at a time, and threads
//! that need nothing of Python count in them.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{panic, thread};

use cogrep_match::Tally;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyIterator, PyString};

use super::gather::{ByRow, Gather, Stretch, Sum};
use super::{BadRow, Run, Settings};
use crate::workers::{Course, Progress};

/// A batch has about so many bytes, and at most this many rows.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_ROWS: usize = 1 << 14;

/// So often a thread that waits looks for Ctrl-C.
const PERIOD: Duration = Duration::from_millis(20);

/// Texts that follow each other, copied.
#[derive(Default)]
struct Batch {
    first_row: u64,
    bytes: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
}

pub(super) fn totals(
    column: &Bound<'_, PyAny>,
    settings: &Settings<'_, '_>,
) -> PyResult<(Tally, u64)> {
    let new = || Sum::new(settings.counter);
    let (sums, rows) = gather(column, &settings.run, new)?;
    let mut tally = Tally::new();
    for mut sum in sums {
        tally.merge(&sum.take());
    }
    Ok((tally, rows))
}

pub(super) fn by_row(
    column: &Bound<'_, PyAny>,
    settings: &Settings<'_, '_>,
) -> PyResult<(Vec<Stretch>, u64)> {
    let new = || ByRow::new(settings.counter);
    let (by_row, rows) = gather(column, &settings.run, new)?;
    Ok((by_row.into_iter().flat_map(|by_row| by_row.stretches).collect(), rows))
}

/// Looks through all rows. Gives how many there were, too.
pub(super) fn gather<G: Gather>(
    column: &Bound<'_, PyAny>,
    run: &Run<'_, '_>,
    new: impl Fn() -> G + Sync,
) -> PyResult<(Vec<G>, u64)> {
    let py = column.py();
    if column.is_instance_of::<PyString>() || column.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err("a column has many texts; count takes one"));
    }
    let mut objects = Objects { iterator: column.try_iter()?, row: 0, has_ended: false };
    let mut progress = Progress::new(run.progress);
    let mut gather = new();
    let first = objects.next_batch()?;
    if objects.has_ended {
        // What fits into one batch is counted in faster than a thread starts.
        py.detach(|| first.scan(&mut gather, &Course::default()))?;
        progress.tell(objects.row)?;
        return Ok((vec![gather], objects.row));
    }
    let workers = scan_on_threads(first, &mut objects, run.threads, &new, &mut progress)?;
    Ok((workers, objects.row))
}

/// Counts in batches on several threads, while this one makes them.
fn scan_on_threads<G: Gather>(
    first: Batch,
    objects: &mut Objects<'_>,
    threads: usize,
    new: &(impl Fn() -> G + Sync),
    progress: &mut Progress<'_, '_>,
) -> PyResult<Vec<G>> {
    let py = objects.iterator.py();
    let course = Course::default();
    let (full, batches) = mpsc::sync_channel::<Batch>(threads);
    let batches = Mutex::new(batches);
    let work = || -> Result<G, BadRow> {
        let mut gather = new();
        loop {
            let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
            // Without a sender there is nothing more to come.
            let Ok(batch) = batch else { return Ok(gather) };
            if course.is_stopped() {
                continue;
            }
            batch.scan(&mut gather, &course).inspect_err(|_| course.stop())?;
            course.add(batch.ends.len() as u64);
        }
    };
    thread::scope(|scope| {
        let start = |_| {
            let builder = thread::Builder::new().name("cogrep".to_owned());
            builder.spawn_scoped(scope, work).ok()
        };
        let workers: Vec<_> = (0..threads).map_while(start).collect();
        if workers.is_empty() {
            return Err(PyRuntimeError::new_err("the system has no thread to give"));
        }
        let fed = feed(first, objects, &full, &course, progress);
        // Without a sender the threads end.
        drop(full);
        if fed.is_err() {
            course.stop();
        }
        let join = || {
            let results = workers.into_iter().map(|worker| {
                worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
            });
            results.collect::<Result<Vec<G>, BadRow>>()
        };
        let found = py.detach(join);
        fed?;
        let found = found?;
        progress.tell(course.done())?;
        Ok(found)
    })
}

/// Sends all batches to the threads that count.
fn feed(
    first: Batch,
    objects: &mut Objects<'_>,
    full: &mpsc::SyncSender<Batch>,
    course: &Course,
    progress: &mut Progress<'_, '_>,
) -> PyResult<()> {
    let py = objects.iterator.py();
    let mut batch = first;
    loop {
        let mut unsent = Some(batch);
        while let Some(next) = unsent {
            match full.try_send(next) {
                Ok(()) => unsent = None,
                // A thread ended early, and says why.
                Err(_) if course.is_stopped() => return Ok(()),
                Err(mpsc::TrySendError::Full(next)) => {
                    unsent = Some(next);
                    // A batch takes about as long to count in.
                    py.detach(|| thread::sleep(PERIOD / 100));
                }
                Err(mpsc::TrySendError::Disconnected(_)) => return Ok(()),
            }
            py.check_signals()?;
        }
        progress.tell(course.done())?;
        if objects.has_ended || course.is_stopped() {
            return Ok(());
        }
        batch = objects.next_batch()?;
    }
}

/// The texts of a column that is gone through.
struct Objects<'py> {
    iterator: Bound<'py, PyIterator>,
    /// The number of the next row.
    row: u64,
    has_ended: bool,
}

impl Objects<'_> {
    fn next_batch(&mut self) -> PyResult<Batch> {
        let mut batch = Batch { first_row: self.row, ..Batch::default() };
        while batch.bytes.len() < BATCH_BYTES && batch.ends.len() < BATCH_ROWS {
            let Some(object) = self.iterator.next() else {
                self.has_ended = true;
                break;
            };
            batch.push(&object?, self.row)?;
            self.row += 1;
        }
        Ok(batch)
    }
}

impl Batch {
    /// Copies a text; a null is one without a byte.
    fn push(&mut self, object: &Bound<'_, PyAny>, row: u64) -> PyResult<()> {
        if let Ok(string) = object.cast::<PyString>() {
            match string.to_str() {
                Ok(string) => self.bytes.extend_from_slice(string.as_bytes()),
                Err(_) => self.bytes.extend_from_slice(crate::text::encode(string)?.as_bytes()),
            }
        } else if let Ok(bytes) = object.cast::<PyBytes>() {
            self.bytes.extend_from_slice(bytes.as_bytes());
        } else if !is_null(object)? {
            let kind = object.get_type();
            return Err(PyTypeError::new_err(format!(
                "row {row}: a text is a str, bytes or None, not {kind}"
            )));
        }
        self.ends.push(self.bytes.len());
        Ok(())
    }

    fn scan<G: Gather>(&self, gather: &mut G, course: &Course) -> Result<(), BadRow> {
        let mut start = 0;
        for (row, end) in (self.first_row..).zip(&self.ends) {
            let text = &self.bytes[start..*end];
            let pushed = gather.push(text, &|| course.is_stopped());
            pushed.map_err(|error| BadRow { row, error })?;
            start = *end;
        }
        gather.end_stretch(self.first_row);
        Ok(())
    }
}

/// Whether the object is one that stands for no text: None, the NaN of numpy, the NA of
/// pandas, or a null of pyarrow.
fn is_null(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_none() {
        return Ok(true);
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        return Ok(number.value().is_nan());
    }
    let name = object.get_type().name()?;
    Ok(matches!(name.to_str()?, "NAType" | "NaTType"))
}
