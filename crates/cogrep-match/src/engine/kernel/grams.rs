//! Compare and popcount: every place where some of a few needles stand, as masks.
//!
//! Each needle is looked for by one *gram*: up to four neighbouring bytes of it, rare
//! in the text. All sixty-four places of a block are compared at once; only where the
//! gram of some needle stands is the rest of that needle compared. The generic
//! algorithm of memchr's `packedpair` stops at the first place that is left; here the
//! mask of all of them is the result, so that a needle that cannot overlap itself is
//! counted by popcount, and all needles share the loads.

use std::ops::Range;

use super::Level;
use super::block::{BLOCK_BYTES, Block};
use super::portable::Words;

/// The most needles of one call, and the most bytes of a gram.
pub(crate) const MOST: usize = 4;

/// A needle and the place of its gram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gram<'a> {
    pub(crate) needle: &'a [u8],
    /// Where the gram begins in the needle.
    pub(crate) offset: usize,
}

/// Where to look.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) text: &'a [u8],
    /// A place counts if the needle ends behind `ends.start`, not behind `ends.end`.
    pub(crate) ends: Range<usize>,
    /// Grams are looked for that begin here.
    pub(crate) grams: Range<usize>,
}

/// What is done with the places found.
pub(crate) trait Found {
    /// The needle of this index stands at `start + bit`, wrapping, for each bit of the
    /// mask. For one needle the calls come in the order of the text.
    fn found(&mut self, index: usize, start: usize, mask: u64);
}

/// Finds up to four needles by grams of up to four bytes, and returns in how many
/// blocks of sixty-four places there was a gram.
///
/// # Panics
///
/// When there are more needles, or a gram does not lie in its needle.
pub(crate) fn find(
    level: Level,
    gram_bytes: usize,
    grams: &[Gram<'_>],
    field: &Field<'_>,
    found: &mut impl Found,
) -> usize {
    match *grams {
        [] => 0,
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
    found: &mut impl Found,
) -> usize {
    match gram_bytes {
        1 => dispatch::<NEEDLES, 1>(level, grams, field, found),
        2 => dispatch::<NEEDLES, 2>(level, grams, field, found),
        3 => dispatch::<NEEDLES, 3>(level, grams, field, found),
        MOST => dispatch::<NEEDLES, MOST>(level, grams, field, found),
        _ => panic!("a gram of {gram_bytes} bytes"),
    }
}

fn dispatch<const NEEDLES: usize, const BYTES: usize>(
    level: Level,
    grams: [Gram<'_>; NEEDLES],
    field: &Field<'_>,
    found: &mut impl Found,
) -> usize {
    for gram in &grams {
        assert!(gram.offset + BYTES <= gram.needle.len(), "a gram outside of its needle");
    }
    let grams_end = field.grams.end.min((field.text.len() + 1).saturating_sub(BYTES));
    let field = Field {
        text: field.text,
        ends: field.ends.start..field.ends.end.min(field.text.len()),
        grams: field.grams.start..grams_end,
    };
    if field.text.len() < BLOCK_BYTES + BYTES - 1 {
        few_places(&field, &grams, found);
        return 0;
    }
    // SAFETY: the text has a block of places at least, and the grams lie in it and in
    // their needles. The token in a level proves that the CPU has its instructions.
    unsafe {
        match level {
            Level::Portable => blocks::<Words, NEEDLES, BYTES>(field, grams, found),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => blocks_avx2::<NEEDLES, BYTES>(field, grams, found),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => blocks_avx512::<NEEDLES, BYTES>(field, grams, found),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx2<const NEEDLES: usize, const BYTES: usize>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut impl Found,
) -> usize {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<super::avx2::Halves, NEEDLES, BYTES>(field, grams, found) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt,bmi1,bmi2,lzcnt")]
unsafe fn blocks_avx512<const NEEDLES: usize, const BYTES: usize>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut impl Found,
) -> usize {
    // SAFETY: the caller sees to all that is asked for.
    unsafe { blocks::<std::arch::x86_64::__m512i, NEEDLES, BYTES>(field, grams, found) }
}

/// A text that has less than a block of places.
fn few_places(field: &Field<'_>, grams: &[Gram<'_>], found: &mut impl Found) {
    for (index, gram) in grams.iter().enumerate() {
        for place in field.grams.clone() {
            if stands(field, *gram, place) {
                found.found(index, place - gram.offset, 1);
            }
        }
    }
}

/// Whether the needle stands where its gram would be at this place, and counts there.
fn stands(field: &Field<'_>, Gram { needle, offset }: Gram<'_>, place: usize) -> bool {
    place.checked_sub(offset).is_some_and(|start| {
        let end = start + needle.len();
        field.ends.start < end && end <= field.ends.end && field.text[start..end] == *needle
    })
}

/// Looks through all blocks.
///
/// # Safety
///
/// The CPU must have the instructions of `B`; the text must have a block of places at
/// least, and the grams must lie in the text and in their needles.
#[inline(always)]
unsafe fn blocks<B: Block, const NEEDLES: usize, const BYTES: usize>(
    field: Field<'_>,
    grams: [Gram<'_>; NEEDLES],
    found: &mut impl Found,
) -> usize {
    let Range { start, end } = field.grams.clone();
    let last_block = field.text.len() - (BYTES - 1) - BLOCK_BYTES;
    let mut opened = 0;
    // SAFETY: a block is looked at only in places up to the last block.
    unsafe {
        let bytes = grams.map(|Gram { needle, offset }| {
            core::array::from_fn(|at| B::splat(needle[offset + at]))
        });
        let scan = Scan::<B, NEEDLES, BYTES> { field, grams, bytes };
        // The first block ends where an aligned one begins.
        let align = scan.field.text.as_ptr().wrapping_add(start) as usize % BLOCK_BYTES;
        let aligned = (start + BLOCK_BYTES - align).min(end);
        opened += scan.edges(start..aligned, last_block, found);
        let mut place = aligned;
        while place + 2 * BLOCK_BYTES <= end {
            let first = scan.differences(place);
            let second = scan.differences(place + BLOCK_BYTES);
            if least(first).either_zero(least(second)).zeros() != 0 {
                opened += scan.open(place, first, !0, found);
                opened += scan.open(place + BLOCK_BYTES, second, !0, found);
            }
            place += 2 * BLOCK_BYTES;
        }
        opened + scan.edges(place..end, last_block, found)
    }
}

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

struct Scan<'a, B, const NEEDLES: usize, const BYTES: usize> {
    field: Field<'a>,
    grams: [Gram<'a>; NEEDLES],
    bytes: [[B; BYTES]; NEEDLES],
}

impl<B: Block, const NEEDLES: usize, const BYTES: usize> Scan<'_, B, NEEDLES, BYTES> {
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
            let mut blocks = [B::load(from); BYTES];
            for (at, block) in blocks.iter_mut().enumerate().skip(1) {
                *block = B::load(from.add(at));
            }
            let mut differences = [B::splat(0); NEEDLES];
            for (difference, bytes) in differences.iter_mut().zip(&self.bytes) {
                for (block, byte) in blocks.iter().zip(bytes) {
                    *difference = difference.or_difference(*block, *byte);
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
        found: &mut impl Found,
    ) -> usize {
        let mut opened = 0;
        let mut place = places.start;
        while place < places.end {
            let block = place.min(last_block);
            let behind = (block + BLOCK_BYTES).min(places.end);
            let counted = !0 << (place - block) & !0 >> (block + BLOCK_BYTES - behind);
            // SAFETY: no block begins behind the last.
            opened += unsafe { self.open(block, self.differences(block), counted, found) };
            place = behind;
        }
        opened
    }

    /// Compares the rest of the needles where their grams stand.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn open(
        &self,
        place: usize,
        differences: [B; NEEDLES],
        counted: u64,
        found: &mut impl Found,
    ) -> usize {
        let mut opened = 0;
        for (index, difference) in differences.into_iter().enumerate() {
            // SAFETY: the caller has the instructions of `B`.
            let mask = unsafe { difference.zeros() } & counted;
            if mask != 0 {
                opened = 1;
                let gram = self.grams[index];
                // SAFETY: as above.
                let mask = unsafe { verified::<B, BYTES>(&self.field, gram, place, mask) };
                if mask != 0 {
                    found.found(index, place.wrapping_sub(gram.offset), mask);
                }
            }
        }
        opened
    }
}

/// Bytes of a needle beyond its gram that are compared in all places at once; of a
/// longer needle few places are left, and they are compared one by one.
const MASKED_COMPARISONS: usize = 12;

/// The places of the mask at which the whole needle stands and counts.
///
/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn verified<B: Block, const BYTES: usize>(
    field: &Field<'_>,
    gram: Gram<'_>,
    place: usize,
    mask: u64,
) -> u64 {
    let Gram { needle, offset } = gram;
    let first_end = place.wrapping_sub(offset).wrapping_add(needle.len());
    let inside = place >= offset
        && first_end > field.ends.start
        && first_end + BLOCK_BYTES <= field.ends.end;
    if !inside || needle.len() > BYTES + MASKED_COMPARISONS {
        return verified_one_by_one(field, gram, place, mask);
    }
    let mut mask = mask;
    for (at, &byte) in needle.iter().enumerate() {
        if at < offset || at >= offset + BYTES {
            // SAFETY: a needle that begins in this block ends before the text does.
            let block = unsafe { B::load(field.text.as_ptr().add(place - offset + at)) };
            // SAFETY: the caller has the instructions of `B`.
            mask &= unsafe { block.equal(B::splat(byte)) };
            if mask == 0 {
                break;
            }
        }
    }
    mask
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct Places(Vec<Vec<usize>>);

    impl Found for Places {
        fn found(&mut self, index: usize, start: usize, mask: u64) {
            assert_ne!(mask, 0);
            let bits = (0..BLOCK_BYTES).filter(|bit| mask >> bit & 1 == 1);
            self.0[index].extend(bits.map(|bit| start.wrapping_add(bit)));
        }
    }

    fn naive(field: &Field<'_>, gram: Gram<'_>) -> Vec<usize> {
        let grams = field.grams.clone();
        grams.filter(|place| stands(field, gram, *place)).map(|place| place - gram.offset).collect()
    }

    fn check(field: &Field<'_>, gram_bytes: usize, grams: &[Gram<'_>]) {
        let expected: Vec<_> = grams.iter().map(|gram| naive(field, *gram)).collect();
        for level in Level::available() {
            let mut places = Places(vec![Vec::new(); grams.len()]);
            find(level, gram_bytes, grams, field, &mut places);
            assert_eq!(places.0, expected, "{level:?} {gram_bytes} {grams:?} {field:?}");
        }
    }

    /// Texts of few letters, so that needles stand in them.
    fn text(len: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(&b"aab\x80\xFF"[..]), len)
    }

    proptest! {
        #[test]
        fn places_are_those_of_a_plain_search(
            text in text(0..400),
            needles in prop::collection::vec((text(1..24), any::<prop::sample::Index>()), 1..=MOST),
            gram_bytes in 1..=MOST,
            (start, end) in (0_usize..80, 0_usize..80),
            (first_gram, last_gram) in (0_usize..80, 0_usize..80),
            skip in 0_usize..64,
        ) {
            // Without the bytes skipped, blocks begin at any alignment.
            let text = &text[skip.min(text.len())..];
            let shortest = needles.iter().map(|(needle, _)| needle.len()).min().unwrap_or(1);
            let gram_bytes = gram_bytes.min(shortest);
            let grams: Vec<_> = needles
                .iter()
                .map(|(needle, at)| Gram { needle, offset: at.index(needle.len() - gram_bytes + 1) })
                .collect();
            let within = |start: usize, end: usize| {
                let start = start.min(text.len());
                start..text.len().saturating_sub(end).max(start)
            };
            let grams_end = (text.len() + 1).saturating_sub(gram_bytes);
            let first_gram = first_gram.min(grams_end);
            let field = Field {
                text,
                ends: within(start, end),
                grams: first_gram..grams_end.saturating_sub(last_gram).max(first_gram),
            };
            check(&field, gram_bytes, &grams);
        }
    }

    #[test]
    fn lengths_around_blocks() {
        for len in (0..8).chain(60..72).chain(124..136).chain(188..200) {
            let text = vec![b'a'; len];
            for needle in [&b"a"[..], b"aa", b"aaa", b"aaaa", &[b'a'; 63], &[b'a'; 64], &[b'a'; 65]]
            {
                let gram_bytes = needle.len().min(MOST);
                let field = Field { text: &text, ends: 0..len, grams: 0..len };
                let grams = (len + 1).saturating_sub(gram_bytes);
                for offset in [0, needle.len() - gram_bytes] {
                    let field = Field { grams: 0..grams, ..field.clone() };
                    check(&field, gram_bytes, &[Gram { needle, offset }]);
                }
            }
        }
    }
}
