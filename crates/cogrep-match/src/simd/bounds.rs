//! Where runs of letters, digits and `_` begin and end, with the bytes that are not ASCII.

use super::SimdLevel;
use super::dispatch::dispatch;
use super::vector::{BLOCK_BYTES, Block};

/// How much text is looked at before room is made for more places.
const STRETCH_BYTES: usize = 64 * BLOCK_BYTES;

/// Appends where runs begin and end, in turn: each place at which a byte of a run is next to
/// one of none. What is around the text is in no run, so that there are as many ends as
/// beginnings.
///
/// # Panics
///
/// If the text has 4 GiB or more.
pub(crate) fn append_bounds(level: SimdLevel, text: &[u8], bounds: &mut Vec<u32>) {
    let length = u32::try_from(text.len()).expect("places below 4 GiB");
    let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
    let mut last = [b' '; BLOCK_BYTES];
    last[..rest.len()].copy_from_slice(rest);
    let mut in_run = 0;
    for (blocks, start) in [(blocks, 0), (&[last][..], text.len() - rest.len())] {
        in_run = dispatch!(SimdLevel: level,
            fn<B>(
                blocks: &[[u8; BLOCK_BYTES]], start: usize, in_run: u64, bounds: &mut Vec<u32>,
            ) -> u64 {
                let mut in_run = in_run;
                for (nth, stretch) in blocks.chunks(STRETCH_BYTES / BLOCK_BYTES).enumerate() {
                    let start = start + nth * STRETCH_BYTES;
                    // SAFETY: compiled for the instructions of `B`.
                    in_run = unsafe { append::<B>(stretch, start, in_run, bounds) };
                }
                in_run
            }
        );
    }
    if in_run == 1 {
        bounds.push(length);
    }
}

/// A position in a text of less than 4 GiB.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "checked for the whole text")]
fn narrow(position: usize) -> u32 {
    position as u32
}

/// The lowest bit of `in_run` says whether the text before ends in a run, and that of the result
/// whether this one does.
///
/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn append<B: Block>(
    stretch: &[[u8; BLOCK_BYTES]],
    start: usize,
    mut in_run: u64,
    bounds: &mut Vec<u32>,
) -> u64 {
    // A block more, since numbers are written in groups.
    bounds.reserve(BLOCK_BYTES * (stretch.len() + 1));
    let mut len = bounds.len();
    let room = bounds.as_mut_ptr();
    // SAFETY: the caller answers for the instructions. A block is sixty-four bytes, and
    // there is room for a block of numbers after those of all blocks before.
    unsafe {
        for (nth, block) in stretch.iter().enumerate() {
            let block = B::load(block.as_ptr());
            let runs = block.word_bytes() | block.high_bits();
            let turns = runs ^ (runs << 1 | in_run);
            in_run = runs >> 63;
            len += B::write_many_bits(turns, narrow(start + nth * BLOCK_BYTES), room.add(len));
        }
        bounds.set_len(len);
    }
    in_run
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bounds_are_where_runs_begin_and_end(
            pieces in prop::collection::vec(
                prop_oneof![
                    (0..9_usize).prop_map(|length| vec![b'a'; 16 * length]),
                    (0..200_usize).prop_map(|length| vec![b'-'; length]),
                    prop::collection::vec(prop::sample::select(&b"aZ9_ -\xC3\xA9\0"[..]), 0..99),
                ],
                0..80,
            ),
        ) {
            let text = pieces.concat();
            let is_run = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte > 127;
            let mut expected = vec![7];
            let mut before = false;
            for (at, in_run) in (0..).zip(text.iter().map(is_run).chain([false])) {
                if in_run != before {
                    expected.push(at);
                }
                before = in_run;
            }
            for level in SimdLevel::available() {
                let mut bounds = vec![7];
                append_bounds(level, &text, &mut bounds);
                prop_assert_eq!(&bounds, &expected, "{:?}", level);
            }
        }
    }
}
