//! Finds every place of one byte.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m512i;

use super::Level;
#[cfg(target_arch = "x86_64")]
use super::bits;
use super::block::{BLOCK_BYTES, Block};
use super::portable::Words;

/// Places that are written of each block at once, whether it has so many or not: most
/// have no more, and then nothing has to be predicted.
const AT_ONCE: usize = 2;

/// Room is made for the places of so much text at once.
const STRETCH_BYTES: usize = 64 * BLOCK_BYTES;

/// Appends the places in the text where this byte stands.
///
/// # Panics
///
/// When a place is more than `u32` can say.
pub(crate) fn append_places_of(level: Level, byte: u8, text: &[u8], places: &mut Vec<u32>) {
    assert!(u32::try_from(text.len()).is_ok(), "places that u32 cannot say");
    let blocks = text.len() / BLOCK_BYTES * BLOCK_BYTES;
    for start in (0..blocks).step_by(STRETCH_BYTES) {
        let stretch = &text[start..blocks.min(start + STRETCH_BYTES)];
        places.reserve(stretch.len() + BLOCK_BYTES);
        // SAFETY: there is room for a place for each byte, and those written too many.
        // The token in a level proves that the CPU has its instructions.
        unsafe {
            match level {
                Level::Portable => append::<Words>(byte, stretch, start, places),
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(_) => append_avx2(byte, stretch, start, places),
                #[cfg(target_arch = "x86_64")]
                Level::Avx512(_) => append_avx512(byte, stretch, start, places),
            }
        }
    }
    let rest = (0..).zip(&text[blocks..]).filter(|(_, other)| **other == byte);
    places.extend(rest.map(|(place, _): (usize, _)| say(blocks + place)));
}

/// What `u32` can say; that it can was checked.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "checked for the whole text")]
fn say(place: usize) -> u32 {
    place as u32
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn append_avx2(byte: u8, stretch: &[u8], start: usize, places: &mut Vec<u32>) {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { append::<super::avx2::Halves>(byte, stretch, start, places) }
}

/// # Safety
///
/// There must be room for a place a byte of the stretch, and a block more.
#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt,bmi1,bmi2,lzcnt"
)]
unsafe fn append_avx512(byte: u8, stretch: &[u8], start: usize, places: &mut Vec<u32>) {
    let mut len = places.len();
    let room = places.as_mut_ptr();
    for (at, block) in stretch.chunks_exact(BLOCK_BYTES).enumerate() {
        // SAFETY: the CPU has the instructions, and the block lies in the stretch.
        let mask = unsafe { __m512i::load(block.as_ptr()).equal(__m512i::splat(byte)) };
        let count = mask.count_ones() as usize;
        let numbers = bits::numbers(mask);
        let first = say(start + at * BLOCK_BYTES);
        // SAFETY: the caller answers for the room.
        unsafe {
            // Most blocks have no more.
            bits::write_four(numbers, first, room.add(len));
            if count > 4 {
                bits::write(numbers, count, first, room.add(len));
            }
        }
        len += count;
    }
    // SAFETY: so many places have been written.
    unsafe { places.set_len(len) };
}

/// # Safety
///
/// The CPU must have the instructions of `B`, and there must be room for a place a byte
/// of the stretch, and a block more.
#[inline(always)]
unsafe fn append<B: Block>(byte: u8, stretch: &[u8], start: usize, places: &mut Vec<u32>) {
    let mut len = places.len();
    let room = places.as_mut_ptr();
    // SAFETY: the caller answers for the instructions.
    let wanted = unsafe { B::splat(byte) };
    for (at, block) in stretch.chunks_exact(BLOCK_BYTES).enumerate() {
        // SAFETY: the block lies in the stretch.
        let mut left = unsafe { B::load(block.as_ptr()).equal(wanted) };
        let bits = left.count_ones() as usize;
        let first = say(start + at * BLOCK_BYTES);
        // SAFETY: the caller answers for the room.
        unsafe {
            for place in 0..AT_ONCE {
                room.add(len + place).write(first.wrapping_add(left.trailing_zeros()));
                left &= left.wrapping_sub(1);
            }
            for place in AT_ONCE..bits {
                room.add(len + place).write(first + left.trailing_zeros());
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

    proptest! {
        #[test]
        fn places_are_those_of_the_byte(
            pieces in prop::collection::vec(
                prop_oneof![
                    (0..9_usize).prop_map(|length| vec![b'\n'; 16 * length]),
                    (0..200_usize).prop_map(|length| vec![b'a'; length]),
                    prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..99),
                ],
                0..60,
            ),
            from in 0..64_usize,
        ) {
            let text = pieces.concat();
            let text = &text[from.min(text.len())..];
            let places = (0..).zip(text).filter(|(_, byte)| **byte == b'\n');
            let expected: Vec<u32> = [7].into_iter().chain(places.map(|(at, _)| at)).collect();
            for level in Level::available() {
                let mut places = vec![7];
                append_places_of(level, b'\n', text, &mut places);
                prop_assert_eq!(&places, &expected, "{:?}", level);
            }
        }
    }
}
