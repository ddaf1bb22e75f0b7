//! Looks into the blocks that a filter lets pass, and compares the needles there.

use std::ops::Range;

use super::{BLOCK_BYTES, Case, Gram, GramCounts, Haystack, MaskSink, Wanted};
use crate::simd::vector::Block;

/// Tells in which blocks grams may be, and where.
pub(super) trait Filter<const NEEDLES: usize>: Sized {
    /// The blocks in which needles are compared.
    type Block: Block;
    /// The bytes of a gram.
    const GRAM_BYTES: usize;
    /// By how many bytes the loads for a block begin after it; they should begin with a
    /// cache line.
    const AHEAD: usize;

    /// A filter for these grams, each of which lies in its needle.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the filter.
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self;

    /// Whether a place that passes is one of the needle, so that nothing is left to compare.
    fn is_exact(_: Gram<'_>, _: Case) -> bool {
        false
    }

    /// Whether a gram may begin in the two blocks from here on.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the filter, and the grams that begin in the
    /// blocks must lie in the text.
    unsafe fn passes(&self, pair: *const u8) -> bool;

    /// For each needle, where in the block from here on its gram may begin.
    ///
    /// # Safety
    ///
    /// As for [`passes`](Self::passes).
    unsafe fn masks(&self, block: *const u8) -> [u64; NEEDLES];
}

/// A haystack, and what is searched for in it.
pub(super) struct BlockScan<'a, F, const NEEDLES: usize> {
    haystack: Haystack<'a>,
    grams: [Gram<'a>; NEEDLES],
    prefixes: [Prefix; NEEDLES],
    /// Whether a place of the gram is one of the needle.
    exact: [bool; NEEDLES],
    /// Where blocks may begin so that the needles of all their grams lie in what counts, and
    /// some text follows.
    inside: Range<usize>,
    filter: F,
}

/// Blocks are tested in pairs, this many before any of them is opened.
const PAIRS: usize = 64;
const PAIR_BYTES: usize = 2 * BLOCK_BYTES;

impl<'a, F: Filter<NEEDLES>, const NEEDLES: usize> BlockScan<'a, F, NEEDLES> {
    #[inline(always)]
    pub(super) fn new(haystack: Haystack<'a>, grams: [Gram<'a>; NEEDLES], filter: F) -> Self {
        let prefixes = grams.map(|gram| Prefix::new(gram.needle, haystack.case));
        let exact = grams.map(|gram| F::is_exact(gram, haystack.case));
        let inside = grams.iter().fold(0..usize::MAX, |inside, gram| {
            let blocks = haystack.blocks_inside(*gram);
            inside.start.max(blocks.start)..inside.end.min(blocks.end)
        });
        Self { haystack, grams, prefixes, exact, inside, filter }
    }

    /// Searches all blocks.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the filter and its blocks. The grams must lie
    /// in the text, which must have at least a block of places for them.
    #[inline(always)]
    pub(super) unsafe fn run(&self, sink: &mut dyn MaskSink) -> GramCounts {
        let Range { start, end } = self.haystack.grams.clone();
        let text = self.haystack.text;
        let last_block = text.len() - (F::GRAM_BYTES - 1) - BLOCK_BYTES;
        let mut seen = GramCounts::default();
        // The first block ends where one begins whose loads are aligned.
        let align = text.as_ptr().wrapping_add(start + F::AHEAD) as usize % BLOCK_BYTES;
        let aligned = (start + BLOCK_BYTES - align).min(end);
        // SAFETY: no block is looked at that begins after the last.
        unsafe {
            self.edges(start..aligned, last_block, sink, &mut seen);
            let mut place = aligned;
            while place + PAIR_BYTES <= end {
                let pairs = ((end - place) / PAIR_BYTES).min(PAIRS);
                // All are tested before any is opened: a loop that does nothing else keeps
                // everything in registers and mispredicts no branch.
                let mut open = 0_u64;
                for pair in 0..pairs {
                    let from = text.as_ptr().add(place + pair * PAIR_BYTES);
                    open |= u64::from(self.filter.passes(from)) << pair;
                }
                seen.opened += open.count_ones() as usize;
                while open != 0 {
                    let pair = place + open.trailing_zeros() as usize * PAIR_BYTES;
                    open &= open - 1;
                    self.open(pair, !0, sink, &mut seen);
                    self.open(pair + BLOCK_BYTES, !0, sink, &mut seen);
                }
                place += pairs * PAIR_BYTES;
            }
            self.edges(place..end, last_block, sink, &mut seen);
        }
        seen
    }

    /// Searches the places of a range, in blocks that may reach beyond it. A block that
    /// would reach beyond the text is replaced by the last one that does not.
    ///
    /// # Safety
    ///
    /// From `last_block` on, a block of grams must lie in the text.
    #[inline(always)]
    unsafe fn edges(
        &self,
        places: Range<usize>,
        last_block: usize,
        sink: &mut dyn MaskSink,
        seen: &mut GramCounts,
    ) {
        let mut place = places.start;
        while place < places.end {
            let block = place.min(last_block);
            let end = (block + BLOCK_BYTES).min(places.end);
            let counted = !0 << (place - block) & !0 >> (block + BLOCK_BYTES - end);
            // SAFETY: no block begins after the last.
            unsafe { self.open(block, counted, sink, seen) };
            place = end;
        }
    }

    /// Compares the needles where their grams may be.
    ///
    /// # Safety
    ///
    /// A block of grams must lie in the text from `place` on.
    #[inline(always)]
    unsafe fn open(
        &self,
        place: usize,
        counted: u64,
        sink: &mut dyn MaskSink,
        seen: &mut GramCounts,
    ) {
        debug_assert!(place + BLOCK_BYTES + F::GRAM_BYTES - 1 <= self.haystack.text.len());
        // SAFETY: the caller answers for it.
        let masks = unsafe { self.filter.masks(self.haystack.text.as_ptr().add(place)) };
        let inside = self.inside.contains(&place);
        for (index, mask) in masks.into_iter().enumerate() {
            let (gram, mut mask) = (self.grams[index], mask & counted);
            // Where the rest costs little, there is no branch on whether any are left: it
            // would be mispredicted.
            let is_cheap = self.exact[index] && inside && gram.wanted != Wanted::Show;
            if !is_cheap && mask == 0 {
                continue;
            }
            // SAFETY: the caller answers for it.
            unsafe {
                if !is_cheap {
                    mask = self.verified(index, place, mask, inside);
                }
                if gram.wanted == Wanted::CountWords && inside {
                    let words = self.word_bounds(gram, place, mask);
                    seen.counts[index] += u64::from(words.certain.count_ones());
                    mask = words.uncertain;
                }
            }
            seen.places(index, gram, place, mask, sink);
        }
    }
}

impl Haystack<'_> {
    /// Where a block of grams may begin so that all their needles lie in what counts, and
    /// have enough text around them.
    fn blocks_inside(&self, Gram { needle, offset, .. }: Gram<'_>) -> Range<usize> {
        let len = needle.len();
        // There is a byte before each needle as well, for word bounds.
        let first = (offset + 1).max((self.ends.start + 1 + offset).saturating_sub(len));
        let by_ends = (self.ends.end + offset + 1).saturating_sub(len + BLOCK_BYTES);
        let text = self.text.len() + offset + 1;
        let by_text = text.saturating_sub(BLOCK_BYTES + Prefix::BYTES);
        first..by_ends.min(by_text)
    }
}

/// Searches a text that has less than a block of places.
pub(super) fn search_short(
    haystack: &Haystack<'_>,
    grams: &[Gram<'_>],
    sink: &mut dyn MaskSink,
) -> GramCounts {
    let mut seen = GramCounts::default();
    for (index, gram) in grams.iter().enumerate() {
        for place in haystack.grams.clone().filter(|place| is_at(haystack, *gram, *place)) {
            seen.places(index, *gram, place, 1, sink);
        }
    }
    seen
}

impl GramCounts {
    /// Counts or shows the places of a needle whose grams are where the bits of the mask are.
    #[inline(always)]
    fn places(
        &mut self,
        index: usize,
        gram: Gram<'_>,
        place: usize,
        mask: u64,
        sink: &mut dyn MaskSink,
    ) {
        if gram.wanted == Wanted::Count {
            self.counts[index] += u64::from(mask.count_ones());
        } else if mask != 0 {
            sink.take(index, place.wrapping_sub(gram.offset), mask);
        }
    }
}

/// Whether the needle is in the text with its gram at this place, and counts there.
pub(super) fn is_at(
    haystack: &Haystack<'_>,
    Gram { needle, offset, .. }: Gram<'_>,
    place: usize,
) -> bool {
    place.checked_sub(offset).is_some_and(|start| {
        let end = start + needle.len();
        let there = haystack.text.get(start..end);
        haystack.ends.start < end
            && end <= haystack.ends.end
            && there.is_some_and(|there| haystack.case.equal(there, needle))
    })
}

/// The first bytes of a needle, at most eight, to be compared at once.
#[derive(Clone, Copy)]
struct Prefix {
    bytes: u64,
    /// All bits of these bytes.
    mask: u64,
    /// Bit 5 of the bytes that are letters, if case is ignored.
    case: u64,
}

impl Prefix {
    const BYTES: usize = 8;

    fn new(needle: &[u8], case: Case) -> Self {
        let len = needle.len().min(Self::BYTES);
        let word = |byte: &dyn Fn(u8) -> u8| {
            let mut bytes = [0; Self::BYTES];
            for (to, from) in bytes.iter_mut().zip(&needle[..len]) {
                *to = byte(*from);
            }
            u64::from_le_bytes(bytes)
        };
        let case =
            |byte: u8| if case == Case::Ignored && byte.is_ascii_lowercase() { 0x20 } else { 0 };
        Self { bytes: word(&|byte| byte), mask: word(&|_| !0), case: word(&case) }
    }

    /// Whether the text continues with them.
    #[inline(always)]
    fn begins(self, text: [u8; Self::BYTES]) -> bool {
        let text = u64::from_le_bytes(text) | self.case;
        (text ^ self.bytes) & self.mask == 0
    }
}

/// Places with no word character of ASCII next to them.
struct WordBounds {
    /// Both neighbours are ASCII: these are words.
    certain: u64,
    /// Another character is next to them.
    uncertain: u64,
}

/// Up to this many places of a block are compared one by one, more of them all at once.
const FEW: u32 = 4;

/// How many bytes of a needle are compared in all places at once. Few places of a longer
/// needle are left then, and they are compared one by one.
const MASKED_COMPARISONS: usize = 12;

impl<F: Filter<NEEDLES>, const NEEDLES: usize> BlockScan<'_, F, NEEDLES> {
    /// The places of the mask where the whole needle is, and counts.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks. If `inside` is true, the block must
    /// begin in `self.inside`.
    #[inline(always)]
    unsafe fn verified(&self, index: usize, place: usize, mask: u64, inside: bool) -> u64 {
        let (haystack, gram) = (&self.haystack, self.grams[index]);
        let Gram { needle, offset, .. } = gram;
        if !inside {
            return verified_one_by_one(haystack, gram, place, mask);
        }
        if self.exact[index] {
            return mask;
        }
        let start = place - offset;
        if mask.count_ones() > FEW {
            let prefix = &needle[..needle.len().min(MASKED_COMPARISONS)];
            // SAFETY: the needles that begin in this block end before the text does.
            let mask = unsafe { self.verified_at_once(prefix, start, mask) };
            return if mask == 0 || prefix.len() == needle.len() {
                mask
            } else {
                verified_one_by_one(haystack, gram, place, mask)
            };
        }
        let (mut kept, mut left) = (0, mask);
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let at = start + bit.trailing_zeros() as usize;
            // SAFETY: inside, the text has eight bytes after the block.
            let text = unsafe { haystack.text.as_ptr().add(at).cast::<[u8; 8]>().read() };
            let rest = Prefix::BYTES.min(needle.len());
            if self.prefixes[index].begins(text)
                && haystack
                    .case
                    .equal(&haystack.text[at + rest..at + needle.len()], &needle[rest..])
            {
                kept |= bit;
            }
        }
        kept
    }

    /// Which of these places have no word character of ASCII next to them.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks, and the block must begin in
    /// `self.inside`.
    #[inline(always)]
    unsafe fn word_bounds(&self, gram: Gram<'_>, place: usize, mask: u64) -> WordBounds {
        let start = place - gram.offset;
        // SAFETY: inside, there is a byte before the first needle, and one after the last.
        unsafe {
            let text = self.haystack.text.as_ptr();
            let before = F::Block::load(text.add(start - 1));
            let after = F::Block::load(text.add(start + gram.needle.len()));
            let left = mask & !before.word_bytes() & !after.word_bytes();
            let beyond_ascii = before.high_bits() | after.high_bits();
            WordBounds { certain: left & !beyond_ascii, uncertain: left & beyond_ascii }
        }
    }

    /// The places of the mask, of the block from `start` on, where the text begins with the
    /// needle.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks, and a needle that begins in the block
    /// must end in the text.
    #[inline(always)]
    unsafe fn verified_at_once(&self, needle: &[u8], start: usize, mut mask: u64) -> u64 {
        for (at, &byte) in needle.iter().enumerate() {
            // SAFETY: the caller answers for it.
            mask &= unsafe {
                let block = F::Block::load(self.haystack.text.as_ptr().add(start + at));
                let block =
                    if self.haystack.case == Case::Ignored { block.lower_ascii() } else { block };
                block.equal(F::Block::splat(byte))
            };
            if mask == 0 {
                break;
            }
        }
        mask
    }
}

#[inline(never)]
fn verified_one_by_one(haystack: &Haystack<'_>, gram: Gram<'_>, place: usize, mask: u64) -> u64 {
    let mut kept = mask;
    let mut left = mask;
    while left != 0 {
        if !is_at(haystack, gram, place + left.trailing_zeros() as usize) {
            kept &= !(left & left.wrapping_neg());
        }
        left &= left - 1;
    }
    kept
}
