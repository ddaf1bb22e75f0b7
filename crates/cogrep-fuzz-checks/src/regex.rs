//! Regular expressions against the `regex` crate, line by line.

use std::sync::Arc;

use ::regex::bytes::Regex;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax, Unit};

use crate::expression::{compile, lines, matches};

/// Counts regular expressions in a text.
///
/// # Panics
///
/// When a count is not the sum over the lines, or depends on how the text is cut.
pub fn regex(data: &[u8]) {
    let Some((&[options, length], rest)) = data.split_first_chunk() else { return };
    // A byte that is in no UTF-8 separates the expressions, and the text comes last.
    let count = [1, 1, 2, 3][usize::from(options >> 4 & 3)];
    let mut parts: Vec<&[u8]> = rest.splitn(count + 1, |byte| *byte == 0xfe).collect();
    let Some(text) = parts.pop().filter(|_| !parts.is_empty()) else { return };
    let patterns = parts.iter().map(|pattern| str::from_utf8(pattern));
    let Ok(patterns) = patterns.collect::<Result<Vec<_>, _>>() else { return };
    let unit = match options & 9 {
        0 => Unit::Occurrences,
        1 => Unit::Lines,
        _ => Unit::WholeLines,
    };
    let matching = Matching {
        syntax: Syntax::Regex,
        ignore_case: options & 2 != 0,
        whole_words: options & 4 != 0,
        unit,
    };
    let compiled = patterns.iter().map(|pattern| compile(pattern, matching));
    let Some(compiled) = compiled.collect::<Option<Vec<_>>>() else { return };
    let Ok(prepared) = Patterns::new(patterns.iter().copied(), matching) else { return };
    let Ok(plan) = Plan::new(&prepared, EngineChoice::Auto) else { return };
    let count = |regex: &Regex| match unit {
        Unit::Occurrences => matches(regex, text, unit).count(),
        _ => lines(text).filter(|(_, line)| regex.is_match(line)).count(),
    };
    let expected: Vec<u64> = compiled.iter().map(|regex| count(regex) as u64).collect();
    let plan = Arc::new(plan);
    for length in [text.len(), usize::from(length) + 1] {
        let mut scanner: Scanner = Scanner::new(Arc::clone(&plan));
        for piece in text.chunks(length.max(1)) {
            scanner.feed(piece).expect("no line is long");
        }
        scanner.end_text();
        let mut tally = scanner.take();
        tally.settle();
        let found: Vec<u64> = plan.totals(&tally).collect();
        assert_eq!(found, expected, "{patterns:?} by {length}");
    }
}
