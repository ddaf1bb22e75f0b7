//! Filters by classes of bytes: [tables] tell for each byte of a block to which grams it
//! may belong.
//!
//! The cost depends neither on the number of grams nor on whether case matters. Other
//! bytes than those of a gram may pass as well, so whatever passes is compared.
//!
//! [tables]: crate::simd::tables

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use super::{BLOCK_BYTES, Case, Filter, Gram};
use crate::simd::tables::Tables;
use crate::simd::vector::Vector;

/// Each byte of a gram is looked up in tables of its own, and so takes a load of its own.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "only AVX-512 gains by it"))]
pub(super) struct Classes<B: Vector, const BYTES: usize>([B::Tables; BYTES]);

#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "only AVX-512 gains by it"))]
impl<B: Vector, const BYTES: usize> Classes<B, BYTES> {
    /// For each place, the grams that may begin there.
    ///
    /// # Safety
    ///
    /// As for [`Filter::masks`].
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> B {
        // SAFETY: the caller answers for it.
        unsafe {
            let mut all = B::load(from).classes(self.0[0]);
            for at in 1..BYTES {
                all = all.and(B::load(from.add(at)).classes(self.0[at]));
            }
            all
        }
    }
}

impl<B: Vector, const NEEDLES: usize, const BYTES: usize> Filter<NEEDLES> for Classes<B, BYTES> {
    type Block = B;
    const GRAM_BYTES: usize = BYTES;
    const AHEAD: usize = 0;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        let mut tables = [Tables::new(B::SPLIT); BYTES];
        for at in 0..BYTES {
            for (nth, gram) in grams.iter().enumerate() {
                tables[at].insert_byte(gram.needle[gram.offset + at], case, 1 << nth);
            }
        }
        // SAFETY: the caller answers for the instructions.
        unsafe {
            let mut loaded = [B::tables(tables[0].all()); BYTES];
            for at in 1..BYTES {
                loaded[at] = B::tables(tables[at].all());
            }
            Self(loaded)
        }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the caller answers for it.
        unsafe { self.block(pair).or(self.block(pair.add(BLOCK_BYTES))).is_any() }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the caller answers for it.
        unsafe {
            let grams = self.block(block);
            for needle in 0..NEEDLES {
                masks[needle] = grams.are_in(1 << needle);
            }
        }
        masks
    }
}

/// Only the two bytes of a gram that share a lane of two bytes are looked up: its first two
/// where it begins with a lane, else its last two. So one load is enough, and it crosses no
/// cache line.
pub(super) struct Lanes<B: Vector> {
    /// For the first bytes of lanes.
    first: B::Tables,
    /// For the second ones.
    second: B::Tables,
}

/// The bytes of a gram of [`Lanes`].
pub(super) const LANES_GRAM_BYTES: usize = 3;

impl<B: Vector> Lanes<B> {
    /// The bit of grams that begin with a lane.
    const EVEN: u8 = 0b01;
    /// That of those that begin a byte before.
    const ODD: u8 = 0b10;

    /// In the first byte of each lane, the grams to which both bytes of it may belong.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`, and a block of lanes must lie in the text
    /// from here on.
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> B {
        // SAFETY: the caller answers for it.
        unsafe {
            let block = B::load(from);
            block.classes(self.first).and(block.classes(self.second).second_bytes())
        }
    }
}

impl<B: Vector, const NEEDLES: usize> Filter<NEEDLES> for Lanes<B> {
    type Block = B;
    const GRAM_BYTES: usize = LANES_GRAM_BYTES;
    /// A gram that begins a byte before a lane is found by that lane.
    const AHEAD: usize = 1;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        let mut first = Tables::new(B::SPLIT);
        let mut second = first;
        for (nth, gram) in grams.iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|at| gram.needle[gram.offset + at]);
            let (even, odd) = (Self::EVEN << (2 * nth), Self::ODD << (2 * nth));
            first.insert_byte(a, case, even);
            second.insert_byte(b, case, even);
            first.insert_byte(b, case, odd);
            second.insert_byte(c, case, odd);
        }
        // SAFETY: the caller answers for the instructions.
        unsafe { Self { first: B::tables(first.all()), second: B::tables(second.all()) } }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the lanes end before the last gram of the pair does.
        unsafe {
            let lanes = pair.add(1);
            self.block(lanes).or(self.block(lanes.add(BLOCK_BYTES))).is_any()
        }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the lanes end before the last gram of the block does.
        unsafe {
            let grams = self.block(block.add(1));
            for needle in 0..NEEDLES {
                let even = grams.are_in(Self::EVEN << (2 * needle));
                let odd = grams.are_in(Self::ODD << (2 * needle));
                masks[needle] = even << 1 | odd;
            }
        }
        masks
    }
}
