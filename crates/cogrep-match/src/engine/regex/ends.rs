//! Where the matches of an expression end, by its lazy automaton alone.
//!
//! The matcher of `regex-automata` is made of several automata, of which others find where
//! matches begin and step in where the lazy one cannot go on. They take most of its memory
//! and of the time to make it ready, which is what hundreds of expressions cost that are
//! asked in a few lines.

use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

/// The lazy automata of an expression for lines, which are made when they are first asked for,
/// once for all scanners. What they know of words is for ASCII only, and they give up at
/// other bytes.
#[derive(Debug, Default)]
pub(super) struct Automata {
    nfa: OnceLock<Option<NFA>>,
    for_ends: OnceLock<Option<DFA>>,
    for_transducers: OnceLock<Option<DFA>>,
}

impl Automata {
    /// The one of which transducers are made; `None` if there is none.
    pub(super) fn for_transducers(&self, hir: &Hir, config: Config) -> Option<&DFA> {
        self.for_transducers.get_or_init(|| self.lazy(hir, config)).as_ref()
    }

    /// The one for where matches end; `None` if there is none.
    pub(super) fn for_ends(&self, hir: &Hir, config: impl FnOnce() -> Config) -> Option<&DFA> {
        self.for_ends.get_or_init(|| self.lazy(hir, config())).as_ref()
    }

    fn lazy(&self, hir: &Hir, config: Config) -> Option<DFA> {
        let compile = || {
            let thompson = thompson::Config::new()
                .utf8(false)
                .nfa_size_limit(None)
                .which_captures(WhichCaptures::None);
            thompson::Compiler::new().configure(thompson).build_from_hir(hir).ok()
        };
        let nfa = self.nfa.get_or_init(compile).clone()?;
        let config = config
            .match_kind(MatchKind::LeftmostFirst)
            .unicode_word_boundary(true)
            // An expression with many states needs more memory than is usual to have any.
            .skip_cache_capacity_check(true);
        DFA::builder().configure(config).build_from_nfa(nfa).ok()
    }
}

/// The literals that matches begin with, if they are few.
pub(super) fn prefix(hir: &Hir) -> Option<Prefilter> {
    Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, hir)
}

/// The automaton cannot tell.
pub(super) struct Unknown;

impl Automata {
    /// The end of the next match.
    pub(super) fn find_end(
        &self,
        hir: &Hir,
        states_bytes: usize,
        cache: &mut Option<Cache>,
        input: &Input<'_>,
    ) -> Result<Option<usize>, Unknown> {
        // Long lines are gone through faster with what a match begins with.
        let config = || DFA::config().cache_capacity(states_bytes).prefilter(prefix(hir));
        let dfa = self.for_ends(hir, config).ok_or(Unknown)?;
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let found = dfa.try_search_fwd(cache, input).map_err(|_| Unknown)?;
        Ok(found.map(|found| found.offset()))
    }
}
