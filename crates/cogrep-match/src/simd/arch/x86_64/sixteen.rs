//! Short words in one register of sixteen bytes.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for intrinsics, which need what the traits ask for"
)]

use std::arch::x86_64::{
    __m128i, _mm_aesenc_si128, _mm_and_si128, _mm_cmpeq_epi8, _mm_crc32_u64, _mm_cvtsi128_si32,
    _mm_cvtsi128_si64, _mm_extract_epi64, _mm_loadu_si128, _mm_movemask_epi8, _mm_set_epi64x,
    _mm_xor_si128,
};

use crate::simd::vector::Short;

/// Sixteen bytes whose hash is a check sum, which came with SSE 4.2.
#[derive(Clone, Copy)]
pub(in crate::simd) struct WithSum(__m128i);

/// Sixteen bytes whose hash is two rounds of AES: after these, each byte of the result depends
/// on all.
#[derive(Clone, Copy)]
pub(in crate::simd) struct WithCipher(__m128i);

macro_rules! short {
    ($name:ident, |$bytes:ident| $hash:block) => {
        impl Short for $name {
            #[inline(always)]
            unsafe fn load(from: *const u8) -> Self {
                unsafe { Self(_mm_loadu_si128(from.cast())) }
            }

            #[inline(always)]
            unsafe fn and(self, other: Self) -> Self {
                unsafe { Self(_mm_and_si128(self.0, other.0)) }
            }

            #[inline(always)]
            unsafe fn is_ascii(self) -> bool {
                unsafe { _mm_movemask_epi8(self.0) == 0 }
            }

            #[inline(always)]
            unsafe fn equals(self, other: Self) -> bool {
                unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, other.0)) == 0xFFFF }
            }

            #[inline(always)]
            unsafe fn hash(self) -> u32 {
                let $bytes = self.0;
                unsafe { $hash }
            }
        }
    };
}

short!(WithSum, |bytes| {
    let low = _mm_crc32_u64(0, _mm_cvtsi128_si64(bytes).cast_unsigned());
    let sum = _mm_crc32_u64(low, _mm_extract_epi64::<1>(bytes).cast_unsigned());
    #[allow(clippy::cast_possible_truncation, reason = "a sum has thirty-two bits")]
    {
        sum as u32
    }
});

short!(WithCipher, |bytes| {
    let key = _mm_set_epi64x(
        0x9E37_79B9_7F4A_7C15_u64.cast_signed(),
        0xBF58_476D_1CE4_E5B9_u64.cast_signed(),
    );
    let round = _mm_aesenc_si128(_mm_xor_si128(bytes, key), key);
    _mm_cvtsi128_si32(_mm_aesenc_si128(round, key)).cast_unsigned()
});
