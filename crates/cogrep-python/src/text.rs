//! One text, which Python holds: counted in where it lies, and a long one on several cores.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cogrep_core::network::with_loose_space;
use cogrep_match::{Cut, LineTooLong, RangeNeeds, Scanner, Tally, Totals};
use memchr::memchr;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PySlice, PyString};

use crate::column::Gather;
use crate::prepared::Prepared;
use crate::workers::{self, Course};

/// A text of this length is counted in at once, and a longer one on several cores.
const SHORT_BYTES: usize = 2 << 20;

/// So much is looked through before a worker sees whether it is to stop.
const PIECE_BYTES: usize = 1 << 20;

/// So many ranges a worker counts in: one that is late holds up the others less.
const RANGES: usize = 4;

/// A range has so many bytes for each needle, since it has a count of its own for each.
const BYTES_BY_NEEDLE: usize = 32;

/// How a text is counted in.
pub(crate) struct Settings<'a> {
    pub(crate) counter: &'a Prepared,
    pub(crate) threads: usize,
}

/// The bytes of a text, of which any part can be had.
trait Bytes: Sync {
    fn len(&self) -> usize;

    /// Shows a part.
    fn show(&self, part: Range<usize>, look: &mut dyn FnMut(&[u8])) -> PyResult<()>;
}

impl Bytes for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn show(&self, part: Range<usize>, look: &mut dyn FnMut(&[u8])) -> PyResult<()> {
        look(&self[part]);
        Ok(())
    }
}

/// The memory of another object, which may change or be given back: a part is copied before
/// it is looked at.
struct Buffer {
    view: Py<PyAny>,
    len: usize,
}

impl Bytes for Buffer {
    fn len(&self) -> usize {
        self.len
    }

    fn show(&self, part: Range<usize>, look: &mut dyn FnMut(&[u8])) -> PyResult<()> {
        let (start, end) = (part.start.cast_signed(), part.end.cast_signed());
        let copy = Python::attach(|py| {
            let slice = PySlice::new(py, start, end, 1);
            let copy = self.view.bind(py).get_item(slice)?.call_method0("tobytes")?;
            PyResult::Ok(PyBackedBytes::from(copy.cast_into::<PyBytes>()?))
        });
        look(&copy?);
        Ok(())
    }
}

/// Counts in a `str`, or in the bytes of anything that has them.
pub(crate) fn count(text: &Bound<'_, PyAny>, settings: &Settings<'_>) -> PyResult<Tally> {
    with_bytes(text, |bytes| {
        if !settings.counter.loose_space {
            return count_bytes(text.py(), bytes, settings);
        }
        let mut loose = Vec::new();
        let whole = 0..bytes.len();
        text.py().detach(|| bytes.show(whole, &mut |text| loose = with_loose_space(text)))?;
        count_bytes(text.py(), &loose.as_slice(), settings)
    })
}

/// Makes something of the lines of a text, on several threads if it is long. Those of one
/// thread are in order, but there may be others between them.
pub(crate) fn gather_lines<G: Gather>(
    text: &Bound<'_, PyAny>,
    threads: usize,
    new: impl Fn() -> G + Sync,
) -> PyResult<()> {
    with_bytes(text, |bytes| {
        let pieces = bytes.len().div_ceil(PIECE_BYTES).max(1);
        let course = Course::default();
        let ends = ends(bytes, Cut::Lines, pieces)?;
        let next = AtomicUsize::new(0);
        let work = || -> PyResult<()> {
            let mut gather = new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let Some(end) = ends.get(nth).filter(|_| !course.is_stopped()) else { break };
                let start = if nth == 0 { 0 } else { ends[nth - 1] };
                let mut pushed = Ok(());
                bytes.show(start..*end, &mut |lines| {
                    pushed = gather.push(lines, &|| course.is_stopped());
                })?;
                pushed.map_err(too_long)?;
                gather.end_stretch(0);
            }
            gather.end_text();
            Ok(())
        };
        if bytes.len() <= SHORT_BYTES {
            return text.py().detach(work);
        }
        let threads = threads.min(ends.len());
        let work = || work().inspect_err(|_| course.stop());
        let ended = workers::run(text.py(), threads, || Ok(()), || course.stop(), work)?;
        ended.into_iter().collect()
    })
}

fn with_bytes<R>(
    text: &Bound<'_, PyAny>,
    look: impl FnOnce(&dyn Bytes) -> PyResult<R>,
) -> PyResult<R> {
    if let Ok(text) = text.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => look(&text.as_bytes()),
            // Half a surrogate pair, which no UTF-8 has; so it is no character here.
            Err(_) => look(&encode(text)?.as_bytes()),
        };
    }
    if let Ok(bytes) = text.cast::<PyBytes>() {
        return look(&bytes.as_bytes());
    }
    look(&view(text)?)
}

/// The bytes of a string that is not Unicode: each half of a surrogate pair as three bytes.
pub(crate) fn encode<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let encoded = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
    Ok(encoded.cast_into()?)
}

fn view(object: &Bound<'_, PyAny>) -> PyResult<Buffer> {
    let py = object.py();
    let view = py.import("builtins")?.getattr("memoryview")?.call1((object,)).map_err(|_| {
        let kind = object.get_type();
        PyTypeError::new_err(format!(
            "a text is a str, bytes, or anything with a buffer, not {kind}; count_column and count_files take others"
        ))
    })?;
    let view = view.call_method1("cast", ("B",))?;
    Ok(Buffer { len: view.len()?, view: view.unbind() })
}

pub(crate) fn too_long(error: LineTooLong) -> PyErr {
    PyValueError::new_err(format!("{error}; raise max_line_bytes"))
}

fn count_bytes(py: Python<'_>, text: &dyn Bytes, settings: &Settings<'_>) -> PyResult<Tally> {
    let Prepared { plan, max_line_bytes, .. } = settings.counter;
    let max_line_bytes = *max_line_bytes;
    if text.len() <= SHORT_BYTES {
        let mut scanner: Scanner = Scanner::with_line_limit(Arc::clone(plan), max_line_bytes);
        let mut fed = Ok(());
        py.detach(|| text.show(0..text.len(), &mut |text| fed = scanner.feed(text)))?;
        fed.map_err(too_long)?;
        scanner.end_text();
        return Ok(scanner.take());
    }
    let course = Course::default();
    let needs = Scanner::<Totals>::range_needs(plan);
    let threads = settings.threads;
    let most = text.len() / (BYTES_BY_NEEDLE * plan.needle_count()).max(PIECE_BYTES);
    let ranges = if threads > 1 { most.clamp(1, threads * RANGES) } else { 1 };
    let ends = ends(text, needs.cut, ranges)?;
    let next = AtomicUsize::new(0);
    let tallies = Mutex::new(vec![None; ends.len()]);
    let work = || -> PyResult<()> {
        let mut scanner: Scanner = Scanner::with_line_limit(Arc::clone(plan), max_line_bytes);
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(end) = ends.get(nth) else { return Ok(()) };
            let start = if nth == 0 { 0 } else { ends[nth - 1] };
            scan_range(&mut scanner, text, start..*end, needs, &course)?;
            if course.is_stopped() {
                return Ok(());
            }
            tallies.lock().unwrap_or_else(PoisonError::into_inner)[nth] = Some(scanner.take());
        }
    };
    let ended = workers::run(
        py,
        threads.min(ends.len()),
        || Ok(()),
        || course.stop(),
        || work().inspect_err(|_| course.stop()),
    )?;
    ended.into_iter().collect::<PyResult<()>>()?;
    let mut tally = Tally::new();
    for next in tallies.into_inner().unwrap_or_else(PoisonError::into_inner).iter().flatten() {
        tally.join(next);
    }
    tally.settle();
    Ok(tally)
}

/// Goes through one range of a text.
fn scan_range(
    scanner: &mut Scanner,
    text: &dyn Bytes,
    range: Range<usize>,
    needs: RangeNeeds,
    course: &Course,
) -> PyResult<()> {
    if range.start > 0 {
        let mut from = range.start.saturating_sub(needs.before);
        if needs.cut == Cut::Characters && from > 0 {
            from = character_start(text, from)?.min(range.start);
        }
        let start = range.start as u64;
        text.show(from..range.start, &mut |before| scanner.begin_range(start, before))?;
    }
    let mut at = range.start;
    while at < range.end && !course.is_stopped() {
        let piece = at..range.end.min(at + PIECE_BYTES);
        at = piece.end;
        let mut fed = Ok(());
        text.show(piece, &mut |piece| fed = scanner.feed(piece))?;
        fed.map_err(too_long)?;
    }
    if range.end == text.len() {
        scanner.end_text();
        return Ok(());
    }
    let after = range.end..text.len().min(range.end + needs.after);
    text.show(after, &mut |after| scanner.end_range(after))
}

/// The ends of this many ranges of a text, or of fewer.
fn ends(text: &dyn Bytes, cut: Cut, ranges: usize) -> PyResult<Vec<usize>> {
    let mut ends = Vec::new();
    for nth in 1..ranges {
        let end = text.len() / ranges * nth;
        let end = match cut {
            Cut::Anywhere => end,
            Cut::Characters => character_start(text, end)?,
            // A text may also be cut nowhere.
            _ => after_line(text, end)?,
        };
        if end < text.len() && ends.last().is_none_or(|last| end > *last) {
            ends.push(end);
        }
    }
    ends.push(text.len());
    Ok(ends)
}

/// The first place from here on that is not within a character.
fn character_start(text: &dyn Bytes, at: usize) -> PyResult<usize> {
    let mut start = at;
    text.show(at..text.len().min(at + 3), &mut |bytes| {
        start += bytes.iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
    })?;
    Ok(start)
}

/// The first place from here on that is after a line feed, or the end.
fn after_line(text: &dyn Bytes, mut at: usize) -> PyResult<usize> {
    while at < text.len() {
        let piece = at..text.len().min(at + PIECE_BYTES);
        at = piece.end;
        let (start, mut found) = (piece.start, None);
        text.show(piece, &mut |piece| found = memchr(b'\n', piece))?;
        if let Some(line_feed) = found {
            return Ok(start + line_feed + 1);
        }
    }
    Ok(at)
}
