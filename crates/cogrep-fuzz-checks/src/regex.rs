//! Regular expressions against the `regex` crate, line by line.

use std::sync::Arc;

use ::regex::bytes::RegexBuilder;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax, Unit};

/// The lines of a text, without their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").or((!text.is_empty()).then_some(text));
    let lines = text.into_iter().flat_map(|text| text.split(|byte| *byte == b'\n'));
    lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Counts a regular expression in a text.
///
/// # Panics
///
/// When the count is not the sum over the lines, or depends on how the text is cut.
pub fn regex(data: &[u8]) {
    let Some((&[options, length], rest)) = data.split_first_chunk() else { return };
    let Some(at) = rest.iter().position(|byte| *byte == 0xfe) else { return };
    let (pattern, text) = (&rest[..at], &rest[at + 1..]);
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let unit = if options & 1 == 0 { Unit::Occurrences } else { Unit::Lines };
    let ignore_case = options & 2 != 0;
    // The end of a text in the middle of an expression is the end of a line here.
    if pattern.is_empty() || ["\\A", "\\z", "(?", "\\n", "\n"].iter().any(|it| pattern.contains(it))
    {
        return;
    }
    // A last line that ends with a carriage return keeps it, having no line feed.
    let text = [text, b"\n"].concat();
    let matching = Matching { syntax: Syntax::Regex, ignore_case, unit, ..Matching::default() };
    let Ok(patterns) = Patterns::new([pattern], matching) else { return };
    let Ok(plan) = Plan::new(&patterns, EngineChoice::Auto) else { return };
    let mut builder = RegexBuilder::new(pattern);
    let Ok(regex) = builder.case_insensitive(ignore_case).build() else { return };
    let expected = match unit {
        Unit::Lines => lines(&text).filter(|line| regex.is_match(line)).count(),
        _ => lines(&text)
            .flat_map(|line| regex.find_iter(line))
            .filter(|found| !found.is_empty())
            .count(),
    };
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
        assert_eq!(found, [expected as u64], "{pattern:?} by {length}");
    }
}
