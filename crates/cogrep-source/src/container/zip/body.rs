//! The bytes of a member: unpacked, and held against their check sum.

use std::io;

use flate2::Crc;

use super::method::{self, Method};
use super::record::{Entry, corrupt};
use crate::decode::{State, Step, Trouble};
use crate::outcome::Fault;

/// The bytes of a member that are being unpacked.
pub(super) struct Body {
    method: Method,
    sum: Crc,
    /// What it should come to, as far as that is known.
    expected: (Option<u32>, Option<u64>),
    written: u64,
    taken: u64,
    /// How many packed bytes are left, if that is known.
    left: Option<u64>,
}

/// What happened to a member.
#[derive(Debug)]
pub(super) enum Happened {
    /// More of the same.
    Within,
    /// It takes this much memory from here on.
    Memory(u64),
    /// It has ended, with a fault if it is damaged.
    Ended(Option<Fault>),
}

impl Body {
    /// Begins with the bytes of a member.
    pub(super) fn new(entry: &Entry) -> Result<Self, Fault> {
        if entry.is_encrypted() {
            return Err(Fault::Encrypted);
        }
        Ok(Self {
            method: method::method(entry)?,
            sum: Crc::new(),
            expected: (entry.sum, entry.size),
            written: 0,
            taken: 0,
            left: entry.packed,
        })
    }

    /// The check sum so far, the packed bytes that were taken, and the bytes that were
    /// written.
    pub(super) fn so_far(&self) -> (u32, u64, u64) {
        (self.sum.sum(), self.taken, self.written)
    }

    /// How many packed bytes are left, if that is known.
    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Unpacks what there is and has room; says how many bytes it took, and how many it
    /// wrote.
    pub(super) fn step(&mut self, bytes: &[u8], room: &mut [u8]) -> (usize, usize, Happened) {
        let is_all = self.left.is_some_and(|left| left <= bytes.len() as u64);
        let bytes = match self.left {
            Some(left) if is_all => &bytes[..usize::try_from(left).unwrap_or(bytes.len())],
            _ => bytes,
        };
        if self.method.needs_more(bytes, is_all) {
            return (0, 0, Happened::Within);
        }
        let Step { taken, written, state } = self.method.step(bytes, is_all, room);
        self.sum.update(&room[..written]);
        self.taken += taken as u64;
        self.written += written as u64;
        self.left = self.left.map(|left| left - taken as u64);
        let is_stuck = taken == 0 && written == 0 && !room.is_empty();
        let has_more = self.expected.1.is_some_and(|size| self.written > size);
        let happened = match state {
            _ if has_more => Happened::Ended(Some(corrupt())),
            State::Ended => Happened::Ended(self.verdict()),
            State::Failed(Trouble::Window) => Happened::Ended(Some(super::window())),
            State::Failed(Trouble::NotBuiltIn) => Happened::Ended(Some(super::not_built_in())),
            State::Failed(Trouble::Memory) => {
                let fault = io::Error::from(io::ErrorKind::OutOfMemory).into();
                Happened::Ended(Some(fault))
            }
            // No dictionary can be named in an archive.
            State::Failed(
                Trouble::Corrupt | Trouble::CorruptOrDictionary | Trouble::Dictionary,
            ) => Happened::Ended(Some(corrupt())),
            State::Growing { memory_bytes } => Happened::Memory(memory_bytes),
            State::Within if is_stuck && (is_all || !bytes.is_empty()) => {
                Happened::Ended(Some(corrupt()))
            }
            State::Within => Happened::Within,
        };
        (taken, written, happened)
    }

    /// What is wrong with the bytes, now that all are there.
    fn verdict(&self) -> Option<Fault> {
        let (sum, size) = self.expected;
        if size.is_some_and(|size| size != self.written) || self.left.is_some_and(|left| left > 0) {
            return Some(corrupt());
        }
        let is_other = sum.is_some_and(|sum| sum != self.sum.sum());
        is_other.then_some(Fault::Checksum { format: super::FORMAT })
    }
}
