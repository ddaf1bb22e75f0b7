//! The first sieve: which places may begin an anchor.

use std::ops::Range;

use crate::engine::kernel::Level;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernel::bits;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernel::bloom::{self, Bloom};
use crate::engine::kernel::hashed::{GRAM_BYTES, GramSet};
#[cfg(target_arch = "x86_64")]
use crate::engine::kernel::level::Avx512;

/// A set of anchors, some others of the same hash, and how to look for them.
#[derive(Debug)]
pub(super) enum First {
    /// For up to a few thousand: filters in registers, of which each must let pass.
    #[cfg(target_arch = "x86_64")]
    Registers(Avx512, Vec<Bloom>),
    /// For any number: a table in memory, looked up for one place in so many.
    Table { set: GramSet, stride: usize },
}

/// Places of a block of the filters in registers.
#[cfg(target_arch = "x86_64")]
const BLOCK: usize = 64;

impl First {
    /// One place in so many is looked at: a needle has so many anchors, next to each
    /// other, of which one is there.
    pub(super) fn stride(&self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(..) => 1,
            Self::Table { stride, .. } => *stride,
        }
    }

    /// How many cells there are: all grams of one pass or none.
    pub(super) fn cells(&self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(..) => bloom::CELLS,
            Self::Table { set, .. } => set.hashes(),
        }
    }

    /// How many ways there are in which grams share cells.
    pub(super) fn ways(&self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(_, filters) => filters.len(),
            Self::Table { .. } => 1,
        }
    }

    /// The cell of a gram in one of the ways.
    pub(super) fn cell(&self, way: usize, gram: [u8; GRAM_BYTES]) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(_, filters) => filters[way].cell(gram),
            Self::Table { set, .. } => set.hash(gram),
        }
    }

    /// Lets pass a gram.
    pub(super) fn insert(&mut self, gram: [u8; GRAM_BYTES]) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(_, filters) => {
                for filter in filters {
                    filter.insert(filter.cell(gram));
                }
            }
            Self::Table { set, .. } => set.insert(set.hash(gram)),
        }
    }

    /// Whether a gram passes.
    pub(super) fn passes(&self, gram: [u8; GRAM_BYTES]) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(_, filters) => {
                filters.iter().all(|filter| filter.passes(filter.cell(gram)))
            }
            Self::Table { set, .. } => set.passes(set.hash(gram)),
        }
    }

    /// Appends the places in this range, in order, whose gram passes; they must lie in
    /// the text with it.
    pub(super) fn places(
        &self,
        level: Level,
        text: &[u8],
        range: Range<usize>,
        places: &mut Vec<u32>,
    ) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Registers(token, filters) => {
                for from in range.clone().step_by(16 * BLOCK) {
                    let to = range.end.min(from + 16 * BLOCK);
                    filtered(filters, *token, text, from..to, places);
                }
            }
            Self::Table { set, stride } => {
                // The same places of a text are looked at, wherever a range begins.
                let from = range.start.next_multiple_of(*stride);
                set.places(level, text, (from, range.end), *stride, places);
            }
        }
    }
}

/// The places of up to sixteen blocks that all filters let pass.
#[cfg(target_arch = "x86_64")]
fn filtered(
    filters: &[Bloom],
    token: Avx512,
    text: &[u8],
    range: Range<usize>,
    places: &mut Vec<u32>,
) {
    let mut masks = [!0_u64; 16];
    let masks = &mut masks[..range.len().div_ceil(BLOCK)];
    for filter in filters {
        filter.sift(&text[range.start..], masks);
    }
    if !range.len().is_multiple_of(BLOCK)
        && let Some(last) = masks.last_mut()
    {
        *last &= !(!0 << (range.len() % BLOCK));
    }
    bits::append_places(token, masks, range.start, places);
}
