//! An expression that is compiled when it is first needed.

use std::sync::OnceLock;

use regex_automata::meta::{self, Cache};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::hir::Hir;

use super::ends::Automata;

/// The states of an expression that are kept, in bytes: they are made as the text needs
/// them. Where there are too few, the matcher leaves them for something far slower.
pub(super) const STATES_BYTES: usize = 32 << 20;

/// An expression that is compiled when it is first needed.
#[derive(Debug)]
pub(super) struct Lazy {
    pub(super) hir: Hir,
    regex: OnceLock<meta::Regex>,
    /// For what needs less than that.
    pub(super) automata: Automata,
}

impl Lazy {
    pub(super) fn new(hir: Hir) -> Self {
        Self { hir, regex: OnceLock::new(), automata: Automata::default() }
    }

    /// The expression, and its cache.
    pub(super) fn get<'l>(
        &'l self,
        cache: &'l mut Option<Cache>,
    ) -> (&'l meta::Regex, &'l mut Cache) {
        let regex = self.regex.get_or_init(|| {
            let config = meta::Config::new()
                .nfa_size_limit(None)
                .hybrid_cache_capacity(STATES_BYTES)
                .which_captures(WhichCaptures::Implicit)
                .utf8_empty(false);
            let built = meta::Builder::new().configure(config).build_from_hir(&self.hir);
            built.expect("an expression whose states can be numbered, as its need says")
        });
        (regex, cache.get_or_insert_with(|| regex.create_cache()))
    }
}
