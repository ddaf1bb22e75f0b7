//! After the prefilter: the table in which needles are looked up by their anchors.
//!
//! Most places that pass the prefilter begin no needle, and where needles are many the
//! table is larger than the caches. So each step is made for many places before the
//! next, and no step has a branch that hangs on what it loads: many loads are under way
//! at once, and little is predicted wrongly.

use crate::engine::sieve::prefilter::Prefilter;
use crate::scan::group::Group;
use crate::simd::hashed::{GramHash, load_u64};
use crate::simd::windows::{Comparison, Matches, SIDE_BYTES, Windows};
use crate::simd::{Case, SimdLevel};

/// All needles, by their anchors.
#[derive(Debug)]
pub(super) struct Keys {
    level: SimdLevel,
    case: Case,
    hash: GramHash,
    shift: u32,
    /// Where the entries of each hash begin.
    starts: Vec<u32>,
    /// What is around the anchor, one for each entry.
    windows: Windows,
    entries: Vec<Entry>,
    /// The needles, one after the other.
    bytes: Vec<u8>,
}

/// An anchor of a needle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Which needle.
    pub(super) slot: u32,
    /// Where the anchor begins in it.
    offset: u32,
    /// Bytes of the needle.
    len: u32,
    /// Where it begins among all bytes.
    start: u32,
    /// Whether no place of the needle depends on another.
    pub(super) is_independent: bool,
}

/// Room for what is between the steps, to be used again.
#[derive(Debug, Default)]
pub(super) struct Steps {
    comparisons: Vec<Comparison>,
    matches: Vec<Matches>,
}

impl Keys {
    /// The anchors of the needles, as the prefilter has them: offsets into the needles,
    /// by slot. A needle has as many as the stride says, at the offsets from there on.
    pub(super) fn new(
        group: &Group,
        level: SimdLevel,
        anchors: &[u32],
        prefilter: &Prefilter,
    ) -> Self {
        let (stride, case) = (prefilter.stride(), group.case());
        let hash = GramHash::new(prefilter.anchor_bytes(), case);
        let count = anchors.len() * stride;
        let bits = (usize::BITS - count.leading_zeros() + 1).clamp(6, 24);
        let shift = 64 - bits;
        let mut entries = Vec::with_capacity(count);
        let mut bytes = Vec::with_capacity(group.bytes().iter().map(|bytes| bytes.len()).sum());
        for (slot, (needle, anchor)) in group.bytes().iter().zip(anchors).enumerate() {
            let start = narrow(bytes.len());
            bytes.extend_from_slice(needle);
            let (slot, len, is_independent) =
                (narrow(slot), narrow(needle.len()), group.is_independent(slot));
            let offsets = (*anchor..).take(stride);
            entries.extend(offsets.map(|offset| Entry {
                slot,
                offset,
                len,
                start,
                is_independent,
            }));
        }
        let home = |entry: &Entry| {
            let at = (entry.start + entry.offset) as usize;
            home(hash, load_u64(&bytes, at), shift)
        };
        entries.sort_by_cached_key(|entry| narrow(home(entry)));
        let mut starts = vec![0; (1 << bits) + 1];
        let mut windows = Windows::with_capacity(count, case);
        for entry in &entries {
            starts[home(entry) + 1] += 1;
            windows.push(entry.of(&bytes), entry.offset as usize);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        windows.finish();
        Self { level, case, hash, shift, starts, windows, entries, bytes }
    }

    /// Calls `matched` with each needle that occurs in the text with its anchor at one of
    /// these places, and where it ends, in no order. Returns how many entries were
    /// compared.
    pub(super) fn each_match(
        &self,
        text: &[u8],
        places: &[u32],
        steps: &mut Steps,
        mut matched: impl FnMut(&Entry, usize),
    ) -> usize {
        let Steps { comparisons, matches } = steps;
        comparisons.clear();
        let mut compared = 0;
        comparisons.extend(places.iter().map(|place| {
            let home = home(self.hash, load_u64(text, *place as usize), self.shift);
            let (start, end) = (self.starts[home], self.starts[home + 1]);
            compared += (end - start) as usize;
            Comparison { place: *place, start, end }
        }));
        self.windows.find(self.level, text, comparisons, matches);
        for Matches { place, start, bits } in matches {
            let mut left = *bits;
            while left != 0 {
                let entry = &self.entries[(*start + left.trailing_zeros()) as usize];
                left &= left - 1;
                if let Some(end) = self.end(entry, text, *place as usize) {
                    matched(entry, end);
                }
            }
        }
        compared
    }

    /// Where the needle ends whose window is at this place, if all of it is there.
    #[allow(clippy::inline_always, reason = "asked for each window found: a call costs more")]
    #[inline(always)]
    fn end(&self, entry: &Entry, text: &[u8], place: usize) -> Option<usize> {
        let start = place.checked_sub(entry.offset as usize)?;
        let there = text.get(start..start + entry.len as usize)?;
        let is_window = entry.offset.max(entry.len - entry.offset) <= narrow(SIDE_BYTES);
        let equal = |needle| match self.case {
            Case::Matters => equal(there, needle),
            Case::Ignored => there.eq_ignore_ascii_case(needle),
        };
        let is_there = is_window || equal(entry.of(&self.bytes));
        is_there.then_some(start + entry.len as usize)
    }
}

impl Entry {
    /// The needle, among all bytes.
    fn of<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start as usize..(self.start + self.len) as usize]
    }
}

/// Where the entries of an anchor are, which begins these eight bytes.
#[inline]
fn home(hash: GramHash, eight: u64, shift: u32) -> usize {
    usize::try_from(hash.of(eight) >> shift).unwrap_or_default()
}

/// Whether slices of one length, of more than eight bytes, are equal: most are short, and
/// a call would cost more than the comparison.
#[inline]
fn equal(one: &[u8], other: &[u8]) -> bool {
    let word = |bytes: &[u8]| bytes.first_chunk().copied().map(u64::from_ne_bytes);
    let last = one.len() - 8;
    word(one) == word(other)
        && word(&one[last..]) == word(&other[last..])
        && (one.len() <= 16 || one[8..last] == other[8..last])
}

/// A length or a number that memory for needles keeps below what `u32` can say.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("needles of less than 4 GiB")
}
