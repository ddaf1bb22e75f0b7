//! The instructions for the field of two elements, as a [Bloom filter](crate::simd::bloom)
//! uses them: linear maps of bytes, eight bits to eight bits, each a matrix.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for intrinsics, which need AVX-512, and loads that the caller answers for"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use std::arch::x86_64::{
    __m512i, _mm512_gf2p8affine_epi64_epi8, _mm512_mask_blend_epi8, _mm512_movepi8_mask,
    _mm512_permutex2var_epi8, _mm512_set1_epi64, _mm512_shuffle_epi8, _mm512_ternarylogic_epi64,
    _mm512_test_epi8_mask, _mm512_xor_si512,
};

use crate::simd::vector::{BLOCK_BYTES, Block};

/// The bytes of a gram.
const GRAM_BYTES: usize = 4;

/// What gives the cell of a gram: a matrix for each of its bytes, of whose products the
/// cell is the sum.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Maps<'m> {
    /// For the lower eight bits of the place of a byte in the cells.
    pub(in crate::simd) byte: &'m [u64; GRAM_BYTES],
    /// For the bit in that byte, and then the highest bit of its place.
    pub(in crate::simd) bit: &'m [u64; GRAM_BYTES],
}

/// Clears the bits of the masks whose gram has a cell that is not set.
///
/// # Safety
///
/// The CPU must have AVX-512, and for each mask sixty-four bytes of text and three more
/// must be readable.
#[inline(always)]
pub(in crate::simd) unsafe fn sift(
    maps: Maps<'_>,
    cells: &[u8; 512],
    text: *const u8,
    masks: &mut [u64],
) {
    unsafe {
        let mut byte_maps = [_mm512_set1_epi64(maps.byte[0].cast_signed()); GRAM_BYTES];
        let mut bit_maps = [_mm512_set1_epi64(maps.bit[0].cast_signed()); GRAM_BYTES];
        for at in 1..GRAM_BYTES {
            byte_maps[at] = _mm512_set1_epi64(maps.byte[at].cast_signed());
            bit_maps[at] = _mm512_set1_epi64(maps.bit[at].cast_signed());
        }
        let mut registers = [__m512i::load(cells.as_ptr()); 8];
        for at in 1..8 {
            registers[at] = __m512i::load(cells.as_ptr().add(BLOCK_BYTES * at));
        }
        // The powers of two, eight over and over.
        let powers = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
        for (at, mask) in masks.iter_mut().enumerate() {
            let from = text.add(BLOCK_BYTES * at);
            let mut bytes = [__m512i::load(from); GRAM_BYTES];
            for at in 1..GRAM_BYTES {
                bytes[at] = __m512i::load(from.add(at));
            }
            let byte = sum(bytes, byte_maps);
            let bit = sum(bytes, bit_maps);
            let found = byte_of_cells(registers, byte, bit);
            *mask &= _mm512_test_epi8_mask(found, _mm512_shuffle_epi8(powers, bit));
        }
    }
}

/// The bytes of the cells at these places: seven bits of `byte` index two registers, its
/// highest bit and bit 3 of `bit` say which two.
#[inline(always)]
unsafe fn byte_of_cells(cells: [__m512i; 8], byte: __m512i, bit: __m512i) -> __m512i {
    unsafe {
        let first = _mm512_permutex2var_epi8(cells[0], byte, cells[1]);
        let second = _mm512_permutex2var_epi8(cells[2], byte, cells[3]);
        let third = _mm512_permutex2var_epi8(cells[4], byte, cells[5]);
        let fourth = _mm512_permutex2var_epi8(cells[6], byte, cells[7]);
        let is_odd = _mm512_movepi8_mask(byte);
        let lower = _mm512_mask_blend_epi8(is_odd, first, second);
        let upper = _mm512_mask_blend_epi8(is_odd, third, fourth);
        let is_upper = _mm512_test_epi8_mask(bit, __m512i::splat(8));
        _mm512_mask_blend_epi8(is_upper, lower, upper)
    }
}

/// The linear map of four bytes each in sixty-four places.
#[inline(always)]
unsafe fn sum(bytes: [__m512i; GRAM_BYTES], maps: [__m512i; GRAM_BYTES]) -> __m512i {
    unsafe {
        let first = _mm512_gf2p8affine_epi64_epi8::<0>(bytes[0], maps[0]);
        let second = _mm512_gf2p8affine_epi64_epi8::<0>(bytes[1], maps[1]);
        let third = _mm512_gf2p8affine_epi64_epi8::<0>(bytes[2], maps[2]);
        let fourth = _mm512_gf2p8affine_epi64_epi8::<0>(bytes[3], maps[3]);
        // A ^ B ^ C, by its truth table.
        let last = _mm512_xor_si512(third, fourth);
        _mm512_ternarylogic_epi64::<0b1001_0110>(first, second, last)
    }
}
