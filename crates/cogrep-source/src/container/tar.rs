//! tar: v7, ustar, pax (POSIX.1-2001) and GNU's, with long names and holes.
//!
//! Its bytes are taken as they come, so it can be in a pipe or in compressed data. Where
//! there is no header though there should be one, the next one is looked for, as GNU tar
//! does: what is damaged is named, and the members after it are read.
//!
//! A library that reads from a `Read` would wait in the middle of a member, and those there
//! are split records at line feeds, which names may have; a header is few fields.

mod header;
mod pax;
mod sparse;

use self::header::{BLOCK_BYTES, Bad, Header, Type};
use self::pax::Records;
use self::sparse::{Body, Map, Pieces};
use super::format::{ContainerFormat, Event, Recognition, Split, Splitter};
use crate::outcome::Fault;
use crate::select::Rule;

const FORMAT: &str = "tar";

/// Records on a member, or its name, may take this many bytes: they are kept in memory.
const MOST_RECORD_BYTES: u64 = 16 << 20;

/// The bytes of a block.
const BLOCK: u64 = BLOCK_BYTES as u64;

/// The format.
#[derive(Debug)]
pub(super) struct Tar;

impl ContainerFormat for Tar {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn start_bytes(&self) -> usize {
        BLOCK_BYTES
    }

    fn recognise(&self, start: &[u8]) -> Recognition {
        // Also where the first header is damaged, or cut off: no text has this.
        if header::is_by_standard(start) {
            return Recognition::Is;
        }
        if let Some(block) = start.first_chunk() {
            // A name of v7 that is none, and the sum may be right by chance.
            let is_text = |name: &[u8]| name.iter().any(u8::is_ascii_control);
            return Header::new(block)
                .is_some_and(|header| header.has_magic() || !is_text(&header.name()))
                .into();
        }
        // After the name come numbers in octal digits, or the standard has binary ones.
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'7' | b' ' | 0 | 0x80..);
        let may_be = start.first().is_some_and(|byte| *byte != 0)
            && start.iter().skip(100).take(8).all(is_digit);
        if may_be { Recognition::Unsure } else { Recognition::Not }
    }

    fn split(&self) -> Box<dyn Splitter> {
        Box::new(Untar::default())
    }
}

/// A tar that is taken apart.
struct Untar {
    state: State,
    /// A block, as far as it has come.
    block: [u8; BLOCK_BYTES],
    have: usize,
    /// Records on all members.
    global: Records,
    /// Records on the next member.
    records: Option<Records>,
    /// Its name, where it is too long for the header.
    long_name: Option<Vec<u8>>,
    /// Whether blocks of zeros were the last: they end the archive.
    is_at_end: bool,
    /// What is damaged so far, outside of members.
    fault: Option<Fault>,
}

enum State {
    /// A header comes next.
    Header,
    /// Records, or a long name.
    Gather { type_: Type, left: u64, bytes: Vec<u8> },
    /// Nothing that matters.
    Skip(u64),
    /// More pieces of a file with holes.
    More(Box<Sparse>),
    /// The pieces of a file with holes, before its bytes.
    Map { map: Map, real: u64, stored: u64 },
    /// The bytes of a member, after some to be skipped.
    Member { skip: u64, body: Body, padding: u64 },
    /// A member of which no bytes can be read, and how many are to be skipped.
    Damaged(u64),
}

/// A file with holes, as far as its header has come.
struct Sparse {
    name: Vec<u8>,
    pieces: Pieces,
    real: u64,
    stored: u64,
}

impl Default for Untar {
    fn default() -> Self {
        Self {
            state: State::Header,
            block: [0; BLOCK_BYTES],
            have: 0,
            global: Records::default(),
            records: None,
            long_name: None,
            is_at_end: false,
            fault: None,
        }
    }
}

impl Splitter for Untar {
    fn step(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> Split {
        let mut taken = 0;
        loop {
            let rest = &bytes[taken..];
            let before = (rest.len(), std::mem::discriminant(&self.state));
            let (more, written, event) = self.advance(rest, is_all, member);
            taken += more;
            let is_stuck = more == 0 && before.1 == std::mem::discriminant(&self.state);
            let event = match event {
                Some(event) => event,
                None if written > 0 || is_stuck => Event::Within,
                None => continue,
            };
            return Split { taken, written, event };
        }
    }
}

impl Untar {
    /// One step: how many bytes it took, how many it wrote, and what happened then.
    fn advance(
        &mut self,
        bytes: &[u8],
        is_all: bool,
        member: &mut [u8],
    ) -> (usize, usize, Option<Event>) {
        let may_end = bytes.is_empty() && is_all && self.ends_well();
        match &mut self.state {
            State::Header if may_end => (0, 0, Some(Event::Over(self.fault.take()))),
            State::Header | State::More(_) => {
                let length = bytes.len().min(BLOCK_BYTES - self.have);
                self.block[self.have..][..length].copy_from_slice(&bytes[..length]);
                self.have += length;
                if self.have < BLOCK_BYTES {
                    return (length, 0, None);
                }
                self.have = 0;
                let block = self.block;
                (length, 0, self.block(&block))
            }
            State::Gather { left, bytes: gathered, .. } => {
                let length = least(*left, bytes.len());
                gathered.extend_from_slice(&bytes[..length]);
                *left -= length as u64;
                if *left == 0 {
                    self.gathered();
                }
                (length, 0, None)
            }
            State::Skip(left) => {
                let length = least(*left, bytes.len());
                *left -= length as u64;
                if *left == 0 {
                    self.state = State::Header;
                }
                (length, 0, None)
            }
            State::Map { map, .. } => match map.feed(bytes) {
                Ok((length, false)) => (length, 0, None),
                Ok((length, true)) => {
                    self.begin_mapped();
                    (length, 0, None)
                }
                Err(Bad) => {
                    // What the map had taken is part of the member.
                    let State::Map { map, stored, .. } = &self.state else { return (0, 0, None) };
                    let left = padded(*stored).unwrap_or(u64::MAX).saturating_sub(map.taken());
                    self.state = State::Damaged(left);
                    (0, 0, None)
                }
            },
            State::Member { skip, .. } if *skip > 0 => {
                let length = least(*skip, bytes.len());
                *skip -= length as u64;
                (length, 0, None)
            }
            State::Member { body, padding, .. } => {
                if body.has_ended() {
                    let left = body.packed().saturating_add(*padding);
                    self.state = State::Skip(left);
                    return (0, 0, Some(Event::End(None)));
                }
                let (length, written) = body.write(bytes, member);
                (length, written, None)
            }
            State::Damaged(left) => {
                self.state = State::Skip(*left);
                (0, 0, Some(Event::End(Some(Fault::Corrupt { format: FORMAT }))))
            }
        }
    }

    /// Whether the archive may end here: after a block of zeros, of which the last may be
    /// short.
    fn ends_well(&self) -> bool {
        self.is_at_end && self.block[..self.have].iter().all(|byte| *byte == 0)
    }

    /// Takes a whole block, where a header or what continues one is due.
    fn block(&mut self, block: &[u8; BLOCK_BYTES]) -> Option<Event> {
        if matches!(self.state, State::More(_)) {
            return self.more_pieces(block);
        }
        if block.iter().all(|byte| *byte == 0) {
            self.is_at_end = true;
            return None;
        }
        let header = Header::new(block);
        let Some((header, size)) = header.and_then(|header| Some((header, header.size()?))) else {
            if self.is_at_end {
                return Some(Event::Over(Some(Fault::Trailing { format: FORMAT })));
            }
            self.damaged();
            self.records = None;
            self.long_name = None;
            return None;
        };
        self.is_at_end = false;
        self.header(header, size)
    }

    fn header(&mut self, header: Header<'_>, size: u64) -> Option<Event> {
        let type_ = header.type_();
        if matches!(type_, Type::LongName | Type::Pax | Type::GlobalPax) {
            if size <= MOST_RECORD_BYTES {
                self.state = State::Gather { type_, left: size, bytes: Vec::new() };
                if size == 0 {
                    self.gathered();
                }
            } else {
                self.damaged();
                self.skip(size);
            }
            return None;
        }
        if type_ == Type::Other {
            self.skip(size);
            return None;
        }
        let records = self.records.take().unwrap_or_else(|| self.global.clone());
        let long_name = self.long_name.take();
        let stored = records.size.unwrap_or(size);
        match type_ {
            // Its size is that of the file that it is another name of.
            Type::HardLink => return Some(Event::LeftOut(Rule::Link)),
            Type::Link => {
                self.skip(stored);
                return Some(Event::LeftOut(Rule::Link));
            }
            Type::Special => {
                self.skip(stored);
                return Some(Event::LeftOut(Rule::Special));
            }
            Type::Folder => {
                self.skip(stored);
                return None;
            }
            _ => {}
        }
        let name = records.sparse_name.or(records.name).or(long_name);
        let name = name.unwrap_or_else(|| header.name());
        if header.may_be_folder() && name.ends_with(b"/") {
            self.skip(stored);
            return None;
        }
        if type_ == Type::Sparse {
            return self.begin_gnu_sparse(header, name, stored);
        }
        let body = match records.real_size {
            Some(real) if records.has_map => {
                self.state = State::Map { map: Map::default(), real, stored };
                return Some(Event::Begin { name, size: Some(real) });
            }
            Some(real) if records.is_sparse => Body::sparse(records.pieces, real, stored),
            _ => Ok(Body::whole(stored)),
        };
        Some(self.begin(name, body, stored))
    }

    fn begin_gnu_sparse(
        &mut self,
        header: Header<'_>,
        name: Vec<u8>,
        stored: u64,
    ) -> Option<Event> {
        let (block, has_more) = header.pieces();
        let mut pieces = Pieces::default();
        let (Some(real), Ok(())) = (header.real_size(), pieces.push_all(block)) else {
            return Some(self.begin(name, Err(Bad), stored));
        };
        if has_more {
            self.state = State::More(Box::new(Sparse { name, pieces, real, stored }));
            return None;
        }
        let body = Body::sparse(pieces, real, stored);
        Some(self.begin(name, body, stored))
    }

    fn more_pieces(&mut self, block: &[u8; BLOCK_BYTES]) -> Option<Event> {
        let State::More(sparse) = &mut self.state else { return None };
        let is_good = sparse.pieces.push_all(&block[..504]).is_ok();
        if is_good && block[504] == 1 {
            return None;
        }
        let State::More(sparse) = std::mem::replace(&mut self.state, State::Header) else {
            return None;
        };
        let Sparse { name, pieces, real, stored } = *sparse;
        let body = if is_good { Body::sparse(pieces, real, stored) } else { Err(Bad) };
        Some(self.begin(name, body, stored))
    }

    /// The numbers before the bytes have all come.
    fn begin_mapped(&mut self) {
        let State::Map { map, real, stored } = std::mem::replace(&mut self.state, State::Header)
        else {
            return;
        };
        let taken = map.taken();
        let (Some(of_map), Some(of_all)) = (padded(taken), padded(stored)) else {
            self.state = State::Damaged(u64::MAX);
            return;
        };
        let body = stored.checked_sub(of_map).ok_or(Bad);
        let body = body.and_then(|packed| Body::sparse(map.into_pieces(), real, packed));
        self.state = match body {
            Ok(body) => State::Member { skip: of_map - taken, body, padding: of_all - stored },
            Err(Bad) => State::Damaged(of_all.saturating_sub(taken)),
        };
    }

    /// A member begins that takes so many bytes of the archive.
    fn begin(&mut self, name: Vec<u8>, body: Result<Body, Bad>, stored: u64) -> Event {
        let size = body.as_ref().ok().map(Body::size);
        self.state = match (body, padded(stored)) {
            (Ok(body), Some(all)) => State::Member { skip: 0, body, padding: all - stored },
            (_, all) => State::Damaged(all.unwrap_or(u64::MAX)),
        };
        Event::Begin { name, size }
    }

    /// Records or a name have come in full.
    fn gathered(&mut self) {
        let State::Gather { type_, mut bytes, .. } =
            std::mem::replace(&mut self.state, State::Header)
        else {
            return;
        };
        let gathered = bytes.len() as u64;
        let padding = gathered.next_multiple_of(BLOCK) - gathered;
        let added = match type_ {
            Type::GlobalPax => self.global.add(&bytes),
            Type::Pax => {
                let global = &self.global;
                self.records.get_or_insert_with(|| global.clone()).add(&bytes)
            }
            _ => {
                let end = bytes.iter().position(|byte| *byte == 0);
                bytes.truncate(end.unwrap_or(bytes.len()));
                self.long_name = Some(bytes);
                Ok(())
            }
        };
        if added.is_err() {
            self.damaged();
        }
        if padding > 0 {
            self.state = State::Skip(padding);
        }
    }

    fn damaged(&mut self) {
        self.fault.get_or_insert(Fault::Corrupt { format: FORMAT });
    }

    /// Goes on after so many bytes, and those that fill up the last block.
    fn skip(&mut self, bytes: u64) {
        let left = padded(bytes).unwrap_or(u64::MAX);
        self.state = if left == 0 { State::Header } else { State::Skip(left) };
    }
}

/// So many bytes in whole blocks, if that is a number.
fn padded(bytes: u64) -> Option<u64> {
    bytes.checked_next_multiple_of(BLOCK)
}

fn least(left: u64, bytes: usize) -> usize {
    usize::try_from(left).map_or(bytes, |left| left.min(bytes))
}

#[cfg(test)]
mod tests;
