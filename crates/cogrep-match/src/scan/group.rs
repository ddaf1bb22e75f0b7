//! The needles of an engine, and what must be true of a place for it to count.

use crate::pattern::{Matching, Unit};
use crate::scan::window::Context;
use crate::simd::Case;

/// The needles of an engine, and how they are meant. The index of a needle in its group
/// is its *slot*.
#[derive(Debug)]
pub(crate) struct Group {
    /// The needles, as indices into a [`Tally`](crate::Tally).
    needles: Vec<usize>,
    /// Their bytes, folded if case is ignored.
    bytes: Vec<Box<[u8]>>,
    /// Whether a place of the needle counts or not whatever its other places do.
    is_independent: Vec<bool>,
    may_overlap: Vec<bool>,
    unit: Unit,
    neighbours: Neighbours,
    case: Case,
}

/// What must surround a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Neighbours {
    /// Anything.
    Any,
    /// No word characters.
    NoWord,
    /// The ends of a line.
    LineEnds,
}

impl Group {
    /// Groups needles: each with its index into a tally and its bytes, not empty.
    pub(crate) fn new(
        needles: impl IntoIterator<Item = (usize, Box<[u8]>)>,
        matching: Matching,
    ) -> Self {
        let (needles, bytes): (Vec<_>, Vec<_>) = needles.into_iter().unzip();
        let neighbours = match (matching.unit, matching.whole_words) {
            (Unit::WholeLines, _) => Neighbours::LineEnds,
            (_, true) => Neighbours::NoWord,
            (_, false) => Neighbours::Any,
        };
        let may_overlap: Vec<_> = bytes.iter().map(|bytes| has_border(bytes)).collect();
        let is_independent = may_overlap
            .iter()
            .map(|may_overlap| match matching.unit {
                Unit::Occurrences => !may_overlap,
                Unit::Overlapping | Unit::WholeLines => true,
                Unit::Lines => false,
            })
            .collect();
        // Without a letter of ASCII in any needle, the case of such letters does not matter.
        let mut letters =
            bytes.iter().flat_map(|bytes| bytes.iter().filter(|byte| byte.is_ascii_lowercase()));
        let ignores_case = matching.ignore_case && letters.next().is_some();
        let case = if ignores_case { Case::Ignored } else { Case::Matters };
        let unit = matching.unit;
        Self { needles, bytes, is_independent, may_overlap, unit, neighbours, case }
    }

    /// The needles, as indices into a [`Tally`](crate::Tally).
    pub(crate) fn needles(&self) -> &[usize] {
        &self.needles
    }

    /// How many needles there are.
    pub(crate) fn len(&self) -> usize {
        self.needles.len()
    }

    /// The bytes of the needles, by slot.
    pub(crate) fn bytes(&self) -> &[Box<[u8]>] {
        &self.bytes
    }

    /// The length of the longest needle in bytes; 1 without needles.
    pub(crate) fn longest(&self) -> usize {
        self.bytes.iter().map(|bytes| bytes.len()).max().unwrap_or(1)
    }

    /// What is counted.
    pub(crate) fn unit(&self) -> Unit {
        self.unit
    }

    /// What must surround a place.
    pub(crate) fn neighbours(&self) -> Neighbours {
        self.neighbours
    }

    /// Whether the letters of ASCII in the text may differ from those of the needles in
    /// their case. Other letters never do: where case is ignored, they are folded before.
    pub(crate) fn case(&self) -> Case {
        self.case
    }

    /// Whether each place of the needle in this slot counts: then its places need not be
    /// judged one by one.
    pub(crate) fn each_counts(&self, slot: usize) -> bool {
        self.neighbours == Neighbours::Any && self.is_independent[slot]
    }

    /// Whether a place of the needle in this slot counts exactly where it has no word
    /// character before and after it.
    pub(crate) fn counts_words(&self, slot: usize) -> bool {
        self.neighbours == Neighbours::NoWord && self.is_independent[slot]
    }

    /// Whether a place of the needle in this slot counts or not whatever its other places
    /// do, so that places may be judged in any order.
    pub(crate) fn is_independent(&self, slot: usize) -> bool {
        self.is_independent[slot]
    }

    /// Whether places of the needle in this slot can overlap: whether it has a border,
    /// a proper prefix that is also its suffix.
    pub(crate) fn may_overlap(&self, slot: usize) -> bool {
        self.may_overlap[slot]
    }

    /// What a judgement looks at around a place, besides the place itself.
    fn margins(&self) -> Context {
        match self.neighbours {
            Neighbours::Any => Context { before: 0, after: 0 },
            // The longest characters.
            Neighbours::NoWord => Context { before: 4, after: 4 },
            // The line feed before; `\r\n` after.
            Neighbours::LineEnds => Context { before: 1, after: 2 },
        }
    }

    /// The context of an engine that finds a place by all of its bytes.
    pub(crate) fn context(&self) -> Context {
        let margins = self.margins();
        Context { before: self.longest() - 1 + margins.before, after: margins.after }
    }

    /// The context of an engine that remembers the bytes before a window.
    pub(crate) fn context_with_memory(&self) -> Context {
        if self.margins() == Context::default() { Context::default() } else { self.context() }
    }
}

/// Whether a proper prefix of the bytes is also their suffix: only such a needle can
/// overlap itself.
///
/// This is the failure function of Knuth, Morris and Pratt, *Fast pattern matching in
/// strings* (1977), at the last byte.
fn has_border(bytes: &[u8]) -> bool {
    let mut borders = vec![0; bytes.len()];
    for at in 1..bytes.len() {
        let mut len = borders[at - 1];
        while len > 0 && bytes[at] != bytes[len] {
            len = borders[len - 1];
        }
        borders[at] = len + usize::from(bytes[at] == bytes[len]);
    }
    borders.last().is_some_and(|len| *len > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_independent_needles_are_counted_without_judgement() {
        let group = |unit, whole_words| {
            let matching = Matching { whole_words, unit, ..Matching::default() };
            Group::new([(7, b"ab"[..].into()), (9, b"aa"[..].into())], matching)
        };
        for (unit, whole_words, expected) in [
            (Unit::Occurrences, false, [true, false]),
            (Unit::Occurrences, true, [true, false]),
            (Unit::Overlapping, false, [true, true]),
            (Unit::Overlapping, true, [true, true]),
            (Unit::Lines, false, [false, false]),
            (Unit::WholeLines, false, [true, true]),
        ] {
            let group = group(unit, whole_words);
            assert_eq!([0, 1].map(|slot| group.is_independent(slot)), expected, "{unit:?}");
            let any = !whole_words && unit != Unit::WholeLines;
            let expected = expected.map(|independent| any && independent);
            assert_eq!([0, 1].map(|slot| group.each_counts(slot)), expected, "{unit:?}");
            assert_eq!([0, 1].map(|slot| group.may_overlap(slot)), [false, true]);
        }
    }

    #[test]
    fn needles_with_borders_are_told_from_those_without() {
        for bordered in ["aa", "aba", "abab", "abcab", "aabaa"] {
            assert!(has_border(bordered.as_bytes()), "{bordered}");
        }
        for borderless in ["", "a", "ab", "aab", "abc", "aabab", "abcabd"] {
            assert!(!has_border(borderless.as_bytes()), "{borderless}");
        }
    }
}
