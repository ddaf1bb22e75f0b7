//! Compare and popcount: every place where some of a few needles stand, as masks.
//!
//! Each needle is looked for by one *gram*: up to four neighbouring bytes of it, rare
//! in the text. All sixty-four places of a block are compared at once; only where the
//! gram of some needle stands is the rest of that needle compared. The generic
//! algorithm of memchr's `packedpair` stops at the first place that is left; here the
//! mask of all of them is the result, so that a needle that cannot overlap itself is
//! counted by popcount, and all needles share the loads.
//!
//! Text that is not lowered yet can be searched as if it were, which costs one
//! instruction a load: setting bit 5 lowers the letters. What it makes of other bytes
//! may look like a gram where there is none; so all bytes of a needle are compared then.

#![allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m512i;
use std::ops::Range;

use super::block::{BLOCK_BYTES, Block};
use super::portable::Words;
use super::{Case, Level};

/// The most needles of one call, and the most bytes of a gram.
pub(crate) const MOST: usize = 4;

/// A needle and the place of its gram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gram<'a> {
    pub(crate) needle: &'a [u8],
    /// Where the gram begins in the needle.
    pub(crate) offset: usize,
    /// Whether its places are only to be counted, not shown.
    pub(crate) only_counts: bool,
}

/// Where to look.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) case: Case,
    /// A place counts if the needle ends behind `ends.start`, not behind `ends.end`.
    pub(crate) ends: Range<usize>,
    /// Grams are looked for that begin here.
    pub(crate) grams: Range<usize>,
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// In so many blocks of sixty-four places there was a gram.
    pub(crate) opened: usize,
    /// How many places each needle has whose places are only counted.
    pub(crate) counts: [u64; MOST],
}

/// What is done with the places found.
pub(crate) trait Found {
    /// The needle of this index stands at `start + bit`, wrapping, for each bit of the
    /// mask. For one needle the calls come in the order of the text.
    fn found(&mut self, index: usize, start: usize, mask: u64);
}

/// For needles whose places are only counted.
pub(crate) struct NotShown;

impl Found for NotShown {
    fn found(&mut self, _: usize, _: usize, _: u64) {}
}

/// Finds up to four needles by grams of up to four bytes.
///
/// # Panics
///
/// When there are more needles, or a gram does not lie in its needle.
pub(crate) fn find(
    level: Level,
    gram_bytes: usize,
    grams: &[Gram<'_>],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match *grams {
        [] => Seen::default(),
        [a] => find_by(level, gram_bytes, [a], field, found),
        [a, b] => find_by(level, gram_bytes, [a, b], field, found),
        [a, b, c] => find_by(level, gram_bytes, [a, b, c], field, found),
        [a, b, c, d] => find_by(level, gram_bytes, [a, b, c, d], field, found),
        _ => panic!("more than {MOST} needles"),
    }
}

fn find_by<const NEEDLES: usize>(
    level: Level,
    gram_bytes: usize,
    grams: [Gram<'_>; NEEDLES],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match gram_bytes {
        1 => find_with::<NEEDLES, 1>(level, grams, field, found),
        2 => find_with::<NEEDLES, 2>(level, grams, field, found),
        3 => find_with::<NEEDLES, 3>(level, grams, field, found),
        MOST => find_with::<NEEDLES, MOST>(level, grams, field, found),
        _ => panic!("a gram of {gram_bytes} bytes"),
    }
}

fn find_with<const NEEDLES: usize, const BYTES: usize>(
    level: Level,
    grams: [Gram<'_>; NEEDLES],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match field.case {
        Case::Matters => dispatch::<NEEDLES, BYTES, false>(level, grams, field, found),
        Case::Ignored => dispatch::<NEEDLES, BYTES, true>(level, grams, field, found),
    }
}

fn dispatch<const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    level: Level,
    grams: [Gram<'_>; NEEDLES],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    for gram in &grams {
        assert!(gram.offset + BYTES <= gram.needle.len(), "a gram outside of its needle");
    }
    let grams_end = field.grams.end.min((field.text.len() + 1).saturating_sub(BYTES));
    let field = Field {
        text: field.text,
        case: field.case,
        ends: field.ends.start..field.ends.end.min(field.text.len()),
        grams: field.grams.start..grams_end,
    };
    if field.text.len() < BLOCK_BYTES + BYTES - 1 {
        return few_places(&field, &grams, found);
    }
    // SAFETY: the text has a block of places at least, and the grams lie in it and in
    // their needles. The token in a level proves that the CPU has its instructions.
    unsafe {
        match level {
            Level::Portable => blocks::<Words, NEEDLES, BYTES, LOWERS>(field, grams, found),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => blocks_avx2::<NEEDLES, BYTES, LOWERS>(field, grams, found),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => blocks_avx512::<NEEDLES, BYTES, LOWERS>(field, grams, found),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx2<const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut dyn Found,
) -> Seen {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<super::avx2::Halves, NEEDLES, BYTES, LOWERS>(field, grams, found) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx512<const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut dyn Found,
) -> Seen {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<__m512i, NEEDLES, BYTES, LOWERS>(field, grams, found) }
}

/// A text that has less than a block of places.
fn few_places(field: &Field<'_>, grams: &[Gram<'_>], found: &mut dyn Found) -> Seen {
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
        if gram.only_counts {
            self.counts[index] += u64::from(mask.count_ones());
        } else if mask != 0 {
            found.found(index, place.wrapping_sub(gram.offset), mask);
        }
    }
}

/// Whether the needle stands where its gram would be at this place, and counts there.
fn stands(field: &Field<'_>, Gram { needle, offset, .. }: Gram<'_>, place: usize) -> bool {
    place.checked_sub(offset).is_some_and(|start| {
        let end = start + needle.len();
        field.ends.start < end
            && end <= field.ends.end
            && field.case.same(&field.text[start..end], needle)
    })
}

/// Looks through all blocks.
///
/// # Safety
///
/// The CPU must have the instructions of `B`; the text must have a block of places at
/// least, and the grams must lie in the text and in their needles.
#[inline(always)]
unsafe fn blocks<B: Block, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut dyn Found,
) -> Seen {
    let Range { start, end } = field.grams.clone();
    let last_block = field.text.len() - (BYTES - 1) - BLOCK_BYTES;
    let mut seen = Seen::default();
    // SAFETY: a block is looked at only in places up to the last block.
    unsafe {
        let bytes = grams.map(|Gram { needle, offset, .. }| {
            core::array::from_fn(|at| cased::<B, LOWERS>(B::splat(needle[offset + at])))
        });
        let beginnings = grams.map(|gram| Beginning::new(gram.needle, LOWERS));
        let scan = Scan::<B, NEEDLES, BYTES, LOWERS> { field, grams, beginnings, bytes };
        // The first block ends where an aligned one begins.
        let align = scan.field.text.as_ptr().wrapping_add(start) as usize % BLOCK_BYTES;
        let aligned = (start + BLOCK_BYTES - align).min(end);
        scan.edges(start..aligned, last_block, found, &mut seen);
        let mut place = aligned;
        while place + PAIR_BYTES <= end {
            let pairs = ((end - place) / PAIR_BYTES).min(PAIRS);
            // Nothing is opened before all were looked at: a loop that does nothing else
            // keeps all in registers, and predicts no branch wrongly.
            let mut open = 0_u64;
            for pair in 0..pairs {
                let first = least(scan.differences(place + pair * PAIR_BYTES));
                let second = least(scan.differences(place + pair * PAIR_BYTES + BLOCK_BYTES));
                open |= u64::from(first.either_zero(second).zeros() != 0) << pair;
            }
            while open != 0 {
                let pair = place + open.trailing_zeros() as usize * PAIR_BYTES;
                open &= open - 1;
                scan.open(pair, !0, found, &mut seen);
                scan.open(pair + BLOCK_BYTES, !0, found, &mut seen);
            }
            place += pairs * PAIR_BYTES;
        }
        scan.edges(place..end, last_block, found, &mut seen);
    }
    seen
}

/// Blocks are looked at in pairs, of which so many at most are remembered to be opened.
const PAIRS: usize = 64;
const PAIR_BYTES: usize = 2 * BLOCK_BYTES;

/// Zero in each place where the gram of any needle stands.
///
/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn least<B: Block, const NEEDLES: usize>(differences: [B; NEEDLES]) -> B {
    let mut least = differences[0];
    for difference in differences.into_iter().skip(1) {
        // SAFETY: the caller has the instructions of `B`.
        least = unsafe { least.either_zero(difference) };
    }
    least
}

/// The block as it is compared with grams.
///
/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn cased<B: Block, const LOWERS: bool>(block: B) -> B {
    // SAFETY: the caller has the instructions of `B`.
    if LOWERS { unsafe { block.set_case() } } else { block }
}

struct Scan<'a, B, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool> {
    field: Field<'a>,
    grams: [Gram<'a>; NEEDLES],
    beginnings: [Beginning; NEEDLES],
    bytes: [[B; BYTES]; NEEDLES],
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

    fn new(needle: &[u8], lowers: bool) -> Self {
        let len = needle.len().min(Self::BYTES);
        let word = |byte: &dyn Fn(u8) -> u8| {
            let mut bytes = [0; Self::BYTES];
            for (to, from) in bytes.iter_mut().zip(&needle[..len]) {
                *to = byte(*from);
            }
            u64::from_le_bytes(bytes)
        };
        let case = |byte: u8| if lowers && byte.is_ascii_lowercase() { 0x20 } else { 0 };
        Self { bytes: word(&|byte| byte), mask: word(&|_| !0), case: word(&case) }
    }

    /// Whether the text goes on so.
    #[inline(always)]
    fn is_of(self, text: [u8; Self::BYTES]) -> bool {
        let text = u64::from_le_bytes(text) | self.case;
        (text ^ self.bytes) & self.mask == 0
    }
}

impl<B: Block, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>
    Scan<'_, B, NEEDLES, BYTES, LOWERS>
{
    /// For each needle, zero where its gram stands.
    ///
    /// # Safety
    ///
    /// A block and `BYTES - 1` bytes more must lie in the text from `place` on.
    #[inline(always)]
    unsafe fn differences(&self, place: usize) -> [B; NEEDLES] {
        debug_assert!(place + BLOCK_BYTES + BYTES - 1 <= self.field.text.len());
        // SAFETY: the blocks begin up to `BYTES - 1` bytes behind `place`.
        unsafe {
            let from = self.field.text.as_ptr().add(place);
            let mut blocks = [cased::<B, LOWERS>(B::load(from)); BYTES];
            for at in 1..BYTES {
                blocks[at] = cased::<B, LOWERS>(B::load(from.add(at)));
            }
            let mut differences = [blocks[0]; NEEDLES];
            for needle in 0..NEEDLES {
                differences[needle] = blocks[0].difference(self.bytes[needle][0]);
                for at in 1..BYTES {
                    let byte = self.bytes[needle][at];
                    differences[needle] = differences[needle].or_difference(blocks[at], byte);
                }
            }
            differences
        }
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

    /// Compares the rest of the needles where their grams stand.
    ///
    /// # Safety
    ///
    /// As for [`differences`](Self::differences).
    #[inline(always)]
    unsafe fn open(&self, place: usize, counted: u64, found: &mut dyn Found, seen: &mut Seen) {
        let mut is_open = false;
        // SAFETY: the caller sees to it.
        let differences = unsafe { self.differences(place) };
        for (index, difference) in differences.into_iter().enumerate() {
            // SAFETY: the caller has the instructions of `B`.
            let mask = unsafe { difference.zeros() } & counted;
            if mask != 0 {
                is_open = true;
                let gram = self.grams[index];
                // SAFETY: as above.
                let mask = unsafe { self.verified(index, place, mask) };
                seen.places(index, gram, place, mask, found);
            }
        }
        seen.opened += usize::from(is_open);
    }
}

/// So many places of a block are compared one by one, more all at once.
const FEW: u32 = 4;

/// Bytes of a needle that are compared in all places at once; of a longer needle few
/// places are left then, and they are compared one by one.
const MASKED_COMPARISONS: usize = 12;

impl<B: Block, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>
    Scan<'_, B, NEEDLES, BYTES, LOWERS>
{
    /// The places of the mask at which the whole needle stands and counts.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn verified(&self, index: usize, place: usize, mask: u64) -> u64 {
        let (field, gram) = (&self.field, self.grams[index]);
        let Gram { needle, offset, .. } = gram;
        let start = place.wrapping_sub(offset);
        let first_end = start.wrapping_add(needle.len());
        let inside = place >= offset
            && first_end > field.ends.start
            && first_end + BLOCK_BYTES <= field.ends.end
            && start + BLOCK_BYTES + Beginning::BYTES <= field.text.len();
        if !inside {
            return verified_one_by_one(field, gram, place, mask);
        }
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

    /// # Safety
    ///
    /// The CPU must have the instructions of `B`, and a needle that begins in the block
    /// must end in the text.
    #[inline(always)]
    unsafe fn verified_at_once(&self, needle: &[u8], start: usize, mut mask: u64) -> u64 {
        for (at, &byte) in needle.iter().enumerate() {
            // SAFETY: the caller sees to it.
            mask &= unsafe {
                let block = B::load(self.field.text.as_ptr().add(start + at));
                let block = if LOWERS { block.lower_ascii() } else { block };
                block.equal(B::splat(byte))
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

#[cfg(test)]
mod tests;
