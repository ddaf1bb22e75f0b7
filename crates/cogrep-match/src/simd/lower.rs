//! Folds ASCII: a range mask and an add for sixty-four bytes.

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

use super::Level;
use super::block::{BLOCK_BYTES, Block};
use super::portable::Words;

/// Appends the text in lower case as far as it is ASCII, and returns how far that is.
pub(crate) fn lower_ascii(level: Level, text: &[u8], lowered: &mut Vec<u8>) -> usize {
    lowered.reserve(text.len());
    // SAFETY: there is room for the whole text. The token in a level proves that the
    // CPU has its instructions.
    let blocks = unsafe {
        match level {
            Level::Portable => blocks::<Words>(text, lowered),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => blocks_avx2(text, lowered),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => blocks_avx512(text, lowered),
        }
    };
    let rest = &text[blocks..];
    let ascii = rest.iter().take(BLOCK_BYTES).take_while(|byte| byte.is_ascii()).count();
    lowered.extend(rest[..ascii].iter().map(u8::to_ascii_lowercase));
    blocks + ascii
}

/// Whether the text is ASCII throughout.
pub(crate) fn is_ascii(level: Level, text: &[u8]) -> bool {
    // SAFETY: the token in a level proves that the CPU has its instructions.
    unsafe {
        match level {
            Level::Portable => are_ascii::<Words>(text),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => are_ascii_avx2(text),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => are_ascii_avx512(text),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx2(text: &[u8], lowered: &mut Vec<u8>) -> usize {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<super::avx2::Halves>(text, lowered) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx512(text: &[u8], lowered: &mut Vec<u8>) -> usize {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<std::arch::x86_64::__m512i>(text, lowered) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn are_ascii_avx2(text: &[u8]) -> bool {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { are_ascii::<super::avx2::Halves>(text) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn are_ascii_avx512(text: &[u8]) -> bool {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { are_ascii::<std::arch::x86_64::__m512i>(text) }
}

/// Blocks that are dealt with in one turn, so that one test serves for all.
const TURN: usize = 4;

/// The blocks of a turn, and where any of them is not ASCII.
///
/// # Safety
///
/// The CPU must have the instructions of `B`, and all blocks must lie in the text.
#[inline(always)]
unsafe fn load<B: Block>(from: *const u8) -> ([B; TURN], u64) {
    // SAFETY: the caller sees to it.
    unsafe {
        let mut blocks = [B::load(from); TURN];
        let (nothing, mut all) = (B::splat(0), blocks[0]);
        for at in 1..TURN {
            blocks[at] = B::load(from.add(at * BLOCK_BYTES));
            all = all.or_difference(blocks[at], nothing);
        }
        (blocks, all.high_bits())
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
        if unsafe { load::<B>(bytes.as_ptr()).1 } != 0 {
            return false;
        }
    }
    turns.remainder().is_ascii()
}

/// The leading blocks that are ASCII throughout.
///
/// # Safety
///
/// The CPU must have the instructions of `B`, and the vector room for the text.
#[inline(always)]
unsafe fn blocks<B: Block>(text: &[u8], lowered: &mut Vec<u8>) -> usize {
    let (len, from) = (lowered.len(), text.as_ptr());
    let mut done = 0;
    // SAFETY: the blocks lie in the text, and what is stored in the room for it.
    unsafe {
        let to = lowered.as_mut_ptr().add(len);
        while done + TURN * BLOCK_BYTES <= text.len() {
            let (blocks, high_bits) = load::<B>(from.add(done));
            if high_bits != 0 {
                break;
            }
            for at in 0..TURN {
                blocks[at].lower_ascii().store(to.add(done + at * BLOCK_BYTES));
            }
            done += TURN * BLOCK_BYTES;
        }
        while done + BLOCK_BYTES <= text.len() {
            let block = B::load(from.add(done));
            if block.high_bits() != 0 {
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
    fn all_of_ascii_at_every_alignment() {
        let text: Vec<u8> = (0..128).cycle().take(500).collect();
        for level in Level::available() {
            for from in 0..130 {
                let mut lowered = b"before".to_vec();
                assert_eq!(lower_ascii(level, &text[from..], &mut lowered), text.len() - from);
                let expected = [&b"before"[..], &text[from..].to_ascii_lowercase()].concat();
                assert_eq!(lowered, expected, "{level:?} {from}");
            }
        }
    }

    #[test]
    fn it_ends_where_ascii_ends() {
        for level in Level::available() {
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
