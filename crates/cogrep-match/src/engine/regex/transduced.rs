//! What a transducer of an expression is made of.

use regex_syntax::hir::{Hir, Look};

use crate::pattern::Unit;

/// An expression for lines, and what of it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transduced<'r> {
    pub(crate) hir: &'r Hir,
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
    pub(super) fn new(places: &'r Hir, totals: &'r Hir, unit: Unit) -> Option<Self> {
        let properties = places.properties();
        // The automaton knows words of ASCII only.
        let is_ascii = properties.look_set().contains_word_unicode();
        let of = |hir, counted, is_ascii| Some(Self { hir, counted, is_ascii });
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
}
