//! Where in a text runs of some bytes are long enough, and begin with some of them: what is
//! to be looked for is often made of letters alone, and no text is.

use super::Case;
use super::level::{Avx2, Avx512, Vectors};
use super::padded;
use std::arch::x86_64::{
    _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm512_andnot_si512,
    _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_or_si512, _mm512_permutex2var_epi8,
};

/// The bytes of a block.
const BLOCK_BYTES: usize = 64;

/// How many bytes of text the mask of one block is made from.
const REACH_BYTES: usize = 2 * BLOCK_BYTES;

/// Some bytes, how many of them in a row are looked for, and with which these begin.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    vectors: Vectors,
    length: usize,
    members: Bytes,
    starts: Bytes,
    case: Case,
}

/// A set of bytes, of which those that are not ASCII all belong to it or none.
#[derive(Clone, Debug)]
struct Bytes {
    /// The highest bit of each is set where the ASCII character belongs to them.
    ascii: [u8; 128],
    /// The same by the lower half of a byte: a bit for each upper half that it may have.
    halves: [u8; 16],
    /// Whether all others do.
    others: bool,
}

impl Bytes {
    const NONE: Self = Self { ascii: [0; 128], halves: [0; 16], others: false };

    fn insert(&mut self, byte: u8) {
        match self.ascii.get_mut(usize::from(byte)) {
            Some(belongs) => {
                *belongs = 0x80;
                self.halves[usize::from(byte % 16)] |= 1 << (byte / 16);
            }
            None => self.others = true,
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.ascii.get(usize::from(byte)).map_or(self.others, |belongs| *belongs != 0)
    }
}

impl Runs {
    /// Runs of so many bytes, none of which belong to them yet.
    ///
    /// # Panics
    ///
    /// Unless they are 1 to 8.
    pub(crate) fn new(vectors: Vectors, length: usize, case: Case) -> Self {
        assert!((1..=8).contains(&length), "runs of {length} bytes");
        Self { vectors, length, members: Bytes::NONE, starts: Bytes::NONE, case }
    }

    /// Lets this run pass.
    pub(crate) fn insert(&mut self, run: &[u8]) {
        for (at, byte) in run.iter().enumerate() {
            let other = if self.case == Case::Ignored { byte.to_ascii_uppercase() } else { *byte };
            for byte in [*byte, other] {
                self.members.insert(byte);
                if at == 0 {
                    self.starts.insert(byte);
                }
            }
        }
    }

    /// Whether a run of these bytes passes.
    pub(crate) fn passes(&self, run: &[u8]) -> bool {
        self.begins_with(run[0]) && run.iter().all(|byte| self.has(*byte))
    }

    /// Whether a byte belongs to runs.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.members.has(byte)
    }

    /// Whether runs begin with a byte.
    pub(crate) fn begins_with(&self, byte: u8) -> bool {
        self.starts.has(byte)
    }

    /// Clears the bits of the places where no run begins: bit `i` of mask `j` is for that
    /// at `64 j + i`. Runs that reach beyond the text are taken to go on in zeros.
    ///
    /// # Panics
    ///
    /// When there are masks for blocks that begin behind the text.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        padded::sift::<REACH_BYTES>(text, masks, |text, masks| {
            let (blocks, _) = text.as_chunks();
            // SAFETY: the tokens prove that the CPU has the instructions.
            unsafe {
                match self.vectors {
                    Vectors::Avx2(Avx2 { .. }) => self.sift_avx2(blocks, masks),
                    Vectors::Avx512(Avx512 { .. }) => self.sift_avx512(blocks, masks),
                }
            }
        });
    }

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn sift_avx2(&self, blocks: &[[u8; BLOCK_BYTES]], masks: &mut [u64]) {
        self.sift_blocks(blocks, masks, |bytes, block| bytes.in_block_avx2(block));
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn sift_avx512(&self, blocks: &[[u8; BLOCK_BYTES]], masks: &mut [u64]) {
        self.sift_blocks(blocks, masks, |bytes, block| bytes.in_block_avx512(block));
    }

    /// Given the blocks of the masks and one more, and which bytes of a block belong to some.
    #[inline(always)]
    fn sift_blocks(
        &self,
        blocks: &[[u8; BLOCK_BYTES]],
        masks: &mut [u64],
        are: impl Fn(&Bytes, &[u8; BLOCK_BYTES]) -> u64,
    ) {
        let Some((first, others)) = blocks.split_first() else { return };
        let steps = self.steps();
        // Which are in runs, and which begin some.
        let mut next = (are(&self.members, first), are(&self.starts, first));
        for (mask, block) in masks.iter_mut().zip(others) {
            let (this, starts) = next;
            next = (are(&self.members, block), are(&self.starts, block));
            // Runs of one byte, then of more and more.
            let (mut runs, mut behind) = (this, next.0);
            for step in steps {
                // By two shifts, since a step may be none.
                runs &= runs >> step | behind << 1 << (63 - step);
                behind &= behind >> step;
            }
            *mask &= runs & starts;
        }
    }

    /// By how much runs grow, in turn, until they are long enough.
    fn steps(&self) -> [usize; 3] {
        let mut length = 1;
        [1, 2, 4].map(|most| {
            let step = most.min(self.length - length);
            length += step;
            step
        })
    }
}

impl Bytes {
    /// Which bytes of a block belong to them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn in_block_avx512(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
        // SAFETY: sixty-four bytes each.
        let (block, lower, upper) = unsafe {
            (
                _mm512_loadu_si512(block.as_ptr().cast()),
                _mm512_loadu_si512(self.ascii.as_ptr().cast()),
                _mm512_loadu_si512(self.ascii.as_ptr().add(BLOCK_BYTES).cast()),
            )
        };
        // For a byte that is not ASCII, whose highest bit is set, this is anything.
        let ascii = _mm512_permutex2var_epi8(lower, block, upper);
        _mm512_movepi8_mask(if self.others {
            _mm512_or_si512(block, ascii)
        } else {
            _mm512_andnot_si512(block, ascii)
        })
    }

    /// Which bytes of a block belong to them.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn in_block_avx2(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
        // A bit for each upper half of ASCII, and none for others.
        const BITS: [i8; 16] = [1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0];
        // SAFETY: sixteen bytes each.
        let (halves, bits) = unsafe {
            (_mm_loadu_si128(self.halves.as_ptr().cast()), _mm_loadu_si128(BITS.as_ptr().cast()))
        };
        let halves = _mm256_broadcastsi128_si256(halves);
        let bits = _mm256_broadcastsi128_si256(bits);
        let others = _mm256_set1_epi8(if self.others { -0x80 } else { 0 });
        let not_in = |half: usize| {
            // SAFETY: sixty-four bytes.
            let bytes = unsafe { _mm256_loadu_si256(block.as_ptr().add(32 * half).cast()) };
            // What is not ASCII is found nowhere by a permutation.
            let may_be = _mm256_shuffle_epi8(halves, bytes);
            let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0x0F));
            let ascii = _mm256_and_si256(may_be, _mm256_shuffle_epi8(bits, upper));
            let found = _mm256_or_si256(ascii, _mm256_and_si256(bytes, others));
            let none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
            u64::from(_mm256_movemask_epi8(none).cast_unsigned())
        };
        !(not_in(0) | not_in(1) << 32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::Level;

    proptest! {
        #[test]
        fn a_mask_says_where_runs_begin(
            text in prop::collection::vec(prop::sample::select(&b"aaaaaaabAB \xff\0"[..]), 0..400),
            length in 1_usize..=8,
            start in prop::sample::select(&[None, Some(b"b"), Some(b"\xfe")][..]),
            others in any::<bool>(),
            zeros in any::<bool>(),
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            for vectors in Level::available().into_iter().filter_map(Level::vectors) {
                let mut runs = Runs::new(vectors, length, case);
                prop_assert!(!runs.has(b'a') && !runs.has(b'A'));
                runs.insert(b"ab");
                prop_assert_eq!(runs.has(b'A'), case == Case::Ignored);
                prop_assert_eq!(runs.begins_with(b'A'), case == Case::Ignored);
                prop_assert!(!runs.begins_with(b'b'));
                if let Some(start) = start {
                    runs.insert(start);
                }
                if others {
                    runs.insert(b"a\xfe");
                }
                if zeros {
                    runs.insert(b"a\0");
                }
                let mut masks = vec![!0; text.len().div_ceil(64)];
                runs.sift(&text, &mut masks);
                let padded = [&text[..], &[0; 8]].concat();
                for at in 0..text.len() {
                    let expected = runs.passes(&padded[at..at + length]);
                    prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, expected, "{}", at);
                }
            }
        }
    }
}
