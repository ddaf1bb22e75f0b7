//! Chooses the engines for regular expressions.

use std::sync::Arc;

use crate::engine::{LineRegex, Regex, RegexSet, Transducers};
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
    let (mut together, mut read, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for (needle, regex) in regexes.into_iter().enumerate() {
        let can_read = regex.transduced().is_some();
        match regex.filter() {
            _ if choice != EngineChoice::Auto => alone.push((needle, regex)),
            Some(filter) if !(can_read && filter.is_slow()) => {
                together.push((needle, regex, filter));
            }
            _ if can_read => read.push((needle, regex)),
            _ => alone.push((needle, regex)),
        }
    }
    let reasons = [
        (!together.is_empty(), "regexes, where there is what must be in a match"),
        (!read.is_empty(), "transducers, where nothing of the kind is known, in one pass"),
        (!alone.is_empty(), "regex, a pass an expression"),
    ];
    let reasons: Vec<_> =
        reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, reason)| reason).collect();
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !together.is_empty() {
        let engine = RegexSet::new(together, literals::choose_engines)?;
        engines.push(Arc::new(LineEngine(engine)));
    }
    if !read.is_empty() {
        engines.push(Arc::new(LineEngine(Transducers::new(read))));
    }
    let alone = alone.into_iter().map(|(needle, regex)| LineEngine(Regex::new(needle, regex)));
    engines.extend(alone.map(|engine| Arc::new(engine) as _));
    Ok(Chosen::new(engines, reasons.join(", and ")))
}
