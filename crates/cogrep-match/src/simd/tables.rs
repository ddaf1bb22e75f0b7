//! Tables that say of each byte in which of eight classes it may be, for
//! [lookups](super::vector::Vector::classes) of a block of bytes at once.
//!
//! A byte is looked up in two tables, by different entries, and is in the classes that
//! both give. How a byte is [split](Split) into entries depends on the level. Several bytes
//! share an entry, so a class may get more bytes than were put into it. Split into halves,
//! it does not if all its bytes have one half in common, as a letter and its capital form
//! do.
//!
//! That bits of a byte represent patterns, and are and-ed over neighbouring bytes, is
//! Teddy's idea, from Hyperscan, which looks halves up in tables of sixteen entries.

use super::Case;
use super::dispatch::dispatch;
use super::level::Vectors;
use super::vector::{Split, Vector};

/// The classes of bytes, by the entries of either table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables {
    split: Split,
    classes: [[u8; 64]; 2],
}

impl Tables {
    /// Tables of classes without bytes.
    pub(super) const fn new(split: Split) -> Self {
        let classes = match split {
            Split::Halves => [[0; 64]; 2],
            // The first table tells enough.
            Split::LowBits => [[0; 64], [!0; 64]],
        };
        Self { split, classes }
    }

    /// Both tables.
    pub(super) fn all(&self) -> &[[u8; 64]; 2] {
        &self.classes
    }

    /// The entries of a byte in the two tables.
    #[inline]
    pub(super) fn entries(&self, byte: u8) -> [usize; 2] {
        entries(self.split, byte)
    }

    /// The classes that a table gives for an entry.
    #[inline]
    pub(super) fn at(&self, table: usize, entry: usize) -> u8 {
        self.classes[table][entry]
    }

    /// Puts the bytes of an entry in a table into these classes.
    #[inline]
    pub(super) fn insert(&mut self, table: usize, entry: usize, classes: u8) {
        self.classes[table][entry] |= classes;
    }

    /// Puts a byte into these classes, and also its capital form if case is ignored.
    pub(super) fn insert_byte(&mut self, byte: u8, case: Case, classes: u8) {
        let capital = if case == Case::Ignored { byte.to_ascii_uppercase() } else { byte };
        for byte in [byte, capital] {
            for (table, entry) in self.entries(byte).into_iter().enumerate() {
                self.insert(table, entry, classes);
            }
        }
    }
}

/// How the instructions of a level split a byte.
pub(super) fn split(vectors: Vectors) -> Split {
    dispatch!(Vectors: vectors, fn<B>() -> Split { <B as Vector>::SPLIT })
}

/// The entries of a byte in the two tables.
#[inline]
pub(super) fn entries(split: Split, byte: u8) -> [usize; 2] {
    match split {
        Split::Halves => [usize::from(byte) % 16, usize::from(byte) / 16],
        Split::LowBits => [usize::from(byte) % 64, 0],
    }
}
