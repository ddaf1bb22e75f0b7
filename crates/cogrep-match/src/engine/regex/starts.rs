//! Finds the matches of an expression in ASCII text from where they may start.
//!
//! The matcher of `regex-automata` finds where a match ends first, and then goes back to where
//! it starts; a literal that is frequent makes it slower yet. Here the [shape](super::shape)
//! of the expression says for all places at once whether a match may start there, and an
//! automaton says of the few that are left where it ends.

use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

use super::ends::Automata;
use super::lazy::STATES_BYTES;
use super::{rewrite, shape};
use crate::simd::shapes::Shape;

/// A match may start at one place of this many, at the most: for each, the automaton begins
/// anew.
const RARE: f64 = 1.0 / 24.0;

/// How much text is looked through for starts at a time.
const STRETCH_BYTES: usize = 1 << 14;

/// So many bytes may be read in vain, besides one for each byte of the text: an expression
/// may be such that every place has to be read from to the end of its line.
const VAIN_BYTES: usize = 1 << 12;

/// What an expression needs for that.
#[derive(Debug)]
pub(super) struct Starts {
    shape: Shape,
    hir: Hir,
    automata: Automata,
}

/// What a search needs.
#[derive(Debug, Default)]
pub(super) struct State {
    cache: Option<Cache>,
    places: Vec<u32>,
}

impl State {
    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.cache.as_ref().map_or(0, Cache::memory_usage)
            + self.places.capacity() * size_of::<u32>()
    }
}

/// From this index on, the automaton reads too much in vain, or cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) at: usize,
}

/// What the automaton says of a place.
struct Told {
    /// Where the match ends that starts there.
    end: Option<usize>,
    /// How far it read to know that.
    read: usize,
}

impl Starts {
    /// For an expression for lines, if it suits: it matches something, and rarely.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let hir = rewrite::for_ascii(hir);
        let (shape, frequency) = shape::of(&hir)?;
        let is_something = hir.properties().minimum_len().is_some_and(|len| len > 0);
        (is_something && frequency <= RARE).then(|| Self {
            shape,
            hir,
            automata: Automata::default(),
        })
    }

    /// Reports each match in lines of ASCII, from this index on. It is said where the search
    /// for the next one goes on.
    pub(super) fn find_all(
        &self,
        state: &mut State,
        lines: &[u8],
        mut report: impl FnMut(Range<usize>) -> Option<usize>,
    ) -> Result<(), Stopped> {
        let State { cache, places } = state;
        let stopped = |at: usize| Stopped { at };
        let config = || DFA::config().cache_capacity(STATES_BYTES);
        let dfa = self.automata.for_ends(&self.hir, config).ok_or(stopped(0))?;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let (mut from, mut vain) = (0, 0);
        for begin in (0..lines.len()).step_by(STRETCH_BYTES) {
            let stretch = begin..lines.len().min(begin + STRETCH_BYTES);
            if stretch.end <= from {
                continue;
            }
            places.clear();
            self.shape.find(lines, stretch, places);
            for place in places.iter() {
                let start = begin + *place as usize;
                if start < from {
                    continue;
                }
                if vain > start + VAIN_BYTES {
                    return Err(stopped(start));
                }
                let told = tell(dfa, cache, lines, start).ok_or(stopped(start))?;
                vain += told.read - told.end.unwrap_or(start);
                if let Some(end) = told.end {
                    match report(start..end) {
                        Some(next) => from = next,
                        None => return Ok(()),
                    }
                }
            }
        }
        Ok(())
    }
}

/// What starts at this index; `None` if the automaton cannot tell.
fn tell(dfa: &DFA, cache: &mut Cache, lines: &[u8], start: usize) -> Option<Told> {
    let input = Input::new(lines).range(start..).anchored(Anchored::Yes);
    let mut state = dfa.start_state_forward(cache, &input).ok()?;
    let mut end = None;
    for (at, byte) in lines.iter().enumerate().skip(start) {
        state = dfa.next_state(cache, state, *byte).ok()?;
        if state.is_tagged() {
            // It is known of a match one byte later.
            if state.is_match() {
                end = Some(at);
            } else if state.is_dead() {
                return Some(Told { end, read: at });
            } else if state.is_quit() {
                return None;
            }
        }
    }
    state = dfa.next_eoi_state(cache, state).ok()?;
    if state.is_match() {
        end = Some(lines.len());
    }
    Some(Told { end, read: lines.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::SimdLevel;

    fn starts(expression: &str) -> Option<Starts> {
        let hir = regex_syntax::parse(expression).unwrap();
        Starts::new(&rewrite::for_lines(&hir))
    }

    #[test]
    fn what_matches_rarely_is_found_from_its_starts() {
        if SimdLevel::process_default().vectors().is_none() {
            return;
        }
        let text = b"10.0.0.1 v1.2.3 1.2.3.4567 256.1.1.1x (127.0.0.1)\n1.2.3.4";
        let expression = r"\b\d{1,3}(\.\d{1,3}){3}\b";
        let starts = starts(expression).unwrap();
        let mut places = Vec::new();
        starts.shape.find(text, 0..text.len(), &mut places);
        assert_eq!(places, [0, 39, 50]);
        let mut found = Vec::new();
        let all = starts.find_all(&mut State::default(), text, |place| {
            found.push(place.clone());
            Some(place.end)
        });
        assert_eq!((all, found), (Ok(()), vec![0..8, 39..48, 50..57]));
    }

    #[test]
    fn what_may_start_anywhere_has_none() {
        for expression in ["", r"\w+", r"\d*", r"(?:\d\d\d)?", "[é-ö]", r"[a-z]{2,}[0-9]"] {
            assert!(starts(expression).is_none(), "{expression}");
        }
    }

    #[test]
    fn reading_in_vain_has_an_end() {
        let Some(starts) = starts("[A-Z]{3}[0-9A-Z]*[#@]") else { return };
        let text = [&b"ABC1#"[..], &b"A".repeat(10 * VAIN_BYTES)].concat();
        let mut found = Vec::new();
        let all = starts.find_all(&mut State::default(), &text, |place| {
            found.push(place.clone());
            Some(place.end)
        });
        // From the second place on.
        assert_eq!(all, Err(Stopped { at: 6 }));
        assert_eq!(found.len(), 1);
    }
}
