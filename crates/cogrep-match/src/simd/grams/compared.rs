//! A filter that compares each byte of the grams with a block.

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use super::{BLOCK_BYTES, Case, Filter, Gram};
use crate::simd::vector::Block;

/// The bytes of the grams, each over and over in a block.
pub(super) struct Compared<B, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool> {
    bytes: [[B; BYTES]; NEEDLES],
}

impl<B: Block, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>
    Compared<B, NEEDLES, BYTES, LOWERS>
{
    /// The block as it is compared.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn cased(block: B) -> B {
        // SAFETY: the caller answers for the instructions.
        if LOWERS { unsafe { block.set_case() } } else { block }
    }

    /// For each needle, zero where its gram is.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`; a block and `BYTES - 1` bytes more must
    /// lie in the text from here on.
    #[inline(always)]
    unsafe fn differences(&self, from: *const u8) -> [B; NEEDLES] {
        // SAFETY: the blocks begin up to `BYTES - 1` bytes after the first.
        unsafe {
            let mut blocks = [Self::cased(B::load(from)); BYTES];
            for at in 1..BYTES {
                blocks[at] = Self::cased(B::load(from.add(at)));
            }
            let mut differences = [blocks[0]; NEEDLES];
            for needle in 0..NEEDLES {
                differences[needle] = blocks[0].difference(self.bytes[needle][0]);
                for at in 1..BYTES {
                    let byte = self.bytes[needle][at];
                    differences[needle] = differences[needle].or_difference(blocks[at], byte);
                }
            }
            differences
        }
    }

    /// Zero in each place where the gram of any needle is.
    ///
    /// # Safety
    ///
    /// As for [`differences`](Self::differences).
    #[inline(always)]
    unsafe fn least(&self, from: *const u8) -> B {
        // SAFETY: the caller answers for it.
        unsafe {
            let differences = self.differences(from);
            let mut least = differences[0];
            for needle in 1..NEEDLES {
                least = least.either_zero(differences[needle]);
            }
            least
        }
    }
}

impl<B: Block, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool> Filter<NEEDLES>
    for Compared<B, NEEDLES, BYTES, LOWERS>
{
    type Block = B;
    const GRAM_BYTES: usize = BYTES;
    const AHEAD: usize = 0;

    #[inline(always)]
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], _: Case) -> Self {
        // SAFETY: the caller answers for the instructions.
        unsafe {
            let mut bytes = [[B::splat(0); BYTES]; NEEDLES];
            for needle in 0..NEEDLES {
                let Gram { needle: all, offset, .. } = grams[needle];
                for at in 0..BYTES {
                    bytes[needle][at] = Self::cased(B::splat(all[offset + at]));
                }
            }
            Self { bytes }
        }
    }

    fn is_exact(gram: Gram<'_>, case: Case) -> bool {
        gram.is_whole(BYTES, case)
    }

    #[inline(always)]
    unsafe fn passes(&self, pair: *const u8) -> bool {
        // SAFETY: the caller answers for it.
        unsafe { self.least(pair).either_zero(self.least(pair.add(BLOCK_BYTES))).has_zero() }
    }

    #[inline(always)]
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES] {
        let mut masks = [0; NEEDLES];
        // SAFETY: the caller answers for it.
        unsafe {
            let differences = self.differences(block);
            for needle in 0..NEEDLES {
                masks[needle] = differences[needle].zeros();
            }
        }
        masks
    }
}
