//! Which places of a text may begin one of very many grams or keys, by tables of
//! hashes.
//!
//! Both loops have no branch but their own: a place is always written, and the next
//! overwrites it unless it passes. What passes or not is then never predicted wrongly,
//! and the loads of many places are under way at once.

use super::Level;

/// The bytes of a gram.
pub(crate) const GRAM_BYTES: usize = 4;

/// The longest key.
pub(crate) const KEY_BYTES: usize = 8;

/// A set of hashed grams, a byte for each hash.
#[derive(Clone, Debug)]
pub(crate) struct GramSet {
    shift: u32,
    marks: Box<[u8]>,
}

impl GramSet {
    /// An empty set with `1 << bits` hashes.
    ///
    /// # Panics
    ///
    /// Unless there are 1 to 31 bits.
    pub(crate) fn new(bits: u32) -> Self {
        assert!((1..32).contains(&bits), "a table of 2^{bits} bytes");
        Self { shift: 32 - bits, marks: vec![0; 1 << bits].into() }
    }

    /// The hash of a gram, by Knuth's multiplicative method.
    #[inline]
    pub(crate) fn hash(&self, gram: [u8; GRAM_BYTES]) -> usize {
        (u32::from_le_bytes(gram).wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    /// How many hashes there are.
    pub(crate) fn hashes(&self) -> usize {
        self.marks.len()
    }

    /// Lets pass the grams of this hash.
    pub(crate) fn insert(&mut self, hash: usize) {
        self.marks[hash] = 1;
    }

    /// Whether the grams of this hash pass.
    pub(crate) fn passes(&self, hash: usize) -> bool {
        self.marks[hash] != 0
    }

    /// Appends the places `from`, `from + stride` and so on, before `to`, whose gram
    /// passes.
    ///
    /// # Panics
    ///
    /// When a gram that begins before `to` reaches beyond the text, the text is longer
    /// than `u32` can say, or the stride is zero.
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
        assert!(to + GRAM_BYTES - 1 <= text.len(), "grams beyond the text");
        assert!(stride > 0 && u32::try_from(text.len()).is_ok(), "places that u32 cannot say");
        places.reserve((to - from).div_ceil(stride) + 1);
        // SAFETY: the grams lie in the text, there is room for each place and one
        // more, and the token in a level proves that the CPU has its instructions.
        unsafe {
            match level {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(_) | Level::Avx512(_) => {
                    self.places_bmi2(text, (from, to), stride, places);
                }
                Level::Portable => self.places_inline(text, (from, to), stride, places),
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    unsafe fn places_bmi2(
        &self,
        text: &[u8],
        range: (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) {
        // SAFETY: the caller sees to all that is asked for.
        unsafe { self.places_inline(text, range, stride, places) }
    }

    /// # Safety
    ///
    /// The grams must lie in the text, and the vector have room for each place and one
    /// more.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "checked by the caller")]
    unsafe fn places_inline(
        &self,
        text: &[u8],
        (from, to): (usize, usize),
        stride: usize,
        places: &mut Vec<u32>,
    ) {
        let mut len = places.len();
        let room = places.as_mut_ptr();
        let mut place = from;
        while place < to {
            // SAFETY: the caller answers for the gram and the room; a hash is less than
            // the number of marks.
            unsafe {
                let gram = text.as_ptr().add(place).cast::<[u8; GRAM_BYTES]>().read();
                room.add(len).write(place as u32);
                len += usize::from(*self.marks.get_unchecked(self.hash(gram)));
            }
            place += stride;
        }
        // SAFETY: so many places have been written.
        unsafe { places.set_len(len) };
    }
}

/// A set of hashed keys, a bit for each hash.
#[derive(Clone, Debug)]
pub(crate) struct KeySet {
    bytes: usize,
    shift: u32,
    marks: Box<[u32]>,
}

/// The key of so many bytes that begins a text, as a number: the bytes in its upper
/// end.
#[inline(always)]
fn key(eight: [u8; KEY_BYTES], bytes: usize) -> u64 {
    u64::from_le_bytes(eight) << (8 * (KEY_BYTES - bytes))
}

/// The hash of a key, by Knuth's multiplicative method: the upper bits are good.
#[inline(always)]
pub(crate) fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl KeySet {
    /// An empty set of keys of so many bytes, with `1 << bits` hashes.
    ///
    /// # Panics
    ///
    /// Unless there are 1 to 8 bytes and 5 to 40 bits.
    pub(crate) fn new(bytes: usize, bits: u32) -> Self {
        assert!((1..=KEY_BYTES).contains(&bytes) && (5..=40).contains(&bits));
        Self { bytes, shift: 64 - bits, marks: vec![0; 1 << (bits - 5)].into() }
    }

    /// The key that begins at this place, as a number, the text going on in zeros.
    #[inline]
    pub(crate) fn key(&self, text: &[u8], place: usize) -> u64 {
        let eight = text[place..].first_chunk().copied().unwrap_or_else(|| {
            let mut eight = [0; KEY_BYTES];
            eight[..text.len() - place].copy_from_slice(&text[place..]);
            eight
        });
        key(eight, self.bytes)
    }

    /// Lets pass this key, and those of its hash.
    pub(crate) fn insert(&mut self, key: u64) {
        let hash = hash(key) >> self.shift;
        self.marks[usize::try_from(hash / 32).unwrap_or_default()] |= 1 << (hash % 32);
    }

    /// Whether this key passes.
    #[inline(always)]
    fn passes(&self, key: u64) -> bool {
        let hash = hash(key) >> self.shift;
        // SAFETY: a hash has so many bits that its word is one of the marks.
        let word = unsafe { *self.marks.get_unchecked((hash / 32) as usize) };
        word >> (hash % 32) & 1 == 1
    }

    /// Puts into `kept` those of the places whose key passes.
    ///
    /// # Panics
    ///
    /// When a place lies beyond the text.
    pub(crate) fn keep(&self, level: Level, text: &[u8], places: &[u32], kept: &mut Vec<u32>) {
        kept.clear();
        kept.reserve(places.len() + 1);
        // The keys of the last places are not whole.
        let whole = places.iter().rposition(|place| *place as usize + KEY_BYTES <= text.len());
        let (whole, last) = places.split_at(whole.map_or(0, |at| at + 1));
        let furthest = whole.iter().fold(0, |furthest, place| furthest.max(*place)) as usize;
        assert!(whole.is_empty() || furthest + KEY_BYTES <= text.len(), "a key beyond the text");
        // SAFETY: the keys lie in the text, there is room for each place and one more,
        // and the token in a level proves that the CPU has its instructions.
        unsafe {
            match level {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(_) | Level::Avx512(_) => self.keep_bmi2(text, whole, kept),
                Level::Portable => self.keep_inline(text, whole, kept),
            }
        }
        kept.extend(last.iter().filter(|place| self.passes(self.key(text, **place as usize))));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    unsafe fn keep_bmi2(&self, text: &[u8], places: &[u32], kept: &mut Vec<u32>) {
        // SAFETY: the caller sees to all that is asked for.
        unsafe { self.keep_inline(text, places, kept) }
    }

    /// # Safety
    ///
    /// Eight bytes from each place on must lie in the text, and the vector have room
    /// for each place and one more.
    #[inline(always)]
    unsafe fn keep_inline(&self, text: &[u8], places: &[u32], kept: &mut Vec<u32>) {
        let mut len = kept.len();
        let room = kept.as_mut_ptr();
        for place in places {
            // SAFETY: the caller answers for the bytes and the room.
            unsafe {
                let eight = text.as_ptr().add(*place as usize).cast::<[u8; KEY_BYTES]>().read();
                room.add(len).write(*place);
                len += usize::from(self.passes(key(eight, self.bytes)));
            }
        }
        // SAFETY: so many places have been written.
        unsafe { kept.set_len(len) };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_whose_gram_is_in_the_set(
            text in prop::collection::vec(prop::sample::select(&b"abcd"[..]), 4..200),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            (from, to) in (0_usize..200, 0_usize..200),
            stride in 1_usize..5,
        ) {
            let gram = |at: usize| *text[at..].first_chunk().unwrap();
            let grams = text.len() - GRAM_BYTES + 1;
            let mut set = GramSet::new(9);
            for at in inserted {
                set.insert(set.hash(gram(at.index(grams))));
            }
            let (from, to) = (from.min(grams), to.min(grams));
            let steps = (from..to).step_by(stride);
            let expected: Vec<_> = steps.filter(|at| set.passes(set.hash(gram(*at)))).collect();
            for level in Level::available() {
                let mut places = Vec::new();
                set.places(level, &text, (from, to), stride, &mut places);
                let places: Vec<_> = places.into_iter().map(|place| place as usize).collect();
                prop_assert_eq!(&places, &expected, "{:?}", level);
            }
        }

        #[test]
        fn kept_are_those_whose_key_is_in_the_set(
            text in prop::collection::vec(prop::sample::select(&b"ab"[..]), 1..200),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            bytes in 1..=KEY_BYTES,
        ) {
            let mut set = KeySet::new(bytes, 12);
            for at in inserted {
                set.insert(set.key(&text, at.index(text.len())));
            }
            let places: Vec<u32> = (0..u32::try_from(text.len()).unwrap()).collect();
            let passes = |place: &u32| set.passes(set.key(&text, *place as usize));
            let expected: Vec<_> = places.iter().copied().filter(passes).collect();
            for level in Level::available() {
                let mut kept = vec![7];
                set.keep(level, &text, &places, &mut kept);
                prop_assert_eq!(&kept, &expected, "{:?}", level);
            }
        }
    }
}
