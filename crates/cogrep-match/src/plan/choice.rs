//! The engines that can be chosen, by name.

use std::str::FromStr;

use crate::engine::{Automaton, Compare, Histogram, Memmem, Naive, Regex, Sieve};

/// Which engine is to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EngineChoice {
    /// What suits the patterns.
    #[default]
    Auto,
    /// The plainest: an engine a pattern, for equal patterns too. It is the reference for all
    /// others, and the network of the chapter that this program began with, so it also goes
    /// by the name `chapter`.
    Naive,
    /// A substring search a needle.
    Memmem,
    /// All needles compared with every place at once, counted by popcount.
    Compare,
    /// A sieve that lets pass few places, for needles of three bytes and more; shorter
    /// ones are compared, or go to an automaton.
    Sieve,
    /// One automaton for all needles.
    Automaton,
    /// How often each pair of bytes occurs, for needles of one and two bytes; others are
    /// compared, or go to an automaton.
    Histogram,
    /// A regular expression a needle. Only regular expressions are counted by it; unless it
    /// is chosen, those of which literals are known share a search for these.
    Regex,
}

/// The choices and their names.
const CHOICES: [(&str, EngineChoice); 8] = [
    ("auto", EngineChoice::Auto),
    (Naive::NAME, EngineChoice::Naive),
    (Memmem::NAME, EngineChoice::Memmem),
    (Compare::NAME, EngineChoice::Compare),
    (Sieve::NAME, EngineChoice::Sieve),
    (Automaton::NAME, EngineChoice::Automaton),
    (Histogram::NAME, EngineChoice::Histogram),
    (Regex::NAME, EngineChoice::Regex),
];

/// The other name of the naive engine.
const NAIVE_ALIAS: &str = "chapter";

impl EngineChoice {
    /// The names of all choices, `auto` first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CHOICES.iter().map(|(name, _)| *name)
    }

    /// Another name of this one, if it has one.
    #[must_use]
    pub fn alias(self) -> Option<&'static str> {
        (self == Self::Naive).then_some(NAIVE_ALIAS)
    }

    /// The name of this one.
    #[must_use]
    pub fn name(self) -> &'static str {
        CHOICES.iter().find(|(_, choice)| *choice == self).map_or("", |(name, _)| *name)
    }
}

/// There is no engine of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no engine {name:?}; there are {}", EngineChoice::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownEngine {
    /// The name that was given.
    pub name: String,
}

impl FromStr for EngineChoice {
    type Err = UnknownEngine;

    fn from_str(name: &str) -> Result<Self, UnknownEngine> {
        let name = if name == NAIVE_ALIAS { Naive::NAME } else { name };
        let found = CHOICES.iter().find(|(known, _)| *known == name);
        found.map(|(_, choice)| *choice).ok_or_else(|| UnknownEngine { name: name.into() })
    }
}
