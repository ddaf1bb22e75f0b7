//! Texts and patterns that are the worst for an engine: the work grows with the text, and not
//! with the patterns too.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Unit};

/// How long a scan takes, at its quickest of three, and what it counts.
fn scan(plan: &Arc<Plan>, text: &[u8]) -> (Duration, Vec<u64>) {
    let once = || {
        let begun = Instant::now();
        let mut scanner: Scanner = Scanner::new(Arc::clone(plan));
        scanner.feed(text).unwrap();
        scanner.end_text();
        let mut tally = scanner.take();
        tally.settle();
        (begun.elapsed(), plan.totals(&tally).collect())
    };
    (0..3).map(|_| once()).min().unwrap()
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
fn work_grows_with_the_text_and_not_with_the_pattern_too() {
    let text = vec![b'a'; 300_000];
    let units = [Unit::Occurrences, Unit::Overlapping, Unit::Lines];
    for unit in units {
        for (short, long) in patterns(64).into_iter().zip(patterns(60_000)) {
            let plan = |pattern: &[u8]| {
                let matching = Matching { unit, ..Matching::default() };
                let patterns = Patterns::new([pattern], matching).unwrap();
                Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap())
            };
            let (quick, _) = scan(&plan(&short), &text);
            let (took, counts) = scan(&plan(&long), &text);
            let is_all = long.iter().all(|byte| *byte == b'a');
            let expected = match unit {
                _ if !is_all => 0,
                Unit::Occurrences => 5,
                Unit::Overlapping => 240_001,
                _ => 1,
            };
            assert_eq!(counts, [expected]);
            // A product of the lengths takes a thousand times as long.
            let most = 40 * quick + Duration::from_millis(200);
            assert!(took < most, "{unit:?} {}: {took:?}, {quick:?}", &long[..3].escape_ascii());
        }
    }
}

/// Patterns of up to the length from which on an automaton is chosen, in text that repeats
/// them: a bounded number of steps a byte, whatever the engine.
#[test]
fn repetitive_text_has_bounded_work_with_every_engine() {
    let text = vec![b'a'; 200_000];
    for choice in [EngineChoice::Auto, EngineChoice::Memmem, EngineChoice::Automaton] {
        for pattern in patterns(1000) {
            let patterns = Patterns::new([pattern], Matching::default()).unwrap();
            let plan = Arc::new(Plan::new(&patterns, choice).unwrap());
            let (took, _) = scan(&plan, &text);
            assert!(took < Duration::from_secs(2), "{choice:?}: {took:?}");
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
