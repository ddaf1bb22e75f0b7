//! A few literals in one pass, compared with every place of the text at once.
//!
//! Up to four needles share a pass of the [grams](crate::simd::grams) kernel; more
//! take turns over stretches of text that stay in the first cache. Places of a needle
//! that cannot overlap itself are counted by popcount, however many there are; those
//! of others are judged one by one.
//!
//! Where case is ignored, the kernel lowers the letters of ASCII in registers: such text
//! need not be folded before.
//!
//! Which bytes of a needle are rare is a property of the text: it is measured on its
//! beginning, and again when the text turns out otherwise.

use std::ops::Range;
use std::sync::Arc;

use crate::scan::group::Group;
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::literal::{Find, Literals};
use crate::scan::window::Window;
use crate::simd::grams::{self, CountOnly, FilterKind, Gram, Haystack, MaskSink, Wanted};
use crate::simd::{Case, SimdLevel};

/// Counts a few literals; see the head of the module.
#[derive(Debug)]
pub(crate) struct Compare {
    group: Arc<Group>,
    /// The slots that share a pass.
    passes: Vec<Vec<usize>>,
    /// The length of the longest needle.
    longest: usize,
    case: Case,
    level: SimdLevel,
}

impl Compare {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "compare";

    /// Makes ready to count the needles of the group.
    pub(crate) fn new(group: Group) -> Self {
        Self::with_level(group, SimdLevel::process_default())
    }

    pub(super) fn with_level(group: Group, level: SimdLevel) -> Self {
        // Needles in a pass have grams of the same length: the shortest decides it.
        let mut slots: Vec<_> = (0..group.bytes().len()).collect();
        slots.sort_by_key(|slot| group.bytes()[*slot].len().min(grams::MOST));
        let passes = slots
            .chunk_by(|one, other| {
                let bytes = |slot: &usize| group.bytes()[*slot].len().min(grams::MOST);
                bytes(one) == bytes(other)
            })
            .flat_map(|alike| alike.chunks(grams::MOST).map(<[usize]>::to_vec))
            .collect();
        let longest = group.longest();
        let case = group.case();
        Self { group: Arc::new(group), passes, longest, case, level }
    }
}

impl Literals for Compare {
    const NAME: &'static str = Self::NAME;
    const LOWERS_ASCII: bool = true;

    fn group(&self) -> &Arc<Group> {
        &self.group
    }

    fn find(self: Arc<Self>) -> impl Find + 'static {
        let passes = self.passes.iter().map(|slots| Pass::new(slots.clone())).collect();
        Search { engine: self, passes }
    }
}

#[derive(Debug)]
struct Search {
    engine: Arc<Compare>,
    passes: Vec<Pass>,
}

/// Ends of places that are decided with the same grams: other ones may be chosen
/// between two stretches only.
const STRETCH_BYTES: usize = 64 << 10;

/// Places that one pass looks through before the next has its turn: they stay in the
/// first cache.
const TURN_PLACES: usize = 8 << 10;

impl Find for Search {
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        let mut ends = window.ends.clone();
        while !ends.is_empty() {
            let next = ends.end.min(ends.start + STRETCH_BYTES);
            self.stretch(window, ends.start..next, judge);
            ends.start = next;
        }
    }
}

impl Search {
    /// Counts the places with these ends.
    fn stretch<O: Output>(
        &mut self,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge<O>,
    ) {
        let Self { engine, passes } = self;
        let mut from = (ends.start + 1).saturating_sub(engine.longest);
        let text = &window.text[from..];
        for pass in &mut *passes {
            if pass.disappoints() && pass.may_choose(text) {
                pass.choose(engine, text);
            }
        }
        let turn = if passes.len() == 1 { window.text.len() } else { TURN_PLACES };
        while from < ends.end {
            let grams = from..ends.end.min(from + turn);
            from = grams.end;
            let (text, case, ends) = (window.text, engine.case, ends.clone());
            let haystack = Haystack { text, case, ends, grams };
            for pass in &mut *passes {
                pass.count(engine, &haystack, window, judge);
            }
        }
    }
}

/// Needles that share a pass over the text, and how they are looked for.
#[derive(Debug)]
struct Pass {
    slots: Vec<usize>,
    /// How grams are looked for, once they are chosen.
    kind: Option<FilterKind>,
    /// Where the gram of each begins in it.
    offsets: Vec<usize>,
    /// Pairs of blocks that were opened, and that were looked at, when the grams were chosen.
    expected: Rate,
    /// The same since then.
    seen: Rate,
    /// Pairs to be seen before the grams may be chosen anew.
    patience: usize,
}

/// Pairs of blocks that were opened, of those looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    opened: usize,
    pairs: usize,
}

/// Places of a block of the kernel, and of two.
const BLOCK: usize = 64;
const PAIR: usize = 2 * BLOCK;

/// Text on which grams are chosen: at first, of a text that may be short, and later.
const FIRST_SAMPLE_BYTES: usize = 4 << 10;
const SAMPLE_BYTES: usize = 16 << 10;

/// Grams of a needle that are tried at most.
const MOST_OFFSETS: usize = 24;

impl Pass {
    fn new(slots: Vec<usize>) -> Self {
        let offsets = vec![0; slots.len()];
        let none = Rate::default();
        Self { slots, kind: None, offsets, expected: none, seen: none, patience: 0 }
    }

    /// Counts in this field.
    fn count<O: Output>(
        &mut self,
        engine: &Compare,
        haystack: &Haystack<'_>,
        window: &Window<'_>,
        judge: &mut Judge<O>,
    ) {
        let Some(kind) = self.kind else { return };
        let mut grams = [Gram { needle: &[], offset: 0, wanted: Wanted::Show }; grams::MOST];
        for ((gram, slot), offset) in grams.iter_mut().zip(&self.slots).zip(&self.offsets) {
            let group = &engine.group;
            let wanted = if judge.reports(*slot) {
                Wanted::Show
            } else if group.each_counts(*slot) {
                Wanted::Count
            } else if group.counts_words(*slot) {
                Wanted::CountWords
            } else {
                Wanted::Show
            };
            *gram = Gram { needle: &group.bytes()[*slot], offset: *offset, wanted };
        }
        let grams = &grams[..self.slots.len()];
        let mut judged = Judged { slots: &self.slots, group: &engine.group, window, judge };
        let seen = grams::find(engine.level, kind, grams, haystack, &mut judged);
        for (slot, count) in self.slots.iter().zip(seen.counts) {
            judge.add(*slot, count);
        }
        self.seen.opened += seen.opened;
        self.seen.pairs += haystack.grams.len() / PAIR;
    }

    /// Whether other grams could be better: none were chosen yet, or there are far
    /// more of them in the text than there were.
    fn disappoints(&self) -> bool {
        let Self { expected, seen, .. } = self;
        let far_more = seen.opened * expected.pairs
            > 2 * expected.opened * seen.pairs + seen.pairs * expected.pairs / 32;
        self.kind.is_none() || (seen.pairs > self.patience && far_more)
    }

    /// Whether there is enough text to choose on. The text around a seam is not; but if
    /// all text comes in such pieces, it has to do in the end.
    fn may_choose(&self, text: &[u8]) -> bool {
        let waited = self.seen.pairs >= 4 * self.patience;
        self.kind.is_none() || text.len() >= SAMPLE_BYTES || waited
    }

    /// Chooses the grams that are rarest in a sample of the text: how many bytes they
    /// have, where they are in the needles, and in which way they are looked for.
    fn choose(&mut self, engine: &Compare, text: &[u8]) {
        let most = if self.kind.is_none() { FIRST_SAMPLE_BYTES } else { SAMPLE_BYTES };
        let sample = &text[..text.len().min(most)];
        let pairs = sample.len() / PAIR + 1;
        let needles = || self.slots.iter().map(|slot| &*engine.group.bytes()[*slot]);
        let shortest = needles().map(<[u8]>::len).min().unwrap_or(1);
        let mut best: Option<(usize, FilterKind, Vec<Rarest>)> = None;
        for kind in FilterKind::suiting(engine.level, shortest) {
            let rarest: Vec<_> =
                needles().map(|needle| Rarest::of(needle, kind, engine, sample)).collect();
            let looking = 2 * pairs * kind.cost(engine.level, self.slots.len(), engine.case);
            let cost = looking + rarest.iter().map(|rarest| rarest.cost).sum::<usize>();
            if best.as_ref().is_none_or(|best| cost < best.0) {
                best = Some((cost, kind, rarest));
            }
        }
        if let Some((_, kind, rarest)) = best {
            self.kind = Some(kind);
            self.offsets = rarest.iter().map(|rarest| rarest.offset).collect();
            let opened = rarest.iter().map(|rarest| rarest.opened).sum();
            self.expected = Rate { opened, pairs };
        }
        self.seen = Rate::default();
        // Choosing costs about as much as counting in a few dozen samples.
        self.patience = (2 * self.patience).clamp(8 * SAMPLE_BYTES / PAIR, 1 << 15);
    }
}

/// The gram of a needle that is rarest in a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rarest {
    /// How many pairs of blocks are opened for it.
    opened: usize,
    /// Where it begins in the needle.
    offset: usize,
    /// What opening costs.
    cost: usize,
}

impl Rarest {
    fn of(needle: &[u8], kind: FilterKind, engine: &Compare, sample: &[u8]) -> Self {
        let gram_bytes = kind.gram_bytes();
        let offsets = needle.len() - gram_bytes + 1;
        let tried = (0..offsets).step_by(offsets.div_ceil(MOST_OFFSETS));
        let rates = tried.map(|offset| {
            let gram = Gram {
                needle: &needle[offset..offset + gram_bytes],
                offset: 0,
                wanted: Wanted::Count,
            };
            let all = 0..sample.len();
            let haystack =
                Haystack { text: sample, case: engine.case, ends: all.clone(), grams: all };
            let seen = grams::find(engine.level, kind, &[gram], &haystack, &mut CountOnly);
            let cost = seen.opened * kind.cost_to_open(needle, engine.case);
            Self { opened: seen.opened, offset, cost }
        });
        rates.min().unwrap_or(Self { opened: 0, offset: 0, cost: 0 })
    }
}

/// Places on their way to the judge.
struct Judged<'a, O> {
    slots: &'a [usize],
    group: &'a Group,
    window: &'a Window<'a>,
    judge: &'a mut Judge<O>,
}

impl<O: Output> MaskSink for Judged<'_, O> {
    #[inline]
    fn take(&mut self, index: usize, start: usize, mut mask: u64) {
        let slot = self.slots[index];
        let len = self.group.bytes()[slot].len();
        while mask != 0 {
            let bit = mask.trailing_zeros() as usize;
            let place = start.wrapping_add(bit);
            self.judge.place(slot, self.window, place + len);
            // Places before the next that may count need not be looked at.
            let skipped = self.judge.next_start(slot, self.window).saturating_sub(place).max(1);
            mask = if skipped < BLOCK - bit { mask & !0 << (bit + skipped) } else { 0 };
        }
    }
}

#[cfg(test)]
mod tests;
