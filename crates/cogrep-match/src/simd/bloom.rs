//! Which places of a text may begin one of many grams of four bytes: a Bloom filter
//! (Bloom, *Space/time trade-offs in hash coding with allowable errors*, 1970) small
//! enough to stay in eight registers.
//!
//! A gram is hashed to one of 4,096 cells by a linear map over the field of two
//! elements: an affine transformation of each of its bytes, and their sum. Sixty-four
//! neighbouring grams are hashed at once from four overlapping loads. Their cells are
//! looked up by byte permutations, as in the vectorised set membership of
//! Wojciech Muła.

use super::level::Avx512;
use super::padded;
use super::{CASE_BIT, Case};
use std::arch::x86_64::{
    __m512i, _mm512_gf2p8affine_epi64_epi8, _mm512_loadu_si512, _mm512_mask_blend_epi8,
    _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_set1_epi8, _mm512_set1_epi64,
    _mm512_shuffle_epi8, _mm512_ternarylogic_epi64, _mm512_test_epi8_mask, _mm512_xor_si512,
};

/// The bytes of a gram.
pub(crate) const GRAM_BYTES: usize = 4;

/// The cells of a filter.
pub(crate) const CELLS: usize = 4096;

/// How many bytes of text the masks of one block are made from.
const REACH_BYTES: usize = 64 + GRAM_BYTES - 1;

/// A filter of grams.
#[derive(Clone, Debug)]
pub(crate) struct Bloom {
    token: Avx512,
    /// For each byte of a gram: the matrix that gives the lower eight bits of the
    /// place of a byte in `cells`.
    place: [u64; GRAM_BYTES],
    /// The same for what is beyond: the bit in that byte, then the highest bit of its
    /// place.
    bit: [u64; GRAM_BYTES],
    /// The cell of each byte of a gram alone: the sum is that of the gram.
    shares: Box<[[u16; 256]; GRAM_BYTES]>,
    cells: [u8; CELLS / 8],
}

impl Bloom {
    /// An empty filter. Those with different seeds hash independently.
    pub(crate) fn new(token: Avx512, seed: u64, case: Case) -> Self {
        // What of a byte has a share in its cell: the columns of the matrices.
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
        let place = [(); GRAM_BYTES].map(|()| matrix());
        // The row of bit `i` of a result is byte `7 - i` of a matrix: four rows.
        let bit = [(); GRAM_BYTES].map(|()| matrix() & 0xFFFF_FFFF_0000_0000);
        let share = |at: usize, byte: u8| {
            let (place, bit) = (product(place[at], byte), product(bit[at], byte));
            u16::from(bit >> 3) << 11 | u16::from(place) << 3 | u16::from(bit & 7)
        };
        let mut shares = Box::new([[0; 256]; GRAM_BYTES]);
        for (at, shares) in shares.iter_mut().enumerate() {
            (0..=255).zip(shares).for_each(|(byte, cell)| *cell = share(at, byte));
        }
        Self { token, place, bit, shares, cells: [0; CELLS / 8] }
    }

    /// The cell of a gram.
    #[inline]
    pub(crate) fn cell(&self, gram: [u8; GRAM_BYTES]) -> usize {
        let shares = self.shares.iter().zip(gram).map(|(shares, byte)| shares[usize::from(byte)]);
        usize::from(shares.fold(0, |sum, share| sum ^ share))
    }

    /// Lets pass the grams of this cell.
    pub(crate) fn insert(&mut self, cell: usize) {
        self.cells[cell / 8] |= 1 << (cell % 8);
    }

    /// Whether the grams of this cell pass.
    pub(crate) fn passes(&self, cell: usize) -> bool {
        self.cells[cell / 8] >> (cell % 8) & 1 == 1
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
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,gfni")]
    unsafe fn sift_whole(&self, text: *const u8, masks: &mut [u64]) {
        let Self { token: Avx512 { .. }, place, bit, cells, .. } = self;
        let place = place.map(|matrix| _mm512_set1_epi64(matrix.cast_signed()));
        let bit = bit.map(|matrix| _mm512_set1_epi64(matrix.cast_signed()));
        // SAFETY: the eight registers are the 512 bytes of the cells.
        let cells: [__m512i; 8] = std::array::from_fn(|at| unsafe {
            _mm512_loadu_si512(cells.as_ptr().add(64 * at).cast())
        });
        // The powers of two, eight over and over.
        let powers = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
        let upper_half = _mm512_set1_epi8(8);
        for (at, mask) in masks.iter_mut().enumerate() {
            // SAFETY: the caller answers for these bytes.
            let bytes: [__m512i; GRAM_BYTES] = std::array::from_fn(|byte| unsafe {
                _mm512_loadu_si512(text.add(64 * at + byte).cast())
            });
            let place = sum(bytes, place);
            let bit = sum(bytes, bit);
            let quarter = |at: usize| _mm512_permutex2var_epi8(cells[at], place, cells[at + 1]);
            let odd = _mm512_movepi8_mask(place);
            let lower = _mm512_mask_blend_epi8(odd, quarter(0), quarter(2));
            let upper = _mm512_mask_blend_epi8(odd, quarter(4), quarter(6));
            let half = _mm512_test_epi8_mask(bit, upper_half);
            let found = _mm512_mask_blend_epi8(half, lower, upper);
            *mask &= _mm512_test_epi8_mask(found, _mm512_shuffle_epi8(powers, bit));
        }
    }
}

/// The linear map of four bytes each in sixty-four places.
#[target_feature(enable = "avx512f,gfni")]
fn sum(bytes: [__m512i; GRAM_BYTES], matrices: [__m512i; GRAM_BYTES]) -> __m512i {
    let product = |at: usize| _mm512_gf2p8affine_epi64_epi8::<0>(bytes[at], matrices[at]);
    // A ^ B ^ C, by its truth table.
    let last = _mm512_xor_si512(product(2), product(3));
    _mm512_ternarylogic_epi64::<0b1001_0110>(product(0), product(1), last)
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
    use crate::simd::Level;

    fn token() -> Option<Avx512> {
        Level::available().into_iter().find_map(|level| match level {
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
