//! Which places of a text may begin one of very many grams, by a table of hashes.
//!
//! The loop has no branch but its own: a place is always written, and the next one
//! overwrites it unless it passes. So no branch is mispredicted, and the loads for many
//! places overlap.

use super::dispatch::dispatch;
use super::{CASE_BIT, Case, SimdLevel};

/// The longest gram.
pub(crate) const MOST_BYTES: usize = 8;

/// Steps of a loop between two branches.
const AT_ONCE: usize = 4;

/// A set of hashed grams, a bit for each hash.
#[derive(Clone, Debug)]
pub(crate) struct GramSet {
    hash: GramHash,
    shift: u32,
    marks: Box<[u32]>,
}

/// How grams of a certain length are hashed: by Knuth's multiplicative method, whose upper
/// bits are good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GramHash {
    bytes: usize,
    /// Bits that are set before hashing: grams that differ only there share a hash.
    set: u64,
    /// The factor, shifted up until bytes after the gram have no share in the hash.
    factor: u64,
}

impl GramHash {
    /// The hash of grams of `bytes` bytes.
    pub(crate) fn new(bytes: usize, case: Case) -> Self {
        let set = match case {
            Case::Matters => 0,
            Case::Ignored => u64::from_ne_bytes([CASE_BIT; MOST_BYTES]),
        };
        let factor = 0x9E37_79B9_7F4A_7C15 << (8 * (MOST_BYTES - bytes));
        Self { bytes, set, factor }
    }

    /// The hash of the gram with which these eight bytes begin.
    #[inline(always)]
    pub(crate) fn of(self, word: u64) -> u64 {
        (word | self.set).wrapping_mul(self.factor)
    }
}

/// The eight bytes of a text from a place on, as a little-endian number. After its end the
/// text continues in zeros.
#[inline(always)]
pub(crate) fn load_u64(text: &[u8], place: usize) -> u64 {
    let rest = &text[place..];
    u64::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; MOST_BYTES];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    }))
}

/// Places of a text: `from`, `from + stride` and so on, before `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) stride: usize,
}

impl GramSet {
    /// An empty set of grams of `bytes` bytes, with `1 << bits` hashes.
    ///
    /// # Panics
    ///
    /// Unless `bytes` is 1 to 8 and `bits` is 5 to 40.
    pub(crate) fn new(bytes: usize, bits: u32, case: Case) -> Self {
        assert!((1..=MOST_BYTES).contains(&bytes) && (5..=40).contains(&bits));
        let hash = GramHash::new(bytes, case);
        Self { hash, shift: 64 - bits, marks: vec![0; 1 << (bits - 5)].into() }
    }

    /// How many bytes its grams have.
    pub(crate) fn bytes(&self) -> usize {
        self.hash.bytes
    }

    /// The hash of the gram with which these eight bytes begin.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "as many bits as a table in memory has")]
    pub(crate) fn hash(&self, word: u64) -> usize {
        (self.hash.of(word) >> self.shift) as usize
    }

    /// How many hashes there are.
    pub(crate) fn hashes(&self) -> usize {
        32 * self.marks.len()
    }

    /// Lets the grams of this hash pass.
    pub(crate) fn insert(&mut self, hash: usize) {
        self.marks[hash / 32] |= 1 << (hash % 32);
    }

    /// Whether the grams of this hash pass.
    pub(crate) fn passes(&self, hash: usize) -> bool {
        self.marks[hash / 32] >> (hash % 32) & 1 == 1
    }

    /// Appends the places of `steps` whose gram passes.
    ///
    /// # Panics
    ///
    /// If a gram that begins in the range reaches beyond the text, the text has 4 GiB or
    /// more, or the stride is not 1 to 8.
    pub(crate) fn places(
        &self,
        level: SimdLevel,
        text: &[u8],
        steps: Steps,
        places: &mut Vec<u32>,
    ) {
        let Steps { from, to, stride } = steps;
        if from >= to {
            return;
        }
        assert!(to + self.bytes() - 1 <= text.len(), "grams beyond the text");
        assert!((1..=MOST_BYTES).contains(&stride), "a stride of {stride}");
        assert!(u32::try_from(text.len()).is_ok(), "positions beyond u32");
        // From here on, eight bytes would reach beyond the text.
        let whole = to.min((text.len() + 1).saturating_sub(MOST_BYTES));
        let (set, steps) = (self, Steps { to: whole, ..steps });
        let next = dispatch!(SimdLevel: level,
            fn<B>(set: &GramSet, text: &[u8], steps: Steps, places: &mut Vec<u32>) -> usize {
                // SAFETY: the range ends where eight bytes reach the end of the text.
                unsafe { set.places_of_whole_words(text, steps, places) }
            }
        );
        let last = (next..to).step_by(stride);
        let passing = last.filter(|place| self.passes(self.hash(load_u64(text, *place))));
        // Checked above.
        places.extend(passing.map(|place| u32::try_from(place).unwrap_or_default()));
    }

    /// Of some places in ascending order, keeps those whose gram passes.
    ///
    /// # Panics
    ///
    /// If a place lies beyond the text, or the order is another.
    pub(crate) fn keep(&self, level: SimdLevel, text: &[u8], places: &mut Vec<u32>) {
        // The last ones have less than eight bytes after them.
        let is_whole = |place: &u32| *place as usize + MOST_BYTES <= text.len();
        let whole = places.iter().rposition(is_whole).map_or(0, |at| at + 1);
        let last = places.split_off(whole);
        let set = self;
        dispatch!(SimdLevel: level, fn<B>(set: &GramSet, text: &[u8], places: &mut Vec<u32>) {
            set.keep_with_eight_bytes(text, places);
        });
        let passes = |place: &u32| self.passes(self.hash(load_u64(text, *place as usize)));
        places.extend(last.into_iter().filter(passes));
    }

    /// The same for places that have eight bytes of text after them.
    #[inline(always)]
    fn keep_with_eight_bytes(&self, text: &[u8], places: &mut Vec<u32>) {
        let last = places.iter().copied().max().unwrap_or_default() as usize;
        assert!(places.is_empty() || last + MOST_BYTES <= text.len(), "places in no order");
        let (count, room) = (places.len(), places.as_mut_ptr());
        let mut len = 0;
        let mut look = |at: usize| {
            // SAFETY: fewer are written than have been read, and no place is after the last.
            unsafe {
                let place = *room.add(at);
                let word = text.as_ptr().add(place as usize).cast::<u64>().read_unaligned();
                room.add(len).write(place);
                len += self.mark(word);
            }
        };
        let groups = count / AT_ONCE * AT_ONCE;
        for at in (0..groups).step_by(AT_ONCE) {
            (at..at + AT_ONCE).for_each(&mut look);
        }
        (groups..count).for_each(look);
        places.truncate(len);
    }

    /// 1 if the gram passes with which these eight bytes, as they lie in memory, begin;
    /// else 0.
    #[inline(always)]
    fn mark(&self, word: u64) -> usize {
        let hash = self.hash(u64::from_le(word));
        // SAFETY: a hash has no more bits than index the marks.
        let marks = unsafe { *self.marks.get_unchecked(hash / 32) };
        (marks >> (hash % 32) & 1) as usize
    }

    /// Appends the places whose gram passes, and returns the next place after the range.
    ///
    /// # Safety
    ///
    /// From each place of the range on, eight bytes must lie in the text.
    #[inline(always)]
    unsafe fn places_of_whole_words(
        &self,
        text: &[u8],
        steps: Steps,
        places: &mut Vec<u32>,
    ) -> usize {
        // SAFETY: the caller answers for the bytes.
        unsafe {
            // A stride that the compiler knows is a part of the addresses.
            match steps.stride {
                1 => self.places_at(text, Steps { stride: 1, ..steps }, places),
                2 => self.places_at(text, Steps { stride: 2, ..steps }, places),
                _ => self.places_at(text, steps, places),
            }
        }
    }

    /// # Safety
    ///
    /// As for [`places_of_whole_words`](Self::places_of_whole_words).
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
    unsafe fn places_at(
        &self,
        text: &[u8],
        Steps { from, to, stride }: Steps,
        places: &mut Vec<u32>,
    ) -> usize {
        places.reserve(to.saturating_sub(from).div_ceil(stride) + 1);
        let mut len = places.len();
        let room = places.as_mut_ptr();
        let mut look = |place: usize, step: usize| {
            // SAFETY: the caller answers for the bytes, and there is room for each place of
            // the range and one more.
            unsafe {
                let word = text.as_ptr().add(place).add(step).cast::<u64>().read_unaligned();
                room.add(len).write(place as u32 + step as u32);
                len += self.mark(word);
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
        // SAFETY: this many have been written.
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
                set.insert(set.hash(load_u64(&text, at.index(grams))));
            }
            let (from, to) = (from.min(grams), to.min(grams));
            let steps = (from..to).step_by(stride);
            let passes = |at: &usize| set.passes(set.hash(load_u64(&text, *at)));
            let expected: Vec<_> = steps.filter(passes).collect();
            for level in SimdLevel::available() {
                let mut places = Vec::new();
                set.places(level, &text, Steps { from, to, stride }, &mut places);
                let places: Vec<_> = places.into_iter().map(|place| place as usize).collect();
                prop_assert_eq!(&places, &expected, "{:?}", level);
            }
        }
    }

    proptest! {
        #[test]
        fn places_are_kept_whose_gram_is_in_the_set(
            text in prop::collection::vec(prop::sample::select(&b"abCD"[..]), 0..40),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            looked_at in prop::collection::btree_set(0_usize..40, 0..20),
            bytes in 1..=MOST_BYTES,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let grams = (text.len() + 1).saturating_sub(bytes);
            let mut set = GramSet::new(bytes, 9, case);
            for at in inserted.iter().filter(|_| grams > 0) {
                set.insert(set.hash(load_u64(&text, at.index(grams))));
            }
            let places: Vec<_> = looked_at.into_iter().filter(|at| *at < grams).collect();
            let passes = |at: &&usize| set.passes(set.hash(load_u64(&text, **at)));
            let narrow = |at: &usize| u32::try_from(*at).unwrap();
            let expected: Vec<_> = places.iter().filter(passes).map(narrow).collect();
            for level in SimdLevel::available() {
                let mut kept: Vec<_> = places.iter().map(narrow).collect();
                set.keep(level, &text, &mut kept);
                prop_assert_eq!(&kept, &expected, "{:?}", level);
            }
        }
    }

    #[test]
    fn a_hash_depends_on_the_gram_and_on_nothing_after_it() {
        let cases = [Case::Matters, Case::Ignored];
        for (bytes, case) in (1..=MOST_BYTES).flat_map(|bytes| cases.map(|case| (bytes, case))) {
            let set = GramSet::new(bytes, 12, case);
            let with = |after: u8| {
                let mut text = [b'x'; MOST_BYTES];
                text[bytes..].fill(after);
                set.hash(load_u64(&text, 0))
            };
            assert_eq!(with(b'a'), with(b'b'));
            assert_ne!(set.hash(load_u64(b"xxxxxxxx", 0)), set.hash(load_u64(b"yxxxxxxx", 0)));
            let capital = set.hash(load_u64(b"XXXXXXXX", 0));
            assert_eq!(set.hash(load_u64(b"xxxxxxxx", 0)) == capital, case == Case::Ignored);
        }
    }

    #[test]
    fn a_text_continues_in_zeros() {
        assert_eq!(load_u64(b"ab", 0), 0x6261);
        assert_eq!(load_u64(b"ab", 2), 0);
        assert_eq!(load_u64(b"abcdefghi", 1).to_le_bytes(), *b"bcdefghi");
    }
}
