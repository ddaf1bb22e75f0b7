//! Blocks in one AVX-512 register.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for intrinsics, which need what the traits ask for"
)]

use std::arch::x86_64::{
    __m512i, _mm_add_epi32, _mm_cvtepu8_epi32, _mm_loadl_epi64, _mm_set_epi64x, _mm_set1_epi32,
    _mm_storeu_si128, _mm512_add_epi32, _mm512_and_si512, _mm512_andnot_si512,
    _mm512_broadcast_i32x4, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask,
    _mm512_cmpeq_epi64_mask, _mm512_cmplt_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_cvtepu8_epi32,
    _mm512_cvtepu8_epi64, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_mask_add_epi8,
    _mm512_mask_mov_epi8, _mm512_maskz_compress_epi8, _mm512_min_epu8, _mm512_movepi8_mask,
    _mm512_or_si512, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_sllv_epi64, _mm512_srli_epi16, _mm512_storeu_si512, _mm512_sub_epi8,
    _mm512_ternarylogic_epi64, _mm512_test_epi8_mask, _mm512_testn_epi8_mask, _mm512_xor_si512,
    _pext_u32,
};

use crate::simd::arch::x86_64::sixteen::WithCipher;
use crate::simd::vector::{BLOCK_BYTES, Block, ByteSet, Split, Vector, WINDOWS, WideLookup};

/// The numbers from 0 to 63.
#[allow(clippy::cast_possible_truncation, reason = "less than 64")]
static NUMBERS: [u8; BLOCK_BYTES] = {
    let mut numbers = [0; BLOCK_BYTES];
    let mut at = 0;
    while at < BLOCK_BYTES {
        numbers[at] = at as u8;
        at += 1;
    }
    numbers
};

/// The numbers of the bits that are set, one after the other.
#[inline(always)]
unsafe fn numbers_of(mask: u64) -> __m512i {
    unsafe { _mm512_maskz_compress_epi8(mask, __m512i::load(NUMBERS.as_ptr())) }
}

/// Writes the first four numbers, each with `first` added.
///
/// # Safety
///
/// There must be room for four.
#[inline(always)]
unsafe fn write_four(numbers: __m512i, first: u32, room: *mut u32) {
    unsafe {
        let four = _mm_cvtepu8_epi32(_mm512_castsi512_si128(numbers));
        let four = _mm_add_epi32(four, _mm_set1_epi32(first.cast_signed()));
        _mm_storeu_si128(room.cast(), four);
    }
}

/// Writes `count` of the numbers, each with `first` added: sixteen at once, and at least `LEAST`,
/// whether there are as many or not. So there is hardly a branch to predict.
///
/// # Safety
///
/// There must be room for 64.
#[inline(always)]
unsafe fn write<const LEAST: usize>(numbers: __m512i, count: usize, first: u32, room: *mut u32) {
    unsafe {
        let first = _mm512_set1_epi32(first.cast_signed());
        let quarters = [
            _mm512_castsi512_si128(numbers),
            _mm512_extracti32x4_epi32::<1>(numbers),
            _mm512_extracti32x4_epi32::<2>(numbers),
            _mm512_extracti32x4_epi32::<3>(numbers),
        ];
        let write = |nth: usize| {
            let numbers = _mm512_add_epi32(_mm512_cvtepu8_epi32(quarters[nth]), first);
            _mm512_storeu_si512(room.add(16 * nth).cast(), numbers);
        };
        let always = LEAST.div_ceil(16);
        (0..always).for_each(write);
        if count > 16 * always {
            (always..4).for_each(write);
        }
    }
}

impl Block for __m512i {
    type Short = WithCipher;

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
    unsafe fn word_bytes(self) -> u64 {
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

    #[inline(always)]
    unsafe fn write_few_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        let count = mask.count_ones() as usize;
        unsafe {
            let numbers = numbers_of(mask);
            // Most masks have no more.
            write_four(numbers, first, room);
            if count > 4 {
                write::<16>(numbers, count, first, room);
            }
        }
        count
    }

    #[inline(always)]
    unsafe fn write_many_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        let count = mask.count_ones() as usize;
        unsafe {
            write::<32>(numbers_of(mask), count, first, room);
        }
        count
    }

    #[inline(always)]
    unsafe fn equal_windows(
        windows: &[[u64; 2]; WINDOWS],
        shifts: [[u8; 2]; WINDOWS],
        [one, other]: [u64; 2],
    ) -> u32 {
        unsafe {
            let windows = _mm512_loadu_si512(windows.as_ptr().cast());
            let shifts = _mm512_cvtepu8_epi64(_mm_loadl_epi64(shifts.as_ptr().cast()));
            let text = _mm_set_epi64x(other.cast_signed(), one.cast_signed());
            let text = _mm512_sllv_epi64(_mm512_broadcast_i32x4(text), shifts);
            // Two bits a window, of which both must be set.
            let equal = u32::from(_mm512_cmpeq_epi64_mask(text, windows));
            _pext_u32(equal & equal >> 1, 0b0101_0101)
        }
    }
}

/// A [`ByteSet`] in registers.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Set {
    ascii: [__m512i; 2],
    others: bool,
}

impl Vector for __m512i {
    const SPLIT: Split = Split::LowBits;
    type Tables = Self;
    type Set = Set;
    const MANY_BITS: Option<usize> = None;

    #[inline(always)]
    unsafe fn tables([table, _]: &[[u8; 64]; 2]) -> Self {
        unsafe { Self::load(table.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn classes(self, table: Self) -> Self {
        unsafe { _mm512_permutexvar_epi8(self, table) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { _mm512_and_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { _mm512_or_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn second_bytes(self) -> Self {
        unsafe { _mm512_srli_epi16::<8>(self) }
    }

    #[inline(always)]
    unsafe fn is_any(self) -> bool {
        unsafe { _mm512_test_epi8_mask(self, self) != 0 }
    }

    #[inline(always)]
    unsafe fn are_in(self, classes: u8) -> u64 {
        unsafe { _mm512_test_epi8_mask(self, Self::splat(classes)) }
    }

    #[inline(always)]
    unsafe fn set(set: &ByteSet) -> Self::Set {
        let halves = set.ascii.as_ptr();
        unsafe {
            let ascii = [Self::load(halves), Self::load(halves.add(BLOCK_BYTES))];
            Set { ascii, others: set.others }
        }
    }

    #[inline(always)]
    unsafe fn members(self, Set { ascii: [lower, upper], others }: Self::Set) -> u64 {
        unsafe {
            // For a byte that is not ASCII, whose highest bit is set, this is anything.
            let ascii = _mm512_permutex2var_epi8(lower, self, upper);
            _mm512_movepi8_mask(if others {
                _mm512_or_si512(self, ascii)
            } else {
                _mm512_andnot_si512(self, ascii)
            })
        }
    }

    #[inline(always)]
    unsafe fn write_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        if mask == 0 {
            return 0;
        }
        let count = mask.count_ones() as usize;
        unsafe { write::<16>(numbers_of(mask), count, first, room) };
        count
    }
}

impl WideLookup for __m512i {
    type Mask = u64;

    #[inline(always)]
    unsafe fn look_up(self, table: &[u8; 64]) -> Self {
        unsafe { _mm512_permutexvar_epi8(self, Self::load(table.as_ptr())) }
    }

    #[inline(always)]
    unsafe fn is_high(self) -> u64 {
        unsafe { _mm512_movepi8_mask(self) }
    }

    #[inline(always)]
    unsafe fn is_equal(self, byte: u8) -> u64 {
        unsafe { self.equal(Self::splat(byte)) }
    }

    #[inline(always)]
    unsafe fn is_less(self, byte: u8) -> u64 {
        unsafe { _mm512_cmplt_epu8_mask(self, Self::splat(byte)) }
    }

    #[inline(always)]
    unsafe fn is_continuation(self) -> u64 {
        // They are the least ones, as signed numbers.
        unsafe { _mm512_cmplt_epi8_mask(self, Self::splat(0xC0)) }
    }

    #[inline(always)]
    unsafe fn minus(self, byte: u8) -> Self {
        unsafe { _mm512_sub_epi8(self, Self::splat(byte)) }
    }

    #[inline(always)]
    unsafe fn replace(self, mask: u64, other: Self) -> Self {
        unsafe { _mm512_mask_mov_epi8(self, mask, other) }
    }

    #[inline(always)]
    unsafe fn empty_mask() -> u64 {
        0
    }

    #[inline(always)]
    unsafe fn both(one: u64, other: u64) -> u64 {
        one & other
    }

    #[inline(always)]
    unsafe fn either(one: u64, other: u64) -> u64 {
        one | other
    }

    #[inline(always)]
    unsafe fn except(one: u64, other: u64) -> u64 {
        one & !other
    }

    #[inline(always)]
    unsafe fn next_bytes(mask: u64) -> u64 {
        mask << 1
    }

    #[inline(always)]
    unsafe fn first(mask: u64) -> Option<usize> {
        if mask == 0 { None } else { Some(mask.trailing_zeros() as usize) }
    }

    #[inline(always)]
    unsafe fn is_none(mask: u64) -> bool {
        mask == 0
    }
}
