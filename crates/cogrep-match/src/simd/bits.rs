//! Turns masks into positions.

use super::dispatch::dispatch;
use super::level::Vectors;
use super::vector::{BLOCK_BYTES, Vector};

/// Appends `start + 64 j + i` for each bit `i` of each mask `j`.
///
/// # Panics
///
/// If a position exceeds `u32::MAX`.
pub(crate) fn append_positions(
    vectors: Vectors,
    masks: &[u64],
    start: usize,
    positions: &mut Vec<u32>,
) {
    let end = u32::try_from(start + BLOCK_BYTES * masks.len());
    assert!(end.is_ok(), "positions beyond u32");
    dispatch!(Vectors: vectors, fn<B>(masks: &[u64], start: usize, positions: &mut Vec<u32>) {
        // SAFETY: compiled for the instructions of `B`.
        unsafe { append::<B>(masks, start, positions) }
    });
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
unsafe fn append<B: Vector>(masks: &[u64], start: usize, positions: &mut Vec<u32>) {
    // A block more, since numbers are written in groups.
    positions.reserve(BLOCK_BYTES * (masks.len() + 1));
    let mut len = positions.len();
    let room = positions.as_mut_ptr();
    let are_many = B::MANY_BITS.is_some_and(|many| {
        let count: u32 = masks.iter().map(|mask| mask.count_ones()).sum();
        count as usize > many * masks.len()
    });
    for (at, mask) in masks.iter().enumerate() {
        let first = (start + BLOCK_BYTES * at) as u32;
        // SAFETY: there is room for a block of numbers after those of all masks before.
        len += unsafe {
            if are_many {
                B::write_many_bits(*mask, first, room.add(len))
            } else {
                B::write_bits(*mask, first, room.add(len))
            }
        };
    }
    // SAFETY: this many have been written.
    unsafe { positions.set_len(len) };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::SimdLevel;

    proptest! {
        #[test]
        fn positions_are_those_of_the_bits(
            masks in prop::collection::vec(
                prop_oneof![Just(0), Just(!0), any::<u64>(), (0..64_u32).prop_map(|bit| 1 << bit)],
                0..20,
            ),
            start in 0_usize..1000,
        ) {
            for vectors in SimdLevel::available().into_iter().filter_map(SimdLevel::vectors) {
                let mut positions = vec![7];
                append_positions(vectors, &masks, start, &mut positions);
                let bits = (0..64 * masks.len()).filter(|at| masks[at / 64] >> (at % 64) & 1 == 1);
                let bits = bits.map(|at| u32::try_from(start + at).unwrap());
                let expected: Vec<u32> = std::iter::once(7).chain(bits).collect();
                prop_assert_eq!(positions, expected);
            }
        }
    }

    #[test]
    fn positions_beyond_u32_are_refused() {
        for vectors in SimdLevel::available().into_iter().filter_map(SimdLevel::vectors) {
            let append = || append_positions(vectors, &[1], u32::MAX as usize, &mut Vec::new());
            assert!(std::panic::catch_unwind(append).is_err(), "{vectors:?}");
        }
    }
}
