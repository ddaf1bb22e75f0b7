//! Chooses the engines for regular expressions.

use std::sync::Arc;

use crate::engine::{LineRegex, Regex, RegexSet};
use crate::pattern::{Matching, PatternError};
use crate::plan::Chosen;
use crate::plan::choice::EngineChoice;
use crate::scan::interface::Engine;
use crate::scan::lines::LineEngine;

/// Chooses for distinct expressions, given the one of each pattern.
pub(super) fn choose(
    needles: &[usize],
    distinct: &[Box<[u8]>],
    matching: Matching,
    choice: EngineChoice,
) -> Result<Chosen, PatternError> {
    if matches!(
        choice,
        EngineChoice::Memmem
            | EngineChoice::Compare
            | EngineChoice::Sieve
            | EngineChoice::Automaton
            | EngineChoice::Histogram
    ) {
        return Err(PatternError::Engine {
            engine: choice.name(),
            reason: "counts literals, not regular expressions".into(),
        });
    }
    let regexes = LineRegex::compile(needles, distinct, matching)?.into_iter().enumerate();
    let has_literals = |(_, regex): &(usize, LineRegex)| {
        choice == EngineChoice::Auto && !regex.literals().is_empty()
    };
    let (together, alone): (Vec<_>, Vec<_>) = regexes.partition(has_literals);
    let reason = match (together.len(), alone.len()) {
        (0, _) => "regex, a pass an expression: each is counted alone, line by line",
        (_, 0) => "regexes, in lines that have a literal of theirs: each is counted alone",
        _ => "regexes, in lines that have a literal of theirs, and regex, a pass an expression",
    };
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !together.is_empty() {
        engines.push(Arc::new(LineEngine(RegexSet::new(together)?)));
    }
    let alone = alone.into_iter().map(|(needle, regex)| LineEngine(Regex::new(needle, regex)));
    engines.extend(alone.map(|engine| Arc::new(engine) as _));
    Ok(Chosen::new(engines, reason))
}
