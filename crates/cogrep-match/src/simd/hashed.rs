//! Which places of a text may begin one of very many grams, by a table of hashes.
//!
//! The loop has no branch but its own: a place is always written, and the next
//! overwrites it unless it passes. What passes or not is then never predicted wrongly,
//! and the loads of many places are under way at once.

use super::{CASE_BIT, Case, Level};

/// The longest gram.
pub(crate) const MOST_BYTES: usize = 8;

/// Steps of a loop without a branch in between.
const AT_ONCE: usize = 4;

/// A set of hashed grams, a bit for each hash.
#[derive(Clone, Debug)]
pub(crate) struct GramSet {
    hash: GramHash,
    shift: u32,
    marks: Box<[u32]>,
}

/// How grams of so many bytes are hashed: by Knuth's multiplicative method, of which the
/// upper bits are good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GramHash {
    bytes: usize,
    /// Bits that are set before: two grams that differ there only have one hash.
    set: u64,
    /// What is multiplied with: moved up so far that bytes behind the gram have no share.
    factor: u64,
}

impl GramHash {
    /// For grams of so many bytes.
    pub(crate) fn new(bytes: usize, case: Case) -> Self {
        let set = match case {
            Case::Matters => 0,
            Case::Ignored => u64::from_ne_bytes([CASE_BIT; MOST_BYTES]),
        };
        let factor = 0x9E37_79B9_7F4A_7C15 << (8 * (MOST_BYTES - bytes));
        Self { bytes, set, factor }
    }

    /// The hash of the gram that begins these eight bytes.
    #[inline(always)]
    pub(crate) fn of(self, eight: u64) -> u64 {
        (eight | self.set).wrapping_mul(self.factor)
    }
}

/// The eight bytes of a text from this place on, as a number; the text going on in zeros.
#[inline(always)]
pub(crate) fn eight(text: &[u8], place: usize) -> u64 {
    let rest = &text[place..];
    u64::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
        let mut eight = [0; MOST_BYTES];
        eight[..rest.len()].copy_from_slice(rest);
        eight
    }))
}

impl GramSet {
    /// An empty set of grams of so many bytes, with `1 << bits` hashes.
    ///
    /// # Panics
    ///
    /// Unless there are 1 to 8 bytes and 5 to 40 bits.
    pub(crate) fn new(bytes: usize, bits: u32, case: Case) -> Self {
        assert!((1..=MOST_BYTES).contains(&bytes) && (5..=40).contains(&bits));
        let hash = GramHash::new(bytes, case);
        Self { hash, shift: 64 - bits, marks: vec![0; 1 << (bits - 5)].into() }
    }

    /// The bytes of its grams.
    pub(crate) fn bytes(&self) -> usize {
        self.hash.bytes
    }

    /// The hash of the gram that begins these eight bytes.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "as many bits as a table in memory has")]
    pub(crate) fn hash(&self, eight: u64) -> usize {
        (self.hash.of(eight) >> self.shift) as usize
    }

    /// How many hashes there are.
    pub(crate) fn hashes(&self) -> usize {
        32 * self.marks.len()
    }

    /// Lets pass the grams of this hash.
    pub(crate) fn insert(&mut self, hash: usize) {
        self.marks[hash / 32] |= 1 << (hash % 32);
    }

    /// Whether the grams of this hash pass.
    pub(crate) fn passes(&self, hash: usize) -> bool {
        self.marks[hash / 32] >> (hash % 32) & 1 == 1
    }

    /// Appends the places `from`, `from + stride` and so on, before `to`, whose gram
    /// passes.
    ///
    /// # Panics
    ///
    /// When a gram that begins before `to` reaches beyond the text, the text is longer
    /// than `u32` can say, or the stride is none of 1 to 8.
    pub(crate) fn places(
        &self,
        level: Level,
        text: &[u8],
        (from, to): (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) {
        if from >= to {
            return;
        }
        assert!(to + self.bytes() - 1 <= text.len(), "grams beyond the text");
        assert!((1..=MOST_BYTES).contains(&stride), "a stride of {stride}");
        assert!(u32::try_from(text.len()).is_ok(), "places that u32 cannot say");
        places.reserve((to - from).div_ceil(stride) + 1);
        // From here on, eight bytes would reach beyond the text.
        let whole = to.min((text.len() + 1).saturating_sub(MOST_BYTES));
        // SAFETY: eight bytes from each place on lie in the text, there is room for each
        // place and one more, and the token in a level proves that the CPU has its
        // instructions.
        let next = unsafe {
            match level {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(_) | Level::Avx512(_) => {
                    self.places_bmi2(text, (from, whole), stride, places)
                }
                Level::Portable => self.places_inline(text, (from, whole), stride, places),
            }
        };
        let last = (next..to).step_by(stride);
        places.extend(last.filter(|place| self.passes(self.hash(eight(text, *place)))).map(
            |place| {
                // Checked above.
                u32::try_from(place).unwrap_or_default()
            },
        ));
    }

    /// Leaves of some places, in order, those whose gram passes.
    ///
    /// # Panics
    ///
    /// When a place lies beyond the text, or they are in no order.
    pub(crate) fn keep(&self, level: Level, text: &[u8], places: &mut Vec<u32>) {
        // The last ones have not eight bytes behind them.
        let is_whole = |place: &u32| *place as usize + MOST_BYTES <= text.len();
        let whole = places.iter().rposition(is_whole).map_or(0, |at| at + 1);
        let last = places.split_off(whole);
        // SAFETY: the token in a level proves that the CPU has its instructions.
        unsafe {
            match level {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(_) | Level::Avx512(_) => self.keep_bmi2(text, places),
                Level::Portable => self.keep_inline(text, places),
            }
        }
        let passes = |place: &u32| self.passes(self.hash(eight(text, *place as usize)));
        places.extend(last.into_iter().filter(passes));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    fn keep_bmi2(&self, text: &[u8], places: &mut Vec<u32>) {
        self.keep_inline(text, places);
    }

    #[inline(always)]
    fn keep_inline(&self, text: &[u8], places: &mut Vec<u32>) {
        let last = places.iter().copied().max().unwrap_or_default() as usize;
        assert!(places.is_empty() || last + MOST_BYTES <= text.len(), "places in no order");
        let (count, room) = (places.len(), places.as_mut_ptr());
        let mut len = 0;
        let mut look = |at: usize| {
            // SAFETY: fewer are written than have been read, and no place is beyond the last.
            unsafe {
                let place = *room.add(at);
                let eight = text.as_ptr().add(place as usize).cast::<u64>().read_unaligned();
                room.add(len).write(place);
                len += self.mark(eight);
            }
        };
        let fours = count / AT_ONCE * AT_ONCE;
        for at in (0..fours).step_by(AT_ONCE) {
            (at..at + AT_ONCE).for_each(&mut look);
        }
        (fours..count).for_each(look);
        places.truncate(len);
    }

    /// 1 if the gram passes that begins these eight bytes as they lie in memory, else 0.
    #[inline(always)]
    fn mark(&self, eight: u64) -> usize {
        let hash = self.hash(u64::from_le(eight));
        // SAFETY: a hash has so many bits that its word is one of the marks.
        let word = unsafe { *self.marks.get_unchecked(hash / 32) };
        (word >> (hash % 32) & 1) as usize
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    unsafe fn places_bmi2(
        &self,
        text: &[u8],
        range: (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) -> usize {
        // SAFETY: the caller sees to all that is asked for.
        unsafe { self.places_inline(text, range, stride, places) }
    }

    /// Appends the places, and gives the next one behind the range.
    ///
    /// # Safety
    ///
    /// Eight bytes from each place on must lie in the text, and the vector have room for
    /// each place and one more.
    #[inline(always)]
    unsafe fn places_inline(
        &self,
        text: &[u8],
        range: (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) -> usize {
        // SAFETY: the caller sees to all that is asked for.
        unsafe {
            // A number that the compiler knows is a part of the addresses.
            match stride {
                1 => self.places_at(text, range, 1, places),
                2 => self.places_at(text, range, 2, places),
                _ => self.places_at(text, range, stride, places),
            }
        }
    }

    /// # Safety
    ///
    /// As [`places_inline`](Self::places_inline).
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
    unsafe fn places_at(
        &self,
        text: &[u8],
        (from, to): (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) -> usize {
        let mut len = places.len();
        let room = places.as_mut_ptr();
        let mut look = |place: usize, step: usize| {
            // SAFETY: the caller answers for the bytes and the room.
            unsafe {
                let eight = text.as_ptr().add(place).add(step).cast::<u64>().read_unaligned();
                room.add(len).write(place as u32 + step as u32);
                len += self.mark(eight);
            }
        };
        let mut place = from;
        while place + AT_ONCE * stride <= to {
            for step in 0..AT_ONCE {
                look(place, step * stride);
            }
            place += AT_ONCE * stride;
        }
        while place < to {
            look(place, 0);
            place += stride;
        }
        // SAFETY: so many places have been written.
        unsafe { places.set_len(len) };
        place
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_whose_gram_is_in_the_set(
            text in prop::collection::vec(prop::sample::select(&b"abcd"[..]), 8..200),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            (from, to) in (0_usize..200, 0_usize..200),
            stride in 1_usize..5,
            bytes in 1..=MOST_BYTES,
        ) {
            let grams = text.len() - bytes + 1;
            let mut set = GramSet::new(bytes, 9, Case::Matters);
            for at in inserted {
                set.insert(set.hash(eight(&text, at.index(grams))));
            }
            let (from, to) = (from.min(grams), to.min(grams));
            let steps = (from..to).step_by(stride);
            let passes = |at: &usize| set.passes(set.hash(eight(&text, *at)));
            let expected: Vec<_> = steps.filter(passes).collect();
            for level in Level::available() {
                let mut places = Vec::new();
                set.places(level, &text, (from, to), stride, &mut places);
                let places: Vec<_> = places.into_iter().map(|place| place as usize).collect();
                prop_assert_eq!(&places, &expected, "{:?}", level);
            }
        }
    }

    proptest! {
        #[test]
        fn those_are_kept_whose_gram_is_in_the_set(
            text in prop::collection::vec(prop::sample::select(&b"abCD"[..]), 0..40),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            looked_at in prop::collection::btree_set(0_usize..40, 0..20),
            bytes in 1..=MOST_BYTES,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let grams = (text.len() + 1).saturating_sub(bytes);
            let mut set = GramSet::new(bytes, 9, case);
            for at in inserted.iter().filter(|_| grams > 0) {
                set.insert(set.hash(eight(&text, at.index(grams))));
            }
            let places: Vec<_> = looked_at.into_iter().filter(|at| *at < grams).collect();
            let passes = |at: &&usize| set.passes(set.hash(eight(&text, **at)));
            let narrow = |at: &usize| u32::try_from(*at).unwrap();
            let expected: Vec<_> = places.iter().filter(passes).map(narrow).collect();
            for level in Level::available() {
                let mut kept: Vec<_> = places.iter().map(narrow).collect();
                set.keep(level, &text, &mut kept);
                prop_assert_eq!(&kept, &expected, "{:?}", level);
            }
        }
    }

    #[test]
    fn a_hash_depends_on_the_gram_and_on_nothing_behind_it() {
        let cases = [Case::Matters, Case::Ignored];
        for (bytes, case) in (1..=MOST_BYTES).flat_map(|bytes| cases.map(|case| (bytes, case))) {
            let set = GramSet::new(bytes, 12, case);
            let with = |behind: u8| {
                let mut text = [b'x'; MOST_BYTES];
                text[bytes..].fill(behind);
                set.hash(eight(&text, 0))
            };
            assert_eq!(with(b'a'), with(b'b'));
            assert_ne!(set.hash(eight(b"xxxxxxxx", 0)), set.hash(eight(b"yxxxxxxx", 0)));
            let capital = set.hash(eight(b"XXXXXXXX", 0));
            assert_eq!(set.hash(eight(b"xxxxxxxx", 0)) == capital, case == Case::Ignored);
        }
    }

    #[test]
    fn the_text_goes_on_in_zeros() {
        assert_eq!(eight(b"ab", 0), 0x6261);
        assert_eq!(eight(b"ab", 2), 0);
        assert_eq!(eight(b"abcdefghi", 1).to_le_bytes(), *b"bcdefghi");
    }
}
