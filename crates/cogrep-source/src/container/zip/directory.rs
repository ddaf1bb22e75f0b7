//! The directory of a zip: which members there are, and where.
//!
//! It is looked through once, piece by piece, and then read again by parts, so that a zip of
//! millions of members takes no more memory than a small one. Each part can be counted by
//! another worker.

use std::collections::HashSet;
use std::sync::Arc;

use super::body::{Body, Happened};
use super::one::One;
use super::record::{
    CENTRAL_BYTES, END, END_64_BYTES, END_BYTES, End, Entry, LOCAL_BYTES, LOCATOR_64_BYTES,
    PATH_BYTES, corrupt, large_end_offset, u16_at,
};
use crate::buffer::Buffer;
use crate::container::members::{AnyRaw, Members};
use crate::container::range::Range;
use crate::container::{Container, ContainerFormat};
use crate::decode::Unpacked;
use crate::interrupt::Interrupt;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::positional::Positional;
use crate::reader::Reader;
use crate::select::{Rule, Selection};
use crate::wait::Wait;

/// A part has at most this many members, and ends with the member by which it has this many
/// packed bytes, or this many bytes of the directory.
const PART_MEMBERS: u64 = 32;
const PART_PACKED_BYTES: u64 = 256 << 10;
const PART_BYTES: u64 = 64 << 10;

/// How many bytes of the directory are read at once.
const READ_BYTES: usize = 64 << 10;

/// The end of the directory has at most this many bytes: it ends with a comment.
const TAIL_BYTES: u64 = (END_BYTES + u16::MAX as usize + LOCATOR_64_BYTES) as u64;

/// The header before the bytes of a member has at most this much after the name.
const EXTRA_BYTES: u64 = u16::MAX as u64;

/// A path takes less than this, however badly it is packed.
const PACKED_PATH_BYTES: u64 = 2 * PATH_BYTES as u64;

/// Where members are not in the order of the directory, so many of them are held against
/// each other.
const MOST_UNORDERED: usize = 1 << 22;

/// A zip whose members are known.
pub struct Directory {
    name: SourceName,
    options: OpenOptions,
    bytes: Positional,
    parts: Vec<Part>,
    /// Where the directory begins: no member is after that.
    end: u64,
    /// The headers of members that overlap others.
    overlapping: HashSet<u64>,
    fault: Option<Fault>,
}

/// A part of the directory: where it is, and how long.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: u64,
    bytes: u64,
}

/// What a part of a directory has.
pub enum Listed<W> {
    /// A member, or what is in it.
    Container(Container<W>),
    /// A member that is left out by a rule.
    LeftOut(Rule),
}

impl Directory {
    /// The directory of an archive, if its format has one and any position can be read.
    /// What cannot be read is left to those who read it as a stream.
    pub(crate) async fn of<W: Wait>(
        outer: &Unpacked<Reader>,
        format: &dyn ContainerFormat,
        name: &SourceName,
        options: &OpenOptions,
        wait: &W,
    ) -> Option<Self> {
        let reader = outer.plain().filter(|_| format.has_directory())?;
        Self::find(reader.positional()?, name, options, wait).await.ok()?
    }

    /// Finds the directory of a zip of this size, and looks through it; none if it has none,
    /// as when it is cut off.
    async fn find<W: Wait>(
        (bytes, size): (Positional, u64),
        name: &SourceName,
        options: &OpenOptions,
        wait: &W,
    ) -> Result<Option<Self>, Fault> {
        let reading = Reading { bytes: &bytes, wait, interrupt: &options.interrupt };
        let Some(end) = reading.end(size).await? else { return Ok(None) };
        let (parts, overlapping, fault) = reading.look_through(end).await?;
        let (name, options) = (name.clone(), options.clone());
        Ok(Some(Self { name, options, bytes, parts, end: end.offset, overlapping, fault }))
    }

    /// The name of the zip.
    #[must_use]
    pub fn name(&self) -> &SourceName {
        &self.name
    }

    /// How many parts it has.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// How the zip ended, but for its members.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match &self.fault {
            None => Outcome::Complete,
            Some(fault) if self.parts.is_empty() => Outcome::Failed(fault.clone()),
            Some(fault) => Outcome::Partial(fault.clone()),
        }
    }

    /// The members of a part that are selected, each as a container of its own.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read any more.
    pub async fn part<W: Wait>(
        self: &Arc<Self>,
        number: usize,
        selection: &Selection,
        wait: &W,
    ) -> Result<Vec<Listed<W>>, Fault> {
        let Part { start, bytes } = self.parts[number];
        let interrupt = &self.options.interrupt;
        let reading = Reading { bytes: &self.bytes, wait, interrupt };
        let directory = reading.read(start, bytes).await?;
        let mut rest = &directory[..];
        let mut members = Vec::new();
        while let Ok(Some((entry, length))) = Entry::central(rest) {
            rest = &rest[length..];
            if entry.is_folder() {
                continue;
            }
            let mut rule = entry.rule();
            if rule == Some(Rule::Link) && !self.is_link(&entry, &reading).await {
                rule = None;
            }
            let rule = rule.or_else(|| selection.leaves_out(&entry.name, entry.size));
            members.push(match rule {
                Some(rule) => Listed::LeftOut(rule),
                None => Listed::Container(self.open(entry, wait)),
            });
        }
        Ok(members)
    }

    /// Whether a member that is said to be a link holds a path, as far as one may look. What
    /// is damaged is none, so that it is read and the damage is named.
    async fn is_link<W: Wait>(&self, entry: &Entry, reading: &Reading<'_, W>) -> bool {
        let Some(end) = least_end(entry) else { return false };
        if entry.packed.is_none_or(|packed| packed > PACKED_PATH_BYTES) {
            return false;
        }
        let mut found = None;
        // Few headers have much after the name.
        for extra in [64, EXTRA_BYTES] {
            let end = end.saturating_add(extra).min(self.end);
            let length = end.saturating_sub(entry.offset);
            let Ok(bytes) = reading.read(entry.offset, length).await else { return false };
            let Ok(header) = Entry::local(&bytes) else { return false };
            let whole = |(_, start): &(Entry, usize)| {
                bytes.len().saturating_sub(*start) as u64 >= entry.packed.unwrap_or(0)
            };
            if let Some((_, start)) = header.filter(whole) {
                found = Some((bytes, start));
                break;
            }
        }
        let Some((bytes, start)) = found else { return false };
        let Ok(mut body) = Body::new(entry) else { return true };
        let (mut taken, mut written) = (start, 0);
        let mut target = vec![0; PATH_BYTES + 1];
        loop {
            let step = body.step(&bytes[taken..], &mut target[written..]);
            taken += step.0;
            written += step.1;
            match step.2 {
                Happened::Ended(fault) => {
                    return fault.is_none() && could_be_path(&target[..written]);
                }
                Happened::Within if step.0 == 0 && step.1 == 0 => return false,
                Happened::Within | Happened::Memory(_) => {}
            }
        }
    }

    fn open<W: Wait>(&self, entry: Entry, wait: &W) -> Container<W> {
        let start = entry.offset;
        let least = least_end(&entry);
        let refused = if self.overlapping.contains(&start) {
            Some(Fault::Overlap { format: super::FORMAT })
        } else {
            least.is_none_or(|end| end > self.end).then(corrupt)
        };
        let end = if refused.is_some() { start } else { self.end };
        let soft_end = least.unwrap_or(start).saturating_add(64);
        let raw = Range::new(self.bytes.clone(), (start, soft_end, end), &self.options.interrupt);
        let outer = Unpacked::new(AnyRaw::Range(raw));
        let notices = (self.name.clone(), self.options.notices.clone());
        let one = One::new(entry, refused, notices);
        let members = Members::with(outer, super::FORMAT, Box::new(one));
        Container::over(wait.clone(), self.name.clone(), self.options.clone(), members)
    }
}

/// Whether these bytes could be the path that a link leads to: a path has no zero, and those
/// that have a line feed are rarer than files whose type is damaged.
fn could_be_path(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| matches!(byte, 0 | b'\n'))
}

/// Where the bytes of a member end at the earliest.
fn least_end(entry: &Entry) -> Option<u64> {
    let head = (LOCAL_BYTES + entry.name.len()) as u64;
    entry.offset.checked_add(head)?.checked_add(entry.packed?)
}

/// What a directory is read from.
struct Reading<'a, W> {
    bytes: &'a Positional,
    wait: &'a W,
    interrupt: &'a Interrupt,
}

/// What was found in a directory: its parts, members that overlap, and what is wrong with it.
type Found = (Vec<Part>, HashSet<u64>, Option<Fault>);

impl<W: Wait> Reading<'_, W> {
    /// Reads this many bytes.
    async fn read(&self, start: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let length = usize::try_from(length).map_err(|_| corrupt())?;
        let mut buffer = Buffer::default();
        buffer.make_room(length);
        let mut filled = 0;
        while filled < length {
            let on = (self.wait, self.interrupt);
            let offset = start + filled as u64;
            let read = self.bytes.read(&mut buffer, filled..length, offset, on).await?;
            if read == 0 {
                return Err(Fault::Truncated { format: super::FORMAT });
            }
            filled += read;
        }
        Ok(buffer[..length].to_vec())
    }

    /// Where the directory is, if there is one, with its position as it really is.
    async fn end(&self, size: u64) -> Result<Option<End>, Fault> {
        let tail_start = size.saturating_sub(TAIL_BYTES);
        let tail = self.read(tail_start, size - tail_start).await?;
        // The last one whose comment ends with the file, or else the last one.
        let fits = |at: &usize| at + END_BYTES + usize::from(u16_at(&tail, at + 20)) == tail.len();
        let places =
            memchr::memmem::rfind_iter(&tail, END).filter(|at| at + END_BYTES <= tail.len());
        let places: Vec<usize> = places.collect();
        let Some(at) = places.iter().find(|at| fits(at)).or(places.first()).copied() else {
            return Ok(None);
        };
        let Some(record) = tail[at..].first_chunk() else { return Ok(None) };
        let (mut end, is_elsewhere) = End::new(record);
        let mut end_of_directory = tail_start + at as u64;
        if is_elsewhere && let Some(large) = self.large_end(&tail[..at], size).await? {
            (end, end_of_directory) = large;
        }
        // Something may be before the zip: its positions are then too small.
        let Some(start) = end_of_directory.checked_sub(end.bytes) else { return Ok(None) };
        if start < end.offset {
            return Ok(None);
        }
        Ok(Some(End { offset: start, ..end }))
    }

    /// The record with large numbers, and where it is.
    async fn large_end(&self, before: &[u8], size: u64) -> Result<Option<(End, u64)>, Fault> {
        let Some(offset) = before.last_chunk().and_then(large_end_offset) else { return Ok(None) };
        if offset.checked_add(END_64_BYTES as u64).is_none_or(|end| end > size) {
            return Ok(None);
        }
        let record = self.read(offset, END_64_BYTES as u64).await?;
        Ok(record.first_chunk().and_then(End::large).map(|end| (end, offset)))
    }

    /// Looks through the directory, and finds members that overlap.
    async fn look_through(&self, end: End) -> Result<Found, Fault> {
        let mut parts = Parts::default();
        let mut order = Order::default();
        let fault = self.each(end, |entry, at, length| {
            parts.add(at, length as u64, entry.packed.unwrap_or(0));
            order.add(entry);
        });
        let (count, fault) = fault.await?;
        // Where there are more than 16 bits say, some programs write what is left of them.
        let is_said = count == end.members || count & 0xffff == end.members;
        let fault = fault.or_else(|| (!is_said).then(corrupt));
        if order.is_ordered {
            return Ok((parts.all(), HashSet::new(), fault));
        }
        let mut places = Vec::new();
        self.each(end, |entry, _, _| {
            if places.len() < MOST_UNORDERED && !entry.is_folder() {
                places.push((entry.offset, least_end(entry).unwrap_or(u64::MAX)));
            }
        })
        .await?;
        Ok((parts.all(), overlapping(places), fault))
    }

    /// Looks at each member; says how many there are, and what is wrong after them.
    async fn each(
        &self,
        end: End,
        mut look: impl FnMut(&Entry, u64, usize),
    ) -> Result<(u64, Option<Fault>), Fault> {
        let (mut at, mut left, mut count) = (end.offset, end.bytes, 0);
        let mut bytes: Vec<u8> = Vec::new();
        let mut taken = 0;
        loop {
            match Entry::central(&bytes[taken..]) {
                Ok(Some((entry, length))) => {
                    look(&entry, at, length);
                    taken += length;
                    at += length as u64;
                    count += 1;
                    continue;
                }
                Err(fault) => return Ok((count, Some(fault))),
                Ok(None) => {}
            }
            if left == 0 {
                // A signature may be there, which is as long as it says.
                let rest = bytes.len() - taken;
                return Ok((count, (rest > 0).then(corrupt)));
            }
            if self.interrupt.is_requested() {
                return Err(Fault::Interrupted);
            }
            let piece = left.min(READ_BYTES as u64);
            let more = self.read(end.offset + end.bytes - left, piece).await?;
            left -= piece;
            bytes.drain(..taken);
            taken = 0;
            bytes.extend(more);
        }
    }
}

/// The parts of a directory, as its members come.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    /// The part that is not full: its beginning, its bytes, its members and their bytes.
    open: Option<(u64, u64, u64, u64)>,
}

impl Parts {
    fn add(&mut self, at: u64, length: u64, packed: u64) {
        let (start, bytes, members, all) = self.open.take().unwrap_or((at, 0, 0, 0));
        let open = (start, bytes + length, members + 1, all.saturating_add(packed));
        if open.1 >= PART_BYTES || open.2 >= PART_MEMBERS || open.3 >= PART_PACKED_BYTES {
            self.done.push(Part { start, bytes: open.1 });
        } else {
            self.open = Some(open);
        }
    }

    fn all(mut self) -> Vec<Part> {
        let last = self.open.map(|(start, bytes, ..)| Part { start, bytes });
        self.done.extend(last);
        self.done
    }
}

/// Whether members follow each other in the order of the directory: then none overlap.
struct Order {
    end: u64,
    is_ordered: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { end: 0, is_ordered: true }
    }
}

impl Order {
    fn add(&mut self, entry: &Entry) {
        if entry.is_folder() {
            return;
        }
        self.is_ordered &= entry.offset >= self.end;
        self.end = least_end(entry).unwrap_or(u64::MAX);
    }
}

/// The beginnings of those that overlap others.
fn overlapping(mut places: Vec<(u64, u64)>) -> HashSet<u64> {
    places.sort_unstable();
    let mut found = HashSet::new();
    let mut last: Option<(u64, u64)> = None;
    for (start, end) in places {
        if let Some((last_start, last_end)) = last
            && start < last_end
        {
            found.insert(last_start);
            found.insert(start);
        }
        if last.is_none_or(|(_, last_end)| end > last_end) {
            last = Some((start, end));
        }
    }
    found
}

const _: () = assert!(CENTRAL_BYTES as u64 <= PART_BYTES);
