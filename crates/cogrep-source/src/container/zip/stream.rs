//! A zip as a stream: member after member, as far as their headers tell where they end.
//!
//! What only the directory knows is not known here: which members are links, and which were
//! deleted. A member whose size follows its bytes ends where its data does, by its own mark;
//! one that is stored, where what follows has its sum and its size.

use memchr::memmem;

use super::body::{Body, Happened};
use super::record::{
    CENTRAL, CENTRAL_BYTES, DESCRIPTOR, END, END_64, END_BYTES, End, Entry, LOCAL, LOCATOR_64,
    LOCATOR_64_BYTES, corrupt, u16_at, u32_at, u64_at,
};
use crate::container::format::{Event, Split, Splitter};
use crate::outcome::Fault;

/// A zip that is taken apart.
#[derive(Default)]
pub(super) struct Unzip {
    state: State,
    /// How many bytes were taken.
    position: u64,
    directory: Listed,
    /// Whether the end of the directory has come, and whether it says what there was.
    end: Option<bool>,
}

/// The directory, as it came.
#[derive(Default)]
struct Listed {
    members: u64,
    bytes: u64,
    start: Option<u64>,
}

impl Listed {
    /// Takes one more member, at this position and of this length.
    fn add(&mut self, position: u64, length: usize) {
        self.members += 1;
        self.bytes += length as u64;
        self.start.get_or_insert(position);
    }

    /// Whether this is what the record says that ends it. What large numbers are in another
    /// record is not held against it.
    fn is_said(&self, record: &[u8; END_BYTES]) -> bool {
        let (end, is_elsewhere) = End::new(record);
        let is_there = self.start.is_none_or(|start| start >= end.offset);
        is_elsewhere || is_there && end.bytes == self.bytes && end.members == self.members & 0xffff
    }
}

#[derive(Default)]
enum State {
    /// A record comes next.
    #[default]
    Record,
    /// A member that cannot be read, and how many of its bytes are to be skipped, if that
    /// can be done.
    Refused(Fault, Option<u64>),
    Body(Box<Open>),
    /// What follows the bytes of a member; the fault of the member, if it has one.
    Descriptor(Box<Open>, Option<Fault>),
    Skip(u64),
    /// There is nothing more that could be understood.
    Lost(Option<Fault>),
}

/// A member that has begun.
struct Open {
    body: Body,
    has_descriptor: bool,
    is_large: bool,
    /// Whether only what follows it tells where it ends.
    is_endless: bool,
}

impl Splitter for Unzip {
    fn step(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> Split {
        loop {
            let before = std::mem::discriminant(&self.state);
            let (taken, written, event) = self.advance(bytes, is_all, member);
            self.position += taken as u64;
            let is_idle = taken == 0 && written == 0 && matches!(event, Event::Within);
            if !is_idle || before == std::mem::discriminant(&self.state) {
                return Split { taken, written, event };
            }
        }
    }
}

impl Unzip {
    /// One step: how many bytes it took, how many it wrote, and what happened then.
    fn advance(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> (usize, usize, Event) {
        match &mut self.state {
            State::Record => self.record(bytes, is_all),
            State::Refused(fault, left) => {
                let fault = fault.clone();
                self.state = match *left {
                    Some(left) => State::Skip(left),
                    None => State::Lost(Some(fault.clone())),
                };
                (0, 0, Event::End(Some(fault)))
            }
            State::Body(_) => self.body(bytes, is_all, member),
            State::Descriptor(..) => self.descriptor(bytes, is_all),
            State::Skip(left) => {
                let taken = super::least(*left, bytes.len());
                *left -= taken as u64;
                if *left == 0 {
                    self.state = State::Record;
                }
                (taken, 0, Event::Within)
            }
            State::Lost(fault) => (0, 0, Event::Over(fault.take())),
        }
    }

    fn record(&mut self, bytes: &[u8], is_all: bool) -> (usize, usize, Event) {
        let within = |taken| (taken, 0, Event::Within);
        if let Some(is_said) = self.end {
            let trailing = Fault::Trailing { format: super::FORMAT };
            let fault = if bytes.is_empty() { (!is_said).then(corrupt) } else { Some(trailing) };
            let is_known = !bytes.is_empty() || is_all;
            return if is_known { (0, 0, Event::Over(fault)) } else { within(0) };
        }
        let Some(magic) = bytes.first_chunk::<4>() else { return within(0) };
        match magic {
            LOCAL => match Entry::local(bytes) {
                Ok(Some((entry, length))) => self.begin(entry, length),
                Ok(None) => within(0),
                Err(fault) => (0, 0, Event::Over(Some(fault))),
            },
            CENTRAL => match Entry::central(bytes) {
                // Members without bytes may be in the directory only.
                Ok(Some((_, length))) => {
                    self.directory.add(self.position, length);
                    within(length)
                }
                Ok(None) => within(0),
                Err(fault) => (0, 0, Event::Over(Some(fault))),
            },
            END_64 if bytes.len() >= 12 => {
                self.state = State::Skip(u64_at(bytes, 4));
                within(12)
            }
            LOCATOR_64 if bytes.len() >= LOCATOR_64_BYTES => within(LOCATOR_64_BYTES),
            END if bytes.len() >= END_BYTES => {
                self.end = bytes.first_chunk().map(|record| self.directory.is_said(record));
                let comment = u16_at(bytes, 20).into();
                if comment > 0 {
                    self.state = State::Skip(comment);
                }
                within(END_BYTES)
            }
            END_64 | LOCATOR_64 | END => within(0),
            _ => (0, 0, Event::Over(Some(corrupt()))),
        }
    }

    fn begin(&mut self, entry: Entry, length: usize) -> (usize, usize, Event) {
        let has_descriptor = entry.has_descriptor();
        if entry.is_folder() && entry.packed == Some(0) {
            return (length, 0, Event::Within);
        }
        let is_endless = entry.method == 0 && entry.packed.is_none();
        self.state = match Body::new(&entry) {
            Ok(body) => {
                let is_large = entry.is_large;
                State::Body(Box::new(Open { body, has_descriptor, is_large, is_endless }))
            }
            Err(fault) if has_descriptor => State::Refused(fault, None),
            Err(fault) => State::Refused(fault, entry.packed),
        };
        (length, 0, Event::Begin { name: entry.name, size: entry.size })
    }

    fn body(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> (usize, usize, Event) {
        let State::Body(open) = &mut self.state else { return (0, 0, Event::Within) };
        if open.is_endless {
            return self.endless(bytes, is_all, member);
        }
        let (taken, written, happened) = open.body.step(bytes, member);
        let event = match happened {
            Happened::Within => Event::Within,
            Happened::Memory(memory) => Event::Memory(memory),
            Happened::Ended(fault) => {
                let left = open.body.left();
                return (taken, written, self.ended(fault, left));
            }
        };
        (taken, written, event)
    }

    /// The data of a member has ended, but for so many packed bytes, if that is known.
    fn ended(&mut self, fault: Option<Fault>, left: Option<u64>) -> Event {
        let State::Body(open) = std::mem::take(&mut self.state) else { return Event::Within };
        match (open.has_descriptor, left) {
            // Where it ends is not known.
            (_, None) if fault.is_some() => {
                self.state = State::Lost(fault.clone());
                Event::End(fault)
            }
            (true, left) if left.unwrap_or(0) == 0 => {
                self.state = State::Descriptor(open, fault);
                Event::Within
            }
            (_, left) => {
                self.state = left.filter(|left| *left > 0).map_or(State::Record, State::Skip);
                Event::End(fault)
            }
        }
    }

    /// What follows the bytes of a member: in four shapes, of which the numbers tell which.
    fn descriptor(&mut self, bytes: &[u8], is_all: bool) -> (usize, usize, Event) {
        let State::Descriptor(open, fault) = &mut self.state else { return (0, 0, Event::Within) };
        if bytes.len() < 24 && !is_all {
            return (0, 0, Event::Within);
        }
        let (sum, packed, written) = open.body.so_far();
        let shapes = [(4, 4), (4, 8), (0, 4), (0, 8)];
        let fits = |(magic, size): &(usize, usize)| {
            let length = magic + 4 + 2 * size;
            let number = |at| if *size == 8 { u64_at(bytes, at) } else { u32_at(bytes, at).into() };
            bytes.len() >= length
                && (*magic == 0 || bytes.starts_with(DESCRIPTOR))
                && number(magic + 4) == packed
                && number(magic + 4 + size) == written
        };
        let is_large = open.is_large;
        let mut found = shapes.iter().filter(|shape| fits(shape));
        let first = found.next();
        let shape = if is_large { found.find(|shape| shape.1 == 8).or(first) } else { first };
        let Some((magic, size)) = shape else {
            let fault = fault.take().or_else(|| Some(corrupt()));
            self.state = State::Lost(fault.clone());
            return (0, 0, Event::End(fault));
        };
        let is_other = u32_at(bytes, *magic) != sum;
        let checksum = is_other.then_some(Fault::Checksum { format: super::FORMAT });
        let fault = fault.take().or(checksum);
        self.state = State::Record;
        (magic + 4 + 2 * size, 0, Event::End(fault))
    }

    /// Bytes that are stored, up to what has their sum and their number.
    fn endless(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> (usize, usize, Event) {
        let State::Body(open) = &mut self.state else { return (0, 0, Event::Within) };
        let found = memmem::find(bytes, DESCRIPTOR);
        if found == Some(0) {
            // After the last member comes the directory: with fewer bytes it is cut off.
            if bytes.len() < if is_all { 16 } else { 24 } {
                return (0, 0, Event::Within);
            }
            let (sum, packed, _) = open.body.so_far();
            let is_end = u32_at(bytes, 4) == sum && {
                let is_small = u64::from(u32_at(bytes, 8)) == packed;
                is_small || bytes.len() >= 24 && u64_at(bytes, 8) == packed
            };
            if is_end {
                return (0, 0, self.ended(None, Some(0)));
            }
        }
        // What may be the beginning of a mark is left for later.
        let end = match found {
            Some(0) => 4,
            Some(end) => end,
            None => bytes.len().saturating_sub(3),
        };
        if end == 0 {
            return (0, 0, Event::Within);
        }
        let (taken, written, _) = open.body.step(&bytes[..end.min(bytes.len())], member);
        (taken, written, Event::Within)
    }
}

const _: () = assert!(CENTRAL_BYTES > 24, "what follows the last member is longer than a mark");
