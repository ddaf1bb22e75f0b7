//! Filters by classes of bytes: one permutation tells for each byte of a block to which
//! grams it may belong.
//!
//! A table has an entry for the lowest six bits of a byte, and in it a bit for each gram.
//! So what it costs depends neither on the number of grams nor on whether case matters. A
//! byte that differs from one of a gram in its two highest bits alone passes as well:
//! these are filters, and what passes is compared.
//!
//! That bits of a byte stand for patterns, and are and-ed over neighbouring bytes, is
//! Teddy's idea, from Hyperscan; there the tables have sixteen entries, two a byte.

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_or_si512, _mm512_permutexvar_epi8,
    _mm512_set1_epi8, _mm512_setzero_si512, _mm512_srli_epi16, _mm512_test_epi8_mask,
};

use super::{BLOCK_BYTES, Case, Filter, Gram};

/// To which grams a byte may belong, by its lowest six bits.
#[derive(Clone, Copy)]
struct Table([u8; 64]);

impl Table {
    /// This byte may belong to the grams of these bits.
    fn insert(&mut self, byte: u8, case: Case, bits: u8) {
        self.0[usize::from(byte) % 64] |= bits;
        if case == Case::Ignored {
            self.0[usize::from(byte.to_ascii_uppercase()) % 64] |= bits;
        }
    }

    /// # Safety
    ///
    /// The CPU must have AVX-512 VBMI.
    #[inline(always)]
    unsafe fn load(&self) -> __m512i {
        // SAFETY: there are sixty-four bytes, and the CPU has the instructions.
        unsafe { _mm512_loadu_si512(self.0.as_ptr().cast()) }
    }
}

/// Each byte of a gram by a table of its own, and so a load for each.
pub(super) struct Classes<const BYTES: usize>([__m512i; BYTES]);

impl<const BYTES: usize> Classes<BYTES> {
    /// For each place, the grams that may begin there.
    ///
    /// # Safety
    ///
    /// As for [`Filter::masks`].
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> __m512i {
        // SAFETY: the caller sees to it.
        unsafe {
            let mut all = _mm512_permutexvar_epi8(_mm512_loadu_si512(from.cast()), self.0[0]);
            for at in 1..BYTES {
                let bytes = _mm512_loadu_si512(from.add(at).cast());
                all = _mm512_and_si512(all, _mm512_permutexvar_epi8(bytes, self.0[at]));
            }
            all
        }
    }
}

impl<const NEEDLES: usize, const BYTES: usize> Filter<NEEDLES> for Classes<BYTES> {
    type Block = __m512i;
    const GRAM_BYTES: usize = BYTES;
    const AHEAD: usize = 0;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        // SAFETY: the caller answers for the instructions.
        unsafe {
            let mut tables = [_mm512_setzero_si512(); BYTES];
            for at in 0..BYTES {
                let mut table = Table([0; 64]);
                for (nth, gram) in grams.iter().enumerate() {
                    table.insert(gram.needle[gram.offset + at], case, 1 << nth);
                }
                tables[at] = table.load();
            }
            Self(tables)
        }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the caller sees to it.
        unsafe {
            let both = _mm512_or_si512(self.block(pair), self.block(pair.add(BLOCK_BYTES)));
            _mm512_test_epi8_mask(both, both) != 0
        }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the caller sees to it.
        unsafe {
            let grams = self.block(block);
            for needle in 0..NEEDLES {
                masks[needle] = _mm512_test_epi8_mask(grams, _mm512_set1_epi8(1 << needle));
            }
        }
        masks
    }
}

/// Two bytes of a gram, those that share a lane of two bytes: its first two bytes where
/// it begins with a lane, else the last two. So one load is enough, and it crosses no line
/// of the cache.
pub(super) struct Lanes {
    /// For the first bytes of lanes.
    first: __m512i,
    /// For the second ones.
    second: __m512i,
}

impl Lanes {
    /// The bytes of a gram.
    pub(super) const GRAM_BYTES: usize = 3;

    /// The bit of grams that begin with a lane.
    const EVEN: u8 = 0b01;
    /// That of those that begin a byte before.
    const ODD: u8 = 0b10;

    /// In the first byte of each lane, the grams that may have both bytes of it.
    ///
    /// # Safety
    ///
    /// The CPU must have AVX-512 VBMI, and a block of lanes must lie in the text from here
    /// on.
    #[inline(always)]
    unsafe fn block(&self, from: *const u8) -> __m512i {
        // SAFETY: the caller sees to it.
        unsafe {
            let block = _mm512_loadu_si512(from.cast());
            let first = _mm512_permutexvar_epi8(block, self.first);
            let second = _mm512_permutexvar_epi8(block, self.second);
            _mm512_and_si512(first, _mm512_srli_epi16::<8>(second))
        }
    }
}

impl<const NEEDLES: usize> Filter<NEEDLES> for Lanes {
    type Block = __m512i;
    const GRAM_BYTES: usize = Self::GRAM_BYTES;
    /// A gram that begins a byte before a lane is told by this lane.
    const AHEAD: usize = 1;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self {
        let (mut first, mut second) = (Table([0; 64]), Table([0; 64]));
        for (nth, gram) in grams.iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|at| gram.needle[gram.offset + at]);
            let (even, odd) = (Self::EVEN << (2 * nth), Self::ODD << (2 * nth));
            first.insert(a, case, even);
            second.insert(b, case, even);
            first.insert(b, case, odd);
            second.insert(c, case, odd);
        }
        // SAFETY: the caller answers for the instructions.
        unsafe { Self { first: first.load(), second: second.load() } }
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the lanes end before the last gram of the pair does.
        unsafe {
            let lanes = pair.add(1);
            let both = _mm512_or_si512(self.block(lanes), self.block(lanes.add(BLOCK_BYTES)));
            _mm512_test_epi8_mask(both, both) != 0
        }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the lanes end before the last gram of the block does.
        unsafe {
            let grams = self.block(block.add(1));
            for needle in 0..NEEDLES {
                let even = _mm512_set1_epi8((Self::EVEN << (2 * needle)).cast_signed());
                let odd = _mm512_set1_epi8((Self::ODD << (2 * needle)).cast_signed());
                let even = _mm512_test_epi8_mask(grams, even);
                let odd = _mm512_test_epi8_mask(grams, odd);
                masks[needle] = even << 1 | odd;
            }
        }
        masks
    }
}
