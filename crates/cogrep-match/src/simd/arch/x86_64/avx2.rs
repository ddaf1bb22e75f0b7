//! Blocks in two AVX2 registers.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for intrinsics, which need what the traits ask for"
)]

use std::arch::x86_64::{
    __m256i, _mm_cvtsi64_si128, _mm_loadl_epi64, _mm_loadu_si128, _mm_set_epi64x, _mm256_add_epi8,
    _mm256_add_epi32, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_castsi256_pd,
    _mm256_cmpeq_epi8, _mm256_cmpeq_epi64, _mm256_cmpgt_epi8, _mm256_cvtepu8_epi32,
    _mm256_cvtepu8_epi64, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_movemask_pd, _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_shuffle_epi8,
    _mm256_sllv_epi64, _mm256_srli_epi16, _mm256_storeu_si256, _mm256_sub_epi8, _mm256_testz_si256,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use crate::simd::arch::bits_of::BITS_OF;
use crate::simd::arch::x86_64::sixteen::WithSum;
use crate::simd::vector::{Block, ByteSet, Split, Vector, WINDOWS};

/// The lower and the upper half of a block.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Halves(__m256i, __m256i);

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

/// Which bytes are among the `count` from `first` on.
#[inline(always)]
unsafe fn among(half: __m256i, first: u8, count: i8) -> __m256i {
    unsafe {
        let from_first = _mm256_sub_epi8(half, _mm256_set1_epi8(first.cast_signed()));
        _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, _mm256_set1_epi8(count - 1)), from_first)
    }
}

#[inline(always)]
unsafe fn word_bytes_of_half(half: __m256i) -> __m256i {
    unsafe {
        let lowered = _mm256_or_si256(half, _mm256_set1_epi8(0x20));
        let alphanumeric = _mm256_or_si256(among(lowered, b'a', 26), among(half, b'0', 10));
        _mm256_or_si256(alphanumeric, among(half, b'_', 1))
    }
}

impl Block for Halves {
    type Short = WithSum;

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
    unsafe fn word_bytes(self) -> u64 {
        unsafe { bits(word_bytes_of_half(self.0), word_bytes_of_half(self.1)) }
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

    #[inline(always)]
    unsafe fn write_many_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        let mut len = 0;
        for (at, byte) in (0..).step_by(8).zip(mask.to_le_bytes()) {
            let bits = &BITS_OF[usize::from(byte)];
            unsafe {
                let bits = _mm256_cvtepu8_epi32(_mm_loadl_epi64(bits.as_ptr().cast()));
                let numbers = _mm256_set1_epi32((first + at).cast_signed());
                _mm256_storeu_si256(room.add(len).cast(), _mm256_add_epi32(bits, numbers));
            }
            len += byte.count_ones() as usize;
        }
        len
    }

    #[inline(always)]
    unsafe fn equal_windows(
        windows: &[[u64; 2]; WINDOWS],
        shifts: [[u8; 2]; WINDOWS],
        [one, other]: [u64; 2],
    ) -> u32 {
        unsafe {
            let text =
                _mm256_broadcastsi128_si256(_mm_set_epi64x(other.cast_signed(), one.cast_signed()));
            let [shifts, later_shifts] = shifts.as_flattened().as_chunks::<4>().0 else {
                unreachable!("four windows have eight sides")
            };
            // Shifts by 64 give zero, as they should.
            let equal = |windows: *const [u64; 2], shifts: &[u8; 4]| {
                let shifts = _mm_cvtsi64_si128(i64::from(u32::from_le_bytes(*shifts)));
                let text = _mm256_sllv_epi64(text, _mm256_cvtepu8_epi64(shifts));
                _mm256_cmpeq_epi64(text, _mm256_loadu_si256(windows.cast()))
            };
            let earlier = equal(windows.as_ptr(), shifts);
            let later = equal(windows.as_ptr().add(2), later_shifts);
            // Within each half of a register: of windows 0 and 2, then of 1 and 3.
            let both = _mm256_and_si256(
                _mm256_unpacklo_epi64(earlier, later),
                _mm256_unpackhi_epi64(earlier, later),
            );
            let mask = _mm256_movemask_pd(_mm256_castsi256_pd(both)).cast_unsigned();
            mask & 0b1001 | (mask & 0b0010) << 1 | (mask & 0b0100) >> 1
        }
    }
}

/// The same sixteen bytes in both halves of a register.
#[inline(always)]
unsafe fn twice(sixteen: *const u8) -> __m256i {
    unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(sixteen.cast())) }
}

/// The upper half of each byte.
#[inline(always)]
unsafe fn upper_halves(bytes: __m256i) -> __m256i {
    unsafe { _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0x0F)) }
}

#[inline(always)]
unsafe fn classes_of_half(half: __m256i, [lower, upper]: [__m256i; 2]) -> __m256i {
    unsafe {
        let lower_halves = _mm256_and_si256(half, _mm256_set1_epi8(0x0F));
        let lower = _mm256_shuffle_epi8(lower, lower_halves);
        _mm256_and_si256(lower, _mm256_shuffle_epi8(upper, upper_halves(half)))
    }
}

/// A [`ByteSet`] in registers.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Set {
    by_lower_half: __m256i,
    /// The bit of each upper half of ASCII.
    bit_of_upper_half: __m256i,
    /// The highest bit, if bytes that are not ASCII are members.
    others: __m256i,
}

/// Not zero where the bytes of a half are members.
#[inline(always)]
unsafe fn members_of_half(half: __m256i, set: Set) -> __m256i {
    unsafe {
        // What is not ASCII has its highest bit set, and the shuffle gives zero for it.
        let ascii = _mm256_and_si256(
            _mm256_shuffle_epi8(set.by_lower_half, half),
            _mm256_shuffle_epi8(set.bit_of_upper_half, upper_halves(half)),
        );
        _mm256_or_si256(ascii, _mm256_and_si256(half, set.others))
    }
}

impl Vector for Halves {
    const SPLIT: Split = Split::Halves;
    type Tables = [__m256i; 2];
    type Set = Set;
    const MANY_BITS: Option<usize> = Some(4);

    #[inline(always)]
    unsafe fn tables([lower, upper]: &[[u8; 64]; 2]) -> Self::Tables {
        unsafe { [twice(lower.as_ptr()), twice(upper.as_ptr())] }
    }

    #[inline(always)]
    unsafe fn classes(self, tables: Self::Tables) -> Self {
        unsafe { Self(classes_of_half(self.0, tables), classes_of_half(self.1, tables)) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { Self(_mm256_and_si256(self.0, other.0), _mm256_and_si256(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { Self(_mm256_or_si256(self.0, other.0), _mm256_or_si256(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn second_bytes(self) -> Self {
        unsafe { Self(_mm256_srli_epi16::<8>(self.0), _mm256_srli_epi16::<8>(self.1)) }
    }

    #[inline(always)]
    unsafe fn is_any(self) -> bool {
        unsafe {
            let either = _mm256_or_si256(self.0, self.1);
            _mm256_testz_si256(either, either) == 0
        }
    }

    #[inline(always)]
    unsafe fn are_in(self, classes: u8) -> u64 {
        unsafe { !self.and(Self::splat(classes)).zeros() }
    }

    #[inline(always)]
    unsafe fn set(set: &ByteSet) -> Self::Set {
        /// A bit for each upper half of ASCII, none for the others.
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
        unsafe {
            Set {
                by_lower_half: twice(set.by_lower_half.as_ptr()),
                bit_of_upper_half: twice(BITS.as_ptr()),
                others: _mm256_set1_epi8(if set.others { i8::MIN } else { 0 }),
            }
        }
    }

    #[inline(always)]
    unsafe fn members(self, set: Self::Set) -> u64 {
        unsafe { !Self(members_of_half(self.0, set), members_of_half(self.1, set)).zeros() }
    }
}
