//! Many literals in one pass that looks closely at few places only.
//!
//! Each needle has an *anchor*: four neighbouring bytes of it, rare in the text. A
//! first [sieve](first) lets pass the places whose four bytes may be an anchor; a
//! second, over up to eight bytes from there on, those that may begin the *key* of a
//! needle; only for these is the needle looked up and compared. That the window to
//! look for should be chosen freely, and rare, is Wu and Manber's *A fast algorithm
//! for multi-pattern searching* (1994) turned round: they skip by it.
//!
//! What is rare is measured on the text itself, once for all scans, and again when the
//! text turns out otherwise. Where even so too many places are left, an automaton
//! counts, whose work does not depend on what passes.

mod anchors;
mod first;
mod keys;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::engine::automaton::Automaton;
use crate::engine::course::{Course, Find};
use crate::engine::judge::{Group, Judge};
use crate::engine::kernel::Level;
use crate::engine::kernel::hashed::GRAM_BYTES;
use crate::engine::window::{Context, Window};
use crate::engine::{Engine, Scan};
use crate::pattern::PatternError;

use first::First;
use keys::{Home, Keys};

/// Counts many literals; see the head of the module.
#[derive(Debug)]
pub struct Sieve {
    group: Arc<Group>,
    level: Level,
    longest: usize,
    /// The sieves that were chosen last.
    sieves: Mutex<Option<Arc<Sieves>>>,
    automaton: OnceLock<Option<Automaton>>,
}

/// The sieves for a kind of text.
#[derive(Debug)]
struct Sieves {
    first: First,
    keys: Keys,
}

impl Sieve {
    /// The name of the engine.
    pub const NAME: &'static str = "sieve";

    /// The length that every needle must have at least.
    pub const SHORTEST: usize = GRAM_BYTES;

    /// Makes ready to count the needles of the group.
    ///
    /// # Errors
    ///
    /// When a needle is shorter than [`SHORTEST`](Self::SHORTEST).
    pub fn new(group: Group) -> Result<Self, PatternError> {
        Self::with_level(group, Level::chosen())
    }

    pub(super) fn with_level(group: Group, level: Level) -> Result<Self, PatternError> {
        if group.bytes().iter().any(|bytes| bytes.len() < Self::SHORTEST) {
            let reason = format!("counts patterns of {} bytes and more", Self::SHORTEST);
            return Err(PatternError::Engine { engine: Self::NAME, reason });
        }
        let longest = group.bytes().iter().map(|bytes| bytes.len()).max().unwrap_or(1);
        Ok(Self {
            group: Arc::new(group),
            level,
            longest,
            sieves: Mutex::new(None),
            automaton: OnceLock::new(),
        })
    }

    /// The sieves in use, or those for this text if there are none.
    fn sieves(&self, text: &[u8]) -> Arc<Sieves> {
        let mut sieves = self.sieves.lock().unwrap_or_else(PoisonError::into_inner);
        let sieves = sieves.get_or_insert_with(|| Arc::new(self.sieves_for(text)));
        Arc::clone(sieves)
    }

    /// Other sieves than these, for this text.
    fn other_sieves(&self, than: &Arc<Sieves>, text: &[u8]) -> Arc<Sieves> {
        let mut sieves = self.sieves.lock().unwrap_or_else(PoisonError::into_inner);
        // Another scan may have chosen some already.
        if sieves.as_ref().is_none_or(|sieves| Arc::ptr_eq(sieves, than)) {
            *sieves = Some(Arc::new(self.sieves_for(text)));
        }
        sieves.as_ref().map_or_else(|| Arc::clone(than), Arc::clone)
    }

    fn sieves_for(&self, text: &[u8]) -> Sieves {
        let sample = &text[..text.len().min(SAMPLE_BYTES)];
        let (first, anchors) = anchors::choose(self.group.bytes(), self.level, sample);
        let keys = Keys::new(&self.group, &anchors, first.stride());
        Sieves { first, keys }
    }

    fn automaton(&self) -> Option<&Automaton> {
        let make = || Automaton::of(Arc::clone(&self.group)).ok();
        self.automaton.get_or_init(make).as_ref()
    }
}

impl Engine for Sieve {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn needles(&self) -> &[usize] {
        self.group.needles()
    }

    fn context(&self) -> Context {
        self.group.context()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan> {
        let group = Arc::clone(&self.group);
        let context = group.context();
        Box::new(Course::new(group, context, Search::new(self)))
    }
}

/// Text on which anchors are chosen.
const SAMPLE_BYTES: usize = 64 << 10;

/// Ends of places that are decided with the same sieves.
const STRETCH_BYTES: usize = 64 << 10;

/// Places that go through all sieves before the next: what passes stays in the first
/// cache.
const TURN_PLACES: usize = 4 << 10;

/// Text after which the sieves may be chosen anew for the first time.
const RECONSIDER_BYTES: usize = 1 << 20;

/// Text that the automaton counts before the sieves are tried again.
const DENSE_BYTES: usize = 1 << 20;

struct Search {
    engine: Arc<Sieve>,
    sieves: Option<Arc<Sieves>>,
    /// What passes the first sieve, and the second.
    places: Vec<u32>,
    kept: Vec<u32>,
    homes: Vec<Home>,
    /// What was to be done with the sieves in use.
    work: Work,
    /// Text to be seen before they are chosen anew.
    patience_bytes: usize,
    /// Text that the automaton is still to count.
    dense_bytes: usize,
}

/// What passed the sieves.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    bytes: usize,
    /// Places that passed the first sieve.
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

    /// Whether it was about as much as an automaton has to do.
    fn is_much(self) -> bool {
        self.places / 4 + self.entries > self.bytes / 4
    }
}

impl Find for Search {
    fn find(&mut self, window: &Window<'_>, judge: &mut Judge) {
        let mut ends = window.ends.clone();
        while !ends.is_empty() {
            let behind = ends.end.min(ends.start + STRETCH_BYTES);
            self.stretch(window, ends.start..behind, judge);
            ends.start = behind;
        }
    }
}

impl Search {
    fn new(engine: Arc<Sieve>) -> Self {
        Self {
            engine,
            sieves: None,
            places: Vec::new(),
            kept: Vec::new(),
            homes: Vec::new(),
            work: Work::default(),
            patience_bytes: RECONSIDER_BYTES,
            dense_bytes: 0,
        }
    }

    /// Counts the places with these ends.
    fn stretch(&mut self, window: &Window<'_>, ends: Range<usize>, judge: &mut Judge) {
        let engine = Arc::clone(&self.engine);
        if self.dense_bytes > 0
            && let Some(automaton) = engine.automaton()
        {
            self.dense_bytes = self.dense_bytes.saturating_sub(ends.len());
            let from = (ends.start + 1).saturating_sub(engine.longest);
            automaton.count_stretch(window, from, ends, judge);
            return;
        }
        let sieves = self.sieves.get_or_insert_with(|| engine.sieves(&window.text[ends.start..]));
        let sieves = Arc::clone(sieves);
        let work = self.sift(&sieves, window, ends.clone(), judge);
        self.work.add(work);
        if work.is_much() && work.bytes >= STRETCH_BYTES {
            self.reconsider(&sieves, &window.text[ends.start..]);
        }
    }

    /// Too much passed: chooses other sieves, or leaves the text to the automaton for
    /// a while.
    fn reconsider(&mut self, sieves: &Arc<Sieves>, text: &[u8]) {
        if self.work.bytes >= self.patience_bytes && self.work.is_much() {
            self.sieves = Some(self.engine.other_sieves(sieves, text));
            self.patience_bytes = self.patience_bytes.saturating_mul(4);
            self.work = Work::default();
        } else {
            self.dense_bytes = DENSE_BYTES;
        }
    }

    /// Counts the places with these ends by these sieves.
    fn sift(
        &mut self,
        sieves: &Sieves,
        window: &Window<'_>,
        ends: Range<usize>,
        judge: &mut Judge,
    ) -> Work {
        // No place that ends here begins before, and places are given from there.
        let base = (ends.start + 1).saturating_sub(self.engine.longest);
        let text = &window.text[base..ends.end];
        let mut work = Work { bytes: ends.len(), ..Work::default() };
        let anchors = (text.len() + 1).saturating_sub(GRAM_BYTES);
        let mut from = 0;
        while from < anchors {
            let to = anchors.min(from + TURN_PLACES);
            self.places.clear();
            sieves.first.places(self.engine.level, text, from..to, &mut self.places);
            work.places += self.places.len();
            for table in sieves.keys.tables() {
                table.keep(self.engine.level, text, &self.places, &mut self.kept);
                let (kept, homes) = (&self.kept, &mut self.homes);
                work.entries += table.each_match(text, kept, homes, |entry, end| {
                    let end = base + end;
                    if end <= ends.start {
                        // It was in another stretch.
                    } else if entry.each_counts {
                        judge.add(entry.slot as usize, 1);
                    } else {
                        judge.place(entry.slot as usize, window, end);
                    }
                });
            }
            from = to;
        }
        work
    }
}
