//! Many needles of one and two bytes in one pass: how often each pair of bytes occurs
//! says it all.
//!
//! Where needles are short nearly every place has one, so no sieve helps, and whatever
//! reports places is slow. Here a byte of text is one addition, however many needles
//! there are. Two tables take turns, since adding to the same number twice in a row has
//! to wait for the first.

use std::sync::Arc;

use crate::engine::course::{Find, Literals};
use crate::engine::judge::{Group, Judge};
use crate::engine::window::Window;
use crate::pattern::PatternError;
use crate::simd::Case;

/// The longest needle.
const MOST_BYTES: usize = 2;

/// As many pairs as there are.
const PAIRS: usize = 1 << 16;

/// Text after which no number has run over.
const MOST_COUNTED: usize = 1 << 31;

/// Counts needles of one and two bytes; see the head of the module.
#[derive(Debug)]
pub struct Histogram {
    group: Arc<Group>,
}

impl Histogram {
    /// The name of the engine.
    pub const NAME: &'static str = "histogram";

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When [not each](Self::suits) of them can be counted this way.
    pub fn new(group: Group) -> Result<Self, PatternError> {
        if !(0..group.needles().len()).all(|slot| Self::suits(&group, slot)) {
            let reason = "counts patterns of one and two bytes each of whose places counts".into();
            return Err(PatternError::Engine { engine: Self::NAME, reason });
        }
        Ok(Self { group: Arc::new(group) })
    }

    /// Whether a needle of a group is short enough, and each of its places counts.
    pub fn suits(group: &Group, slot: usize) -> bool {
        group.bytes()[slot].len() <= MOST_BYTES && group.each_counts(slot)
    }
}

impl Literals for Histogram {
    const NAME: &'static str = Self::NAME;
    const LOWERS_ASCII: bool = true;

    fn group(&self) -> &Arc<Group> {
        &self.group
    }

    fn find(self: Arc<Self>) -> impl Find + 'static {
        Pairs::new(self)
    }
}

/// How often each pair of bytes has been seen.
struct Pairs {
    engine: Arc<Histogram>,
    /// By the two bytes, in the order of the text: those that end at even places, and at
    /// odd ones.
    seen: [Box<[u32; PAIRS]>; 2],
    /// Bytes that nothing stood before.
    first: [u32; 256],
    /// How many places were counted.
    counted: usize,
    /// What the judge has been told already, by slot: the tables are too large to be
    /// emptied after each text.
    told: Vec<u64>,
}

impl Pairs {
    fn new(engine: Arc<Histogram>) -> Self {
        let table = || -> Box<[u32; PAIRS]> {
            vec![0; PAIRS].try_into().unwrap_or_else(|_| unreachable!("it has this length"))
        };
        let seen = [table(), table()];
        let told = vec![0; engine.group.needles().len()];
        Self { engine, seen, first: [0; 256], counted: 0, told }
    }

    /// Forgets everything, so that no number runs over.
    fn empty(&mut self) {
        self.seen.iter_mut().for_each(|table| table.fill(0));
        self.first.fill(0);
        self.told.fill(0);
        self.counted = 0;
    }

    /// How often a needle was seen.
    fn count(&self, needle: &[u8]) -> u64 {
        let seen = |first: u8, second: u8| {
            let pair = usize::from(u16::from_be_bytes([first, second]));
            u64::from(self.seen[0][pair]) + u64::from(self.seen[1][pair])
        };
        let spellings = |byte| self.spellings(byte);
        match *needle {
            [first, second] => {
                let seen = |first| spellings(second).map(move |second| seen(first, second));
                spellings(first).flat_map(seen).sum()
            }
            [byte] => {
                let alone = spellings(byte).map(|byte| u64::from(self.first[usize::from(byte)]));
                let behind = |first| spellings(byte).map(move |byte| seen(first, byte));
                alone.sum::<u64>() + (0..=u8::MAX).flat_map(behind).sum::<u64>()
            }
            _ => 0,
        }
    }

    /// The bytes in the text that are as good as this one.
    fn spellings(&self, byte: u8) -> impl Iterator<Item = u8> + use<> {
        let ignores_case = self.engine.group.case() == Case::Ignored;
        let capital = byte.to_ascii_uppercase();
        std::iter::once(byte).chain((ignores_case && capital != byte).then_some(capital))
    }
}

impl Find for Pairs {
    fn find(&mut self, window: &Window<'_>, judge: &mut Judge) {
        if self.counted + window.ends.len() > MOST_COUNTED {
            self.flush(judge);
            self.empty();
        }
        self.counted += window.ends.len();
        let mut from = window.ends.start;
        if from == 0 && !window.ends.is_empty() {
            self.first[usize::from(window.text[0])] += 1;
            from = 1;
        }
        // Each place together with the byte before it, if the needles ask for that.
        let Some(text) = window.text[..window.ends.end].get(from.saturating_sub(1)..) else {
            return;
        };
        let [even, odd] = &mut self.seen;
        let pair = |first: u8, second: u8| usize::from(u16::from_be_bytes([first, second]));
        let mut rest = text;
        while let [first, second, third, ..] = *rest {
            even[pair(first, second)] += 1;
            odd[pair(second, third)] += 1;
            rest = &rest[2..];
        }
        if let [first, second] = *rest {
            even[pair(first, second)] += 1;
        }
    }

    fn flush(&mut self, judge: &mut Judge) {
        let engine = Arc::clone(&self.engine);
        for (slot, needle) in engine.group.bytes().iter().enumerate() {
            let count = self.count(needle);
            judge.add(slot, count - std::mem::replace(&mut self.told[slot], count));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::tests::reference::{counted, expected};
    use crate::{Matching, Tally, Unit};

    proptest! {
        #[test]
        fn it_counts_as_the_chapter_does(
            texts in vec(vec(prop::sample::select(&b"abAB\n\xff\0"[..]), 0..50), 1..4),
            needles in vec(vec(prop::sample::select(&b"ab\n\xff\0"[..]), 1..3), 1..12),
            overlapping in any::<bool>(),
            ignore_case in any::<bool>(),
            len in 1_usize..20,
        ) {
            let unit = if overlapping { Unit::Overlapping } else { Unit::Occurrences };
            let matching = Matching { ignore_case, unit, ..Matching::default() };
            let needles = needles.into_iter().map(Vec::into_boxed_slice).enumerate();
            let needles: Vec<_> = needles.collect();
            let group = Group::new(needles.iter().cloned(), matching);
            let suits = |(slot, _): &(usize, _)| Histogram::suits(&group, *slot);
            let needles: Vec<_> = needles.into_iter().filter(suits).collect();
            let expected = expected(&needles, matching, &texts);
            let engine = Histogram::new(Group::new(needles, matching)).unwrap();
            prop_assert_eq!(counted(Arc::new(engine), &texts, len), expected);
        }
    }

    #[test]
    fn what_it_cannot_count_is_refused() {
        let is_taken = |needle: &str, matching| {
            Histogram::new(Group::new([(0, needle.as_bytes().into())], matching)).is_ok()
        };
        let lines = Matching { unit: Unit::Lines, ..Matching::default() };
        assert!(is_taken("a", Matching::default()) && is_taken("ab", Matching::default()));
        assert!(!is_taken("aa", Matching::default()) && !is_taken("abc", Matching::default()));
        assert!(!is_taken("a", lines));
    }

    #[test]
    fn numbers_do_not_run_over() {
        let engine = Arc::new(
            Histogram::new(Group::new(
                [(0, b"ab"[..].into()), (1, b"b"[..].into())],
                Matching::default(),
            ))
            .unwrap(),
        );
        let mut judge = Judge::new(Arc::clone(&engine.group));
        let mut pairs = Pairs::new(engine);
        for _ in 0..3 {
            pairs.find(&Window { text: b"abb", ends: 0..3, offset: 0 }, &mut judge);
            pairs.counted = MOST_COUNTED;
        }
        assert_eq!(pairs.told, [0, 0]);
        pairs.flush(&mut judge);
        let mut tally = Tally::new();
        judge.take(&mut tally);
        assert_eq!((tally.count(0), tally.count(1)), (3, 6));
    }
}
