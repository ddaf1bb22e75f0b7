//! Folds ASCII: a range mask and an add for sixty-four bytes.

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

/// The leading blocks that are ASCII throughout.
///
/// # Safety
///
/// The CPU must have the instructions of `B`, and the vector room for the text.
#[inline(always)]
unsafe fn blocks<B: Block>(text: &[u8], lowered: &mut Vec<u8>) -> usize {
    let (len, blocks) = (lowered.len(), text.chunks_exact(BLOCK_BYTES));
    let mut done = 0;
    for bytes in blocks {
        // SAFETY: the block lies in the text, and what is stored in the room for it.
        unsafe {
            let block = B::load(bytes.as_ptr());
            if block.high_bits() != 0 {
                break;
            }
            block.lower_ascii().store(lowered.as_mut_ptr().add(len + done));
        }
        done += BLOCK_BYTES;
    }
    // SAFETY: so many bytes have been stored.
    unsafe { lowered.set_len(len + done) };
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
            for at in 0..200 {
                let mut text = vec![b'A'; 200];
                text[at] = 0x80 | at.to_le_bytes()[0];
                let mut lowered = Vec::new();
                assert_eq!(lower_ascii(level, &text, &mut lowered), at, "{level:?}");
                assert_eq!(lowered, vec![b'a'; at], "{level:?}");
            }
        }
    }
}
