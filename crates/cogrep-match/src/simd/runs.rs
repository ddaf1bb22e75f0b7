//! Where in a text runs of certain bytes are long enough and begin with certain ones:
//! needles are often made of letters alone, and no text is.

use super::Case;
use super::dispatch::dispatch;
use super::level::Vectors;
use super::padded;
use super::vector::{BLOCK_BYTES, ByteSet, Vector};

/// How many bytes of text the mask of one block is made from.
const REACH_BYTES: usize = 2 * BLOCK_BYTES;

/// Which bytes runs are made of, how long they are, and which bytes they begin with.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    vectors: Vectors,
    length: usize,
    members: ByteSet,
    starts: ByteSet,
    case: Case,
}

impl Runs {
    /// Runs of `length` bytes, of which no byte is a member yet.
    ///
    /// # Panics
    ///
    /// Unless `length` is 1 to 8.
    pub(crate) fn new(vectors: Vectors, length: usize, case: Case) -> Self {
        assert!((1..=8).contains(&length), "runs of {length} bytes");
        Self { vectors, length, members: ByteSet::EMPTY, starts: ByteSet::EMPTY, case }
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

    /// Whether runs may have this byte.
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.members.has(byte)
    }

    /// Whether runs may begin with this byte.
    pub(crate) fn begins_with(&self, byte: u8) -> bool {
        self.starts.has(byte)
    }

    /// Clears the bits of the places where no run begins: bit `i` of mask `j` is for the
    /// place `64 j + i`. Runs that reach beyond the text continue in zeros.
    ///
    /// # Panics
    ///
    /// If there are masks for blocks that begin after the end of the text.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        padded::sift::<REACH_BYTES>(text, masks, |text, masks| {
            let runs = self;
            dispatch!(Vectors: self.vectors, fn<B>(runs: &Runs, text: &[u8], masks: &mut [u64]) {
                // SAFETY: compiled for the instructions of `B`.
                unsafe { runs.sift_blocks::<B>(text, masks) }
            });
        });
    }

    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn sift_blocks<B: Vector>(&self, text: &[u8], masks: &mut [u64]) {
        let (blocks, _) = text.as_chunks::<BLOCK_BYTES>();
        let Some((first, others)) = blocks.split_first() else { return };
        let steps = self.steps();
        // SAFETY: the caller answers for the instructions, and a block is sixty-four bytes.
        unsafe {
            let (members, starts) = (B::set(&self.members), B::set(&self.starts));
            let first = B::load(first.as_ptr());
            // Which bytes are members, and which are starts.
            let mut next = (first.members(members), first.members(starts));
            for (mask, block) in masks.iter_mut().zip(others) {
                let (this, begins) = next;
                let block = B::load(block.as_ptr());
                next = (block.members(members), block.members(starts));
                // Where runs of one byte begin, then of more and more.
                let (mut runs, mut next_runs) = (this, next.0);
                for step in steps {
                    // By two shifts, since a step may be zero.
                    runs &= runs >> step | next_runs << 1 << (63 - step);
                    next_runs &= next_runs >> step;
                }
                *mask &= runs & begins;
            }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::SimdLevel;

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
            for vectors in SimdLevel::available().into_iter().filter_map(SimdLevel::vectors) {
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
