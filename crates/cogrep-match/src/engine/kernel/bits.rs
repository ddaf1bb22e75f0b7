//! Turns masks into places.

use super::level::Avx512;

/// Places that are written of each mask at once, whether it has so many bits or not:
/// most have fewer, and then nothing has to be predicted.
const AT_ONCE: usize = 4;

/// Appends `start + 64 j + i` for each bit `i` of each mask `j`.
///
/// # Panics
///
/// When a place is more than `u32` can say.
pub(crate) fn append_places(token: Avx512, masks: &[u64], start: usize, places: &mut Vec<u32>) {
    let end = u32::try_from(start + 64 * masks.len());
    assert!(end.is_ok(), "places that u32 cannot say");
    places.reserve(64 * masks.len() + AT_ONCE);
    let Avx512 { .. } = token;
    // SAFETY: there is room for a place for each bit, and those written too many. The
    // token proves that the CPU has the instructions.
    unsafe { append(masks, start, places) }
}

/// # Safety
///
/// There must be room for sixty-four places a mask, and `AT_ONCE` more.
#[target_feature(enable = "popcnt,bmi1,bmi2,lzcnt")]
#[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
unsafe fn append(masks: &[u64], start: usize, places: &mut Vec<u32>) {
    let mut len = places.len();
    let room = places.as_mut_ptr();
    for (at, mask) in masks.iter().enumerate() {
        let (mut left, start) = (*mask, (start + 64 * at) as u32);
        if left == 0 {
            continue;
        }
        let bits = left.count_ones() as usize;
        // SAFETY: the caller answers for the room.
        unsafe {
            for place in 0..AT_ONCE {
                room.add(len + place).write(start + left.trailing_zeros());
                left &= left.wrapping_sub(1);
            }
            for place in AT_ONCE..bits {
                room.add(len + place).write(start + left.trailing_zeros());
                left &= left - 1;
            }
        }
        len += bits;
    }
    // SAFETY: so many places have been written.
    unsafe { places.set_len(len) };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::kernel::Level;

    proptest! {
        #[test]
        fn places_are_those_of_the_bits(
            masks in prop::collection::vec(
                prop_oneof![Just(0), Just(!0), any::<u64>(), (0..64_u32).prop_map(|bit| 1 << bit)],
                0..20,
            ),
            start in 0_usize..1000,
        ) {
            for level in Level::available() {
                let Level::Avx512(token) = level else { continue };
                let mut places = vec![7];
                append_places(token, &masks, start, &mut places);
                let bits = (0..64 * masks.len()).filter(|at| masks[at / 64] >> (at % 64) & 1 == 1);
                let bits = bits.map(|at| u32::try_from(start + at).unwrap());
                let expected: Vec<u32> = std::iter::once(7).chain(bits).collect();
                prop_assert_eq!(places, expected);
            }
        }
    }
}
