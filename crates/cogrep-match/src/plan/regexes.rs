//! Chooses the engines for regular expressions.

use std::sync::Arc;

use crate::engine::{LineRegex, Regex, RegexSet};
use crate::pattern::{Matching, PatternError};
use crate::plan::Chosen;
use crate::plan::choice::EngineChoice;
use crate::plan::literals;
use crate::scan::interface::Engine;
use crate::scan::lines::LineEngine;

/// Chooses for distinct expressions, given the one of each pattern.
pub(super) fn choose(
    needles: &[usize],
    distinct: &[Box<[u8]>],
    matching: Matching,
    choice: EngineChoice,
    limit_bytes: u64,
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
    let regexes = LineRegex::new_all(needles, distinct, matching, limit_bytes)?;
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    for (needle, regex) in regexes.into_iter().enumerate() {
        match regex.filter().filter(|_| choice == EngineChoice::Auto) {
            Some(filter) => together.push((needle, regex, filter)),
            None => alone.push((needle, regex)),
        }
    }
    let reason = match (together.len(), alone.len()) {
        (0, _) => "regex, a pass an expression: nothing is known that is in each match",
        (_, 0) => "regexes, where there is what must be in a match: each is counted alone",
        _ => "regexes, where there is what must be in a match, and regex, a pass an expression",
    };
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !together.is_empty() {
        let engine = RegexSet::new(together, literals::choose_engines)?;
        engines.push(Arc::new(LineEngine(engine)));
    }
    let alone = alone.into_iter().map(|(needle, regex)| LineEngine(Regex::new(needle, regex)));
    engines.extend(alone.map(|engine| Arc::new(engine) as _));
    Ok(Chosen::new(engines, reason))
}
