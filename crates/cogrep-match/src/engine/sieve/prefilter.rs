//! The prefilter: which places may begin an anchor.

use std::ops::Range;

use crate::simd::bloom::{self, Bloom};
use crate::simd::buckets::{self, Buckets};
use crate::simd::hashed::{self, GramSet};
use crate::simd::level::{Avx512, Vectors};
use crate::simd::runs::Runs;
use crate::simd::{Case, SimdLevel, bits};

/// A set of anchors, with some others of the same hashes, and how to search for them: the
/// anchors that every filter and the table let pass.
#[derive(Debug)]
pub(super) struct Prefilter {
    /// Filters in registers, that decide for many places at once.
    filters: Option<Filters>,
    /// A table in memory.
    table: Option<GramSet>,
    /// One place in this many is tested: a needle has as many anchors, next to each other,
    /// of which one is there.
    stride: usize,
    anchor_bytes: usize,
}

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

/// Places for which each filter decides before the next.
const BLOCK: usize = 64;
const BLOCKS: usize = 16;

impl Prefilter {
    /// A table alone.
    pub(super) fn table(set: GramSet, stride: usize) -> Self {
        let anchor_bytes = set.bytes();
        Self { filters: None, stride, anchor_bytes, table: Some(set) }
    }

    /// A filter for runs of bytes that occur in anchors, before the table: only the places
    /// that it leaves are looked up.
    pub(super) fn runs(vectors: Vectors, table: GramSet, case: Case) -> Self {
        let anchor_bytes = table.bytes();
        let runs = Some(Runs::new(vectors, anchor_bytes, case));
        let filters = Some(Filters { vectors, buckets: None, runs, blooms: Vec::new() });
        Self { filters, table: Some(table), stride: 1, anchor_bytes }
    }

    /// Filters before the table, or instead of it: for four bytes at each of these offsets
    /// in an anchor, and perhaps for runs.
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

    /// For a few dozen needles: buckets before the table, or instead of it. Each byte occurs
    /// `counts[byte]` times in the text.
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

    /// One place in this many is tested: a needle has as many anchors, next to each other,
    /// of which one is there.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The bytes of an anchor.
    pub(super) fn anchor_bytes(&self) -> usize {
        self.anchor_bytes
    }

    /// How many cells each of the hashes has: of the anchors in one cell all pass, or none.
    /// Buckets have no such cells. So that something tells what is rare, grams have some by
    /// a hash of their own.
    pub(super) fn cells(&self) -> Vec<usize> {
        let filters = self.filters.iter().flat_map(|filters| {
            let blooms = filters.blooms.iter().map(|_| bloom::CELLS);
            blooms.chain(filters.buckets.iter().map(|_| 1 << BUCKET_CELL_BITS))
        });
        filters.chain(self.table.iter().map(GramSet::hashes)).collect()
    }

    /// The cell, by one of the hashes, of the anchor with which these eight bytes begin.
    pub(super) fn cell(&self, hash: usize, word: u64) -> usize {
        if let Some(filters) = &self.filters {
            if let Some((offset, bloom)) = filters.blooms.get(hash) {
                return bloom.cell(gram_at(*offset, word));
            }
            if filters.buckets.is_some() && hash == 0 {
                let gram = u32::from_le_bytes(gram_at(0, word));
                // The golden ratio, as Knuth hashes words.
                return (gram.wrapping_mul(0x9E37_79B1) >> (32 - BUCKET_CELL_BITS)) as usize;
            }
        }
        self.table.as_ref().map_or(0, |set| set.hash(word))
    }

    /// The bytes of the anchor with which these eight begin that are new in runs, and its
    /// first byte if it is a new beginning of runs.
    pub(super) fn new_bytes(&self, word: u64) -> (impl Iterator<Item = u8>, Option<u8>) {
        let bytes = word.to_le_bytes().into_iter().take(self.anchor_bytes);
        let runs = self.filters.as_ref().and_then(|filters| filters.runs.as_ref());
        let start = bytes.clone().next();
        let start = start.filter(|byte| runs.is_some_and(|runs| !runs.begins_with(*byte)));
        (bytes.filter(move |byte| runs.is_some_and(|runs| !runs.has(*byte))), start)
    }

    /// An estimate of how many more of `places` places would pass the buckets, if there are
    /// any, with the anchor with which these eight bytes begin.
    pub(super) fn added(&self, word: u64, places: usize) -> usize {
        match &self.filters {
            Some(Filters { buckets: Some(buckets), .. }) => buckets.added(gram_at(0, word), places),
            _ => 0,
        }
    }

    /// Whether what passes the filters is looked up in a table.
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// Lets the anchor pass with which these eight bytes begin.
    pub(super) fn insert(&mut self, word: u64) {
        if let Some(Filters { buckets, runs, blooms, .. }) = &mut self.filters {
            if let Some(runs) = runs {
                runs.insert(&word.to_le_bytes()[..self.anchor_bytes]);
            }
            for (offset, bloom) in blooms {
                bloom.insert(bloom.cell(gram_at(*offset, word)));
            }
            if let Some(buckets) = buckets {
                buckets.insert(gram_at(0, word));
            }
        }
        if let Some(set) = &mut self.table {
            set.insert(set.hash(word));
        }
    }

    /// Whether the anchor passes with which these eight bytes begin.
    pub(super) fn passes(&self, word: u64) -> bool {
        self.passes_filters(word)
            && self.table.as_ref().is_none_or(|set| set.passes(set.hash(word)))
    }

    /// Whether that anchor is looked up in the table.
    pub(super) fn passes_filters(&self, word: u64) -> bool {
        let Some(Filters { buckets, runs, blooms, .. }) = &self.filters else { return true };
        let anchor = &word.to_le_bytes()[..self.anchor_bytes];
        let passes_bloom =
            |(offset, bloom): &(usize, Bloom)| bloom.passes(bloom.cell(gram_at(*offset, word)));
        buckets.as_ref().is_none_or(|buckets| buckets.passes(gram_at(0, word)))
            && runs.as_ref().is_none_or(|runs| runs.passes(anchor))
            && blooms.iter().all(passes_bloom)
    }

    /// Appends the places in this range, in order, whose anchor passes. The anchors that
    /// begin there must lie in the text.
    pub(super) fn places(
        &self,
        level: SimdLevel,
        text: &[u8],
        range: Range<usize>,
        places: &mut Vec<u32>,
    ) {
        if let Some(filters) = &self.filters {
            filters.filter(text, range, places);
            if let Some(set) = &self.table {
                set.keep(level, text, places);
            }
        } else if let Some(set) = &self.table {
            // The same places of a text are tested, wherever a range begins.
            let from = range.start.next_multiple_of(self.stride);
            let steps = hashed::Steps { from, to: range.end, stride: self.stride };
            set.places(level, text, steps, places);
        }
    }
}

/// Cells of grams in buckets.
const BUCKET_CELL_BITS: u32 = 12;

/// Four of eight bytes.
fn gram_at(offset: usize, word: u64) -> [u8; 4] {
    let [a, b, c, d, ..] = (word >> (8 * offset)).to_le_bytes();
    [a, b, c, d]
}

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
            bits::append_positions(*vectors, masks, from, places);
        }
    }
}
