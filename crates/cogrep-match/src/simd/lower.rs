//! Lowers the letters of ASCII: a range mask and an addition for sixty-four bytes.

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use super::SimdLevel;
use super::dispatch::dispatch;
use super::vector::{BLOCK_BYTES, Block};

/// Appends the text in lower case as far as it is ASCII, and returns how far that is.
pub(crate) fn lower_ascii(level: SimdLevel, text: &[u8], lowered: &mut Vec<u8>) -> usize {
    let blocks = dispatch!(SimdLevel: level, fn<B>(text: &[u8], lowered: &mut Vec<u8>) -> usize {
        // SAFETY: compiled for the instructions of `B`.
        unsafe { lower_blocks::<B>(text, lowered) }
    });
    let rest = &text[blocks..];
    let ascii = rest.iter().take(BLOCK_BYTES).take_while(|byte| byte.is_ascii()).count();
    lowered.extend(rest[..ascii].iter().map(u8::to_ascii_lowercase));
    blocks + ascii
}

/// Appends the text with the letters of ASCII in lower case, and all else as it is.
pub(crate) fn lower_letters(level: SimdLevel, text: &[u8], lowered: &mut Vec<u8>) {
    let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
    dispatch!(SimdLevel: level, fn<B>(blocks: &[[u8; BLOCK_BYTES]], lowered: &mut Vec<u8>) {
        let len = lowered.len();
        lowered.reserve(blocks.len() * BLOCK_BYTES);
        // SAFETY: compiled for the instructions of `B`; the blocks are stored in the room that
        // was reserved.
        unsafe {
            let to = lowered.as_mut_ptr().add(len);
            for (nth, block) in blocks.iter().enumerate() {
                B::load(block.as_ptr()).lower_ascii().store(to.add(nth * BLOCK_BYTES));
            }
            lowered.set_len(len + blocks.len() * BLOCK_BYTES);
        }
    });
    lowered.extend(rest.iter().map(u8::to_ascii_lowercase));
}

/// Whether the text is ASCII throughout.
pub(crate) fn is_ascii(level: SimdLevel, text: &[u8]) -> bool {
    dispatch!(SimdLevel: level, fn<B>(text: &[u8]) -> bool {
        // SAFETY: compiled for the instructions of `B`.
        unsafe { are_ascii::<B>(text) }
    })
}

/// Blocks that are looked at together, so that one test serves for all.
const TURN: usize = 4;

/// The blocks of a turn, and whether all of them are ASCII.
///
/// # Safety
///
/// The CPU must have the instructions of `B`, and the bytes of all blocks must be readable.
#[inline(always)]
unsafe fn load<B: Block>(from: *const u8) -> ([B; TURN], bool) {
    // SAFETY: the caller answers for both.
    unsafe {
        let mut blocks = [B::load(from); TURN];
        let (nothing, mut all) = (B::splat(0), blocks[0]);
        for at in 1..TURN {
            blocks[at] = B::load(from.add(at * BLOCK_BYTES));
            all = all.or_difference(blocks[at], nothing);
        }
        (blocks, all.is_ascii())
    }
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn are_ascii<B: Block>(text: &[u8]) -> bool {
    let mut turns = text.chunks_exact(TURN * BLOCK_BYTES);
    for bytes in &mut turns {
        // SAFETY: the blocks lie in the text.
        if !unsafe { load::<B>(bytes.as_ptr()).1 } {
            return false;
        }
    }
    turns.remainder().is_ascii()
}

/// Appends the leading blocks that are ASCII throughout, lowered.
///
/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn lower_blocks<B: Block>(text: &[u8], lowered: &mut Vec<u8>) -> usize {
    lowered.reserve(text.len());
    let (len, from) = (lowered.len(), text.as_ptr());
    let mut done = 0;
    // SAFETY: the blocks lie in the text, and are stored in the room that was reserved.
    unsafe {
        let to = lowered.as_mut_ptr().add(len);
        while done + TURN * BLOCK_BYTES <= text.len() {
            let (blocks, is_ascii) = load::<B>(from.add(done));
            if !is_ascii {
                break;
            }
            for at in 0..TURN {
                blocks[at].lower_ascii().store(to.add(done + at * BLOCK_BYTES));
            }
            done += TURN * BLOCK_BYTES;
        }
        while done + BLOCK_BYTES <= text.len() {
            let block = B::load(from.add(done));
            if !block.is_ascii() {
                break;
            }
            block.lower_ascii().store(to.add(done));
            done += BLOCK_BYTES;
        }
        lowered.set_len(len + done);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_lowered_at_every_alignment() {
        let text: Vec<u8> = (0..128).cycle().take(500).collect();
        for level in SimdLevel::available() {
            for from in 0..130 {
                let mut lowered = b"before".to_vec();
                assert_eq!(lower_ascii(level, &text[from..], &mut lowered), text.len() - from);
                let expected = [&b"before"[..], &text[from..].to_ascii_lowercase()].concat();
                assert_eq!(lowered, expected, "{level:?} {from}");
            }
        }
    }

    #[test]
    fn letters_are_lowered_and_nothing_else() {
        let text: Vec<u8> = (0..=255).cycle().take(700).collect();
        for level in SimdLevel::available() {
            for from in 0..66 {
                let mut lowered = b"Before".to_vec();
                lower_letters(level, &text[from..], &mut lowered);
                let expected = [&b"Before"[..], &text[from..].to_ascii_lowercase()].concat();
                assert_eq!(lowered, expected, "{level:?} {from}");
            }
        }
    }

    #[test]
    fn lowering_ends_where_ascii_ends() {
        for level in SimdLevel::available() {
            for at in 0..700 {
                let mut text = vec![b'A'; 700];
                text[at] = 0x80 | at.to_le_bytes()[0];
                let mut lowered = Vec::new();
                assert_eq!(lower_ascii(level, &text, &mut lowered), at, "{level:?}");
                assert_eq!(lowered, vec![b'a'; at], "{level:?}");
                assert!(!is_ascii(level, &text) && is_ascii(level, &text[..at]));
            }
        }
    }
}
