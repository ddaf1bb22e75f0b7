//! Which of some windows of bytes stand at a place of a text.
//!
//! A window is what a needle has around its anchor: up to eight bytes from there on, and
//! up to eight before. Of the text, too, the eight bytes on either side of the place are
//! taken as two numbers. Shifting a number drops the bytes that a shorter window does not
//! have, so one comparison tells; with AVX-512 it is one for four windows.

use super::{Case, Level};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    _mm_loadl_epi64, _mm_set_epi64x, _mm512_broadcast_i32x4, _mm512_cmpeq_epi64_mask,
    _mm512_cvtepu8_epi64, _mm512_loadu_si512, _mm512_sllv_epi64, _pext_u32,
};

/// The bytes on either side of an anchor that a window has at most.
pub(crate) const SIDE_BYTES: usize = 8;

/// Windows that are compared at once.
pub(crate) const AT_ONCE: u32 = 4;

/// The windows to be compared at a place of a text: those from `start` on, before `end`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Compare {
    pub(crate) place: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Windows that stand at a place: `start + i` for each bit `i`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) place: u32,
    pub(crate) start: u32,
    pub(crate) bits: u32,
}

/// Some windows, in the order in which they were put in.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// The bytes from the anchor on, and those before it: the outermost bytes of a shorter
    /// side are missing, and the others moved up to the end of the number that counts
    /// most.
    values: Vec<[u64; 2]>,
    /// By how many bits the text's numbers are moved to be compared.
    shifts: Vec<[u8; 2]>,
    case: Case,
}

/// The text on either side of a place, as two numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sides([u64; 2]);

impl Sides {
    /// The sides of a place in a text, which is taken to go on in zeros on both ends.
    #[inline(always)]
    pub(crate) fn of(text: &[u8], place: usize) -> Self {
        let (before, behind) = text.split_at(place);
        let (before, behind) = match (before.last_chunk(), behind.first_chunk()) {
            (Some(before), Some(behind)) => (*before, *behind),
            _ => padded(before, behind),
        };
        // The byte next to the place is the last to be shifted out.
        Self([u64::from_le_bytes(behind), u64::from_be_bytes(before)])
    }

    #[inline(always)]
    fn lowered(self) -> Self {
        Self(self.0.map(lower))
    }
}

/// Eight bytes with the letters of ASCII lowered.
#[inline(always)]
fn lower(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    // The highest bit of a byte says whether the seven others are at least a letter.
    let low = eight & (ONES * 0x7F);
    let at_least = |letter: u8| low + ONES * u64::from(0x80 - letter);
    let capital = at_least(b'A') & !at_least(b'Z' + 1) & !eight & (ONES * 0x80);
    eight | capital >> 2
}

#[cold]
fn padded(before: &[u8], behind: &[u8]) -> ([u8; SIDE_BYTES], [u8; SIDE_BYTES]) {
    let mut sides = ([0; SIDE_BYTES], [0; SIDE_BYTES]);
    let (len, other) = (before.len().min(SIDE_BYTES), behind.len().min(SIDE_BYTES));
    sides.0[SIDE_BYTES - len..].copy_from_slice(&before[before.len() - len..]);
    sides.1[..other].copy_from_slice(&behind[..other]);
    sides
}

impl Windows {
    /// No windows, and room for so many.
    pub(crate) fn with_capacity(count: usize, case: Case) -> Self {
        let room = count + AT_ONCE as usize;
        Self { values: Vec::with_capacity(room), shifts: Vec::with_capacity(room), case }
    }

    /// Puts in the window that a needle has around the anchor which begins at `offset`.
    pub(crate) fn push(&mut self, needle: &[u8], offset: usize) {
        let Sides([behind, before]) = Sides::of(needle, offset);
        let missing = |bytes: usize| 8 * (SIDE_BYTES - bytes.min(SIDE_BYTES));
        let shifts = [missing(needle.len() - offset), missing(offset)];
        let value = |side: u64, bits: usize| if bits == 64 { 0 } else { side << bits };
        self.values.push([value(behind, shifts[0]), value(before, shifts[1])]);
        // 64 at most.
        self.shifts.push(shifts.map(|bits| u8::try_from(bits).unwrap_or_default()));
    }

    /// Makes room to look beyond the last window.
    pub(crate) fn finish(&mut self) {
        self.values.resize(self.values.len() + AT_ONCE as usize, [0; 2]);
        self.shifts.resize(self.shifts.len() + AT_ONCE as usize, [0; 2]);
    }

    /// Puts into `standing` which of these windows stand there: first those that are among
    /// the first four of a place.
    ///
    /// # Panics
    ///
    /// When there are no such windows, or a place lies beyond the text.
    pub(crate) fn find(
        &self,
        level: Level,
        text: &[u8],
        compare: &[Compare],
        standing: &mut Vec<Standing>,
    ) {
        match level {
            // SAFETY: the token proves that the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => unsafe { self.find_avx512(text, compare, standing) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx2(_) => unsafe { self.find_avx2(text, compare, standing) },
            Level::Portable => self.find_inline(text, compare, standing, among),
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,gfni,popcnt,bmi1,bmi2,lzcnt")]
    fn find_avx512(&self, text: &[u8], compare: &[Compare], standing: &mut Vec<Standing>) {
        self.find_inline(text, compare, standing, |windows, sides| among_avx512(windows, sides));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    fn find_avx2(&self, text: &[u8], compare: &[Compare], standing: &mut Vec<Standing>) {
        self.find_inline(text, compare, standing, among);
    }

    #[inline(always)]
    fn find_inline(
        &self,
        text: &[u8],
        compare: &[Compare],
        standing: &mut Vec<Standing>,
        among: impl Fn(Four<'_>, Sides) -> u32,
    ) {
        let sides = |place: u32| Sides::of(text, place as usize);
        match self.case {
            Case::Matters => self.find_among(compare, standing, sides, among),
            Case::Ignored => {
                self.find_among(compare, standing, |place| sides(place).lowered(), among);
            }
        }
    }

    #[inline(always)]
    fn find_among(
        &self,
        compare: &[Compare],
        standing: &mut Vec<Standing>,
        sides: impl Fn(u32) -> Sides,
        among: impl Fn(Four<'_>, Sides) -> u32,
    ) {
        // Each is written, and overwritten by the next unless something stands there.
        standing.clear();
        standing.resize(compare.len() + 1, Standing::default());
        let mut len = 0;
        for Compare { place, start, end } in compare {
            let bits = among(self.four(*start), sides(*place));
            let bits = bits & !(!0 << (end - start).min(AT_ONCE));
            standing[len] = Standing { place: *place, start: *start, bits };
            len += usize::from(bits != 0);
        }
        standing.truncate(len);
        for Compare { place, start, end } in compare {
            // Hardly any has so many.
            for start in (*start..*end).step_by(AT_ONCE as usize).skip(1) {
                let bits = among(self.four(start), sides(*place));
                let bits = bits & !(!0 << (end - start).min(AT_ONCE));
                if bits != 0 {
                    standing.push(Standing { place: *place, start, bits });
                }
            }
        }
    }

    /// The windows from this one on.
    #[inline(always)]
    fn four(&self, start: u32) -> Four<'_> {
        let values = self.values[start as usize..].first_chunk();
        let shifts = self.shifts[start as usize..].first_chunk();
        let (Some(values), Some(shifts)) = (values, shifts) else { no_room() };
        Four { values, shifts }
    }
}

#[cold]
fn no_room() -> ! {
    panic!("windows beyond the last")
}

/// Four windows.
#[derive(Clone, Copy)]
struct Four<'w> {
    values: &'w [[u64; 2]; AT_ONCE as usize],
    shifts: &'w [[u8; 2]; AT_ONCE as usize],
}

/// Which of them have these sides.
#[inline(always)]
fn among(Four { values, shifts }: Four<'_>, Sides(sides): Sides) -> u32 {
    let is =
        |value: u64, side: u64, bits: u8| value == side.checked_shl(u32::from(bits)).unwrap_or(0);
    let mut standing = 0;
    for nth in 0..AT_ONCE as usize {
        let ([behind, before], bits) = (values[nth], shifts[nth]);
        let stands = is(behind, sides[0], bits[0]) & is(before, sides[1], bits[1]);
        standing |= u32::from(stands) << nth;
    }
    standing
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,gfni,popcnt,bmi1,bmi2,lzcnt")]
fn among_avx512(Four { values, shifts }: Four<'_>, Sides([behind, before]): Sides) -> u32 {
    // SAFETY: sixty-four bytes, and eight.
    let (values, shifts) = unsafe {
        (_mm512_loadu_si512(values.as_ptr().cast()), _mm_loadl_epi64(shifts.as_ptr().cast()))
    };
    let sides = _mm_set_epi64x(before.cast_signed(), behind.cast_signed());
    let sides = _mm512_sllv_epi64(_mm512_broadcast_i32x4(sides), _mm512_cvtepu8_epi64(shifts));
    // Two bits a window, of which both must be set.
    let equal = u32::from(_mm512_cmpeq_epi64_mask(sides, values));
    _pext_u32(equal & equal >> 1, 0b0101_0101)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eight_bytes_are_lowered_as_one_is() {
        for byte in 0..=u8::MAX {
            for others in [0, b'A', b'Z', 0x7F, 0x80, 0xC1, 0xFF] {
                let mut eight = [others; SIDE_BYTES];
                eight[usize::from(byte) % SIDE_BYTES] = byte;
                let lowered = lower(u64::from_le_bytes(eight)).to_le_bytes();
                assert_eq!(lowered, eight.map(|byte| byte.to_ascii_lowercase()), "{eight:x?}");
            }
        }
    }

    proptest! {
        #[test]
        fn windows_stand_where_their_bytes_are(
            text in prop::collection::vec(prop::sample::select(&b"abAB"[..]), 1..60),
            needles in prop::collection::vec(
                (prop::collection::vec(prop::sample::select(&b"ab"[..]), 1..12), any::<prop::sample::Index>()),
                1..12,
            ),
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let mut windows = Windows::with_capacity(needles.len(), case);
            for (needle, offset) in &needles {
                windows.push(needle, offset.index(needle.len()));
            }
            windows.finish();
            let end = u32::try_from(needles.len()).unwrap();
            let places = 0..u32::try_from(text.len()).unwrap();
            let compare: Vec<_> = places.map(|place| Compare { place, start: 0, end }).collect();
            // The bytes around the offset that are in a window, or all that are missing in
            // the text.
            let stands = |place: usize, (needle, offset): &(Vec<u8>, prop::sample::Index)| {
                let offset = offset.index(needle.len());
                let first = offset.saturating_sub(SIDE_BYTES);
                (first..needle.len().min(offset + SIDE_BYTES)).all(|at| {
                    let there = (place + at).checked_sub(offset).and_then(|at| text.get(at));
                    let there = there.copied().unwrap_or(0);
                    let lowered = there.to_ascii_lowercase() == needle[at];
                    there == needle[at] || case == Case::Ignored && lowered
                })
            };
            for level in Level::available() {
                let mut found = Vec::new();
                let mut standing = Vec::new();
                windows.find(level, &text, &compare, &mut standing);
                for Standing { place, start, bits } in standing {
                    prop_assert!(bits != 0);
                    let nths = (0..AT_ONCE).filter(|nth| bits >> nth & 1 == 1);
                    found.extend(nths.map(|nth| (place as usize, (start + nth) as usize)));
                }
                found.sort_unstable();
                let all = (0..text.len()).flat_map(|place| (0..needles.len()).map(move |nth| (place, nth)));
                let expected: Vec<_> = all.filter(|(place, nth)| stands(*place, &needles[*nth])).collect();
                prop_assert_eq!(&found, &expected, "{:?}", level);
            }
        }
    }
}
