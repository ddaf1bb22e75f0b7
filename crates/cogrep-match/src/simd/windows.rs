//! Which of some windows of bytes are found at a place of a text.
//!
//! A window is what a needle has around its anchor: up to eight bytes from there on, and
//! up to eight before. The eight bytes of the text on either side of the place are taken
//! as two numbers as well. Shifting a number drops the bytes that a shorter window does not
//! have, so one comparison tells; vector instructions compare several windows at once.

use super::dispatch::dispatch;
use super::vector::{Block, WINDOWS};
use super::{Case, SimdLevel};

/// How many bytes a window has at most on either side of an anchor.
pub(crate) const SIDE_BYTES: usize = 8;

/// How many windows are compared at once.
#[allow(clippy::cast_possible_truncation, reason = "it is four")]
pub(crate) const AT_ONCE: u32 = WINDOWS as u32;

/// The windows to be compared at a place of a text: those from `start` on, before `end`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) place: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The windows found at a place: `start + i` for each bit `i`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Matches {
    pub(crate) place: u32,
    pub(crate) start: u32,
    pub(crate) bits: u32,
}

/// Some windows, in the order in which they were pushed.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// The bytes from the anchor on, and those before it. A shorter side lacks the
    /// outermost bytes; the others are shifted up, to the most significant end.
    values: Vec<[u64; 2]>,
    /// By how many bits the numbers of the text are shifted up to be compared.
    shifts: Vec<[u8; 2]>,
    case: Case,
}

/// The text on either side of a place, as two numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sides([u64; 2]);

impl Sides {
    /// The sides of a place in a text, which continues in zeros at both ends.
    #[inline(always)]
    pub(crate) fn of(text: &[u8], place: usize) -> Self {
        let (before, after) = text.split_at(place);
        let (before, after) = match (before.last_chunk(), after.first_chunk()) {
            (Some(before), Some(after)) => (*before, *after),
            _ => padded(before, after),
        };
        // The byte next to the place is the last to be shifted out.
        Self([u64::from_le_bytes(after), u64::from_be_bytes(before)])
    }

    #[inline(always)]
    fn lowered(self) -> Self {
        Self(self.0.map(lower))
    }
}

/// Eight bytes with the letters of ASCII lowered.
#[inline(always)]
fn lower(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    // The highest bit of a byte says whether the seven others are at least a letter.
    let low = word & (ONES * 0x7F);
    let at_least = |letter: u8| low + ONES * u64::from(0x80 - letter);
    let capital = at_least(b'A') & !at_least(b'Z' + 1) & !word & (ONES * 0x80);
    word | capital >> 2
}

#[cold]
fn padded(before: &[u8], after: &[u8]) -> ([u8; SIDE_BYTES], [u8; SIDE_BYTES]) {
    let mut sides = ([0; SIDE_BYTES], [0; SIDE_BYTES]);
    let (len, other) = (before.len().min(SIDE_BYTES), after.len().min(SIDE_BYTES));
    sides.0[SIDE_BYTES - len..].copy_from_slice(&before[before.len() - len..]);
    sides.1[..other].copy_from_slice(&after[..other]);
    sides
}

impl Windows {
    /// No windows, with room for `count`.
    pub(crate) fn with_capacity(count: usize, case: Case) -> Self {
        let room = count + WINDOWS;
        Self { values: Vec::with_capacity(room), shifts: Vec::with_capacity(room), case }
    }

    /// Adds the window that a needle has around the anchor at `offset`.
    pub(crate) fn push(&mut self, needle: &[u8], offset: usize) {
        let Sides([after, before]) = Sides::of(needle, offset);
        let missing = |bytes: usize| 8 * (SIDE_BYTES - bytes.min(SIDE_BYTES));
        let shifts = [missing(needle.len() - offset), missing(offset)];
        let value = |side: u64, bits: usize| if bits == 64 { 0 } else { side << bits };
        self.values.push([value(after, shifts[0]), value(before, shifts[1])]);
        // At most 64.
        self.shifts.push(shifts.map(|bits| u8::try_from(bits).unwrap_or_default()));
    }

    /// Makes room to look beyond the last window.
    pub(crate) fn finish(&mut self) {
        self.values.resize(self.values.len() + WINDOWS, [0; 2]);
        self.shifts.resize(self.shifts.len() + WINDOWS, [0; 2]);
    }

    /// Puts into `matches` which of these windows are found there: first those that are
    /// among the first four of a place.
    ///
    /// # Panics
    ///
    /// If there are no such windows, or a place lies beyond the text.
    pub(crate) fn find(
        &self,
        level: SimdLevel,
        text: &[u8],
        comparisons: &[Comparison],
        matches: &mut Vec<Matches>,
    ) {
        let windows = self;
        dispatch!(SimdLevel: level,
            fn<B>(windows: &Windows, text: &[u8], comparisons: &[Comparison], matches: &mut Vec<Matches>) {
                // SAFETY: compiled for the instructions of `B`.
                unsafe { windows.find_in::<B>(text, comparisons, matches) }
            }
        );
    }

    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn find_in<B: Block>(
        &self,
        text: &[u8],
        comparisons: &[Comparison],
        matches: &mut Vec<Matches>,
    ) {
        let sides = |place: u32| Sides::of(text, place as usize);
        // SAFETY: the caller answers for the instructions.
        unsafe {
            match self.case {
                Case::Matters => self.find_among::<B>(comparisons, matches, sides),
                Case::Ignored => {
                    self.find_among::<B>(comparisons, matches, |place| sides(place).lowered());
                }
            }
        }
    }

    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn find_among<B: Block>(
        &self,
        comparisons: &[Comparison],
        matches: &mut Vec<Matches>,
        sides: impl Fn(u32) -> Sides,
    ) {
        // Each is written, and overwritten by the next unless something was found.
        matches.clear();
        matches.resize(comparisons.len() + 1, Matches::default());
        let mut len = 0;
        for Comparison { place, start, end } in comparisons {
            // SAFETY: the caller answers for the instructions.
            let bits = unsafe { self.four(*start).equal::<B>(sides(*place)) };
            let bits = bits & !(!0 << (end - start).min(AT_ONCE));
            matches[len] = Matches { place: *place, start: *start, bits };
            len += usize::from(bits != 0);
        }
        matches.truncate(len);
        for Comparison { place, start, end } in comparisons {
            // Hardly any place has as many windows.
            for start in (*start..*end).step_by(WINDOWS).skip(1) {
                // SAFETY: as above.
                let bits = unsafe { self.four(start).equal::<B>(sides(*place)) };
                let bits = bits & !(!0 << (end - start).min(AT_ONCE));
                if bits != 0 {
                    matches.push(Matches { place: *place, start, bits });
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
        Four { values, shifts: *shifts }
    }
}

#[cold]
fn no_room() -> ! {
    panic!("windows beyond the last")
}

/// Four windows.
#[derive(Clone, Copy)]
struct Four<'w> {
    values: &'w [[u64; 2]; WINDOWS],
    shifts: [[u8; 2]; WINDOWS],
}

impl Four<'_> {
    /// Which of them have these sides.
    ///
    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn equal<B: Block>(self, Sides(sides): Sides) -> u32 {
        // SAFETY: the caller answers for the instructions.
        unsafe { B::equal_windows(self.values, self.shifts, sides) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eight_bytes_are_lowered_as_one_is() {
        for byte in 0..=u8::MAX {
            for others in [0, b'A', b'Z', 0x7F, 0x80, 0xC1, 0xFF] {
                let mut word = [others; SIDE_BYTES];
                word[usize::from(byte) % SIDE_BYTES] = byte;
                let lowered = lower(u64::from_le_bytes(word)).to_le_bytes();
                assert_eq!(lowered, word.map(|byte| byte.to_ascii_lowercase()), "{word:x?}");
            }
        }
    }

    proptest! {
        #[test]
        fn windows_are_found_where_their_bytes_are(
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
            let comparisons: Vec<_> = places.map(|place| Comparison { place, start: 0, end }).collect();
            // The bytes around the offset that are in a window; the text has zeros beyond its
            // ends.
            let is_found = |place: usize, (needle, offset): &(Vec<u8>, prop::sample::Index)| {
                let offset = offset.index(needle.len());
                let first = offset.saturating_sub(SIDE_BYTES);
                (first..needle.len().min(offset + SIDE_BYTES)).all(|at| {
                    let there = (place + at).checked_sub(offset).and_then(|at| text.get(at));
                    let there = there.copied().unwrap_or(0);
                    let lowered = there.to_ascii_lowercase() == needle[at];
                    there == needle[at] || case == Case::Ignored && lowered
                })
            };
            for level in SimdLevel::available() {
                let mut found = Vec::new();
                let mut matches = Vec::new();
                windows.find(level, &text, &comparisons, &mut matches);
                for Matches { place, start, bits } in matches {
                    prop_assert!(bits != 0);
                    let nths = (0..AT_ONCE).filter(|nth| bits >> nth & 1 == 1);
                    found.extend(nths.map(|nth| (place as usize, (start + nth) as usize)));
                }
                found.sort_unstable();
                let all = (0..text.len()).flat_map(|place| (0..needles.len()).map(move |nth| (place, nth)));
                let expected: Vec<_> = all.filter(|(place, nth)| is_found(*place, &needles[*nth])).collect();
                prop_assert_eq!(&found, &expected, "{:?}", level);
            }
        }
    }
}
