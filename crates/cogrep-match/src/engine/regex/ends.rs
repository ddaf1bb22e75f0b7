//! Where the matches of an expression end, by its lazy automaton alone.
//!
//! The matcher of `regex-automata` is made of several automata, of which others find where
//! matches begin and step in where the lazy one cannot go on. They take most of its memory
//! and of the time to make it ready, which is what hundreds of expressions cost that are
//! asked in a few lines.

use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

/// The lazy automaton of an expression for lines, or `None` if it is none; what it knows of
/// words is for ASCII only, and it gives up at other bytes.
pub(crate) fn lazy_automaton(hir: &Hir, config: Config) -> Option<DFA> {
    let thompson = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(None)
        .which_captures(WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(thompson).build_from_hir(hir).ok()?;
    let config = config
        .match_kind(MatchKind::LeftmostFirst)
        .unicode_word_boundary(true)
        // An expression with many states needs more memory than is usual to have any.
        .skip_cache_capacity_check(true);
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}

/// The literals that matches begin with, if they are few.
pub(super) fn prefix(hir: &Hir) -> Option<Prefilter> {
    Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, hir)
}

/// An automaton that is made when it is first asked.
#[derive(Debug, Default)]
pub(super) struct Ends {
    dfa: OnceLock<Option<DFA>>,
}

/// The automaton cannot tell.
pub(super) struct Unknown;

impl Ends {
    /// The end of the next match.
    pub(super) fn find(
        &self,
        hir: &Hir,
        states_bytes: usize,
        cache: &mut Option<Cache>,
        input: &Input<'_>,
    ) -> Result<Option<usize>, Unknown> {
        let make = || {
            // Long lines are gone through faster with what a match begins with.
            let config = DFA::config().cache_capacity(states_bytes).prefilter(prefix(hir));
            lazy_automaton(hir, config)
        };
        let dfa = self.dfa.get_or_init(make).as_ref().ok_or(Unknown)?;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let found = dfa.try_search_fwd(cache, input).map_err(|_| Unknown)?;
        Ok(found.map(|found| found.offset()))
    }
}
