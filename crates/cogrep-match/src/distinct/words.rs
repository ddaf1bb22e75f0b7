//! How often each word of a text occurs.
//!
//! Most words of most texts are short. Those of up to sixteen bytes are two numbers, and their
//! counts are kept with these numbers in a table that fits into the cache of a core: there a
//! word is compared in two instructions, and found where it is looked for first. The others
//! are reported, and so is the table when it is full.

#![allow(clippy::cast_possible_truncation, reason = "parts of numbers are meant")]

use std::ops::Range;

use crate::text::fold::fold_all;
use crate::text::words::{Words, words_of_run};

/// Words of at most this many bytes are in the table.
const SHORT: usize = 16;

/// How many places the table has.
const PLACES: usize = 1 << 16;

/// The table is full when it has this many words: looking for one takes few steps until then.
const MOST: usize = PLACES / 2;

/// Counts the words of texts, the short ones in a table of its own.
///
/// ```
/// use cogrep_match::WordCounts;
/// use std::collections::BTreeMap;
///
/// let mut counts = BTreeMap::new();
/// let mut add = |word: &[u8], count| *counts.entry(word.to_vec()).or_insert(0) += count;
/// let mut words = WordCounts::new(true);
/// words.count(b"To be, or not to be", &mut add);
/// words.drain(&mut add);
/// let expected = [("be", 2), ("not", 1), ("or", 1), ("to", 2)];
/// assert_eq!(counts, expected.map(|(word, count)| (word.as_bytes().to_vec(), count)).into());
/// ```
#[derive(Debug)]
pub struct WordCounts {
    words: Words,
    ignores_case: bool,
    table: Table,
}

impl WordCounts {
    /// Counts nothing yet. Where case is ignored, words are folded.
    #[must_use]
    pub fn new(ignores_case: bool) -> Self {
        Self { words: Words::new(), ignores_case, table: Table::new() }
    }

    /// Counts the words of a text. What the table does not hold is reported: words, and how
    /// often each occurs; the same word can be reported several times.
    pub fn count(&mut self, text: &[u8], report: &mut impl FnMut(&[u8], u64)) {
        let Self { words, ignores_case, table } = self;
        if *ignores_case {
            words.runs(text, |run| count_run::<true>(table, text, run, report));
        } else {
            words.runs(text, |run| count_run::<false>(table, text, run, report));
        }
    }

    /// Reports what the table holds, and empties it.
    pub fn drain(&mut self, report: &mut impl FnMut(&[u8], u64)) {
        self.table.drain(report);
    }
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "a call a word would cost as much as the rest of it")]
fn count_run<const FOLDS: bool>(
    table: &mut Table,
    text: &[u8],
    run: Range<usize>,
    report: &mut impl FnMut(&[u8], u64),
) {
    let length = run.len();
    if length <= SHORT {
        let word = Word::load(text, run.start, length);
        if word.is_ascii() {
            table.add(if FOLDS { word.lower() } else { word }, 1, report);
            return;
        }
    }
    count_other::<FOLDS>(table, text, run, report);
}

/// Counts what is no short word of ASCII.
#[cold]
fn count_other<const FOLDS: bool>(
    table: &mut Table,
    text: &[u8],
    run: Range<usize>,
    report: &mut impl FnMut(&[u8], u64),
) {
    words_of_run(text, run, &mut |word| {
        let word = &text[word];
        let folded;
        let word = if FOLDS {
            folded = fold_all(word);
            &folded[..]
        } else {
            word
        };
        if word.len() <= SHORT {
            table.add(Word::load(word, 0, word.len()), 1, report);
        } else {
            report(word, 1);
        }
    });
}

/// A short word: its bytes as numbers, and zeros. No word has a zero byte, and none is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Word([u64; 2]);

/// For each length, which bits of the numbers are of the word.
const MASKS: [[u64; 2]; SHORT + 1] = {
    let mut masks = [[0; 2]; SHORT + 1];
    let mut length = 1;
    while length <= SHORT {
        let mask = u128::MAX >> (128 - 8 * length);
        masks[length] = [mask as u64, (mask >> 64) as u64];
        length += 1;
    }
    masks
};

/// A byte in all eight bytes of a number.
const fn bytes(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

impl Word {
    /// The word at this place of a text.
    #[inline]
    fn load(text: &[u8], start: usize, length: usize) -> Self {
        let near = text.get(start..).and_then(|rest| rest.first_chunk::<SHORT>());
        let near = near.copied().unwrap_or_else(|| {
            let mut near = [0; SHORT];
            near[..length].copy_from_slice(&text[start..start + length]);
            near
        });
        let number = u128::from_le_bytes(near);
        let mask = MASKS[length];
        Self([number as u64 & mask[0], (number >> 64) as u64 & mask[1]])
    }

    fn to_bytes(self) -> ([u8; SHORT], usize) {
        let number = u128::from(self.0[1]) << 64 | u128::from(self.0[0]);
        (number.to_le_bytes(), SHORT - number.leading_zeros() as usize / 8)
    }

    #[inline]
    fn is_ascii(self) -> bool {
        (self.0[0] | self.0[1]) & bytes(0x80) == 0
    }

    /// The word in lower case, if it is ASCII.
    #[inline]
    fn lower(self) -> Self {
        Self(self.0.map(|eight| {
            // No sum of a byte carries into the next one, and that of a byte after `Z` sets
            // its highest bit.
            let after_z = eight + bytes(0x7F - b'Z');
            // Of letters, digits and `_`, the digits lack bit 6.
            let upper = eight & !(after_z >> 1) & bytes(0x40);
            eight | upper >> 1
        }))
    }

    /// Where it is looked for first.
    #[inline]
    fn place(self) -> usize {
        let [low, high] = self.0;
        // Two odd numbers without a pattern: those of SplitMix64.
        let product = u128::from(low ^ high.rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9))
            * u128::from(0x9E37_79B9_7F4A_7C15_u64);
        let folded = (product >> 64) as u64 ^ product as u64;
        folded as usize % PLACES
    }
}

/// A place of the table: a word, and how often it was counted.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
struct Place {
    word: Word,
    count: u64,
}

/// Short words and their counts.
#[derive(Debug)]
struct Table {
    places: Box<[Place; PLACES]>,
    /// How many words there are.
    length: usize,
}

impl Table {
    fn new() -> Self {
        let places = vec![Place::default(); PLACES].into_boxed_slice();
        Self { places: places.try_into().expect("as many places as that"), length: 0 }
    }

    #[inline]
    fn add(&mut self, word: Word, count: u64, report: &mut impl FnMut(&[u8], u64)) {
        let at = word.place();
        let place = &mut self.places[at];
        if place.word == word {
            place.count += count;
        } else {
            self.add_after(at, word, count, report);
        }
    }

    /// Adds a word that is not in the first place where it is looked for.
    #[cold]
    fn add_after(
        &mut self,
        mut at: usize,
        word: Word,
        count: u64,
        report: &mut impl FnMut(&[u8], u64),
    ) {
        while self.places[at].count > 0 {
            if self.places[at].word == word {
                self.places[at].count += count;
                return;
            }
            at = (at + 1) % PLACES;
        }
        if self.length == MOST {
            self.drain(report);
            at = word.place();
        }
        self.length += 1;
        self.places[at] = Place { word, count };
    }

    fn drain(&mut self, report: &mut impl FnMut(&[u8], u64)) {
        if self.length == 0 {
            return;
        }
        self.length = 0;
        for place in &mut self.places[..] {
            if place.count > 0 {
                let (bytes, length) = place.word.to_bytes();
                report(&bytes[..length], place.count);
                *place = Place::default();
            }
        }
    }
}
