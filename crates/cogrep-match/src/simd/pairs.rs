//! Folds characters of one and two bytes, sixty-four bytes at a time.
//!
//! Nearly all letters that have a case take two bytes, and what they fold to takes two as
//! well. For each byte that may begin such a character, two tables of sixty-four bytes say
//! what becomes of it and of the byte behind it: a byte permutation looks all of a block up
//! at once. A text has few different such bytes, those of its script. Characters of three
//! bytes and more are passed over where they fold to themselves, as those of most scripts
//! do; the kernel stops where one may not.

#[cfg(target_arch = "x86_64")]
use super::{block::Block, level::Avx512};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmpge_epu8_mask, _mm512_cmplt_epi8_mask,
    _mm512_cmplt_epu8_mask, _mm512_loadu_si512, _mm512_mask_mov_epi8, _mm512_movepi8_mask,
    _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_storeu_si512, _mm512_sub_epi8,
    _mm512_testn_epi8_mask,
};

/// What becomes of the two bytes with which a character begins, by the lower six bits of
/// both.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    /// The first one: 0 where that cannot be said in two bytes.
    pub(crate) first: [[u8; 64]; 64],
    /// The second one, if the character has two bytes.
    pub(crate) second: [[u8; 64]; 64],
    /// `0xFF` for first bytes of which anything becomes anything else.
    pub(crate) matters: [u8; 64],
}

/// The least first byte of characters of two bytes, and of three.
pub(crate) const OF_TWO: u8 = 0xC0;
pub(crate) const OF_THREE: u8 = 0xE0;

/// The first two bytes of the wide forms of ASCII, which stand in all Chinese text, and the
/// third bytes of the few that are capital letters.
const WIDE: [u8; 2] = [0xEF, 0xBC];
const WIDE_CAPITALS: [u8; 2] = [0xA1, 0xBA];

/// What becomes of the characters that begin with one byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'p> {
    first: &'p [u8; 64],
    second: &'p [u8; 64],
}

impl Pairs {
    /// What becomes of the characters that begin with this byte. None if nothing does: it
    /// begins none, or they all stay.
    pub(crate) fn of(&self, byte: u8) -> Option<Row<'_>> {
        let row = usize::from(byte) % 64;
        let matters = byte >= OF_TWO && self.matters[row] != 0;
        matters.then(|| Row { first: &self.first[row], second: &self.second[row] })
    }

    /// Whether the third byte says which of the characters that begin so are
    /// capitals: they are taken to stay by their first two.
    pub(crate) fn has_few_capitals(first: u8, second: u8) -> bool {
        [first, second] == WIDE
    }

    /// Whether the character with this third byte is one.
    #[cfg(test)]
    pub(crate) fn is_capital_of_few(third: u8) -> bool {
        (WIDE_CAPITALS[0]..=WIDE_CAPITALS[1]).contains(&third)
    }
}

impl Row<'_> {
    /// What becomes of the first byte before this second one: 0 where that cannot be said.
    pub(crate) fn first(self, second: u8) -> u8 {
        self.first[usize::from(second) % 64]
    }

    /// What becomes of the second.
    pub(crate) fn second(self, second: u8) -> u8 {
        self.second[usize::from(second) % 64]
    }
}

/// The bytes of a block.
#[cfg(target_arch = "x86_64")]
const BLOCK_BYTES: usize = 64;

/// Bytes that are loaded for a block: two more, so that the characters that begin in it
/// are seen.
#[cfg(target_arch = "x86_64")]
const REACH_BYTES: usize = BLOCK_BYTES + 2;

/// Appends the text folded, as far as that is done here, and returns how far that is: to
/// before a block with a character that is not for this kernel, or less than two blocks
/// before the end. The text must begin where a character does, or go on in one that folds
/// to itself.
#[cfg(target_arch = "x86_64")]
pub(crate) fn fold(token: Avx512, pairs: &Pairs, text: &[u8], folded: &mut Vec<u8>) -> usize {
    let Avx512 { .. } = token;
    folded.reserve(text.len());
    // SAFETY: there is room for the whole text, and the token proves that the CPU has the
    // instructions.
    unsafe { fold_blocks(pairs, text, folded) }
}

/// # Safety
///
/// The vector must have room for the text.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn fold_blocks(pairs: &Pairs, text: &[u8], folded: &mut Vec<u8>) -> usize {
    let len = folded.len();
    let mut done = 0;
    // SAFETY: sixty-four bytes.
    let matters = unsafe { _mm512_loadu_si512(pairs.matters.as_ptr().cast()) };
    while done + REACH_BYTES <= text.len() {
        // SAFETY: the bytes lie in the text, and there is room for as many.
        unsafe {
            let from = text.as_ptr().add(done);
            let block: __m512i = _mm512_loadu_si512(from.cast());
            let mut out = Block::lower_ascii(block);
            let mut goes_on = 0;
            if _mm512_movepi8_mask(block) != 0 {
                let begins = _mm512_cmpge_epu8_mask(block, _mm512_set1_epi8(OF_TWO.cast_signed()));
                let matters = _mm512_movepi8_mask(_mm512_permutexvar_epi8(block, matters));
                let Some(changed) = changed(pairs, from, block, out, begins & matters) else {
                    break;
                };
                out = changed;
                // A pair is dealt with in one block.
                goes_on = usize::from((*from.add(BLOCK_BYTES - 1) & 0xE0) == OF_TWO);
            }
            _mm512_storeu_si512(folded.as_mut_ptr().add(len + done).cast(), out);
            done += BLOCK_BYTES - goes_on;
        }
    }
    // SAFETY: so many bytes have been written.
    unsafe { folded.set_len(len + done) };
    done
}

/// The block with the pairs changed that begin at these places. None if one of the
/// characters there is not for this kernel.
///
/// # Safety
///
/// `from` must be where the block lies, and two bytes behind it readable.
#[inline]
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn changed(
    pairs: &Pairs,
    from: *const u8,
    block: __m512i,
    mut out: __m512i,
    begin: u64,
) -> Option<__m512i> {
    // SAFETY: the caller answers for these bytes.
    let (next, third) =
        unsafe { (_mm512_loadu_si512(from.add(1).cast()), _mm512_loadu_si512(from.add(2).cast())) };
    // Continuation bytes are the least ones, as signed numbers.
    let least = _mm512_set1_epi8(0xC0_u8.cast_signed());
    let mut left = begin & _mm512_cmplt_epi8_mask(next, least);
    let mut stops = 0;
    while left != 0 {
        // SAFETY: it is a byte of the block.
        let byte = unsafe { *from.add(left.trailing_zeros() as usize) };
        let row = usize::from(byte) % 64;
        let alike = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte.cast_signed())) & left;
        left &= !alike;
        // SAFETY: sixty-four bytes each.
        let (firsts, seconds) = unsafe {
            (
                _mm512_loadu_si512(pairs.first[row].as_ptr().cast()),
                _mm512_loadu_si512(pairs.second[row].as_ptr().cast()),
            )
        };
        let first = _mm512_permutexvar_epi8(next, firsts);
        stops |= _mm512_testn_epi8_mask(first, first) & alike;
        if byte < OF_THREE {
            out = _mm512_mask_mov_epi8(out, alike, first);
            let second = _mm512_permutexvar_epi8(block, seconds);
            out = _mm512_mask_mov_epi8(out, alike << 1, second);
        } else if byte == WIDE[0] {
            let is_wide = _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8(WIDE[1].cast_signed()));
            let [least, most] = WIDE_CAPITALS;
            let nth = _mm512_sub_epi8(third, _mm512_set1_epi8(least.cast_signed()));
            let count = _mm512_set1_epi8((most - least + 1).cast_signed());
            stops |= _mm512_cmplt_epu8_mask(nth, count) & is_wide & alike;
        }
    }
    (stops == 0).then_some(out)
}
