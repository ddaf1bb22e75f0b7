//! What a transducer of an expression is made of.

use regex_automata::hybrid::dfa::DFA;
use regex_syntax::hir::Look;

use super::lazy::Lazy;
use crate::pattern::Unit;

/// The memory for the states of searches.
const CACHE_BYTES: usize = 4 << 20;

/// An expression for lines, and what of it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transduced<'r> {
    lazy: &'r Lazy,
    pub(crate) counted: Counted,
    /// Whether it is for lines of ASCII alone.
    pub(crate) is_ascii: bool,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Matches, of which none can be empty.
    Matches,
    /// Matches that are not empty, of an expression that looks at nothing around them and
    /// matches the empty text: so there is a match at each place. For ASCII alone.
    NotEmpty,
    /// A match that is not empty, of an expression that matches at the start of a line only.
    First,
    /// Lines with a match.
    Lines,
}

impl<'r> Transduced<'r> {
    /// What suits an expression, given the one for places and the one that is enough for
    /// totals.
    pub(super) fn new(places: &'r Lazy, totals: &'r Lazy, unit: Unit) -> Option<Self> {
        let properties = places.hir.properties();
        // The automaton knows words of ASCII only.
        let is_ascii = properties.look_set().contains_word_unicode();
        let of = |lazy, counted, is_ascii| Some(Self { lazy, counted, is_ascii });
        match properties.minimum_len() {
            _ if matches!(unit, Unit::Lines | Unit::WholeLines) => {
                of(totals, Counted::Lines, is_ascii)
            }
            Some(1..) => of(totals, Counted::Matches, is_ascii),
            _ if properties.look_set_prefix().contains(Look::StartLF) => {
                of(places, Counted::First, is_ascii)
            }
            Some(0) if properties.look_set().is_empty() => of(places, Counted::NotEmpty, true),
            _ => None,
        }
    }

    /// Its automaton, if there is one.
    pub(crate) fn automaton(&self) -> Option<&'r DFA> {
        let config = DFA::config()
            .cache_capacity(CACHE_BYTES)
            // States keep their numbers: when there is no room for more, that is the end.
            .minimum_cache_clear_count(Some(0));
        self.lazy.automata.for_transducers(&self.lazy.hir, config)
    }
}
