//! The first sieve: which places may begin an anchor.

use std::ops::Range;

use crate::engine::kernel::Level;
use crate::engine::kernel::hashed::GramSet;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernel::{
    Case, bits,
    bloom::{self, Bloom},
    buckets::{self, Buckets},
    level::Avx512,
    runs::Runs,
};

/// A set of anchors, some others of the same hashes, and how to look for them: what every
/// filter and the table let pass.
#[derive(Debug)]
pub(super) struct First {
    /// Filters in registers, that decide for many places at once.
    #[cfg(target_arch = "x86_64")]
    filters: Filters,
    /// A table in memory.
    table: Option<GramSet>,
    /// One place in so many is looked at: a needle has so many anchors, next to each
    /// other, of which one is there.
    stride: usize,
    anchor_bytes: usize,
}

#[cfg(target_arch = "x86_64")]
#[derive(Debug, Default)]
struct Filters {
    /// Of the first bytes of an anchor, if anchors are few.
    buckets: Option<Buckets>,
    /// The anchor has these bytes only.
    runs: Option<Runs>,
    /// Of four bytes of an anchor, from these offsets on.
    blooms: Vec<(usize, Bloom)>,
}

/// Places for which filters decide before the next.
const BLOCK: usize = 64;
#[cfg(target_arch = "x86_64")]
const BLOCKS: usize = 16;

impl First {
    /// A table alone.
    pub(super) fn table(set: GramSet, stride: usize) -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            filters: Filters::default(),
            stride,
            anchor_bytes: set.bytes(),
            table: Some(set),
        }
    }

    /// With filters before the table, or instead of it: for four bytes at each of these
    /// offsets in an anchor, and perhaps for runs of bytes that occur in anchors. Only the
    /// places that they leave are looked up.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn filters(
        token: Avx512,
        offsets: &[usize],
        with_runs: bool,
        table: Option<GramSet>,
        case: Case,
    ) -> Self {
        let bloom = |(seed, offset): (_, &usize)| (*offset, Bloom::new(token, seed, case));
        let blooms: Vec<_> = (1..).zip(offsets).map(bloom).collect();
        let bloom_bytes = offsets.iter().max().map_or(0, |last| last + bloom::GRAM_BYTES);
        let anchor_bytes = table.as_ref().map_or(bloom_bytes, GramSet::bytes);
        assert!(bloom_bytes <= anchor_bytes, "a filter that looks beyond the anchors");
        let runs = with_runs.then(|| Runs::new(token, anchor_bytes, case));
        let filters = Filters { buckets: None, runs, blooms };
        Self { filters, table, stride: 1, anchor_bytes }
    }

    /// For a few dozen needles: with buckets before the table, or instead of it.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn buckets(token: Avx512, table: Option<GramSet>, case: Case) -> Self {
        let anchor_bytes = table.as_ref().map_or(buckets::GRAM_BYTES, GramSet::bytes);
        assert!(buckets::GRAM_BYTES <= anchor_bytes, "a filter that looks beyond the anchors");
        let filters = Filters { buckets: Some(Buckets::new(token, case)), ..Filters::default() };
        Self { filters, table, stride: 1, anchor_bytes }
    }

    /// One place in so many is looked at: a needle has so many anchors, next to each
    /// other, of which one is there.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The bytes of an anchor.
    pub(super) fn anchor_bytes(&self) -> usize {
        self.anchor_bytes
    }

    /// How many cells there are in each of the ways: all anchors of one pass or none. In
    /// buckets there are no such cells; so that something tells what is rare, grams have
    /// some by a hash.
    pub(super) fn cells(&self) -> Vec<usize> {
        let cells = self.table.iter().map(GramSet::hashes);
        #[cfg(target_arch = "x86_64")]
        let cells = {
            let blooms = self.filters.blooms.iter().map(|_| bloom::CELLS);
            let buckets = self.filters.buckets.iter().map(|_| 1 << BUCKET_CELL_BITS);
            blooms.chain(buckets).chain(cells)
        };
        cells.collect()
    }

    /// The cell, in one of the ways, of the anchor that begins these eight bytes.
    pub(super) fn cell(&self, way: usize, eight: u64) -> usize {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some((offset, bloom)) = self.filters.blooms.get(way) {
                return bloom.cell(gram_at(*offset, eight));
            }
            if self.filters.buckets.is_some() && way == 0 {
                let gram = u32::from_le_bytes(gram_at(0, eight));
                // The golden ratio, as Knuth hashes words.
                return (gram.wrapping_mul(0x9E37_79B1) >> (32 - BUCKET_CELL_BITS)) as usize;
            }
        }
        self.table.as_ref().map_or(0, |set| set.hash(eight))
    }

    /// The bytes of the anchor that begins these eight that would have to pass from now
    /// on, if it were let in, and did not before.
    pub(super) fn new_bytes(&self, eight: u64) -> impl Iterator<Item = u8> {
        #[cfg(target_arch = "x86_64")]
        let is_new = |byte: &u8| self.filters.runs.as_ref().is_some_and(|runs| !runs.has(*byte));
        #[cfg(not(target_arch = "x86_64"))]
        let is_new = |_: &u8| false;
        eight.to_le_bytes().into_iter().take(self.anchor_bytes).filter(is_new)
    }

    /// Lets the anchor pass that begins these eight bytes.
    pub(super) fn insert(&mut self, eight: u64) {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(runs) = &mut self.filters.runs {
                runs.insert(&eight.to_le_bytes()[..self.anchor_bytes]);
            }
            for (offset, bloom) in &mut self.filters.blooms {
                bloom.insert(bloom.cell(gram_at(*offset, eight)));
            }
            if let Some(buckets) = &mut self.filters.buckets {
                buckets.insert(gram_at(0, eight));
            }
        }
        if let Some(set) = &mut self.table {
            set.insert(set.hash(eight));
        }
    }

    /// Whether the anchor passes that begins these eight bytes.
    pub(super) fn passes(&self, eight: u64) -> bool {
        self.passes_filters(eight)
            && self.table.as_ref().is_none_or(|set| set.passes(set.hash(eight)))
    }

    /// Whether it gets to the table.
    pub(super) fn passes_filters(&self, eight: u64) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            let bytes = &eight.to_le_bytes()[..self.anchor_bytes];
            let Filters { buckets, runs, blooms } = &self.filters;
            buckets.as_ref().is_none_or(|buckets| buckets.passes(gram_at(0, eight)))
                && runs.as_ref().is_none_or(|runs| bytes.iter().all(|byte| runs.has(*byte)))
                && blooms
                    .iter()
                    .all(|(offset, bloom)| bloom.passes(bloom.cell(gram_at(*offset, eight))))
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = eight;
            true
        }
    }

    /// Appends the places in this range, in order, whose anchor passes; they must lie in
    /// the text with it.
    pub(super) fn places(
        &self,
        level: Level,
        text: &[u8],
        range: Range<usize>,
        places: &mut Vec<u32>,
    ) {
        #[cfg(target_arch = "x86_64")]
        if let Level::Avx512(token) = level
            && self.filters.filter(token, text, range.clone(), places)
        {
            if let Some(set) = &self.table {
                set.keep(level, text, places);
            }
            return;
        }
        if let Some(set) = &self.table {
            // The same places of a text are looked at, wherever a range begins.
            let from = range.start.next_multiple_of(self.stride);
            set.places(level, text, (from, range.end), self.stride, places);
        }
    }
}

/// Cells of grams in buckets.
#[cfg(target_arch = "x86_64")]
const BUCKET_CELL_BITS: u32 = 12;

/// Four of eight bytes.
#[cfg(target_arch = "x86_64")]
fn gram_at(offset: usize, eight: u64) -> [u8; 4] {
    let [a, b, c, d, ..] = (eight >> (8 * offset)).to_le_bytes();
    [a, b, c, d]
}

#[cfg(target_arch = "x86_64")]
impl Filters {
    /// Appends the places that all filters let pass, if there are any filters.
    fn filter(
        &self,
        token: Avx512,
        text: &[u8],
        range: Range<usize>,
        places: &mut Vec<u32>,
    ) -> bool {
        let Self { buckets, runs, blooms } = self;
        if buckets.is_none() && runs.is_none() && blooms.is_empty() {
            return false;
        }
        for from in range.clone().step_by(BLOCKS * BLOCK) {
            let len = (range.end - from).min(BLOCKS * BLOCK);
            let mut masks = [!0_u64; BLOCKS];
            let masks = &mut masks[..len.div_ceil(BLOCK)];
            if let Some(buckets) = buckets {
                buckets.sift(&text[from..], masks);
            }
            if let Some(runs) = runs {
                runs.sift(&text[from..], masks);
            }
            for (offset, bloom) in blooms {
                bloom.sift(&text[from + offset..], masks);
            }
            if let (Some(last), 1..) = (masks.last_mut(), len % BLOCK) {
                *last &= !(!0 << (len % BLOCK));
            }
            bits::append_places(token, masks, from, places);
        }
        true
    }
}
