//! Blocks in two AVX2 registers.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for its intrinsics, whose condition is that of the whole trait"
)]

use std::arch::x86_64::{
    __m256i, _mm256_add_epi8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8,
    _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_storeu_si256, _mm256_sub_epi8, _mm256_xor_si256,
};

use super::block::Block;

/// The lower and the upper half of a block.
#[derive(Clone, Copy)]
pub(super) struct Halves(pub(super) __m256i, pub(super) __m256i);

#[inline(always)]
unsafe fn bits(lower: __m256i, upper: __m256i) -> u64 {
    unsafe {
        let lower = _mm256_movemask_epi8(lower).cast_unsigned();
        let upper = _mm256_movemask_epi8(upper).cast_unsigned();
        u64::from(lower) | u64::from(upper) << 32
    }
}

#[inline(always)]
unsafe fn lower_half(half: __m256i) -> __m256i {
    unsafe {
        // There is no unsigned comparison: shift the range to the bottom of the signed one.
        let shifted = _mm256_add_epi8(half, _mm256_set1_epi8(i8::MAX - b'Z'.cast_signed()));
        let upper = _mm256_cmpgt_epi8(shifted, _mm256_set1_epi8(i8::MAX - 26));
        _mm256_add_epi8(half, _mm256_and_si256(upper, _mm256_set1_epi8(0x20)))
    }
}

/// Which bytes are from `first` on, so many of them.
#[inline(always)]
unsafe fn among(half: __m256i, first: u8, count: i8) -> __m256i {
    unsafe {
        let from_first = _mm256_sub_epi8(half, _mm256_set1_epi8(first.cast_signed()));
        _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, _mm256_set1_epi8(count - 1)), from_first)
    }
}

#[inline(always)]
unsafe fn words_of_half(half: __m256i) -> __m256i {
    unsafe {
        let lowered = _mm256_or_si256(half, _mm256_set1_epi8(0x20));
        let alphanumeric = _mm256_or_si256(among(lowered, b'a', 26), among(half, b'0', 10));
        _mm256_or_si256(alphanumeric, among(half, b'_', 1))
    }
}

impl Block for Halves {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        unsafe { Self(_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(32).cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        unsafe {
            _mm256_storeu_si256(to.cast(), self.0);
            _mm256_storeu_si256(to.add(32).cast(), self.1);
        }
    }

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        let half = unsafe { _mm256_set1_epi8(byte.cast_signed()) };
        Self(half, half)
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u64 {
        unsafe { bits(_mm256_cmpeq_epi8(self.0, other.0), _mm256_cmpeq_epi8(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn difference(self, other: Self) -> Self {
        unsafe { Self(_mm256_xor_si256(self.0, other.0), _mm256_xor_si256(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn or_difference(self, one: Self, other: Self) -> Self {
        unsafe {
            Self(
                _mm256_or_si256(self.0, _mm256_xor_si256(one.0, other.0)),
                _mm256_or_si256(self.1, _mm256_xor_si256(one.1, other.1)),
            )
        }
    }

    #[inline(always)]
    unsafe fn either_zero(self, other: Self) -> Self {
        unsafe { Self(_mm256_min_epu8(self.0, other.0), _mm256_min_epu8(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn zeros(self) -> u64 {
        unsafe { self.equal(Self::splat(0)) }
    }

    #[inline(always)]
    unsafe fn high_bits(self) -> u64 {
        unsafe { bits(self.0, self.1) }
    }

    #[inline(always)]
    unsafe fn words(self) -> u64 {
        unsafe { bits(words_of_half(self.0), words_of_half(self.1)) }
    }

    #[inline(always)]
    unsafe fn set_case(self) -> Self {
        unsafe {
            let bit = _mm256_set1_epi8(0x20);
            Self(_mm256_or_si256(self.0, bit), _mm256_or_si256(self.1, bit))
        }
    }

    #[inline(always)]
    unsafe fn lower_ascii(self) -> Self {
        unsafe { Self(lower_half(self.0), lower_half(self.1)) }
    }
}
