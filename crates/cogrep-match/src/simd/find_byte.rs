//! Finds every position of one byte.

use super::SimdLevel;
use super::dispatch::dispatch;
use super::vector::{BLOCK_BYTES, Block};

/// How much text is searched before room is made for more positions.
const STRETCH_BYTES: usize = 64 * BLOCK_BYTES;

/// Appends the positions of a byte in a text.
///
/// # Panics
///
/// If the text has 4 GiB or more.
pub(crate) fn append_positions_of(
    level: SimdLevel,
    byte: u8,
    text: &[u8],
    positions: &mut Vec<u32>,
) {
    assert!(u32::try_from(text.len()).is_ok(), "positions beyond u32");
    let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
    dispatch!(SimdLevel: level,
        fn<B>(byte: u8, blocks: &[[u8; BLOCK_BYTES]], positions: &mut Vec<u32>) {
            for (nth, stretch) in blocks.chunks(STRETCH_BYTES / BLOCK_BYTES).enumerate() {
                // SAFETY: compiled for the instructions of `B`.
                unsafe { append::<B>(byte, stretch, nth * STRETCH_BYTES, positions) }
            }
        }
    );
    let from = text.len() - rest.len();
    let found = (from..).zip(rest).filter(|(_, other)| **other == byte);
    positions.extend(found.map(|(at, _)| narrow(at)));
}

/// A position in a text of less than 4 GiB.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "checked for the whole text")]
fn narrow(position: usize) -> u32 {
    position as u32
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn append<B: Block>(
    byte: u8,
    stretch: &[[u8; BLOCK_BYTES]],
    start: usize,
    positions: &mut Vec<u32>,
) {
    // A block more, since numbers are written in groups.
    positions.reserve(BLOCK_BYTES * (stretch.len() + 1));
    let mut len = positions.len();
    let room = positions.as_mut_ptr();
    // SAFETY: the caller answers for the instructions. A block is sixty-four bytes, and
    // there is room for a block of numbers after those of all blocks before.
    unsafe {
        let wanted = B::splat(byte);
        for (nth, block) in stretch.iter().enumerate() {
            let mask = B::load(block.as_ptr()).equal(wanted);
            len += B::write_few_bits(mask, narrow(start + nth * BLOCK_BYTES), room.add(len));
        }
        positions.set_len(len);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_are_those_of_the_byte(
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
            let found = (0..).zip(text).filter(|(_, byte)| **byte == b'\n');
            let expected: Vec<u32> = [7].into_iter().chain(found.map(|(at, _)| at)).collect();
            for level in SimdLevel::available() {
                let mut positions = vec![7];
                append_positions_of(level, b'\n', text, &mut positions);
                prop_assert_eq!(&positions, &expected, "{:?}", level);
            }
        }
    }
}
