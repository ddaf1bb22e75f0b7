//! Which places of a text may begin one of a few dozen grams of four bytes: each gram is
//! in one of eight buckets, and one permutation tells for each byte in which buckets it
//! may be.
//!
//! A place passes if some bucket has its four bytes, each at its place. That is Teddy's
//! idea, from Hyperscan; there a byte takes two tables of sixteen entries, here one of
//! sixty-four, by its lowest six bits.

use super::Case;
use super::level::Avx512;
use super::padded;
use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_permutexvar_epi8, _mm512_setzero_si512,
    _mm512_test_epi8_mask,
};

/// The bytes of a gram.
pub(crate) const GRAM_BYTES: usize = 4;

/// A bit of a byte each.
const BUCKETS: u32 = 8;

/// How many bytes of text the masks of one block are made from.
const REACH_BYTES: usize = 64 + GRAM_BYTES - 1;

/// Grams in buckets.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    token: Avx512,
    case: Case,
    /// For each byte of a gram, the buckets by the lowest six bits of the byte.
    tables: [[u8; 64]; GRAM_BYTES],
}

impl Buckets {
    /// Without grams.
    pub(crate) fn new(token: Avx512, case: Case) -> Self {
        Self { token, case, tables: [[0; 64]; GRAM_BYTES] }
    }

    /// Lets this gram pass. It goes where least passes that did not before: grams that
    /// share bytes share a bucket.
    pub(crate) fn insert(&mut self, gram: [u8; GRAM_BYTES]) {
        let fewest = (0..BUCKETS).min_by_key(|bucket| self.combinations(gram, *bucket));
        let bit = 1 << fewest.unwrap_or_default();
        for (table, byte) in self.tables.iter_mut().zip(gram) {
            table[usize::from(byte) % 64] |= bit;
            if self.case == Case::Ignored {
                table[usize::from(byte.to_ascii_uppercase()) % 64] |= bit;
            }
        }
    }

    /// How many combinations of bytes would pass by this bucket if it had this gram.
    fn combinations(&self, gram: [u8; GRAM_BYTES], bucket: u32) -> usize {
        let bytes = self.tables.iter().zip(gram).map(|(table, byte)| {
            let others = table.iter().filter(|buckets| *buckets >> bucket & 1 == 1).count();
            let is_new = table[usize::from(byte) % 64] >> bucket & 1 == 0;
            others + usize::from(is_new)
        });
        bytes.product()
    }

    /// Whether a gram passes.
    pub(crate) fn passes(&self, gram: [u8; GRAM_BYTES]) -> bool {
        let buckets = self.tables.iter().zip(gram);
        let buckets = buckets.map(|(table, byte)| table[usize::from(byte) % 64]);
        buckets.fold(!0, |all, buckets| all & buckets) != 0
    }

    /// Clears the bits of the places whose gram does not pass: bit `i` of mask `j` is
    /// for the gram that begins at `64 j + i`. Grams that reach beyond the text are
    /// taken to go on in zeros.
    ///
    /// # Panics
    ///
    /// When there are masks for blocks that begin behind the text.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        padded::sift::<REACH_BYTES>(text, masks, |text, masks| {
            // SAFETY: the text has the bytes that the masks are made from, and the token
            // proves that the CPU has the instructions.
            unsafe { self.sift_whole(text.as_ptr(), masks) }
        });
    }

    /// # Safety
    ///
    /// Sixty-four bytes for each mask and three more must be readable.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
    unsafe fn sift_whole(&self, text: *const u8, masks: &mut [u64]) {
        let Self { token: Avx512 { .. }, tables, .. } = self;
        let mut buckets: [__m512i; GRAM_BYTES] = [_mm512_setzero_si512(); GRAM_BYTES];
        for (buckets, table) in buckets.iter_mut().zip(tables) {
            // SAFETY: a table has sixty-four bytes.
            *buckets = unsafe { _mm512_loadu_si512(table.as_ptr().cast()) };
        }
        for (at, mask) in masks.iter_mut().enumerate() {
            let mut all = buckets;
            for (byte, all) in all.iter_mut().enumerate() {
                // SAFETY: the caller answers for these bytes.
                let bytes = unsafe { _mm512_loadu_si512(text.add(64 * at + byte).cast()) };
                *all = _mm512_permutexvar_epi8(bytes, *all);
            }
            let first = _mm512_and_si512(all[0], all[1]);
            let last = _mm512_and_si512(all[2], all[3]);
            *mask &= _mm512_test_epi8_mask(first, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::kernel::Level;

    fn token() -> Option<Avx512> {
        Level::available().into_iter().find_map(|level| match level {
            Level::Avx512(token) => Some(token),
            _ => None,
        })
    }

    fn gram(text: &[u8], at: usize) -> [u8; GRAM_BYTES] {
        std::array::from_fn(|byte| *text.get(at + byte).unwrap_or(&0))
    }

    proptest! {
        #[test]
        fn a_mask_is_what_the_tables_say(
            text in prop::collection::vec(prop::sample::select(&b"abcdABCD!@\x80\xFF\0"[..]), 1..400),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            skip in 0_usize..64,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let Some(token) = token() else { return Ok(()) };
            let text = &text[skip.min(text.len() - 1)..];
            let mut buckets = Buckets::new(token, case);
            let inserted: Vec<_> =
                inserted.iter().map(|at| gram(text, at.index(text.len())).map(|byte| byte.to_ascii_lowercase())).collect();
            for gram in &inserted {
                buckets.insert(*gram);
            }
            let mut masks = vec![!0; text.len().div_ceil(64)];
            buckets.sift(text, &mut masks);
            for at in 0..text.len() {
                let passes = buckets.passes(gram(text, at));
                prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, passes, "{}", at);
                let lowered = gram(text, at).map(|byte| byte.to_ascii_lowercase());
                let wanted = if case == Case::Ignored { lowered } else { gram(text, at) };
                prop_assert!(passes || !inserted.contains(&wanted), "{}", at);
            }
        }
    }

    #[test]
    fn eight_grams_have_a_bucket_each_and_more_share_bytes() {
        let Some(token) = token() else { return };
        let mut buckets = Buckets::new(token, Case::Matters);
        for first in b'a'..=b'h' {
            buckets.insert([first, first, first, first]);
        }
        assert!(buckets.passes(*b"cccc") && !buckets.passes(*b"cccd"));
        buckets.insert(*b"cccz");
        assert!(buckets.passes(*b"cccz") && !buckets.passes(*b"dddz"));
    }
}
