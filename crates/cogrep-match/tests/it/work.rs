//! Texts and patterns that are the worst for an engine. That the work grows with the text
//! alone is tested with the program, whose instructions can be counted.

use std::sync::Arc;

use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Unit};

/// What a scan of this text counts.
fn scan(plan: &Arc<Plan>, text: &[u8]) -> Vec<u64> {
    let mut scanner: Scanner = Scanner::new(Arc::clone(plan));
    scanner.feed(text).unwrap();
    scanner.end_text();
    let mut tally = scanner.take();
    tally.settle();
    plan.totals(&tally).collect()
}

/// Patterns that repeat themselves, of this many bytes, and the byte that the text repeats.
fn patterns(length: usize) -> Vec<Vec<u8>> {
    let all = vec![b'a'; length];
    let with = |at: usize| {
        let mut pattern = all.clone();
        pattern[at] = b'b';
        pattern
    };
    let pairs = b"ab".repeat(length / 2);
    vec![with(length - 1), with(0), with(length / 2), pairs, all]
}

#[test]
fn long_patterns_are_counted_in_text_that_nearly_matches_everywhere() {
    let text = vec![b'a'; 300_000];
    for unit in [Unit::Occurrences, Unit::Overlapping, Unit::Lines] {
        for pattern in patterns(60_000) {
            let is_all = pattern.iter().all(|byte| *byte == b'a');
            let expected = match unit {
                _ if !is_all => 0,
                Unit::Occurrences => 5,
                Unit::Overlapping => 240_001,
                _ => 1,
            };
            let matching = Matching { unit, ..Matching::default() };
            let patterns = Patterns::new([pattern], matching).unwrap();
            let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
            assert_eq!(scan(&plan, &text), [expected]);
        }
    }
}

/// Up to the length from which on an automaton is chosen.
#[test]
fn every_engine_counts_patterns_that_the_text_repeats() {
    let text = vec![b'a'; 200_000];
    for choice in [EngineChoice::Auto, EngineChoice::Memmem, EngineChoice::Automaton] {
        for pattern in patterns(1000) {
            let expected = if pattern.contains(&b'b') { 0 } else { 200 };
            let patterns = Patterns::new([pattern], Matching::default()).unwrap();
            let plan = Arc::new(Plan::new(&patterns, choice).unwrap());
            assert_eq!(scan(&plan, &text), [expected]);
        }
    }
}

#[test]
fn a_regular_expression_that_needs_a_line_feed_is_said_to_count_nothing() {
    let warnings = |pattern: &str| {
        let matching = Matching { syntax: cogrep_match::Syntax::Regex, ..Matching::default() };
        let patterns = Patterns::new([pattern], matching).unwrap();
        Plan::new(&patterns, EngineChoice::Auto).unwrap().warnings().len()
    };
    for pattern in ["a\\nb", "a\nb", "(a|b)\\n", "[\\n]c", "\\n{2}", "(?:x\\n|\\ny)+", "a\\x0Ab"] {
        assert_eq!(warnings(pattern), 1, "{pattern:?}");
    }
    for pattern in ["a", "a\\n?b", "a|\\n", "[\\n ]", "\\s", "(\\n)*", "^$", "a\\\\n"] {
        assert_eq!(warnings(pattern), 0, "{pattern:?}");
    }
}
