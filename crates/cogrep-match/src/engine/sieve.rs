//! Many literals in one pass that looks closely at few places only.
//!
//! Each needle has an *anchor*: some neighbouring bytes of it, rare in the text. A
//! [prefilter](prefilter) lets pass the places where an anchor may begin; only for these are
//! needles [looked up](keys) and compared. That the window to look for should be chosen
//! freely, and rare, is Wu and Manber's *A fast algorithm for multi-pattern searching*
//! (1994) turned round: they skip by it.
//!
//! What is rare is measured on the text itself, once for all scans, and again when the
//! text turns out otherwise. Where even so too many places are left, an automaton
//! counts, whose work does not depend on what passes.

mod anchors;
mod candidates;
mod keys;
mod prefilter;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::engine::automaton::{Automaton, Walk};
use crate::pattern::PatternError;
use crate::scan::group::Group;
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::literal::{Find, Literals};
use crate::scan::window::Window;
use crate::simd::SimdLevel;

use anchors::Choice;
use keys::{Keys, Steps};
use prefilter::Prefilter;

/// Counts many literals; see the head of the module.
#[derive(Debug)]
pub(crate) struct Sieve {
    group: Arc<Group>,
    level: SimdLevel,
    longest: usize,
    /// What a byte of text costs if an automaton counts.
    automaton_cost: usize,
    /// The sieves that were chosen last.
    sieves: Mutex<Option<Arc<Sieves>>>,
    automaton: OnceLock<Option<Arc<Automaton>>>,
}

/// The sieves for a kind of text.
#[derive(Debug)]
struct Sieves {
    prefilter: Prefilter,
    keys: Keys,
    /// How many places were expected to pass the prefilter, and of how many.
    expected: (usize, usize),
    /// The text on which they were chosen.
    sample: Vec<u8>,
}

impl Sieve {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "sieve";

    /// The length that every needle must have at least.
    pub(crate) const SHORTEST: usize = 3;

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When a needle is shorter than [`SHORTEST`](Self::SHORTEST).
    pub(crate) fn new(group: Group) -> Result<Self, PatternError> {
        Self::with_level(group, SimdLevel::process_default())
    }

    pub(super) fn with_level(group: Group, level: SimdLevel) -> Result<Self, PatternError> {
        if group.bytes().iter().any(|bytes| bytes.len() < Self::SHORTEST) {
            let reason = format!("counts patterns of {} bytes and more", Self::SHORTEST);
            return Err(PatternError::Engine { engine: Self::NAME, reason });
        }
        let longest = group.longest();
        let needle_bytes = group.bytes().iter().map(|bytes| bytes.len()).sum();
        Ok(Self {
            group: Arc::new(group),
            level,
            longest,
            automaton_cost: Automaton::cost(needle_bytes),
            sieves: Mutex::new(None),
            automaton: OnceLock::new(),
        })
    }

    /// The sieves in use, or those for this text if there are none.
    fn sieves(&self, text: &[u8]) -> Arc<Sieves> {
        let mut sieves = self.sieves.lock().unwrap_or_else(PoisonError::into_inner);
        let sieves = sieves.get_or_insert_with(|| Arc::new(self.sieves_for(self.sample(text))));
        Arc::clone(sieves)
    }

    /// Other sieves than these, for the text that those were for and this one.
    fn other_sieves(&self, than: &Arc<Sieves>, text: &[u8]) -> Arc<Sieves> {
        let mut sieves = self.sieves.lock().unwrap_or_else(PoisonError::into_inner);
        // Another scan may have chosen some already.
        if sieves.as_ref().is_none_or(|sieves| Arc::ptr_eq(sieves, than)) {
            *sieves = Some(Arc::new(self.sieves_for(both(&than.sample, &self.sample(text)))));
        }
        sieves.as_ref().map_or_else(|| Arc::clone(than), Arc::clone)
    }

    fn sample(&self, text: &[u8]) -> Vec<u8> {
        let is_few = self.group.bytes().len() <= candidates::FEW;
        let most = if is_few { SAMPLE_BYTES_FOR_FEW } else { SAMPLE_BYTES };
        text[..text.len().min(most)].to_vec()
    }

    fn sieves_for(&self, sample: Vec<u8>) -> Sieves {
        self.sieves_of(anchors::choose(&self.group, self.level, &sample), sample)
    }

    fn sieves_of(&self, choice: Choice, sample: Vec<u8>) -> Sieves {
        let Choice { prefilter, anchors, expected } = choice;
        let keys = Keys::new(&self.group, self.level, &anchors, &prefilter);
        Sieves { prefilter, keys, expected, sample }
    }

    fn automaton(&self) -> Option<&Arc<Automaton>> {
        let make = || Automaton::of(Arc::clone(&self.group)).ok().map(Arc::new);
        self.automaton.get_or_init(make).as_ref()
    }
}

impl Literals for Sieve {
    const NAME: &'static str = Self::NAME;
    const LOWERS_ASCII: bool = true;

    fn group(&self) -> &Arc<Group> {
        &self.group
    }

    fn find(self: Arc<Self>) -> impl Find + 'static {
        Search::new(self)
    }
}

/// Text on which anchors are chosen, and for a few needles.
const SAMPLE_BYTES: usize = 64 << 10;
const SAMPLE_BYTES_FOR_FEW: usize = 16 << 10;

/// Parts of a sample of two kinds of text.
const PART_BYTES: usize = 4 << 10;

/// A sample of two kinds of text, a part of either in turn: texts that change, change back.
fn both(before: &[u8], now: &[u8]) -> Vec<u8> {
    let latest = &before[before.len().saturating_sub(SAMPLE_BYTES)..];
    let (mut parts, mut others) = (latest.chunks(PART_BYTES), now.chunks(PART_BYTES));
    let mut both = Vec::with_capacity(latest.len() + now.len());
    while both.len() < latest.len() + now.len() {
        both.extend_from_slice(parts.next().unwrap_or_default());
        both.extend_from_slice(others.next().unwrap_or_default());
    }
    both
}

/// Ends of places that are decided with the same sieves.
const STRETCH_BYTES: usize = 64 << 10;

/// Places that go through all sieves before the next: what passes stays in the first
/// cache.
const TURN_PLACES: usize = 4 << 10;

/// Text after which the sieves may be chosen anew for the first time.
const RECONSIDER_BYTES: usize = 1 << 20;

/// Text that makes up for choosing anchors, for each byte of the needles.
const BYTES_A_NEEDLE_BYTE: usize = 32;

/// Text that the automaton counts before the sieves are tried again.
const DENSE_BYTES: usize = 1 << 20;

struct Search {
    engine: Arc<Sieve>,
    sieves: Option<Arc<Sieves>>,
    /// What passes the prefilter.
    places: Vec<u32>,
    steps: Steps,
    /// Places of needles that are judged in order: by needle, and by their ends.
    judged: Vec<(u32, usize)>,
    /// Text that went through the sieves in use.
    sifted_bytes: usize,
    /// What was to be done in the last stretches, until that says enough.
    recent: Work,
    /// Text to be seen before they are chosen anew.
    patience_bytes: usize,
    /// Text that the automaton is still to count.
    dense_bytes: usize,
    walk: Option<Walk>,
}

/// What passed the sieves.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    bytes: usize,
    /// Places that passed the prefilter.
    places: usize,
    /// Entries of the tables of keys that were compared.
    entries: usize,
}

impl Work {
    fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.places += other.places;
        self.entries += other.entries;
    }

    /// What was to be done after the prefilter, about in nanoseconds.
    fn cost(self) -> usize {
        8 * self.places + self.entries
    }

    /// Whether it was about as much as an automaton has to do that costs this much a byte.
    fn is_much(self, automaton: usize) -> bool {
        self.cost() > automaton * self.bytes
    }

    /// Whether far more places passed than were expected to.
    fn is_more_than(self, (passed, places): (usize, usize)) -> bool {
        128 * self.places * places > (256 * passed + places) * self.bytes
    }
}

impl Find for Search {
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        let mut ends = window.ends.clone();
        while !ends.is_empty() {
            let next = ends.end.min(ends.start + STRETCH_BYTES);
            self.stretch(window, ends.start..next, judge);
            ends.start = next;
        }
    }

    fn flush<O: Output>(&mut self, judge: &mut Judge<O>) {
        self.walk.iter_mut().for_each(|walk| walk.settle(judge));
    }
}

impl Search {
    fn new(engine: Arc<Sieve>) -> Self {
        let needle_bytes = engine.group.bytes().iter().map(|bytes| bytes.len()).sum::<usize>();
        Self {
            engine,
            sieves: None,
            places: Vec::new(),
            steps: Steps::default(),
            judged: Vec::new(),
            sifted_bytes: 0,
            recent: Work::default(),
            patience_bytes: RECONSIDER_BYTES.max(BYTES_A_NEEDLE_BYTE * needle_bytes),
            dense_bytes: 0,
            walk: None,
        }
    }

    /// Counts the places with these ends.
    fn stretch<O: Output>(
        &mut self,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge<O>,
    ) {
        let engine = Arc::clone(&self.engine);
        if self.dense_bytes > 0
            && let Some(automaton) = engine.automaton()
        {
            self.dense_bytes = self.dense_bytes.saturating_sub(ends.len());
            let walk = self.walk.get_or_insert_with(|| Walk::new(Arc::clone(automaton)));
            let from = (ends.start + 1).saturating_sub(engine.longest);
            walk.begin_after(&window.text[from..ends.start]);
            walk.count(window, ends, judge);
            return;
        }
        let sieves = self.sieves.get_or_insert_with(|| engine.sieves(&window.text[ends.start..]));
        let sieves = Arc::clone(sieves);
        let work = self.sift(&sieves, window, ends.clone(), judge);
        self.sifted_bytes += work.bytes;
        self.recent.add(work);
        // A short stretch says little, and so does the text around a seam. If all text
        // comes in such pieces, it has to do in the end.
        let text = &window.text[ends.start..];
        let least = if text.len() < PART_BYTES { 2 * STRETCH_BYTES } else { STRETCH_BYTES };
        if self.recent.bytes >= least {
            let recent = std::mem::take(&mut self.recent);
            self.reconsider(recent, &sieves, text);
        }
    }

    /// If too much passed, chooses other sieves, or leaves the text to the automaton for
    /// a while.
    fn reconsider(&mut self, work: Work, sieves: &Arc<Sieves>, text: &[u8]) {
        let is_much = work.is_much(self.engine.automaton_cost);
        if !is_much && !work.is_more_than(sieves.expected) {
            return;
        }
        if self.sifted_bytes >= self.patience_bytes {
            self.sieves = Some(self.engine.other_sieves(sieves, text));
            self.patience_bytes = self.patience_bytes.saturating_mul(4);
            self.sifted_bytes = 0;
        } else if is_much {
            self.dense_bytes = DENSE_BYTES;
        }
    }

    /// Counts the places with these ends by these sieves.
    fn sift<O: Output>(
        &mut self,
        sieves: &Sieves,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge<O>,
    ) -> Work {
        // No place that ends here begins before, and places are given from there.
        let base = (ends.start + 1).saturating_sub(self.engine.longest);
        let text = &window.text[base..ends.end];
        let mut work = Work { bytes: ends.len(), ..Work::default() };
        let anchors = (text.len() + 1).saturating_sub(sieves.prefilter.anchor_bytes());
        let mut from = 0;
        while from < anchors {
            let to = anchors.min(from + TURN_PLACES);
            let Self { engine, places, steps, judged, .. } = self;
            places.clear();
            sieves.prefilter.places(engine.level, text, from..to, places);
            work.places += places.len();
            work.entries += sieves.keys.each_match(text, places, steps, |entry, end| {
                let end = base + end;
                if end <= ends.start {
                    // It was in another stretch.
                } else if entry.is_independent {
                    judge.independent_place(entry.slot as usize, window, end);
                } else {
                    judged.push((entry.slot, end));
                }
            });
            // Those of one needle may have been found by two anchors, in turn.
            judged.sort_unstable();
            for (slot, end) in judged.drain(..) {
                judge.place(slot as usize, window, end);
            }
            from = to;
        }
        work
    }
}
