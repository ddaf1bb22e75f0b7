//! Tables that tell of each byte of a block in which of eight classes it may be: a bit of
//! the result for each.
//!
//! A byte is looked up in two tables by different entries, and is in the classes that both
//! give: with AVX2 by either half of it, with AVX-512 in one by its lowest six bits. So a
//! class may get more bytes than were put into it; with AVX2 it does not if they share a
//! half, as small letters and capital ones do.
//!
//! That bits of a byte stand for patterns, and are and-ed over neighbouring bytes, is Teddy's
//! idea, from Hyperscan, which looks halves up in tables of sixteen entries.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for its intrinsics, whose condition is that of the whole trait"
)]

use std::arch::x86_64::{
    __m256i, __m512i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_testz_si256,
    _mm512_and_si512, _mm512_loadu_si512, _mm512_or_si512, _mm512_permutexvar_epi8,
    _mm512_set1_epi8, _mm512_srli_epi16, _mm512_test_epi8_mask,
};

use super::Case;
use super::avx2::Halves;
use super::block::Block;
use super::level::Vectors;

/// The classes of bytes, by the entries of either table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables([[u8; 64]; 2]);

impl Tables {
    /// Of classes without bytes.
    pub(crate) fn new(vectors: Vectors) -> Self {
        match vectors {
            Vectors::Avx2(_) => Halves::NONE,
            Vectors::Avx512(_) => __m512i::NONE,
        }
    }

    /// The entries of a byte in the two tables.
    #[inline]
    pub(crate) fn entries(vectors: Vectors, byte: u8) -> [usize; 2] {
        match vectors {
            Vectors::Avx2(_) => Halves::entries(byte),
            Vectors::Avx512(_) => __m512i::entries(byte),
        }
    }

    /// The classes that a table gives for an entry.
    #[inline]
    pub(crate) fn at(&self, table: usize, entry: usize) -> u8 {
        self.0[table][entry]
    }

    /// Puts the bytes of an entry in a table into these classes.
    #[inline]
    pub(crate) fn insert(&mut self, table: usize, entry: usize, classes: u8) {
        self.0[table][entry] |= classes;
    }

    /// Puts a byte into these classes, and its capital form where that is as good.
    pub(super) fn insert_byte<B: LookUp>(&mut self, byte: u8, case: Case, classes: u8) {
        let capital = if case == Case::Ignored { byte.to_ascii_uppercase() } else { byte };
        for byte in [byte, capital] {
            for (table, entry) in B::entries(byte).into_iter().enumerate() {
                self.insert(table, entry, classes);
            }
        }
    }
}

/// Blocks of bytes that can be looked up, and of the classes found.
///
/// # Safety
///
/// As for [`Block`].
pub(super) trait LookUp: Block {
    /// Tables in registers.
    type Tables: Copy;

    /// Those of classes without bytes.
    const NONE: Tables;

    /// The entries of a byte in the two tables.
    fn entries(byte: u8) -> [usize; 2];

    unsafe fn tables(tables: &Tables) -> Self::Tables;
    /// The classes of each byte.
    unsafe fn classes(self, tables: Self::Tables) -> Self;
    /// The classes in both.
    unsafe fn both(self, other: Self) -> Self;
    /// The classes in either.
    unsafe fn either(self, other: Self) -> Self;
    /// In the first byte of each lane of two, what is in the second.
    unsafe fn second_bytes(self) -> Self;
    /// Whether any byte is in any class.
    unsafe fn is_any(self) -> bool;
    /// Which bytes are in any of these classes.
    unsafe fn are_in(self, classes: u8) -> u64;
}

impl LookUp for __m512i {
    type Tables = Self;
    /// The first tells enough.
    const NONE: Tables = Tables([[0; 64], [!0; 64]]);

    #[inline]
    fn entries(byte: u8) -> [usize; 2] {
        [usize::from(byte) % 64, 0]
    }

    #[inline(always)]
    unsafe fn tables(tables: &Tables) -> Self {
        unsafe { _mm512_loadu_si512(tables.0[0].as_ptr().cast()) }
    }

    #[inline(always)]
    unsafe fn classes(self, tables: Self) -> Self {
        unsafe { _mm512_permutexvar_epi8(self, tables) }
    }

    #[inline(always)]
    unsafe fn both(self, other: Self) -> Self {
        unsafe { _mm512_and_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn either(self, other: Self) -> Self {
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
        unsafe { _mm512_test_epi8_mask(self, _mm512_set1_epi8(classes.cast_signed())) }
    }
}

#[inline(always)]
unsafe fn classes_of_half(half: __m256i, [lower, upper]: [__m256i; 2]) -> __m256i {
    unsafe {
        let half_byte = _mm256_set1_epi8(0x0F);
        let lower = _mm256_shuffle_epi8(lower, _mm256_and_si256(half, half_byte));
        let shifted = _mm256_and_si256(_mm256_srli_epi16::<4>(half), half_byte);
        _mm256_and_si256(lower, _mm256_shuffle_epi8(upper, shifted))
    }
}

/// Which bytes of a half are in none of these classes.
#[inline(always)]
unsafe fn not_in(half: __m256i, classes: u8) -> u64 {
    unsafe {
        let there = _mm256_and_si256(half, _mm256_set1_epi8(classes.cast_signed()));
        let none = _mm256_cmpeq_epi8(there, _mm256_setzero_si256());
        u64::from(_mm256_movemask_epi8(none).cast_unsigned())
    }
}

impl LookUp for Halves {
    type Tables = [__m256i; 2];
    const NONE: Tables = Tables([[0; 64]; 2]);

    #[inline]
    fn entries(byte: u8) -> [usize; 2] {
        [usize::from(byte) % 16, usize::from(byte) / 16]
    }

    #[inline(always)]
    unsafe fn tables(tables: &Tables) -> Self::Tables {
        let [lower, upper] = &tables.0;
        unsafe {
            [
                _mm256_broadcastsi128_si256(_mm_loadu_si128(lower.as_ptr().cast())),
                _mm256_broadcastsi128_si256(_mm_loadu_si128(upper.as_ptr().cast())),
            ]
        }
    }

    #[inline(always)]
    unsafe fn classes(self, tables: Self::Tables) -> Self {
        unsafe { Self(classes_of_half(self.0, tables), classes_of_half(self.1, tables)) }
    }

    #[inline(always)]
    unsafe fn both(self, other: Self) -> Self {
        unsafe { Self(_mm256_and_si256(self.0, other.0), _mm256_and_si256(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn either(self, other: Self) -> Self {
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
        unsafe { !(not_in(self.0, classes) | not_in(self.1, classes) << 32) }
    }
}
