//! Where in a text runs of some bytes are long enough: what is to be looked for is often
//! made of letters alone, and no text is.

use super::Case;
use super::level::Avx512;
use std::arch::x86_64::{
    _mm512_andnot_si512, _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_or_si512,
    _mm512_permutex2var_epi8,
};

/// The bytes of a block.
const BLOCK_BYTES: usize = 64;

/// Some bytes, and how many of them in a row are looked for.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    token: Avx512,
    length: usize,
    /// The highest bit of each is set where the ASCII character belongs to them.
    ascii: [u8; 128],
    /// Whether all others do.
    others: bool,
    case: Case,
}

impl Runs {
    /// Runs of so many bytes, none of which belong to them yet.
    ///
    /// # Panics
    ///
    /// Unless they are 1 to 8.
    pub(crate) fn new(token: Avx512, length: usize, case: Case) -> Self {
        assert!((1..=8).contains(&length), "runs of {length} bytes");
        Self { token, length, ascii: [0; 128], others: false, case }
    }

    /// Lets these bytes belong to runs.
    pub(crate) fn insert(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let other = if self.case == Case::Ignored { byte.to_ascii_uppercase() } else { *byte };
            for byte in [*byte, other] {
                match self.ascii.get_mut(usize::from(byte)) {
                    Some(belongs) => *belongs = 0x80,
                    None => self.others = true,
                }
            }
        }
    }

    /// Whether a byte belongs to runs.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.ascii.get(usize::from(byte)).map_or(self.others, |belongs| *belongs != 0)
    }

    /// Clears the bits of the places where no run begins: bit `i` of mask `j` is for that
    /// at `64 j + i`. Runs that reach beyond the text are taken to be none.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        let Avx512 { .. } = self.token;
        // SAFETY: the token proves that the CPU has the instructions.
        unsafe { self.sift_blocks(text, masks) }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn sift_blocks(&self, text: &[u8], masks: &mut [u64]) {
        let steps = self.steps();
        let mut next = self.block(text, 0);
        for (at, mask) in masks.iter_mut().enumerate() {
            let this = next;
            next = self.block(text, BLOCK_BYTES * (at + 1));
            // Runs of one byte, then of more and more.
            let (mut runs, mut behind) = (this, next);
            for step in steps {
                // By two shifts, since a step may be none.
                runs &= runs >> step | behind << 1 << (63 - step);
                behind &= behind >> step;
            }
            *mask &= runs;
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

    /// Which bytes of a block belong to runs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn block(&self, text: &[u8], at: usize) -> u64 {
        match text.get(at..).and_then(<[u8]>::first_chunk) {
            Some(block) => self.members(block),
            None => self.last_block(text, at),
        }
    }

    #[cold]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn last_block(&self, text: &[u8], at: usize) -> u64 {
        let rest = text.get(at..).unwrap_or_default();
        let mut padded = [0; BLOCK_BYTES];
        padded[..rest.len()].copy_from_slice(rest);
        self.members(&padded) & !(u64::MAX << rest.len())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn members(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::kernel::Level;

    proptest! {
        #[test]
        fn a_mask_says_where_runs_begin(
            text in prop::collection::vec(prop::sample::select(&b"aaaaaaaAb \xff"[..]), 0..400),
            length in 1_usize..=8,
            others in any::<bool>(),
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            for level in Level::available() {
                let Level::Avx512(token) = level else { continue };
                let mut runs = Runs::new(token, length, case);
                prop_assert!(!runs.has(b'a') && !runs.has(b'A'));
                runs.insert(b"ab");
                prop_assert_eq!(runs.has(b'A'), case == Case::Ignored);
                if others {
                    runs.insert(b"\xfe");
                }
                let mut masks = vec![!0; text.len().div_ceil(64)];
                runs.sift(&text, &mut masks);
                for at in 0..text.len() {
                    let run = text.get(at..at + length);
                    let expected = run.is_some_and(|run| run.iter().all(|byte| runs.has(*byte)));
                    prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, expected, "{}", at);
                }
            }
        }
    }
}
