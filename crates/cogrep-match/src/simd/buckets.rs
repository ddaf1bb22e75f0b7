//! Which places of a text may begin one of a few dozen grams of four bytes: each gram is
//! in one of eight buckets, and lookups tell for each byte in which buckets it may be.
//!
//! A place passes if one bucket has all four bytes, each in its position.

use super::Case;
use super::dispatch::dispatch;
use super::level::Vectors;
use super::padded;
use super::tables::{Tables, split};
use super::vector::{BLOCK_BYTES, Vector};

/// The bytes of a gram.
pub(crate) const GRAM_BYTES: usize = 4;

/// A bit of a byte each.
const BUCKETS: usize = 8;

/// How many bytes of text the masks of one block are made from.
const REACH_BYTES: usize = BLOCK_BYTES + GRAM_BYTES - 1;

/// The tables that the bytes of a gram take together.
const TABLES: usize = 2 * GRAM_BYTES;

/// Grams in buckets.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    vectors: Vectors,
    case: Case,
    /// The buckets, by each byte of a gram.
    tables: [Tables; GRAM_BYTES],
    /// The share of all bytes of the text that have an entry, in the first table of a byte
    /// and in the second.
    shares: [[f32; 64]; 2],
    /// The share of all bytes for which a table gives a bucket.
    found: [[f32; TABLES]; BUCKETS],
}

impl Buckets {
    /// Buckets without grams, for a text in which each byte occurs `counts[byte]` times.
    #[allow(clippy::cast_precision_loss, reason = "estimates are made of it")]
    pub(crate) fn new(vectors: Vectors, case: Case, counts: &[usize; 256]) -> Self {
        let mut buckets = Self {
            vectors,
            case,
            tables: [Tables::new(split(vectors)); GRAM_BYTES],
            shares: [[0.0; 64]; 2],
            found: [[0.0; TABLES]; BUCKETS],
        };
        // A byte that the sample lacks may still come.
        let total = (counts.iter().sum::<usize>() + counts.len()) as f32;
        for (byte, count) in (0..=255).zip(counts) {
            let [first, second] = buckets.tables[0].entries(byte);
            buckets.shares[0][first] += (count + 1) as f32 / total;
            buckets.shares[1][second] += (count + 1) as f32 / total;
        }
        // A table that is not looked at gives all buckets from the start.
        for (bucket, found) in buckets.found.iter_mut().enumerate() {
            for (table, found) in found.iter_mut().enumerate() {
                let there = (0..64).filter(|entry| {
                    buckets.tables[table / 2].at(table % 2, *entry) >> bucket & 1 == 1
                });
                *found = there.map(|entry| buckets.shares[table % 2][entry]).sum();
            }
        }
        buckets
    }

    /// The entries by which a gram is looked up, one in each table.
    #[inline]
    fn entries(&self, gram: [u8; GRAM_BYTES]) -> [usize; TABLES] {
        let entries = gram.map(|byte| self.tables[0].entries(byte));
        std::array::from_fn(|table| entries[table / 2][table % 2])
    }

    /// The buckets that a table gives for an entry.
    #[inline]
    fn at(&self, table: usize, entry: usize) -> u8 {
        self.tables[table / 2].at(table % 2, entry)
    }

    /// The entries of a gram, and of its capital form if case is ignored.
    #[inline]
    fn entries_of_cases(&self, gram: [u8; GRAM_BYTES]) -> [[usize; TABLES]; 2] {
        let capital = match self.case {
            Case::Matters => gram,
            Case::Ignored => gram.map(|byte| byte.to_ascii_uppercase()),
        };
        [self.entries(gram), self.entries(capital)]
    }

    /// Lets this gram pass. It goes into the bucket where it lets the fewest other grams
    /// pass: grams that share bytes share a bucket.
    pub(crate) fn insert(&mut self, gram: [u8; GRAM_BYTES]) {
        let (bucket, _) = self.best(gram);
        for entries in self.entries_of_cases(gram) {
            for (table, entry) in entries.into_iter().enumerate() {
                if self.at(table, entry) >> bucket & 1 == 0 {
                    self.tables[table / 2].insert(table % 2, entry, 1 << bucket);
                    self.found[bucket][table] += self.shares[table % 2][entry];
                }
            }
        }
    }

    /// An estimate of how many more of `places` places would pass with this gram, as if
    /// bytes were independent of each other.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate"
    )]
    pub(crate) fn added(&self, gram: [u8; GRAM_BYTES], places: usize) -> usize {
        (self.best(gram).1 * places as f32) as usize
    }

    /// The bucket in which a gram adds least to what passes, and how much it adds.
    fn best(&self, gram: [u8; GRAM_BYTES]) -> (usize, f32) {
        let [small, capital] = self.entries_of_cases(gram);
        let (mut now, mut then) = ([1.0; BUCKETS], [1.0; BUCKETS]);
        for table in 0..TABLES {
            let (small, capital) = (small[table], capital[table]);
            let [has, has_capital] = [small, capital].map(|entry| self.at(table, entry));
            let [share, other] = [small, capital].map(|entry| self.shares[table % 2][entry]);
            let other = if capital == small { 0.0 } else { other };
            for bucket in 0..BUCKETS {
                let found = self.found[bucket][table];
                let new =
                    |buckets: u8, share: f32| [share, 0.0][usize::from(buckets >> bucket & 1)];
                now[bucket] *= found;
                then[bucket] *= found + new(has, share) + new(has_capital, other);
            }
        }
        let added = (0..BUCKETS).map(|bucket| (bucket, then[bucket] - now[bucket]));
        added.min_by(|(_, one), (_, other)| one.total_cmp(other)).unwrap_or_default()
    }

    /// Whether a gram passes.
    pub(crate) fn passes(&self, gram: [u8; GRAM_BYTES]) -> bool {
        let entries = self.entries(gram).into_iter().enumerate();
        entries.fold(!0, |all, (table, entry)| all & self.at(table, entry)) != 0
    }

    /// Clears the bits of the places whose gram does not pass: bit `i` of mask `j` is for
    /// the gram that begins at `64 j + i`. Grams that reach beyond the text continue in
    /// zeros.
    ///
    /// # Panics
    ///
    /// If there are masks for blocks that begin after the end of the text.
    pub(crate) fn sift(&self, text: &[u8], masks: &mut [u64]) {
        padded::sift::<REACH_BYTES>(text, masks, |text, masks| {
            let tables = &self.tables;
            dispatch!(Vectors: self.vectors,
                fn<B>(tables: &[Tables; GRAM_BYTES], text: &[u8], masks: &mut [u64]) {
                    // SAFETY: compiled for the instructions of `B`; the text has the bytes
                    // of all masks.
                    unsafe { sift_blocks::<B>(tables, text.as_ptr(), masks) }
                }
            );
        });
    }
}

/// # Safety
///
/// For each mask sixty-four bytes and three more must be readable, and the CPU must have
/// the instructions of `B`.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "such a loop becomes straight code whatever the compiler inlines"
)]
unsafe fn sift_blocks<B: Vector>(
    tables: &[Tables; GRAM_BYTES],
    text: *const u8,
    masks: &mut [u64],
) {
    // SAFETY: the caller answers for the bytes and the instructions.
    unsafe {
        let mut loaded = [B::tables(tables[0].all()); GRAM_BYTES];
        for byte in 1..GRAM_BYTES {
            loaded[byte] = B::tables(tables[byte].all());
        }
        for (at, mask) in masks.iter_mut().enumerate() {
            let from = text.add(BLOCK_BYTES * at);
            let mut all = B::load(from).classes(loaded[0]);
            for byte in 1..GRAM_BYTES {
                all = all.and(B::load(from.add(byte)).classes(loaded[byte]));
            }
            *mask &= all.are_in(!0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::SimdLevel;

    fn available() -> impl Iterator<Item = Vectors> {
        SimdLevel::available().into_iter().filter_map(SimdLevel::vectors)
    }

    fn gram(text: &[u8], at: usize) -> [u8; GRAM_BYTES] {
        std::array::from_fn(|byte| *text.get(at + byte).unwrap_or(&0))
    }

    proptest! {
        #[test]
        fn a_mask_is_what_the_tables_say(
            text in prop::collection::vec(prop::sample::select(&b"abcdABCD!@\x80\xFF\0"[..]), 1..400),
            inserted in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            skip in 0_usize..64,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let text = &text[skip.min(text.len() - 1)..];
            let mut counts = [0; 256];
            for byte in text {
                counts[usize::from(*byte)] += 1;
            }
            for vectors in available() {
                let mut buckets = Buckets::new(vectors, case, &counts);
                let gram_of = |at: &prop::sample::Index| gram(text, at.index(text.len()));
                let inserted: Vec<_> = inserted
                    .iter()
                    .map(|at| gram_of(at).map(|byte| byte.to_ascii_lowercase()))
                    .collect();
                for gram in &inserted {
                    buckets.insert(*gram);
                }
                let mut masks = vec![!0; text.len().div_ceil(64)];
                buckets.sift(text, &mut masks);
                for at in 0..text.len() {
                    let passes = buckets.passes(gram(text, at));
                    prop_assert_eq!(masks[at / 64] >> (at % 64) & 1 == 1, passes, "{}", at);
                    let lowered = gram(text, at).map(|byte| byte.to_ascii_lowercase());
                    let wanted = if case == Case::Ignored { lowered } else { gram(text, at) };
                    prop_assert!(passes || !inserted.contains(&wanted), "{}", at);
                }
            }
        }
    }

    #[test]
    fn eight_grams_have_a_bucket_each_and_more_share_bytes() {
        let mut counts = [0; 256];
        counts[usize::from(b'a')..usize::from(b'q')].fill(1000);
        for vectors in available() {
            let mut buckets = Buckets::new(vectors, Case::Matters, &counts);
            for first in b'a'..=b'h' {
                buckets.insert([first, first, first, first]);
            }
            assert!(buckets.passes(*b"cccc") && !buckets.passes(*b"cccd"));
            let added = |gram| buckets.added(gram, 1 << 24);
            assert_eq!(added(*b"cccc"), 0);
            assert!(added(*b"cccj") < added(*b"jkcc"));
            buckets.insert(*b"cccj");
            assert!(buckets.passes(*b"cccj") && !buckets.passes(*b"dddj"));
        }
    }
}
