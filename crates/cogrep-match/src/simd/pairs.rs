//! Folds characters of one and two bytes, sixty-four bytes at a time.
//!
//! Nearly all letters that have a case take two bytes, and so do the letters that they fold
//! to. For each byte that may begin such a character, two tables of sixty-four bytes say
//! what it and the byte after it become: one lookup does that for all of a block. A text
//! has few different such bytes, those of its script. Characters of three bytes and more
//! are passed over where they fold to themselves, as those of most scripts do; the kernel
//! stops where one may not.

use super::dispatch::dispatch;
use super::level::WideTables;
use super::vector::{BLOCK_BYTES, WideLookup};

/// What the two bytes with which a character begins become, by the lower six bits of both.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    /// The first byte: 0 where the result is not two bytes.
    pub(crate) first: [[u8; 64]; 64],
    /// The second byte, if the character has two.
    pub(crate) second: [[u8; 64]; 64],
    /// `0xFF` for first bytes of characters that change.
    pub(crate) changes: [u8; 64],
}

/// The least first byte of characters of two bytes, and of three.
pub(crate) const OF_TWO: u8 = 0xC0;
pub(crate) const OF_THREE: u8 = 0xE0;

/// The first two bytes of the wide forms of ASCII, which are in all Chinese text, and the
/// third bytes of the few that are capital letters.
const WIDE: [u8; 2] = [0xEF, 0xBC];
const WIDE_CAPITALS: [u8; 2] = [0xA1, 0xBA];

/// What the characters become that begin with a certain byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'p> {
    first: &'p [u8; 64],
    second: &'p [u8; 64],
}

impl Pairs {
    /// What the characters become that begin with this byte. None if it begins no character,
    /// or they all stay as they are.
    pub(crate) fn of(&self, byte: u8) -> Option<Row<'_>> {
        let row = usize::from(byte) % 64;
        let changes = byte >= OF_TWO && self.changes[row] != 0;
        changes.then(|| Row { first: &self.first[row], second: &self.second[row] })
    }

    /// Whether the third byte tells which of the characters that begin with these two are
    /// capitals. By their first two bytes they count as unchanged.
    pub(crate) fn has_few_capitals(first: u8, second: u8) -> bool {
        [first, second] == WIDE
    }

    /// Whether the character with this third byte is one of those capitals.
    #[cfg(test)]
    pub(crate) fn is_capital_of_few(third: u8) -> bool {
        (WIDE_CAPITALS[0]..=WIDE_CAPITALS[1]).contains(&third)
    }
}

impl Row<'_> {
    /// What the first byte becomes before this second one: 0 where the result is not two
    /// bytes.
    pub(crate) fn first(self, second: u8) -> u8 {
        self.first[usize::from(second) % 64]
    }

    /// What the second byte becomes.
    pub(crate) fn second(self, second: u8) -> u8 {
        self.second[usize::from(second) % 64]
    }
}

/// Bytes that are loaded for a block: two more, so that all of each character that begins
/// in it is seen.
const REACH_BYTES: usize = BLOCK_BYTES + 2;

/// Appends the text folded as far as this kernel folds it, and returns how far that is: up
/// to a block with a character that is not for this kernel, or to less than two blocks
/// before the end. The text must begin where a character does, or within one that folds to
/// itself.
pub(crate) fn fold(tables: WideTables, pairs: &Pairs, text: &[u8], folded: &mut Vec<u8>) -> usize {
    dispatch!(WideTables: tables,
        fn<B>(pairs: &Pairs, text: &[u8], folded: &mut Vec<u8>) -> usize {
            // SAFETY: compiled for the instructions of `B`.
            unsafe { fold_blocks::<B>(pairs, text, folded) }
        }
    )
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn fold_blocks<B: WideLookup>(pairs: &Pairs, text: &[u8], folded: &mut Vec<u8>) -> usize {
    folded.reserve(text.len());
    let len = folded.len();
    let mut done = 0;
    while done + REACH_BYTES <= text.len() {
        // SAFETY: the caller answers for the instructions. The bytes lie in the text, and
        // there is room for as many.
        unsafe {
            let from = text.as_ptr().add(done);
            let block = B::load(from);
            let mut out = block.lower_ascii();
            let mut continues = 0;
            if !block.is_ascii() {
                let Some(changed) = change::<B>(pairs, from, block, out) else { break };
                out = changed;
                // A character of two bytes is folded within one block.
                continues = usize::from(*from.add(BLOCK_BYTES - 1) & 0xE0 == OF_TWO);
            }
            out.store(folded.as_mut_ptr().add(len + done));
            done += BLOCK_BYTES - continues;
        }
    }
    // SAFETY: this many bytes have been written.
    unsafe { folded.set_len(len + done) };
    done
}

/// The block with its characters of two bytes changed. None if it has a character that is
/// not for this kernel.
///
/// # Safety
///
/// The CPU must have the instructions of `B`. The block must have been loaded from `from`,
/// and two bytes more must be readable.
#[inline(always)]
unsafe fn change<B: WideLookup>(pairs: &Pairs, from: *const u8, block: B, mut out: B) -> Option<B> {
    // SAFETY: the caller answers for the instructions and the bytes.
    unsafe {
        let (next, third) = (B::load(from.add(1)), B::load(from.add(2)));
        let changes = B::except(block.look_up(&pairs.changes).is_high(), block.is_less(OF_TWO));
        let mut left = B::both(changes, next.is_continuation());
        let mut stops = B::empty_mask();
        while let Some(at) = B::first(left) {
            let byte = *from.add(at);
            let row = usize::from(byte) % 64;
            let alike = B::both(block.is_equal(byte), left);
            left = B::except(left, alike);
            let first = next.look_up(&pairs.first[row]);
            stops = B::either(stops, B::both(first.is_equal(0), alike));
            if byte < OF_THREE {
                out = out.replace(alike, first);
                let second = block.look_up(&pairs.second[row]);
                out = out.replace(B::next_bytes(alike), second);
            } else if byte == WIDE[0] {
                let [least, most] = WIDE_CAPITALS;
                let is_capital = third.minus(least).is_less(most - least + 1);
                let is_wide = B::both(next.is_equal(WIDE[1]), alike);
                stops = B::either(stops, B::both(is_capital, is_wide));
            }
        }
        B::is_none(stops).then_some(out)
    }
}
