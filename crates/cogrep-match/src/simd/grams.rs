//! Compare and popcount: every place where some of a few needles are, as masks.
//!
//! Each needle is searched for by one *gram*: up to four neighbouring bytes of it, rare
//! in the text. All sixty-four places of a block are tested at once, by one of several
//! [filters](FilterKind); only where the gram of some needle may be is that needle
//! compared. The generic algorithm of memchr's `packedpair` stops at the first place that
//! is left. Here the mask of all of them is the result, so that a needle that cannot
//! overlap itself is counted by popcount, and all needles share the loads.
//!
//! Text that has not been lowered can be searched as if it were, for one instruction a
//! load: setting bit 5 lowers the letters. Other bytes may then look like a gram where
//! there is none, so all bytes of a needle are compared.

use std::ops::Range;

use self::classes::{LANES_GRAM_BYTES, Lanes};
use self::compared::Compared;
use self::scan::{BlockScan, Filter, search_short};
use super::dispatch::dispatch;
use super::level::{Avx512, Level, Vectors};
use super::vector::BLOCK_BYTES;
use super::{Case, SimdLevel};

mod classes;
mod compared;
mod scan;

/// How a block is tested for grams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterKind {
    /// Each byte of a gram is compared: one to four bytes.
    Compare(usize),
    /// Each byte is looked up in a table that says to which grams it may belong: three
    /// bytes or four. Elsewhere than on AVX-512, that takes as many operations as comparing.
    Classes(Avx512, usize),
    /// The same for two of three bytes: those that share a lane of two bytes of the block.
    Lanes(Vectors),
}

impl FilterKind {
    /// All kinds for needles of at least `shortest` bytes.
    pub(crate) fn suiting(level: SimdLevel, shortest: usize) -> Vec<Self> {
        let mut kinds: Vec<_> = (1..=MOST).map(Self::Compare).collect();
        kinds.extend(level.vectors().map(Self::Lanes));
        if let Level::Avx512(token) = level.0 {
            kinds.extend([Self::Classes(token, 3), Self::Classes(token, 4)]);
        }
        kinds.retain(|kind| kind.gram_bytes() <= shortest);
        kinds
    }

    /// How many bytes a gram has.
    pub(crate) fn gram_bytes(self) -> usize {
        match self {
            Self::Compare(bytes) | Self::Classes(_, bytes) => bytes,
            Self::Lanes(_) => LANES_GRAM_BYTES,
        }
    }

    /// The cost of looking into a pair of blocks in which the gram of this needle may be,
    /// in hundredths of nanoseconds: most of it is mispredicted branches.
    pub(crate) fn cost_to_open(self, needle: &[u8], case: Case) -> usize {
        let gram = Gram { needle, offset: 0, wanted: Wanted::Count };
        match self {
            Self::Compare(bytes) if gram.is_whole(bytes, case) => 300,
            _ => 1000,
        }
    }

    /// The cost of testing a block, in hundredths of nanoseconds: that of the loads that
    /// cross cache lines, or that of the operations. Measured on one machine with AVX-512.
    /// With AVX2 the operations are counted, and NEON takes twice as many for each kind.
    pub(crate) fn cost(self, level: SimdLevel, needles: usize, case: Case) -> usize {
        let lowered = |bytes: usize| if case == Case::Ignored { bytes } else { 0 };
        match (self, level.0) {
            (Self::Compare(bytes), Level::Avx2(_) | Level::Neon(_)) => {
                let operations = needles * 2 * bytes + bytes + lowered(bytes);
                (24 * (2 * bytes - 1)).max(10 * operations)
            }
            (Self::Compare(bytes), _) => {
                let operations = needles * (bytes + 1) + lowered(bytes);
                (24 * (2 * bytes - 1)).max(15 * operations)
            }
            (Self::Classes(_, bytes), _) => 118 + 42 * (bytes - 3),
            (Self::Lanes(Vectors::Avx512(_)), _) => 76,
            (Self::Lanes(Vectors::Avx2(_) | Vectors::Neon(_)), _) => 10 * 12,
        }
    }
}

/// The most needles of one call, and the most bytes of a gram.
pub(crate) const MOST: usize = 4;

/// A needle and the place of its gram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gram<'a> {
    pub(crate) needle: &'a [u8],
    /// Where the gram begins in the needle.
    pub(crate) offset: usize,
    pub(crate) wanted: Wanted,
}

/// What is wanted of a needle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// How many places it has.
    Count,
    /// How many places it has with no word character of ASCII next to them. A place next to
    /// another character, or at an end of the text, is shown instead.
    CountWords,
    /// Every place.
    Show,
}

impl Gram<'_> {
    /// Whether comparing `gram_bytes` bytes compares the whole needle.
    fn is_whole(self, gram_bytes: usize, case: Case) -> bool {
        // Bit 5 is compared where case matters, and tells only letters apart.
        self.needle.len() == gram_bytes
            && (case == Case::Matters || self.needle.iter().all(u8::is_ascii_lowercase))
    }
}

/// Where to search.
#[derive(Clone, Debug)]
pub(crate) struct Haystack<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) case: Case,
    /// A place counts if the needle ends after `ends.start`, and not after `ends.end`.
    pub(crate) ends: Range<usize>,
    /// Where grams may begin.
    pub(crate) grams: Range<usize>,
}

/// What a search saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GramCounts {
    /// The pairs of blocks in which some gram may have been.
    pub(crate) opened: usize,
    /// For needles whose places are counted, how many these are.
    pub(crate) counts: [u64; MOST],
}

/// Takes the places that are shown.
pub(crate) trait MaskSink {
    /// The needle of this index is at `start + bit`, wrapping, for each bit of the mask.
    /// For one needle the calls come in the order of the text.
    fn take(&mut self, index: usize, start: usize, mask: u64);
}

/// For needles whose places are only counted.
pub(crate) struct CountOnly;

impl MaskSink for CountOnly {
    fn take(&mut self, _: usize, _: usize, _: u64) {}
}

/// Finds up to four needles by grams of up to four bytes.
///
/// # Panics
///
/// If there are more needles, or a gram does not lie in its needle.
pub(crate) fn find(
    level: SimdLevel,
    kind: FilterKind,
    grams: &[Gram<'_>],
    haystack: &Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    match *grams {
        [] => GramCounts::default(),
        [a] => find_by(level, kind, [a], haystack, sink),
        [a, b] => find_by(level, kind, [a, b], haystack, sink),
        [a, b, c] => find_by(level, kind, [a, b, c], haystack, sink),
        [a, b, c, d] => find_by(level, kind, [a, b, c, d], haystack, sink),
        _ => panic!("more than {MOST} needles"),
    }
}

fn find_by<const NEEDLES: usize>(
    level: SimdLevel,
    kind: FilterKind,
    grams: [Gram<'_>; NEEDLES],
    haystack: &Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    let Some(haystack) = haystack.in_blocks(&grams, kind.gram_bytes()) else {
        return search_short(haystack, &grams, sink);
    };
    match kind {
        FilterKind::Compare(1) => find_compared::<NEEDLES, 1>(level, grams, haystack, sink),
        FilterKind::Compare(2) => find_compared::<NEEDLES, 2>(level, grams, haystack, sink),
        FilterKind::Compare(3) => find_compared::<NEEDLES, 3>(level, grams, haystack, sink),
        FilterKind::Compare(4) => find_compared::<NEEDLES, 4>(level, grams, haystack, sink),
        FilterKind::Classes(token, 3) => find_classes::<NEEDLES, 3>(token, grams, haystack, sink),
        FilterKind::Classes(token, 4) => find_classes::<NEEDLES, 4>(token, grams, haystack, sink),
        FilterKind::Lanes(vectors) => dispatch!(Vectors: vectors,
            fn<B, const NEEDLES: usize>(
                grams: [Gram<'_>; NEEDLES],
                haystack: Haystack<'_>,
                sink: &mut dyn MaskSink,
            ) -> GramCounts {
                // SAFETY: compiled for the instructions of `B`; the haystack is in blocks.
                unsafe { scan::<Lanes<B>, NEEDLES>(grams, haystack, sink) }
            }
        ),
        kind => panic!("{kind:?} has grams of {} bytes", kind.gram_bytes()),
    }
}

fn find_compared<const NEEDLES: usize, const BYTES: usize>(
    level: SimdLevel,
    grams: [Gram<'_>; NEEDLES],
    haystack: Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    match haystack.case {
        Case::Matters => find_cased::<NEEDLES, BYTES, false>(level, grams, haystack, sink),
        Case::Ignored => find_cased::<NEEDLES, BYTES, true>(level, grams, haystack, sink),
    }
}

fn find_cased<const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    level: SimdLevel,
    grams: [Gram<'_>; NEEDLES],
    haystack: Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    dispatch!(SimdLevel: level,
        fn<B, const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
            grams: [Gram<'_>; NEEDLES],
            haystack: Haystack<'_>,
            sink: &mut dyn MaskSink,
        ) -> GramCounts {
            // SAFETY: compiled for the instructions of `B`; the haystack is in blocks.
            unsafe {
                scan::<Compared<B, NEEDLES, BYTES, LOWERS>, NEEDLES>(grams, haystack, sink)
            }
        }
    )
}

fn find_classes<const NEEDLES: usize, const BYTES: usize>(
    token: Avx512,
    grams: [Gram<'_>; NEEDLES],
    haystack: Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    dispatch!(Avx512: token,
        fn<B, const NEEDLES: usize, const BYTES: usize>(
            grams: [Gram<'_>; NEEDLES],
            haystack: Haystack<'_>,
            sink: &mut dyn MaskSink,
        ) -> GramCounts {
            // SAFETY: compiled for the instructions of `B`; the haystack is in blocks.
            unsafe { scan::<classes::Classes<B, BYTES>, NEEDLES>(grams, haystack, sink) }
        }
    )
}

/// # Safety
///
/// As for [`BlockScan::run`]; see [`Haystack::in_blocks`].
#[inline(always)]
unsafe fn scan<F: Filter<NEEDLES>, const NEEDLES: usize>(
    grams: [Gram<'_>; NEEDLES],
    haystack: Haystack<'_>,
    sink: &mut dyn MaskSink,
) -> GramCounts {
    // SAFETY: the caller answers for all of it.
    unsafe {
        let filter = F::new(&grams, haystack.case);
        BlockScan::new(haystack, grams, filter).run(sink)
    }
}

impl<'a> Haystack<'a> {
    /// The same for grams of `gram_bytes` bytes, and no longer than the text. None if that
    /// has less than a block of places for them.
    ///
    /// # Panics
    ///
    /// If a gram does not lie in its needle.
    fn in_blocks(&self, grams: &[Gram<'_>], gram_bytes: usize) -> Option<Haystack<'a>> {
        for gram in grams {
            let in_needle = gram.offset + gram_bytes <= gram.needle.len();
            assert!(in_needle, "a gram outside of its needle");
        }
        let places = (self.text.len() + 1).saturating_sub(gram_bytes);
        (places >= BLOCK_BYTES).then(|| Haystack {
            text: self.text,
            case: self.case,
            ends: self.ends.start..self.ends.end.min(self.text.len()),
            grams: self.grams.start..self.grams.end.min(places),
        })
    }
}

#[cfg(test)]
mod tests;
