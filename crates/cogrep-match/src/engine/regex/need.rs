//! How much memory an expression needs, without compiling it.
//!
//! Hundreds of expressions are compiled when they are first needed, and most never are. But
//! that one is too large is to be said before anything is counted.

use std::collections::HashMap;

use regex_automata::nfa::thompson;
use regex_syntax::hir::{Class, Hir, HirKind};

/// What a state takes, forwards and backwards.
const STATE_BYTES: u64 = 48;

/// Estimates needs, and remembers those of classes: they are costly, and few.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// By the ranges of a class, and whether it is one of characters.
    classes: HashMap<(bool, Vec<(u32, u32)>), u64>,
}

impl Needs {
    /// About how many bytes the expression takes when it is compiled, forwards and backwards.
    pub(crate) fn bytes(&mut self, hir: &Hir) -> u64 {
        let sum = |needs: &mut Self, hirs: &[Hir]| {
            hirs.iter().fold(STATE_BYTES, |sum, hir| sum.saturating_add(needs.bytes(hir)))
        };
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => STATE_BYTES,
            HirKind::Literal(literal) => STATE_BYTES * literal.0.len() as u64,
            HirKind::Class(class) => self.of_class(class),
            HirKind::Repetition(repetition) => {
                let times = repetition.max.unwrap_or(repetition.min.max(1));
                // What is optional is chosen by two states more.
                let is_exact = repetition.max == Some(repetition.min);
                let choice = if is_exact { 0 } else { 2 * STATE_BYTES };
                let once = self.bytes(&repetition.sub).saturating_add(choice);
                once.saturating_mul(times.into()).max(STATE_BYTES)
            }
            HirKind::Capture(capture) => self.bytes(&capture.sub),
            HirKind::Concat(hirs) | HirKind::Alternation(hirs) => sum(self, hirs),
        }
    }

    fn of_class(&mut self, class: &Class) -> u64 {
        let ranges = match class {
            Class::Unicode(class) => {
                class.iter().map(|range| (range.start().into(), range.end().into())).collect()
            }
            Class::Bytes(class) => {
                class.iter().map(|range| (range.start().into(), range.end().into())).collect()
            }
        };
        let key = (matches!(class, Class::Unicode(_)), ranges);
        if let Some(known) = self.classes.get(&key) {
            return *known;
        }
        let taken = |hir: &Hir, reverse: bool| {
            let config = thompson::Config::new()
                .utf8(false)
                .reverse(reverse)
                .which_captures(thompson::WhichCaptures::None);
            let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir);
            nfa.map_or(u64::MAX / 4, |nfa| nfa.memory_usage() as u64)
        };
        let (class, nothing) = (Hir::class(class.clone()), Hir::empty());
        let both = |hir| taken(hir, false) + taken(hir, true);
        let bytes = both(&class).saturating_sub(both(&nothing)).max(STATE_BYTES);
        self.classes.insert(key, bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_about_what_is_taken() {
        let mut needs = Needs::default();
        for expression in
            ["abc", r"\w{20}", r"[\p{L}\s]{60,120}", "(a|bc)*d{0,50}", r"(?i)[\w.-]{0,50}?(?:key)"]
        {
            let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(expression);
            let hir = hir.unwrap();
            let compiled = |reverse: bool| {
                let config = thompson::Config::new()
                    .utf8(false)
                    .reverse(reverse)
                    .which_captures(thompson::WhichCaptures::None);
                let nfa = thompson::Compiler::new().configure(config).build_from_hir(&hir);
                nfa.unwrap().memory_usage() as u64
            };
            let taken = compiled(false) + compiled(true);
            let estimate = needs.bytes(&hir);
            assert!(estimate < 3 * taken + 1000, "{expression}: {estimate} for {taken}");
            assert!(taken < 2 * estimate + 2000, "{expression}: {estimate} for {taken}");
        }
    }
}
