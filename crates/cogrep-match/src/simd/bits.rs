//! Turns masks into places.

use super::level::{Avx2, Avx512, Vectors};
use std::arch::x86_64::{
    __m512i, _mm_add_epi32, _mm_cvtepu8_epi32, _mm_loadl_epi64, _mm_set1_epi32, _mm_storeu_si128,
    _mm256_add_epi32, _mm256_cvtepu8_epi32, _mm256_set1_epi32, _mm256_storeu_si256,
    _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32,
    _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
};

/// The numbers from 0 to 63.
#[allow(clippy::cast_possible_truncation, reason = "less than 64")]
static NUMBERS: [u8; 64] = {
    let mut numbers = [0; 64];
    let mut at = 0;
    while at < 64 {
        numbers[at] = at as u8;
        at += 1;
    }
    numbers
};

/// Appends `start + 64 j + i` for each bit `i` of each mask `j`.
///
/// # Panics
///
/// When a place is more than `u32` can say.
pub(crate) fn append_places(vectors: Vectors, masks: &[u64], start: usize, places: &mut Vec<u32>) {
    let end = u32::try_from(start + 64 * masks.len());
    assert!(end.is_ok(), "places that u32 cannot say");
    places.reserve(64 * (masks.len() + 1));
    // SAFETY: there is room for a place for each bit, and those written too many. The
    // tokens prove that the CPU has the instructions.
    unsafe {
        match vectors {
            Vectors::Avx2(Avx2 { .. }) => append_avx2(masks, start, places),
            Vectors::Avx512(Avx512 { .. }) => append_avx512(masks, start, places),
        }
    }
}

/// # Safety
///
/// There must be room for sixty-four places a mask, and sixty-four more.
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
#[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
unsafe fn append_avx2(masks: &[u64], start: usize, places: &mut Vec<u32>) {
    let mut len = places.len();
    let room = places.as_mut_ptr();
    let count: u32 = masks.iter().map(|mask| mask.count_ones()).sum();
    let are_dense = count as usize > DENSE * masks.len();
    for (at, mask) in masks.iter().enumerate() {
        let first = (start + 64 * at) as u32;
        // SAFETY: the caller answers for the room.
        len += unsafe {
            if are_dense {
                write_by_eight(*mask, first, room.add(len))
            } else {
                write_by_four(*mask, first, room.add(len))
            }
        };
    }
    // SAFETY: so many places have been written.
    unsafe { places.set_len(len) };
}

/// Masks of more bits than this, on average, are written from a table.
const DENSE: usize = 4;

/// Writes `first + i` for each bit `i`, four at once whether there are so many or not, and
/// gives how many they are.
///
/// # Safety
///
/// There must be room for sixty-four.
#[inline]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn write_by_four(mask: u64, first: u32, room: *mut u32) -> usize {
    const AT_ONCE: usize = 4;
    let (mut left, mut written) = (mask, 0);
    while left != 0 {
        for place in written..written + AT_ONCE {
            // SAFETY: the caller answers for the room.
            unsafe { room.add(place).write(first.wrapping_add(left.trailing_zeros())) };
            left &= left.wrapping_sub(1);
        }
        written += AT_ONCE;
    }
    mask.count_ones() as usize
}

/// The numbers of the bits that are set in each byte, one behind the other.
static NUMBERS_OF: [[u8; 8]; 256] = {
    let mut all = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut len) = (0_u8, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                all[byte][len] = bit;
                len += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    all
};

/// As [`write_by_four`], without a branch: the numbers of eight bits at once.
///
/// # Safety
///
/// There must be room for sixty-four.
#[inline]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn write_by_eight(mask: u64, first: u32, room: *mut u32) -> usize {
    let mut len = 0;
    for (at, byte) in (0..).step_by(8).zip(mask.to_le_bytes()) {
        let numbers = NUMBERS_OF[usize::from(byte)];
        // SAFETY: eight bytes; the caller answers for the room.
        unsafe {
            let numbers = _mm256_cvtepu8_epi32(_mm_loadl_epi64(numbers.as_ptr().cast()));
            let places = _mm256_add_epi32(numbers, _mm256_set1_epi32((first + at).cast_signed()));
            _mm256_storeu_si256(room.add(len).cast(), places);
        }
        len += byte.count_ones() as usize;
    }
    len
}

/// # Safety
///
/// There must be room for sixty-four places a mask, and sixty-four more.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2,lzcnt"
)]
#[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
unsafe fn append_avx512(masks: &[u64], start: usize, places: &mut Vec<u32>) {
    let mut len = places.len();
    let room = places.as_mut_ptr();
    for (at, mask) in masks.iter().enumerate() {
        if *mask == 0 {
            continue;
        }
        let count = mask.count_ones() as usize;
        // SAFETY: the caller answers for the room.
        unsafe { write(numbers(*mask), count, (start + 64 * at) as u32, room.add(len)) };
        len += count;
    }
    // SAFETY: so many places have been written.
    unsafe { places.set_len(len) };
}

/// The numbers of the bits that are set, one behind the other.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2,lzcnt"
)]
pub(super) fn numbers(mask: u64) -> __m512i {
    // SAFETY: they are sixty-four bytes.
    let all = unsafe { _mm512_loadu_si512(NUMBERS.as_ptr().cast()) };
    _mm512_maskz_compress_epi8(mask, all)
}

/// Writes four of the numbers, each with `start` added, whether there are so many or not.
///
/// # Safety
///
/// There must be room for four.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2,lzcnt"
)]
pub(super) unsafe fn write_four(numbers: __m512i, start: u32, room: *mut u32) {
    let four = _mm_cvtepu8_epi32(_mm512_castsi512_si128(numbers));
    let places = _mm_add_epi32(four, _mm_set1_epi32(start.cast_signed()));
    // SAFETY: the caller answers for the room.
    unsafe { _mm_storeu_si128(room.cast(), places) };
}

/// Writes so many of the numbers, each with `start` added: sixteen at once, whether there
/// are so many or not. Then hardly anything has to be predicted.
///
/// # Safety
///
/// There must be room for sixty-four.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2,lzcnt"
)]
pub(super) unsafe fn write(numbers: __m512i, count: usize, start: u32, room: *mut u32) {
    let start = _mm512_set1_epi32(start.cast_signed());
    let places = |quarter| _mm512_add_epi32(_mm512_cvtepu8_epi32(quarter), start);
    let others = [
        _mm512_extracti32x4_epi32::<1>(numbers),
        _mm512_extracti32x4_epi32::<2>(numbers),
        _mm512_extracti32x4_epi32::<3>(numbers),
    ];
    // SAFETY: the caller answers for the room.
    unsafe {
        _mm512_storeu_si512(room.cast(), places(_mm512_castsi512_si128(numbers)));
        if count > 16 {
            for (nth, quarter) in (1..).zip(others) {
                _mm512_storeu_si512(room.add(16 * nth).cast(), places(quarter));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::Level;

    proptest! {
        #[test]
        fn places_are_those_of_the_bits(
            masks in prop::collection::vec(
                prop_oneof![Just(0), Just(!0), any::<u64>(), (0..64_u32).prop_map(|bit| 1 << bit)],
                0..20,
            ),
            start in 0_usize..1000,
        ) {
            for vectors in Level::available().into_iter().filter_map(Level::vectors) {
                let mut places = vec![7];
                append_places(vectors, &masks, start, &mut places);
                let bits = (0..64 * masks.len()).filter(|at| masks[at / 64] >> (at % 64) & 1 == 1);
                let bits = bits.map(|at| u32::try_from(start + at).unwrap());
                let expected: Vec<u32> = std::iter::once(7).chain(bits).collect();
                prop_assert_eq!(places, expected);
            }
        }
    }
}
