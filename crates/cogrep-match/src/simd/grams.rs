//! Compare and popcount: every place where some of a few needles stand, as masks.
//!
//! Each needle is looked for by one *gram*: up to four neighbouring bytes of it, rare
//! in the text. All sixty-four places of a block are looked at at once, in one of
//! several [ways](Way); only where the gram of some needle may stand is that needle
//! compared. The generic algorithm of memchr's `packedpair` stops at the first place that
//! is left; here the mask of all of them is the result, so that a needle that cannot
//! overlap itself is counted by popcount, and all needles share the loads.
//!
//! Text that is not lowered yet can be searched as if it were, which costs one
//! instruction a load: setting bit 5 lowers the letters. What it makes of other bytes
//! may look like a gram where there is none; so all bytes of a needle are compared then.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m512i;
use std::ops::Range;

#[cfg(target_arch = "x86_64")]
use self::classes::{Classes, LANES_GRAM_BYTES, Lanes};
use self::compared::Compared;
use self::scan::{Filter, Scan, few_places};
#[cfg(target_arch = "x86_64")]
use super::avx2::Halves;
use super::block::BLOCK_BYTES;
#[cfg(target_arch = "x86_64")]
use super::level::{Avx2, Avx512, Vectors};
use super::portable::Words;
use super::{Case, Level};

#[cfg(target_arch = "x86_64")]
mod classes;
mod compared;
mod scan;

/// How the blocks are told in which grams may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Each byte of a gram is compared, one to four of them.
    Bytes(usize),
    /// Each byte is looked up in a table that says to which grams it may belong: three
    /// bytes or four. With AVX2 that takes as many operations as comparing.
    #[cfg(target_arch = "x86_64")]
    Classes(Avx512, usize),
    /// The same for two of three bytes: those in a lane of two bytes of the block.
    #[cfg(target_arch = "x86_64")]
    Lanes(Vectors),
}

impl Way {
    /// All that suit needles of so many bytes, or more.
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables))]
    pub(crate) fn suiting(level: Level, shortest: usize) -> Vec<Self> {
        let mut ways: Vec<_> = (1..=MOST).map(Self::Bytes).collect();
        #[cfg(target_arch = "x86_64")]
        ways.extend(level.vectors().map(Self::Lanes));
        #[cfg(target_arch = "x86_64")]
        if let Level::Avx512(token) = level {
            ways.extend([Self::Classes(token, 3), Self::Classes(token, 4)]);
        }
        ways.retain(|way| way.gram_bytes() <= shortest);
        ways
    }

    /// How many bytes a gram has.
    pub(crate) fn gram_bytes(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes,
            #[cfg(target_arch = "x86_64")]
            Self::Classes(_, bytes) => bytes,
            #[cfg(target_arch = "x86_64")]
            Self::Lanes(_) => LANES_GRAM_BYTES,
        }
    }

    /// What it costs to look into a pair of blocks where the gram of this needle may
    /// stand, in hundredths of nanoseconds: most of it are branches predicted wrongly.
    pub(crate) fn cost_to_open(self, needle: &[u8], case: Case) -> usize {
        let gram = Gram { needle, offset: 0, wanted: Wanted::Count };
        match self {
            Self::Bytes(bytes) if gram.is_whole(bytes, case) => 300,
            _ => 1000,
        }
    }

    /// What it costs to look at a block, in hundredths of nanoseconds: what the loads take
    /// that cross lines of the cache, or what the operations take. Measured on one machine
    /// with AVX-512; with AVX2 the operations are counted.
    pub(crate) fn cost(self, level: Level, needles: usize, case: Case) -> usize {
        let lowered = |bytes: usize| if case == Case::Ignored { bytes } else { 0 };
        match (self, level) {
            #[cfg(target_arch = "x86_64")]
            (Self::Bytes(bytes), Level::Avx2(_)) => {
                let operations = needles * 2 * bytes + bytes + lowered(bytes);
                (24 * (2 * bytes - 1)).max(10 * operations)
            }
            (Self::Bytes(bytes), _) => {
                let operations = needles * (bytes + 1) + lowered(bytes);
                (24 * (2 * bytes - 1)).max(15 * operations)
            }
            #[cfg(target_arch = "x86_64")]
            (Self::Classes(_, bytes), _) => 118 + 42 * (bytes - 3),
            #[cfg(target_arch = "x86_64")]
            (Self::Lanes(Vectors::Avx512(_)), _) => 76,
            #[cfg(target_arch = "x86_64")]
            (Self::Lanes(Vectors::Avx2(_)), _) => 10 * 12,
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

/// What is to become of the places of a needle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// They are counted.
    Count,
    /// Those are counted beside which no word character of ASCII stands. They are shown
    /// instead where other characters stand beside them, and at the ends of the text.
    CountWords,
    /// They are shown.
    Show,
}

impl Gram<'_> {
    /// Whether a comparison of so many bytes tells that the whole needle stands there.
    fn is_whole(self, gram_bytes: usize, case: Case) -> bool {
        // Bit 5 is compared where case matters, and makes a difference to letters only.
        self.needle.len() == gram_bytes
            && (case == Case::Matters || self.needle.iter().all(u8::is_ascii_lowercase))
    }
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
    /// In so many pairs of blocks a gram seemed to stand.
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

/// Finds up to four needles by grams of up to four bytes, looking for them in this way.
///
/// # Panics
///
/// When there are more needles, or a gram does not lie in its needle.
pub(crate) fn find(
    level: Level,
    way: Way,
    grams: &[Gram<'_>],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match *grams {
        [] => Seen::default(),
        [a] => find_by(level, way, [a], field, found),
        [a, b] => find_by(level, way, [a, b], field, found),
        [a, b, c] => find_by(level, way, [a, b, c], field, found),
        [a, b, c, d] => find_by(level, way, [a, b, c, d], field, found),
        _ => panic!("more than {MOST} needles"),
    }
}

fn find_by<const NEEDLES: usize>(
    level: Level,
    way: Way,
    grams: [Gram<'_>; NEEDLES],
    field: &Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    let Some(field) = field.in_blocks(&grams, way.gram_bytes()) else {
        return few_places(field, &grams, found);
    };
    match way {
        Way::Bytes(1) => compared::<NEEDLES, 1>(level, grams, field, found),
        Way::Bytes(2) => compared::<NEEDLES, 2>(level, grams, field, found),
        Way::Bytes(3) => compared::<NEEDLES, 3>(level, grams, field, found),
        Way::Bytes(4) => compared::<NEEDLES, 4>(level, grams, field, found),
        #[cfg(target_arch = "x86_64")]
        Way::Classes(token, 3) => {
            avx512::<Classes<__m512i, 3>, NEEDLES>(token, grams, field, found)
        }
        #[cfg(target_arch = "x86_64")]
        Way::Classes(token, 4) => {
            avx512::<Classes<__m512i, 4>, NEEDLES>(token, grams, field, found)
        }
        #[cfg(target_arch = "x86_64")]
        Way::Lanes(Vectors::Avx2(token)) => {
            avx2::<Lanes<Halves>, NEEDLES>(token, grams, field, found)
        }
        #[cfg(target_arch = "x86_64")]
        Way::Lanes(Vectors::Avx512(token)) => {
            avx512::<Lanes<__m512i>, NEEDLES>(token, grams, field, found)
        }
        way => panic!("{way:?} has grams of {} bytes", way.gram_bytes()),
    }
}

fn compared<const NEEDLES: usize, const BYTES: usize>(
    level: Level,
    grams: [Gram<'_>; NEEDLES],
    field: Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match field.case {
        Case::Matters => compared_in::<NEEDLES, BYTES, false>(level, grams, field, found),
        Case::Ignored => compared_in::<NEEDLES, BYTES, true>(level, grams, field, found),
    }
}

fn compared_in<const NEEDLES: usize, const BYTES: usize, const LOWERS: bool>(
    level: Level,
    grams: [Gram<'_>; NEEDLES],
    field: Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    match level {
        // SAFETY: every CPU has the instructions, and the field is in blocks.
        Level::Portable => unsafe {
            blocks::<Compared<Words, NEEDLES, BYTES, LOWERS>, NEEDLES>(grams, field, found)
        },
        #[cfg(target_arch = "x86_64")]
        Level::Avx2(token) => {
            type Filter<const N: usize, const B: usize, const L: bool> = Compared<Halves, N, B, L>;
            avx2::<Filter<NEEDLES, BYTES, LOWERS>, NEEDLES>(token, grams, field, found)
        }
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(token) => {
            type Filter<const N: usize, const B: usize, const L: bool> = Compared<__m512i, N, B, L>;
            avx512::<Filter<NEEDLES, BYTES, LOWERS>, NEEDLES>(token, grams, field, found)
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn avx2<F: Filter<NEEDLES>, const NEEDLES: usize>(
    token: Avx2,
    grams: [Gram<'_>; NEEDLES],
    field: Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    unsafe fn find<F: Filter<NEEDLES>, const NEEDLES: usize>(
        grams: [Gram<'_>; NEEDLES],
        field: Field<'_>,
        found: &mut dyn Found,
    ) -> Seen {
        // SAFETY: the caller sees to all that is asked for.
        unsafe { blocks::<F, NEEDLES>(grams, field, found) }
    }
    let _: Avx2 = token;
    // SAFETY: the token proves that the CPU has the instructions; the field is in blocks.
    unsafe { find::<F, NEEDLES>(grams, field, found) }
}

#[cfg(target_arch = "x86_64")]
fn avx512<F: Filter<NEEDLES>, const NEEDLES: usize>(
    token: Avx512,
    grams: [Gram<'_>; NEEDLES],
    field: Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,popcnt,bmi1,bmi2,lzcnt")]
    unsafe fn find<F: Filter<NEEDLES>, const NEEDLES: usize>(
        grams: [Gram<'_>; NEEDLES],
        field: Field<'_>,
        found: &mut dyn Found,
    ) -> Seen {
        // SAFETY: the caller sees to all that is asked for.
        unsafe { blocks::<F, NEEDLES>(grams, field, found) }
    }
    let Avx512 { .. } = token;
    // SAFETY: the token proves that the CPU has the instructions; the field is in blocks.
    unsafe { find::<F, NEEDLES>(grams, field, found) }
}

/// # Safety
///
/// As for [`Scan::blocks`]; see [`Field::in_blocks`].
#[inline(always)]
unsafe fn blocks<F: Filter<NEEDLES>, const NEEDLES: usize>(
    grams: [Gram<'_>; NEEDLES],
    field: Field<'_>,
    found: &mut dyn Found,
) -> Seen {
    // SAFETY: the caller sees to all that is asked for.
    unsafe {
        let filter = F::new(&grams, field.case);
        Scan::new(field, grams, filter).blocks(found)
    }
}

impl<'a> Field<'a> {
    /// The same, for grams of so many bytes, and no longer than the text; nothing if that
    /// has less than a block of their places.
    ///
    /// # Panics
    ///
    /// When a gram does not lie in its needle.
    fn in_blocks(&self, grams: &[Gram<'_>], gram_bytes: usize) -> Option<Field<'a>> {
        for gram in grams {
            let in_needle = gram.offset + gram_bytes <= gram.needle.len();
            assert!(in_needle, "a gram outside of its needle");
        }
        let places = (self.text.len() + 1).saturating_sub(gram_bytes);
        (places >= BLOCK_BYTES).then(|| Field {
            text: self.text,
            case: self.case,
            ends: self.ends.start..self.ends.end.min(self.text.len()),
            grams: self.grams.start..self.grams.end.min(places),
        })
    }
}

#[cfg(test)]
mod tests;
