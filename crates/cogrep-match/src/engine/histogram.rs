//! Many needles of one and two bytes in one pass: how often each pair of bytes occurs
//! says it all.
//!
//! Where needles are short nearly every place has one, so no sieve helps, and whatever
//! reports places is slow. Here a byte of text is one addition, however many needles
//! there are. Two tables take turns, since adding to the same number twice in a row has
//! to wait for the first.

use std::sync::{Arc, OnceLock};

use crate::pattern::PatternError;
use crate::scan::group::Group;
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::literal::{Find, Literals};
use crate::scan::window::Window;
use crate::simd::Case;

/// The longest needle.
const MOST_BYTES: usize = 2;

/// As many pairs as there are.
const PAIRS: usize = 1 << 16;

/// Text after which no number has run over.
const MOST_COUNTED: usize = 1 << 31;

/// Counts needles of one and two bytes; see the head of the module.
#[derive(Debug)]
pub(crate) struct Histogram {
    group: Arc<Group>,
    /// Made for those who want hits.
    slots: OnceLock<Slots>,
}

impl Histogram {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "histogram";

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When [not each](Self::suits) of them can be counted this way.
    pub(crate) fn new(group: Group) -> Result<Self, PatternError> {
        if !(0..group.needles().len()).all(|slot| Self::suits(&group, slot)) {
            let reason = "counts patterns of one and two bytes each of whose places counts".into();
            return Err(PatternError::Engine { engine: Self::NAME, reason });
        }
        Ok(Self { group: Arc::new(group), slots: OnceLock::new() })
    }

    /// Whether a needle of a group is short enough, and each of its places counts.
    pub(crate) fn suits(group: &Group, slot: usize) -> bool {
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
    /// What has been added up already, by slot: the tables are too large to be emptied after
    /// each text.
    added: Vec<u64>,
}

impl Pairs {
    fn new(engine: Arc<Histogram>) -> Self {
        let table = || -> Box<[u32; PAIRS]> {
            vec![0; PAIRS].try_into().unwrap_or_else(|_| unreachable!("it has this length"))
        };
        let seen = [table(), table()];
        let added = vec![0; engine.group.needles().len()];
        Self { engine, seen, first: [0; 256], counted: 0, added }
    }

    /// Forgets everything, so that no number runs over.
    fn empty(&mut self) {
        self.seen.iter_mut().for_each(|table| table.fill(0));
        self.first.fill(0);
        self.added.fill(0);
        self.counted = 0;
    }

    /// How often a needle was seen.
    fn count(&self, needle: &[u8]) -> u64 {
        let seen = |first: u8, second: u8| {
            let pair = pair(first, second);
            u64::from(self.seen[0][pair]) + u64::from(self.seen[1][pair])
        };
        let spellings = |byte| spellings(byte, self.engine.group.case());
        match *needle {
            [first, second] => {
                let seen = |first| spellings(second).map(move |second| seen(first, second));
                spellings(first).flat_map(seen).sum()
            }
            [byte] => {
                let alone = spellings(byte).map(|byte| u64::from(self.first[usize::from(byte)]));
                let after = |first| spellings(byte).map(move |byte| seen(first, byte));
                alone.sum::<u64>() + (0..=u8::MAX).flat_map(after).sum::<u64>()
            }
            _ => 0,
        }
    }
}

impl Find for Pairs {
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        if O::REPORTS_HITS {
            self.report(window, judge);
        } else {
            self.count_pairs(window, judge);
        }
    }

    fn flush<O: Output>(&mut self, judge: &mut Judge<O>) {
        if O::REPORTS_HITS {
            return;
        }
        let engine = Arc::clone(&self.engine);
        for (slot, needle) in engine.group.bytes().iter().enumerate() {
            let count = self.count(needle);
            judge.add(slot, count - std::mem::replace(&mut self.added[slot], count));
        }
    }
}

impl Pairs {
    /// Has each place judged, so that it is reported.
    fn report<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        let slots = self.engine.slots.get_or_init(|| Slots::new(&self.engine.group));
        for end in window.ends.start + 1..=window.ends.end {
            let byte = window.text[end - 1];
            let before = window.text[..end - 1].last();
            let of_pair = before.and_then(|before| slots.of_pair(*before, byte));
            for slot in slots.of_byte(byte).into_iter().chain(of_pair) {
                judge.place(slot, window, end);
            }
        }
    }

    fn count_pairs<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
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
}

/// Where a pair of bytes is in a table of all.
fn pair(first: u8, second: u8) -> usize {
    usize::from(u16::from_be_bytes([first, second]))
}

/// The bytes in the text that are as good as this one.
fn spellings(byte: u8, case: Case) -> impl Iterator<Item = u8> {
    let capital = byte.to_ascii_uppercase();
    let has_two = case == Case::Ignored && capital != byte;
    std::iter::once(byte).chain(has_two.then_some(capital))
}

/// Which needle each byte is, and each pair of bytes.
#[derive(Debug)]
struct Slots {
    bytes: Box<[u32]>,
    pairs: Box<[u32]>,
}

/// Marks bytes that are no needle.
const NO_SLOT: u32 = u32::MAX;

impl Slots {
    fn new(group: &Group) -> Self {
        let mut bytes: Box<[u32]> = vec![NO_SLOT; 256].into();
        let mut pairs: Box<[u32]> = vec![NO_SLOT; PAIRS].into();
        for (slot, needle) in (0..).zip(group.bytes()) {
            match **needle {
                [byte] => {
                    let spellings = spellings(byte, group.case());
                    spellings.for_each(|byte| bytes[usize::from(byte)] = slot);
                }
                [first, second] => {
                    for first in spellings(first, group.case()) {
                        let spellings = spellings(second, group.case());
                        spellings.for_each(|second| pairs[pair(first, second)] = slot);
                    }
                }
                _ => {}
            }
        }
        Self { bytes, pairs }
    }

    fn of_byte(&self, byte: u8) -> Option<usize> {
        known(self.bytes[usize::from(byte)])
    }

    fn of_pair(&self, first: u8, second: u8) -> Option<usize> {
        known(self.pairs[pair(first, second)])
    }
}

fn known(slot: u32) -> Option<usize> {
    (slot != NO_SLOT).then_some(slot as usize)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::tests::reference::{counted, expected};
    use crate::scan::interface::Totals;
    use crate::{Matching, Tally, Unit};

    proptest! {
        #[test]
        fn a_histogram_counts_as_the_naive_engine_does(
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
    fn a_needle_that_a_histogram_cannot_count_is_refused() {
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
        let mut judge = Judge::<Totals>::new(Arc::clone(&engine.group));
        let mut pairs = Pairs::new(engine);
        for _ in 0..3 {
            pairs.find(&Window { text: b"abb", ends: 0..3, offset: 0 }, &mut judge);
            pairs.counted = MOST_COUNTED;
        }
        assert_eq!(pairs.added, [0, 0]);
        pairs.flush(&mut judge);
        let mut tally = Tally::new();
        judge.take(&mut tally);
        assert_eq!((tally.count(0), tally.count(1)), (3, 6));
    }
}
