//! Blocks in one AVX-512 register.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for its intrinsics, whose condition is that of the whole trait"
)]

use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512,
    _mm512_mask_add_epi8, _mm512_min_epu8, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_storeu_si512, _mm512_sub_epi8, _mm512_ternarylogic_epi64, _mm512_testn_epi8_mask,
    _mm512_xor_si512,
};

use super::block::Block;

impl Block for __m512i {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        unsafe { _mm512_set1_epi8(byte.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u64 {
        unsafe { _mm512_cmpeq_epi8_mask(self, other) }
    }

    #[inline(always)]
    unsafe fn difference(self, other: Self) -> Self {
        unsafe { _mm512_xor_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn or_difference(self, one: Self, other: Self) -> Self {
        // A | (B ^ C), by its truth table.
        unsafe { _mm512_ternarylogic_epi64::<0b1111_0110>(self, one, other) }
    }

    #[inline(always)]
    unsafe fn either_zero(self, other: Self) -> Self {
        unsafe { _mm512_min_epu8(self, other) }
    }

    #[inline(always)]
    unsafe fn zeros(self) -> u64 {
        unsafe { _mm512_testn_epi8_mask(self, self) }
    }

    #[inline(always)]
    unsafe fn high_bits(self) -> u64 {
        unsafe { _mm512_movepi8_mask(self) }
    }

    #[inline(always)]
    unsafe fn words(self) -> u64 {
        unsafe {
            let from_a = _mm512_sub_epi8(self.set_case(), _mm512_set1_epi8(b'a'.cast_signed()));
            let from_0 = _mm512_sub_epi8(self, _mm512_set1_epi8(b'0'.cast_signed()));
            _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26))
                | _mm512_cmplt_epu8_mask(from_0, _mm512_set1_epi8(10))
                | self.equal(Self::splat(b'_'))
        }
    }

    #[inline(always)]
    unsafe fn set_case(self) -> Self {
        unsafe { _mm512_or_si512(self, _mm512_set1_epi8(0x20)) }
    }

    #[inline(always)]
    unsafe fn lower_ascii(self) -> Self {
        unsafe {
            let from_a = _mm512_sub_epi8(self, _mm512_set1_epi8(b'A'.cast_signed()));
            let upper = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26));
            _mm512_mask_add_epi8(self, upper, self, _mm512_set1_epi8(0x20))
        }
    }
}
