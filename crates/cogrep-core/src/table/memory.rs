//! Texts of a table that are sorted in memory.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use super::order::{Common, Sorting};
use super::share::share;
use super::texts::{BLOCK_BITS, Entry, Texts};

/// Sorted texts in memory.
#[derive(Debug)]
pub(super) struct Memory {
    parts: Vec<Texts>,
    /// Sorted each by itself.
    runs: Vec<Vec<Key>>,
    /// What all texts begin with, which decides about none.
    common: Common,
}

/// What decides about most texts, and where the text is.
#[derive(Clone, Copy, Debug)]
struct Key {
    lead: [u64; 2],
    place: Place,
}

/// In which part a text is, in which block of it, and where in that: in one number, since there
/// are as many of these as texts.
#[derive(Clone, Copy, Debug)]
struct Place(u64);

impl Place {
    const PART: u32 = 64 - u8::BITS;
    const BLOCK: u32 = u32::BITS;

    /// The number of a block has at most [`BLOCK_BITS`].
    fn new(part: u8, block: u32, offset: u32) -> Self {
        debug_assert!(block >> BLOCK_BITS == 0, "a block has a slot");
        Self(u64::from(part) << Self::PART | u64::from(block) << Self::BLOCK | u64::from(offset))
    }

    #[allow(clippy::cast_possible_truncation, reason = "of as many bits as are kept")]
    fn entry(self, parts: &[Texts]) -> Entry<'_> {
        let block = (self.0 >> Self::BLOCK) as u32 & ((1 << BLOCK_BITS) - 1);
        parts[(self.0 >> Self::PART) as usize].entry(block, self.0 as u32)
    }
}

/// Fewer texts than this are sorted sooner than a thread begins.
const FEW: usize = 1 << 14;

impl Memory {
    pub(super) fn new(parts: Vec<Texts>, sorting: &Sorting, cores: NonZeroUsize) -> Self {
        let length: usize = parts.iter().map(Texts::len).sum();
        let runs = if length < FEW { 1 } else { cores.get() };
        let new = |_| Vec::with_capacity(length.div_ceil(runs));
        let mut all: Vec<Vec<Key>> = (0..runs).map(new).collect();
        let common = Common::of(parts.iter().flat_map(Texts::iter).map(|entry| entry.text));
        let mut nth = 0;
        for (part, texts) in (0..).zip(&parts) {
            for (block, offset, entry) in texts.places() {
                let place = Place::new(part, block, offset);
                all[nth].push(Key { lead: sorting.lead(&entry, common.len()), place });
                nth = (nth + 1) % runs;
            }
        }
        let unsorted = Mutex::new(all.iter_mut());
        let next = || unsorted.lock().unwrap_or_else(PoisonError::into_inner).next();
        share(NonZeroUsize::new(runs).unwrap_or(NonZeroUsize::MIN), || {
            while let Some(run) = next() {
                run.sort_unstable_by(|one, other| compare(sorting, &parts, one, other));
            }
        });
        Self { parts, runs: all, common }
    }

    /// What all texts begin with.
    pub(super) fn into_common(self) -> Common {
        self.common
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// The texts in their order.
    pub(super) fn iter<'s>(&'s self, sorting: &'s Sorting) -> impl Iterator<Item = Entry<'s>> {
        let mut heads: Vec<&[Key]> = self.runs.iter().map(Vec::as_slice).collect();
        std::iter::from_fn(move || {
            let (nth, key) = self.first(sorting, &heads)?;
            heads[nth] = &heads[nth][1..];
            Some(key.place.entry(&self.parts))
        })
    }

    /// The run with the first text of all.
    fn first<'k>(&self, sorting: &Sorting, heads: &[&'k [Key]]) -> Option<(usize, &'k Key)> {
        let heads = heads.iter().enumerate();
        let heads = heads.filter_map(|(nth, keys)| keys.first().map(|key| (nth, key)));
        heads.min_by(|(_, one), (_, other)| compare(sorting, &self.parts, one, other))
    }
}

/// Compares two texts by their keys, and by themselves where these are equal.
fn compare(sorting: &Sorting, parts: &[Texts], one: &Key, other: &Key) -> Ordering {
    one.lead.cmp(&other.lead).then_with(|| {
        let (one, other) = (one.place.entry(parts), other.place.entry(parts));
        sorting.compare_entries(&one, &other)
    })
}
