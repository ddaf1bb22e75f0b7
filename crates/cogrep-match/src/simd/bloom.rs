//! Which places of a text may begin one of many grams of four bytes: a Bloom filter
//! (Bloom, *Space/time trade-offs in hash coding with allowable errors*, 1970) small
//! enough to stay in eight registers of AVX-512.
//!
//! A gram is hashed to one of 4,096 cells by a linear map over the field of two
//! elements: an affine transformation of each of its bytes, and their sum. Sixty-four
//! neighbouring grams are hashed at once from four overlapping loads. Their cells are
//! looked up by byte permutations, as in the vectorised set membership of
//! Wojciech Muła.

use super::dispatch::dispatch;
use super::level::Avx512;
use super::padded;
use super::vector::BLOCK_BYTES;
use super::{CASE_BIT, Case};

/// The bytes of a gram.
pub(crate) const GRAM_BYTES: usize = 4;

/// The cells of a filter.
pub(crate) const CELLS: usize = 4096;

/// How many bytes of text the masks of one block are made from.
const REACH_BYTES: usize = BLOCK_BYTES + GRAM_BYTES - 1;

/// A filter of grams.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no such token"))]
#[derive(Clone, Debug)]
pub(crate) struct Bloom {
    token: Avx512,
    /// For each byte of a gram, the matrix that gives the lower eight bits of the index of
    /// a byte in `cells`.
    byte_maps: [u64; GRAM_BYTES],
    /// The same for what remains: the bit in that byte, then the highest bit of its index.
    bit_maps: [u64; GRAM_BYTES],
    /// The cell of each byte of a gram alone: the sum of all is that of the gram.
    shares: Box<[[u16; 256]; GRAM_BYTES]>,
    cells: [u8; CELLS / 8],
}

impl Bloom {
    /// An empty filter. Those with different seeds hash independently.
    pub(crate) fn new(token: Avx512, seed: u64, case: Case) -> Self {
        // The bits of a byte that have a share in its cell: the columns of the matrices.
        let columns = match case {
            Case::Matters => !0,
            Case::Ignored => u64::from_ne_bytes([!CASE_BIT; 8]),
        };
        let mut state = seed;
        let mut matrix = || {
            // SplitMix64, by Steele, Lea and Flood (2014).
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            (mixed ^ mixed >> 31) & columns
        };
        let byte_maps = [(); GRAM_BYTES].map(|()| matrix());
        // The row of bit `i` of a result is byte `7 - i` of a matrix: four rows.
        let bit_maps = [(); GRAM_BYTES].map(|()| matrix() & 0xFFFF_FFFF_0000_0000);
        let share = |at: usize, byte: u8| {
            let (index, bit) = (product(byte_maps[at], byte), product(bit_maps[at], byte));
            u16::from(bit >> 3) << 11 | u16::from(index) << 3 | u16::from(bit & 7)
        };
        let mut shares = Box::new([[0; 256]; GRAM_BYTES]);
        for (at, shares) in shares.iter_mut().enumerate() {
            (0..=255).zip(shares).for_each(|(byte, cell)| *cell = share(at, byte));
        }
        Self { token, byte_maps, bit_maps, shares, cells: [0; CELLS / 8] }
    }

    /// The cell of a gram.
    #[inline]
    pub(crate) fn cell(&self, gram: [u8; GRAM_BYTES]) -> usize {
        let shares = self.shares.iter().zip(gram).map(|(shares, byte)| shares[usize::from(byte)]);
        usize::from(shares.fold(0, |sum, share| sum ^ share))
    }

    /// Lets the grams of this cell pass.
    pub(crate) fn insert(&mut self, cell: usize) {
        self.cells[cell / 8] |= 1 << (cell % 8);
    }

    /// Whether the grams of this cell pass.
    pub(crate) fn passes(&self, cell: usize) -> bool {
        self.cells[cell / 8] >> (cell % 8) & 1 == 1
    }

    /// Clears the bits of the places whose gram does not pass: bit `i` of mask `j` is for
    /// the gram that begins at `64 j + i`. Grams that reach beyond the text continue in
    /// zeros.
    ///
    /// # Panics
    ///
    /// If there are masks for blocks that begin after the end of the text.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        padded::sift::<REACH_BYTES>(text, masks, |text, masks| {
            let bloom = self;
            dispatch!(Avx512: self.token, fn<B>(bloom: &Bloom, text: &[u8], masks: &mut [u64]) {
                use crate::simd::arch::x86_64::galois;
                let maps = galois::Maps { byte: &bloom.byte_maps, bit: &bloom.bit_maps };
                // SAFETY: compiled for AVX-512; the text has the bytes of all masks.
                unsafe { galois::sift(maps, &bloom.cells, text.as_ptr(), masks) }
            });
        });
    }
}

/// The product of a matrix and a byte, as the instruction defines it.
fn product(matrix: u64, byte: u8) -> u8 {
    let rows = matrix.to_be_bytes();
    let bits = rows.iter().enumerate().map(|(at, row)| {
        let bit = (row & byte).count_ones() & 1;
        u8::from(bit == 1) << at
    });
    bits.sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::SimdLevel;
    use crate::simd::level::Level;

    fn token() -> Option<Avx512> {
        SimdLevel::available().into_iter().find_map(|level| match level.0 {
            Level::Avx512(token) => Some(token),
            _ => None,
        })
    }

    proptest! {
        #[test]
        fn a_mask_is_what_the_cells_say(
            text in prop::collection::vec(any::<u8>(), 1..400),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
            seed in any::<u64>(),
            skip in 0_usize..64,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let Some(token) = token() else { return Ok(()) };
            let text = &text[skip.min(text.len() - 1)..];
            let mut bloom = Bloom::new(token, seed, case);
            let gram = |at: usize| std::array::from_fn(|byte| *text.get(at + byte).unwrap_or(&0));
            for at in inserted {
                bloom.insert(bloom.cell(gram(at.index(text.len()))));
            }
            let mut masks = vec![!0; text.len().div_ceil(64)];
            bloom.sift(text, &mut masks);
            for at in 0..text.len() {
                let expected = bloom.passes(bloom.cell(gram(at)));
                prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, expected, "{}", at);
                let other = gram(at).map(|byte| byte ^ CASE_BIT);
                prop_assert!(case == Case::Matters || bloom.passes(bloom.cell(other)) == expected);
            }
        }
    }

    #[test]
    fn cells_are_all_used_and_alike() {
        let Some(token) = token() else { return };
        let bloom = Bloom::new(token, 1, Case::Matters);
        let mut grams = [0_u32; CELLS];
        for number in 0..1_u32 << 18 {
            let letter = |at: u32| b'a' + u8::try_from(number >> (4 * at) & 15).unwrap();
            let last = b'a' + u8::try_from(number >> 16).unwrap();
            grams[bloom.cell([letter(0), letter(1), letter(2), letter(3) ^ last])] += 1;
        }
        assert!(grams.iter().all(|count| *count < 1024), "{:?}", grams.iter().max());
    }
}
