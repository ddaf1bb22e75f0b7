//! Regular expressions as the `regex` crate has them: line by line, each alone.

use ::regex::bytes::{Regex, RegexBuilder};
use cogrep_match::{Matching, Unit};

/// The lines of a text without their endings, and where each begins.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut next = 0;
    text.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = next;
        next += line.len();
        let line = match line.strip_suffix(b"\n") {
            Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
            None => line,
        };
        (start, line)
    })
}

/// An expression, unless it is none or means something else in a single line.
pub(crate) fn compile(pattern: &str, matching: Matching) -> Option<Regex> {
    let is_other = |at: &str| pattern.contains(at);
    // The end of a text in the middle of an expression is the end of a line here.
    if pattern.is_empty() || ["\\A", "\\z", "\\n", "\n"].into_iter().any(is_other) {
        return None;
    }
    // A flag may change what ends a line.
    if pattern.replace("(?:", "").contains("(?") {
        return None;
    }
    let build = |pattern: &str| {
        RegexBuilder::new(pattern).case_insensitive(matching.ignore_case).build().ok()
    };
    // What is around it must not complete it.
    let plain = build(pattern)?;
    match matching {
        Matching { unit: Unit::WholeLines, .. } => build(&format!("^(?:{pattern})$")),
        Matching { whole_words: true, .. } => {
            build(&format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}"))
        }
        _ => Some(plain),
    }
}

/// What an expression matches in the lines of a text, and where. Empty matches do not count, but
/// for whole lines that are empty.
pub(crate) fn matches<'t>(
    regex: &Regex,
    text: &'t [u8],
    unit: Unit,
) -> impl Iterator<Item = (usize, &'t [u8])> {
    lines(text).flat_map(move |(start, line)| {
        let found = regex
            .find_iter(line)
            .filter(move |found| !found.is_empty() || unit == Unit::WholeLines);
        found.map(move |found| (start + found.start(), found.as_bytes()))
    })
}
