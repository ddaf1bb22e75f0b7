//! Texts that find no room in memory: they wait in a temporary file, and are merged at the end.
//!
//! When the parts of a table take more than they may, all their records are appended to one
//! file, and memory is free again. A text may then be in the file many times, always in the same
//! part. At the end each part is read back by itself, in pieces by further bits of the hash
//! where it is still too large; it is added up, sorted, and written as a run, and the runs are
//! merged as they are read.
//!
//! The file has no name as soon as it is open, so that nothing is left of it, however the
//! program ends.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::memory::Memory;
use super::order::{Common, Sorting};
use super::share::share;
use super::texts::{Entry, Texts, hash, put_record, record};

/// How much memory a table may take, and where the rest is kept meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryLimit {
    /// About this many bytes.
    pub bytes: usize,
    /// The folder of temporary files.
    pub folder: PathBuf,
}

/// Pieces of a part are told apart by this many bits of the hash at each level.
const PIECE_BITS: u32 = 4;
const LEVELS: u32 = 3;

/// Records take this many times their bytes when they are added up and sorted, at the most usual
/// lengths of texts.
const GROWTH: usize = 3;

/// This much is written at once, or less where memory is short.
const WRITE_BYTES: usize = 1 << 20;

/// This much of a run is read at once, within these bounds.
const LEAST_READ_BYTES: usize = 4 << 10;
const MOST_READ_BYTES: usize = 256 << 10;

/// A file without a name, to which several threads append.
#[derive(Debug)]
pub(super) struct Scratch {
    file: Mutex<(File, u64)>,
    folder: PathBuf,
}

/// Records that are next to each other in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    offset: u64,
    bytes: u64,
}

impl Scratch {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let named = |error| with_folder(folder, &error);
        let file = tempfile::tempfile_in(folder).map_err(named)?;
        Ok(Self { file: Mutex::new((file, 0)), folder: folder.to_path_buf() })
    }

    /// Appends these bytes.
    pub(super) fn append<'b>(&self, blocks: impl Iterator<Item = &'b [u8]>) -> io::Result<Segment> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = &mut *file;
        let offset = *end;
        let write = || -> io::Result<()> {
            file.seek(SeekFrom::Start(offset))?;
            for block in blocks {
                file.write_all(block)?;
                *end += block.len() as u64;
            }
            Ok(())
        };
        write().map_err(|error| with_folder(&self.folder, &error))?;
        Ok(Segment { offset, bytes: *end - offset })
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.0.seek(SeekFrom::Start(offset)).and_then(|_| file.0.read_exact(bytes));
        read.map_err(|error| with_folder(&self.folder, &error))
    }
}

/// The error, with what it is of.
fn with_folder(folder: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("temporary file in {}: {error}", folder.display()))
}

/// Reads the records of some segments.
struct Records<'f> {
    file: &'f Scratch,
    segments: std::slice::Iter<'f, Segment>,
    /// What of the segment is not in the buffer yet.
    rest: Segment,
    header: usize,
    buffer: Vec<u8>,
    /// The record, and what is read of those after it.
    start: usize,
    next: usize,
    end: usize,
}

impl<'f> Records<'f> {
    fn new(file: &'f Scratch, segments: &'f [Segment], header: usize, buffer_bytes: usize) -> Self {
        Self {
            file,
            segments: segments.iter(),
            rest: Segment { offset: 0, bytes: 0 },
            header,
            buffer: vec![0; buffer_bytes],
            start: 0,
            next: 0,
            end: 0,
        }
    }

    /// Goes on to the next record, if there is one.
    fn advance(&mut self) -> io::Result<bool> {
        self.start = self.next;
        while self.start == self.end && self.rest.bytes == 0 {
            let Some(segment) = self.segments.next() else { return Ok(false) };
            self.rest = *segment;
        }
        let mut needed = self.header;
        loop {
            self.fill(needed)?;
            match record(&self.buffer[self.start..self.end], self.header) {
                Ok((_, bytes)) => {
                    self.next = self.start + bytes;
                    return Ok(true);
                }
                Err(bytes) => needed = bytes,
            }
        }
    }

    /// The record; there must be one.
    fn entry(&self) -> Entry<'_> {
        let records = &self.buffer[self.start..self.next];
        record(records, self.header).expect("a record that was read").0
    }

    /// Has this many bytes in the buffer, from the start of the record on.
    fn fill(&mut self, needed: usize) -> io::Result<()> {
        if self.end - self.start >= needed {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < needed {
            self.buffer.resize(needed, 0);
        }
        let room = (self.buffer.len() - self.end) as u64;
        let bytes = usize::try_from(room.min(self.rest.bytes)).unwrap_or(0);
        self.file.read(self.rest.offset, &mut self.buffer[self.end..self.end + bytes])?;
        self.end += bytes;
        self.rest.offset += bytes as u64;
        self.rest.bytes -= bytes as u64;
        if self.end < needed {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Writes records, several at once.
struct Writer<'f> {
    file: &'f Scratch,
    keeps_first: bool,
    buffer: Vec<u8>,
    write_bytes: usize,
    segments: Vec<Segment>,
}

impl<'f> Writer<'f> {
    fn new(file: &'f Scratch, keeps_first: bool, write_bytes: usize) -> Self {
        Self { file, keeps_first, buffer: Vec::new(), write_bytes, segments: Vec::new() }
    }

    fn put(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        put_record(entry, self.keeps_first, &mut self.buffer);
        if self.buffer.len() < self.write_bytes { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.segments.push(self.file.append([&self.buffer[..]].into_iter())?);
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Vec<Segment>> {
        self.flush()?;
        Ok(self.segments)
    }
}

/// What of a table is in a file, by part.
#[derive(Debug)]
pub(super) struct Spilled {
    file: Scratch,
    parts: Vec<Vec<Segment>>,
    keeps_first: bool,
}

impl Spilled {
    pub(super) fn new(folder: &Path, parts: usize, keeps_first: bool) -> io::Result<Self> {
        let parts = vec![Vec::new(); parts];
        Ok(Self { file: Scratch::new(folder)?, parts, keeps_first })
    }

    /// Appends all texts of a part.
    pub(super) fn append(&mut self, part: usize, texts: &Texts) -> io::Result<()> {
        if texts.len() > 0 {
            self.parts[part].push(self.file.append(texts.blocks())?);
        }
        Ok(())
    }

    /// Sorts all of it, in about the memory that there may be.
    pub(super) fn sorted(
        self,
        sorting: &Sorting,
        limit: &MemoryLimit,
        cores: NonZeroUsize,
    ) -> io::Result<Runs> {
        let memory = limit.bytes / cores;
        let runs = Mutex::new(Vec::new());
        let failed = Mutex::new(None);
        let (next, length) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let common = Mutex::default();
        let file = Scratch::new(&limit.folder)?;
        let (from, to) = (&self.file, &file);
        let sorter = Sorter { from, to, sorting, memory, length: &length, common: &common };
        let work = || {
            while let Some(part) = self.parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut of_part = Vec::new();
                if let Err(error) = sorter.sort(part, self.keeps_first, 0, &mut of_part) {
                    lock(&failed).get_or_insert(error);
                    return;
                }
                lock(&runs).append(&mut of_part);
            }
        };
        share(cores, work);
        if let Some(error) = lock(&failed).take() {
            return Err(error);
        }
        let runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let read_bytes = limit.bytes / 4 / runs.len().max(1);
        Ok(Runs {
            file,
            runs,
            header: Texts::header_bytes(self.keeps_first),
            read_bytes: read_bytes.clamp(LEAST_READ_BYTES, MOST_READ_BYTES),
            length: length.into_inner(),
            common: common.into_inner().unwrap_or_else(PoisonError::into_inner).len(),
        })
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes runs of what was spilled.
struct Sorter<'a> {
    from: &'a Scratch,
    to: &'a Scratch,
    sorting: &'a Sorting,
    /// What one thread may take.
    memory: usize,
    length: &'a AtomicUsize,
    /// What all texts begin with.
    common: &'a Mutex<Common>,
}

impl Sorter<'_> {
    /// Sorts a part, or a piece of one, and adds the runs that it becomes.
    fn sort(
        &self,
        segments: &[Segment],
        keeps_first: bool,
        level: u32,
        runs: &mut Vec<Vec<Segment>>,
    ) -> io::Result<()> {
        let bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        if bytes == 0 {
            return Ok(());
        }
        let header = Texts::header_bytes(keeps_first);
        let read_bytes = (self.memory / 16).clamp(LEAST_READ_BYTES, WRITE_BYTES);
        let mut records = Records::new(self.from, segments, header, read_bytes);
        let write_bytes = WRITE_BYTES.min(self.memory / 64);
        if bytes.saturating_mul(GROWTH as u64) > self.memory as u64 && level < LEVELS {
            let new = |_| Writer::new(self.from, keeps_first, write_bytes);
            let mut pieces: Vec<Writer<'_>> = (0..1 << PIECE_BITS).map(new).collect();
            while records.advance()? {
                let entry = records.entry();
                pieces[piece_of(hash(entry.text), level)].put(&entry)?;
            }
            drop(records);
            let pieces = pieces.into_iter().map(Writer::finish);
            for segments in pieces.collect::<io::Result<Vec<_>>>()? {
                self.sort(&segments, keeps_first, level + 1, runs)?;
            }
            return Ok(());
        }
        let mut texts = Texts::new(keeps_first);
        while records.advance()? {
            let Entry { text, count, first } = records.entry();
            texts.add(hash(text), text, count, first);
        }
        drop(records);
        texts.freeze();
        self.length.fetch_add(texts.len(), Ordering::Relaxed);
        let sorted = Memory::new(vec![texts], self.sorting, NonZeroUsize::MIN);
        let mut run = Writer::new(self.to, keeps_first, write_bytes);
        sorted.iter(self.sorting).try_for_each(|entry| run.put(&entry))?;
        runs.push(run.finish()?);
        lock(self.common).merge(sorted.into_common());
        Ok(())
    }
}

fn piece_of(hash: u64, level: u32) -> usize {
    // Other bits than those that say which part it is.
    #[allow(clippy::cast_possible_truncation, reason = "of as many bits as are meant")]
    let bits = (hash >> (24 + PIECE_BITS * level)) as usize;
    bits % (1 << PIECE_BITS)
}

/// Sorted runs of texts in a file. No text is in two of them.
#[derive(Debug)]
pub(super) struct Runs {
    file: Scratch,
    runs: Vec<Vec<Segment>>,
    header: usize,
    read_bytes: usize,
    length: usize,
    /// With how many equal bytes all texts begin.
    common: usize,
}

impl Runs {
    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Goes through all texts in their order.
    pub(super) fn for_each<E: From<io::Error>>(
        &self,
        sorting: &Sorting,
        mut each: impl FnMut(Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut runs = Vec::with_capacity(self.runs.len());
        // A heap of runs, the one with the first text on top: what decides about most texts, and
        // which run it is.
        let mut heap = Vec::with_capacity(self.runs.len());
        let head = |records: &Records<'_>, run| (sorting.lead(&records.entry(), self.common), run);
        for run in &self.runs {
            let mut records = Records::new(&self.file, run, self.header, self.read_bytes);
            if records.advance()? {
                heap.push(head(&records, runs.len()));
                runs.push(records);
            }
        }
        let compare = |runs: &[Records<'_>], one: Head, other: Head| {
            one.0
                .cmp(&other.0)
                .then_with(|| sorting.compare_entries(&runs[one.1].entry(), &runs[other.1].entry()))
        };
        heap.sort_unstable_by(|one, other| compare(&runs, *one, *other));
        while let Some((_, run)) = heap.first().copied() {
            each(runs[run].entry())?;
            if runs[run].advance()? {
                heap[0] = head(&runs[run], run);
            } else {
                heap.swap_remove(0);
            }
            let mut at = 0;
            loop {
                let children = [2 * at + 1, 2 * at + 2].into_iter().filter(|it| *it < heap.len());
                let least = children.fold(at, |least, child| {
                    let is_before = compare(&runs, heap[child], heap[least]).is_lt();
                    if is_before { child } else { least }
                });
                if least == at {
                    break;
                }
                heap.swap(at, least);
                at = least;
            }
        }
        Ok(())
    }
}

/// What decides about most texts, and which run of some has it.
type Head = ([u64; 2], usize);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::{First, Order, Table};
    use std::thread;

    use super::*;

    fn limit(bytes: usize) -> MemoryLimit {
        MemoryLimit { bytes, folder: std::env::temp_dir() }
    }

    fn rows(table: &Table, order: Order, cores: usize) -> Vec<(Vec<u8>, u64, First)> {
        let cores = NonZeroUsize::new(cores).unwrap();
        let sorted = table.sorted_by(order, Vec::new(), cores).unwrap();
        let mut rows = Vec::with_capacity(sorted.len());
        sorted
            .for_each(|Entry { text, count, first }| {
                rows.push((text.to_vec(), count, first));
                io::Result::Ok(())
            })
            .unwrap();
        assert_eq!(rows.len(), sorted.len());
        rows
    }

    proptest! {
        #![proptest_config(cogrep_testing::cases(100))]

        #[test]
        fn what_was_spilled_is_as_if_it_had_stayed(
            kinds in 1..900_u32,
            texts in 0..3000_u32,
            longest in 1..3000_usize,
            bytes in prop::sample::select(&[0, 1, 300, 20_000, 1_000_000, 3_000_000][..]),
            threads in 1..4_u32,
            order in prop::sample::select(&[Order::Count, Order::Text, Order::First][..]),
            keeps_first: bool,
        ) {
            let keeps_first = keeps_first || order == Order::First;
            let in_file = Table::with_limit(keeps_first, Some(limit(bytes)));
            let in_memory = Table::with_first(keeps_first);
            let text = |number: u32| {
                let kind = number.wrapping_mul(2_654_435_761) % kinds;
                let long = kind.is_multiple_of(7);
                let mut text = kind.to_be_bytes().to_vec();
                text.resize(4 + if long { kind as usize % longest } else { 0 }, b'x');
                (text, First { source: [kind % 3, 0], offset: u64::from(texts - number) })
            };
            let count = |table: &Table, from: u32| {
                for number in (from..texts).step_by(threads as usize) {
                    let (text, first) = text(number);
                    table.with(|local| local.add_at(&text, u64::from(number % 5), first));
                }
            };
            thread::scope(|scope| {
                for thread in 0..threads {
                    let (in_file, count) = (&in_file, &count);
                    scope.spawn(move || count(in_file, thread));
                    count(&in_memory, thread);
                }
            });
            let expected = rows(&in_memory, order, 1);
            prop_assert!(rows(&in_file, order, threads as usize) == expected);
            // What is sorted is taken out, and the table can be used again.
            prop_assert!(rows(&in_file, order, 1).is_empty());
        }
    }

    #[test]
    fn a_part_that_is_too_large_is_sorted_in_pieces() {
        let scratch = std::env::temp_dir();
        let mut spilled = Spilled::new(&scratch, 1, false).unwrap();
        let mut expected = BTreeMap::<Vec<u8>, u64>::new();
        for round in 0..3_u64 {
            let mut texts = Texts::new(false);
            for number in 0..2000_u64 {
                let text = (number % (500 * (round + 1))).to_string().into_bytes();
                texts.add(hash(&text), &text, 1, First::default());
                *expected.entry(text).or_default() += 1;
            }
            spilled.append(0, &texts).unwrap();
        }
        let sorting = Sorting { order: Order::Text, group: Vec::new() };
        let limit = MemoryLimit { bytes: 2000, folder: scratch };
        let runs = spilled.sorted(&sorting, &limit, NonZeroUsize::MIN).unwrap();
        // Those of two levels, of which there are 256.
        assert!(runs.runs.len() > 200, "{}", runs.runs.len());
        let mut found = Vec::new();
        runs.for_each(&sorting, |entry| {
            found.push((entry.text.to_vec(), entry.count));
            io::Result::Ok(())
        })
        .unwrap();
        assert!(found.into_iter().eq(expected));
    }

    #[test]
    fn a_file_that_cannot_be_made_is_named_and_asks_to_stop() {
        let folder = PathBuf::from("/no/such/folder");
        let table = Table::with_limit(false, Some(MemoryLimit { bytes: 0, folder }));
        let interrupt = cogrep_source::Interrupt::new();
        table.stop_on_fault(&interrupt);
        table.with(|local| local.add(b"text", 1));
        assert!(interrupt.is_requested());
        table.with(|local| local.add(b"text", 1));
        let error = table.sorted(Order::Count).unwrap_err();
        assert!(error.to_string().starts_with("temporary file in /no/such/folder: "), "{error}");
    }
}
