//! Filters by classes of bytes: [tables] tell for each byte of a block to which grams it
//! may belong.
//!
//! What it costs depends neither on the number of grams nor on whether case matters. Other
//! bytes than those of a gram may pass as well: these are filters, and what passes is
//! compared.
//!
//! [tables]: crate::simd::tables

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use super::{BLOCK_BYTES, Case, Filter, Gram};
use crate::simd::tables::LookUp;

/// Each byte of a gram by tables of its own, and so a load for each.
pub(super) struct Classes<B: LookUp, const BYTES: usize>([B::Tables; BYTES]);

impl<B: LookUp, const BYTES: usize> Classes<B, BYTES> {
    /// For each place, the grams that may begin there.
    ///
    /// # Safety
    ///
    /// As for [`Filter::masks`].
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> B {
        // SAFETY: the caller sees to it.
        unsafe {
            let mut all = B::load(from).classes(self.0[0]);
            for at in 1..BYTES {
                all = all.both(B::load(from.add(at)).classes(self.0[at]));
            }
            all
        }
    }
}

impl<B: LookUp, const NEEDLES: usize, const BYTES: usize> Filter<NEEDLES> for Classes<B, BYTES> {
    type Block = B;
    const GRAM_BYTES: usize = BYTES;
    const AHEAD: usize = 0;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        let mut tables = [B::NONE; BYTES];
        for at in 0..BYTES {
            for (nth, gram) in grams.iter().enumerate() {
                tables[at].insert_byte::<B>(gram.needle[gram.offset + at], case, 1 << nth);
            }
        }
        // SAFETY: the caller answers for the instructions.
        unsafe {
            let mut loaded = [B::tables(&tables[0]); BYTES];
            for at in 1..BYTES {
                loaded[at] = B::tables(&tables[at]);
            }
            Self(loaded)
        }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the caller sees to it.
        unsafe { self.block(pair).either(self.block(pair.add(BLOCK_BYTES))).is_any() }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the caller sees to it.
        unsafe {
            let grams = self.block(block);
            for needle in 0..NEEDLES {
                masks[needle] = grams.are_in(1 << needle);
            }
        }
        masks
    }
}

/// Two bytes of a gram, those that share a lane of two bytes: its first two bytes where
/// it begins with a lane, else the last two. So one load is enough, and it crosses no line
/// of the cache.
pub(super) struct Lanes<B: LookUp> {
    /// For the first bytes of lanes.
    first: B::Tables,
    /// For the second ones.
    second: B::Tables,
}

/// The bytes of a gram of [`Lanes`].
pub(super) const LANES_GRAM_BYTES: usize = 3;

impl<B: LookUp> Lanes<B> {
    /// The bit of grams that begin with a lane.
    const EVEN: u8 = 0b01;
    /// That of those that begin a byte before.
    const ODD: u8 = 0b10;

    /// In the first byte of each lane, the grams that may have both bytes of it.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`, and a block of lanes must lie in the text
    /// from here on.
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> B {
        // SAFETY: the caller sees to it.
        unsafe {
            let block = B::load(from);
            block.classes(self.first).both(block.classes(self.second).second_bytes())
        }
    }
}

impl<B: LookUp, const NEEDLES: usize> Filter<NEEDLES> for Lanes<B> {
    type Block = B;
    const GRAM_BYTES: usize = LANES_GRAM_BYTES;
    /// A gram that begins a byte before a lane is told by this lane.
    const AHEAD: usize = 1;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        let (mut first, mut second) = (B::NONE, B::NONE);
        for (nth, gram) in grams.iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|at| gram.needle[gram.offset + at]);
            let (even, odd) = (Self::EVEN << (2 * nth), Self::ODD << (2 * nth));
            first.insert_byte::<B>(a, case, even);
            second.insert_byte::<B>(b, case, even);
            first.insert_byte::<B>(b, case, odd);
            second.insert_byte::<B>(c, case, odd);
        }
        // SAFETY: the caller answers for the instructions.
        unsafe { Self { first: B::tables(&first), second: B::tables(&second) } }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the lanes end before the last gram of the pair does.
        unsafe {
            let lanes = pair.add(1);
            self.block(lanes).either(self.block(lanes.add(BLOCK_BYTES))).is_any()
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
