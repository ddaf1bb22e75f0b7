//! Looks into the blocks that a filter lets pass, and compares the needles there.

use std::ops::Range;

use super::{BLOCK_BYTES, Case, Field, Found, Gram, Seen, Wanted};
use crate::simd::block::Block;

/// Tells in which blocks grams may stand, and where.
pub(super) trait Filter<const NEEDLES: usize>: Sized {
    /// In which needles are compared.
    type Block: Block;
    /// The bytes of a gram.
    const GRAM_BYTES: usize;
    /// What it looks at of a block begins so many bytes behind it, and should begin with a
    /// line of the cache.
    const AHEAD: usize;

    /// Of grams that lie in their needles.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the filter.
    unsafe fn new(grams: &[Gram<'_>; NEEDLES], case: Case) -> Self;

    /// Whether where the gram may stand the whole needle does.
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

/// A field, what is looked for in it, and how.
pub(super) struct Scan<'a, F, const NEEDLES: usize> {
    field: Field<'a>,
    grams: [Gram<'a>; NEEDLES],
    beginnings: [Beginning; NEEDLES],
    /// Whether a place of the gram is one of the needle.
    exact: [bool; NEEDLES],
    /// Blocks that begin here have the needles of all their grams in what counts, and some
    /// text behind these.
    inside: Range<usize>,
    filter: F,
}

/// Blocks are looked at in pairs, of which so many at most are remembered to be opened.
const PAIRS: usize = 64;
const PAIR_BYTES: usize = 2 * BLOCK_BYTES;

impl<'a, F: Filter<NEEDLES>, const NEEDLES: usize> Scan<'a, F, NEEDLES> {
    #[inline(always)]
    pub(super) fn new(field: Field<'a>, grams: [Gram<'a>; NEEDLES], filter: F) -> Self {
        let beginnings = grams.map(|gram| Beginning::new(gram.needle, field.case));
        let exact = grams.map(|gram| F::is_exact(gram, field.case));
        let inside = grams.iter().fold(0..usize::MAX, |inside, gram| {
            let blocks = field.blocks_inside(*gram);
            inside.start.max(blocks.start)..inside.end.min(blocks.end)
        });
        Self { field, grams, beginnings, exact, inside, filter }
    }

    /// Looks through all blocks.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the filter and its blocks; the grams must lie
    /// in the text, which must have a block of their places at least.
    #[inline(always)]
    pub(super) unsafe fn blocks(&self, found: &mut dyn Found) -> Seen {
        let Range { start, end } = self.field.grams.clone();
        let text = self.field.text;
        let last_block = text.len() - (F::GRAM_BYTES - 1) - BLOCK_BYTES;
        let mut seen = Seen::default();
        // The first block ends where one begins of which the filter looks at a line.
        let align = text.as_ptr().wrapping_add(start + F::AHEAD) as usize % BLOCK_BYTES;
        let aligned = (start + BLOCK_BYTES - align).min(end);
        // SAFETY: a block is looked at only in places up to the last block.
        unsafe {
            self.edges(start..aligned, last_block, found, &mut seen);
            let mut place = aligned;
            while place + PAIR_BYTES <= end {
                let pairs = ((end - place) / PAIR_BYTES).min(PAIRS);
                // Nothing is opened before all were looked at: a loop that does nothing
                // else keeps all in registers, and predicts no branch wrongly.
                let mut open = 0_u64;
                for pair in 0..pairs {
                    let from = text.as_ptr().add(place + pair * PAIR_BYTES);
                    open |= u64::from(self.filter.passes(from)) << pair;
                }
                seen.opened += open.count_ones() as usize;
                while open != 0 {
                    let pair = place + open.trailing_zeros() as usize * PAIR_BYTES;
                    open &= open - 1;
                    self.open(pair, !0, found, &mut seen);
                    self.open(pair + BLOCK_BYTES, !0, found, &mut seen);
                }
                place += pairs * PAIR_BYTES;
            }
            self.edges(place..end, last_block, found, &mut seen);
        }
        seen
    }

    /// The places of a range, in blocks that may reach beyond it: the last block that
    /// lies in the text stands in for one that does not.
    ///
    /// # Safety
    ///
    /// `last_block` must be a place from which a block of places lies in the text.
    #[inline(always)]
    unsafe fn edges(
        &self,
        places: Range<usize>,
        last_block: usize,
        found: &mut dyn Found,
        seen: &mut Seen,
    ) {
        let mut place = places.start;
        while place < places.end {
            let block = place.min(last_block);
            let behind = (block + BLOCK_BYTES).min(places.end);
            let counted = !0 << (place - block) & !0 >> (block + BLOCK_BYTES - behind);
            // SAFETY: no block begins behind the last.
            unsafe { self.open(block, counted, found, seen) };
            place = behind;
        }
    }

    /// Compares the needles where their grams may stand.
    ///
    /// # Safety
    ///
    /// A block of grams must lie in the text from `place` on.
    #[inline(always)]
    unsafe fn open(&self, place: usize, counted: u64, found: &mut dyn Found, seen: &mut Seen) {
        debug_assert!(place + BLOCK_BYTES + F::GRAM_BYTES - 1 <= self.field.text.len());
        // SAFETY: the caller sees to it.
        let masks = unsafe { self.filter.masks(self.field.text.as_ptr().add(place)) };
        let inside = self.inside.contains(&place);
        for (index, mask) in masks.into_iter().enumerate() {
            let (gram, mut mask) = (self.grams[index], mask & counted);
            // Where it costs little to go on, it is not asked whether there are any: no
            // guess of that is good.
            let is_cheap = self.exact[index] && inside && gram.wanted != Wanted::Show;
            if !is_cheap && mask == 0 {
                continue;
            }
            // SAFETY: the caller sees to it.
            unsafe {
                if !is_cheap {
                    mask = self.verified(index, place, mask, inside);
                }
                if gram.wanted == Wanted::CountWords && inside {
                    let words = self.words(gram, place, mask);
                    seen.counts[index] += u64::from(words.certain.count_ones());
                    mask = words.uncertain;
                }
            }
            seen.places(index, gram, place, mask, found);
        }
    }
}

impl Field<'_> {
    /// Where a block of grams may begin so that all their needles lie in what counts, and
    /// have text enough around them.
    fn blocks_inside(&self, Gram { needle, offset, .. }: Gram<'_>) -> Range<usize> {
        let len = needle.len();
        // A byte before is there as well, which some ask for.
        let first = (offset + 1).max((self.ends.start + 1 + offset).saturating_sub(len));
        let by_ends = (self.ends.end + offset + 1).saturating_sub(len + BLOCK_BYTES);
        let text = self.text.len() + offset + 1;
        let by_text = text.saturating_sub(BLOCK_BYTES + Beginning::BYTES);
        first..by_ends.min(by_text)
    }
}

/// A text that has less than a block of places.
pub(super) fn few_places(field: &Field<'_>, grams: &[Gram<'_>], found: &mut dyn Found) -> Seen {
    let mut seen = Seen::default();
    for (index, gram) in grams.iter().enumerate() {
        for place in field.grams.clone().filter(|place| stands(field, *gram, *place)) {
            seen.places(index, *gram, place, 1, found);
        }
    }
    seen
}

impl Seen {
    /// There are places of this needle, its grams where the bits of the mask are.
    #[inline(always)]
    fn places(
        &mut self,
        index: usize,
        gram: Gram<'_>,
        place: usize,
        mask: u64,
        found: &mut dyn Found,
    ) {
        if gram.wanted == Wanted::Count {
            self.counts[index] += u64::from(mask.count_ones());
        } else if mask != 0 {
            found.found(index, place.wrapping_sub(gram.offset), mask);
        }
    }
}

/// Whether the needle stands where its gram would be at this place, and counts there.
pub(super) fn stands(
    field: &Field<'_>,
    Gram { needle, offset, .. }: Gram<'_>,
    place: usize,
) -> bool {
    place.checked_sub(offset).is_some_and(|start| {
        let end = start + needle.len();
        let there = field.text.get(start..end);
        field.ends.start < end
            && end <= field.ends.end
            && there.is_some_and(|there| field.case.same(there, needle))
    })
}

/// The first bytes of a needle, eight at most, to be compared at once.
#[derive(Clone, Copy)]
struct Beginning {
    bytes: u64,
    /// All bits of these bytes.
    mask: u64,
    /// Bit 5 of the bytes that are letters, if case is ignored.
    case: u64,
}

impl Beginning {
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

    /// Whether the text goes on so.
    #[inline(always)]
    fn is_of(self, text: [u8; Self::BYTES]) -> bool {
        let text = u64::from_le_bytes(text) | self.case;
        (text ^ self.bytes) & self.mask == 0
    }
}

/// Places that are words for all that ASCII tells.
struct Words {
    /// There is only ASCII beside them.
    certain: u64,
    /// There is something else beside them.
    uncertain: u64,
}

/// So many places of a block are compared one by one, more all at once.
const FEW: u32 = 4;

/// Bytes of a needle that are compared in all places at once; of a longer needle few
/// places are left then, and they are compared one by one.
const MASKED_COMPARISONS: usize = 12;

impl<F: Filter<NEEDLES>, const NEEDLES: usize> Scan<'_, F, NEEDLES> {
    /// The places of the mask at which the whole needle stands and counts.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks; what is said to be inside must be.
    #[inline(always)]
    unsafe fn verified(&self, index: usize, place: usize, mask: u64, inside: bool) -> u64 {
        let (field, gram) = (&self.field, self.grams[index]);
        let Gram { needle, offset, .. } = gram;
        if !inside {
            return verified_one_by_one(field, gram, place, mask);
        }
        if self.exact[index] {
            return mask;
        }
        let start = place - offset;
        if mask.count_ones() > FEW {
            let beginning = &needle[..needle.len().min(MASKED_COMPARISONS)];
            // SAFETY: the needles that begin in this block end before the text does.
            let mask = unsafe { self.verified_at_once(beginning, start, mask) };
            return if mask == 0 || beginning.len() == needle.len() {
                mask
            } else {
                verified_one_by_one(field, gram, place, mask)
            };
        }
        let (mut kept, mut left) = (0, mask);
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let at = start + bit.trailing_zeros() as usize;
            // SAFETY: the text has so many bytes behind the block.
            let text = unsafe { field.text.as_ptr().add(at).cast::<[u8; 8]>().read() };
            let more = Beginning::BYTES.min(needle.len());
            if self.beginnings[index].is_of(text)
                && field.case.same(&field.text[at + more..at + needle.len()], &needle[more..])
            {
                kept |= bit;
            }
        }
        kept
    }

    /// Which of these places have no word character beside them.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks; the place must be inside.
    #[inline(always)]
    unsafe fn words(&self, gram: Gram<'_>, place: usize, mask: u64) -> Words {
        let start = place - gram.offset;
        // SAFETY: inside, there is a byte before the first needle, and one behind the last.
        unsafe {
            let text = self.field.text.as_ptr();
            let before = F::Block::load(text.add(start - 1));
            let behind = F::Block::load(text.add(start + gram.needle.len()));
            let left = mask & !before.words() & !behind.words();
            let beyond_ascii = before.high_bits() | behind.high_bits();
            Words { certain: left & !beyond_ascii, uncertain: left & beyond_ascii }
        }
    }

    /// # Safety
    ///
    /// The CPU must have the instructions of the blocks, and a needle that begins in the block
    /// must end in the text.
    #[inline(always)]
    unsafe fn verified_at_once(&self, needle: &[u8], start: usize, mut mask: u64) -> u64 {
        for (at, &byte) in needle.iter().enumerate() {
            // SAFETY: the caller sees to it.
            mask &= unsafe {
                let block = F::Block::load(self.field.text.as_ptr().add(start + at));
                let block =
                    if self.field.case == Case::Ignored { block.lower_ascii() } else { block };
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
fn verified_one_by_one(field: &Field<'_>, gram: Gram<'_>, place: usize, mask: u64) -> u64 {
    let mut kept = mask;
    let mut left = mask;
    while left != 0 {
        if !stands(field, gram, place + left.trailing_zeros() as usize) {
            kept &= !(left & left.wrapping_neg());
        }
        left &= left - 1;
    }
    kept
}
