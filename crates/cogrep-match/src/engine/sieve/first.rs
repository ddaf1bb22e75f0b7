//! The first sieve: which places may begin an anchor.

use std::ops::Range;

use crate::simd::Level;
use crate::simd::hashed::GramSet;
#[cfg(target_arch = "x86_64")]
use crate::simd::{
    Case, bits,
    bloom::{self, Bloom},
    buckets::{self, Buckets},
    level::{Avx512, Vectors},
    runs::Runs,
};

/// A set of anchors, some others of the same hashes, and how to look for them: what every
/// filter and the table let pass.
#[derive(Debug)]
pub(super) struct First {
    /// Filters in registers, that decide for many places at once.
    #[cfg(target_arch = "x86_64")]
    filters: Option<Filters>,
    /// A table in memory.
    table: Option<GramSet>,
    /// One place in so many is looked at: a needle has so many anchors, next to each
    /// other, of which one is there.
    stride: usize,
    anchor_bytes: usize,
}

#[cfg(target_arch = "x86_64")]
#[derive(Debug)]
struct Filters {
    vectors: Vectors,
    /// Of the first bytes of an anchor, if anchors are few.
    buckets: Option<Buckets>,
    /// The anchor has these bytes only.
    runs: Option<Runs>,
    /// Of four bytes of an anchor, from these offsets on.
    blooms: Vec<(usize, Bloom)>,
}

/// Places for which filters decide before the next.
#[cfg(target_arch = "x86_64")]
const BLOCK: usize = 64;
#[cfg(target_arch = "x86_64")]
const BLOCKS: usize = 16;

impl First {
    /// A table alone.
    pub(super) fn table(set: GramSet, stride: usize) -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            filters: None,
            stride,
            anchor_bytes: set.bytes(),
            table: Some(set),
        }
    }

    /// With a filter for runs of bytes that occur in anchors before the table: only the
    /// places that it leaves are looked up.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn runs(vectors: Vectors, table: GramSet, case: Case) -> Self {
        let anchor_bytes = table.bytes();
        let runs = Some(Runs::new(vectors, anchor_bytes, case));
        let filters = Some(Filters { vectors, buckets: None, runs, blooms: Vec::new() });
        Self { filters, table: Some(table), stride: 1, anchor_bytes }
    }

    /// With filters before the table, or instead of it: for four bytes at each of these
    /// offsets in an anchor, and perhaps for runs.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn blooms(
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
        let vectors = Vectors::Avx512(token);
        let runs = with_runs.then(|| Runs::new(vectors, anchor_bytes, case));
        let filters = Some(Filters { vectors, buckets: None, runs, blooms });
        Self { filters, table, stride: 1, anchor_bytes }
    }

    /// For a few dozen needles: with buckets before the table, or instead of it. Each byte
    /// occurs so many times in the text.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn buckets(
        vectors: Vectors,
        table: Option<GramSet>,
        case: Case,
        counts: &[usize; 256],
    ) -> Self {
        let anchor_bytes = table.as_ref().map_or(buckets::GRAM_BYTES, GramSet::bytes);
        assert!(buckets::GRAM_BYTES <= anchor_bytes, "a filter that looks beyond the anchors");
        let buckets = Some(Buckets::new(vectors, case, counts));
        let filters = Some(Filters { vectors, buckets, runs: None, blooms: Vec::new() });
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
            let filters = self.filters.iter().flat_map(|filters| {
                let blooms = filters.blooms.iter().map(|_| bloom::CELLS);
                blooms.chain(filters.buckets.iter().map(|_| 1 << BUCKET_CELL_BITS))
            });
            filters.chain(cells)
        };
        cells.collect()
    }

    /// The cell, in one of the ways, of the anchor that begins these eight bytes.
    pub(super) fn cell(&self, way: usize, eight: u64) -> usize {
        #[cfg(target_arch = "x86_64")]
        if let Some(filters) = &self.filters {
            if let Some((offset, bloom)) = filters.blooms.get(way) {
                return bloom.cell(gram_at(*offset, eight));
            }
            if filters.buckets.is_some() && way == 0 {
                let gram = u32::from_le_bytes(gram_at(0, eight));
                // The golden ratio, as Knuth hashes words.
                return (gram.wrapping_mul(0x9E37_79B1) >> (32 - BUCKET_CELL_BITS)) as usize;
            }
        }
        self.table.as_ref().map_or(0, |set| set.hash(eight))
    }

    /// The bytes of the anchor that begins these eight that would have to pass from now
    /// on, if it were let in, and did not before: in runs, and at their beginning.
    pub(super) fn new_bytes(&self, eight: u64) -> (impl Iterator<Item = u8>, Option<u8>) {
        let bytes = eight.to_le_bytes().into_iter().take(self.anchor_bytes);
        #[cfg(target_arch = "x86_64")]
        {
            let runs = self.filters.as_ref().and_then(|filters| filters.runs.as_ref());
            let start = bytes.clone().next();
            let start = start.filter(|byte| runs.is_some_and(|runs| !runs.begins_with(*byte)));
            (bytes.filter(move |byte| runs.is_some_and(|runs| !runs.has(*byte))), start)
        }
        #[cfg(not(target_arch = "x86_64"))]
        (bytes.take(0), None)
    }

    /// About how many of so many places would pass the buckets, if there are any, and do not
    /// now, if the anchor were let in that begins these eight bytes.
    pub(super) fn added(&self, eight: u64, places: usize) -> usize {
        #[cfg(target_arch = "x86_64")]
        if let Some(Filters { buckets: Some(buckets), .. }) = &self.filters {
            return buckets.added(gram_at(0, eight), places);
        }
        let _ = (eight, places);
        0
    }

    /// Whether what passes the filters is looked up in a table.
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// Lets the anchor pass that begins these eight bytes.
    pub(super) fn insert(&mut self, eight: u64) {
        #[cfg(target_arch = "x86_64")]
        if let Some(Filters { buckets, runs, blooms, .. }) = &mut self.filters {
            if let Some(runs) = runs {
                runs.insert(&eight.to_le_bytes()[..self.anchor_bytes]);
            }
            for (offset, bloom) in blooms {
                bloom.insert(bloom.cell(gram_at(*offset, eight)));
            }
            if let Some(buckets) = buckets {
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
            let Some(Filters { buckets, runs, blooms, .. }) = &self.filters else { return true };
            buckets.as_ref().is_none_or(|buckets| buckets.passes(gram_at(0, eight)))
                && runs.as_ref().is_none_or(|runs| runs.passes(bytes))
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
        if let Some(filters) = &self.filters {
            filters.filter(text, range, places);
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
    /// Appends the places that all filters let pass.
    fn filter(&self, text: &[u8], range: Range<usize>, places: &mut Vec<u32>) {
        let Self { vectors, buckets, runs, blooms } = self;
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
            bits::append_places(*vectors, masks, from, places);
        }
    }
}
