//! Regular expressions count what the `regex` crate finds, line by line.

use crate::common::{counts, lines, strategy};
use cogrep_match::{EngineChoice, LineTooLong, Matching, Patterns, Plan, Scanner, Syntax, Unit};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::RegexBuilder;

const EXPRESSIONS: &[&str] = &[
    "a",
    "ab*",
    "a|ab",
    "ab|a",
    "a*",
    "(a|b)*b",
    "a+?",
    "^a",
    "a$",
    "^$",
    "^.*$",
    r"\w+",
    r"\W",
    r"\bb",
    r"b\B",
    ".",
    "..",
    "[^a]",
    r"\s",
    r"\r",
    "é|É",
    "k+",
    "(?i)K",
    r"\pL\pM?",
    r"\d*a?",
    "(a)(b)?",
    r"\Aa|b\z",
    "漢?b",
    r"_|\x{200D}",
    "ſ",
    "(?-u:\\xFF)",
    "a{2,3}",
    r"(?m)^b|a$",
    // Those of which a literal is known, at the beginning or at the end.
    "aba",
    "abab?",
    "baa$",
    "^abb",
    r"\baba\b",
    "aaa|bab|é a",
    "(ab){2,}",
    "[ab]*abb",
    "(?i:aab)|bba",
    "aab ?|b*",
    r"aa\nb|aaa",
    "",
];

/// The count by the rules, one line after the other.
fn reference(text: &[u8], expression: &str, matching: Matching) -> u64 {
    let wrapped = match (matching.unit, matching.whole_words) {
        (Unit::WholeLines, _) => format!("^(?:{expression})$"),
        (_, true) => format!(r"\b{{start-half}}(?:{expression})\b{{end-half}}"),
        (_, false) => expression.into(),
    };
    let regex = RegexBuilder::new(&wrapped).case_insensitive(matching.ignore_case).build().unwrap();
    let count = |(line, ended): (&[u8], bool)| {
        let line = if ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
        match matching.unit {
            Unit::Lines | Unit::WholeLines => usize::from(regex.is_match(line)),
            _ => regex.find_iter(line).filter(|found| !found.is_empty()).count(),
        }
    };
    lines(text).into_iter().map(count).sum::<usize>() as u64
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn counts_are_those_of_the_regex_crate(
        text in strategy::bytes(0..60),
        expressions in vec(select(EXPRESSIONS), 1..8),
        ignore_case: bool,
        whole_words: bool,
        unit in select(&[Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        lens in vec(1..12_usize, 1..6),
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        let given = expressions.iter().filter(|expression| !expression.is_empty());
        let given: Vec<_> = given.map(|expression| expression.as_bytes().to_vec()).collect();
        let expected: Vec<_> = given
            .iter()
            .map(|expression| reference(&text, str::from_utf8(expression).unwrap(), matching))
            .collect();
        prop_assert_eq!(counts(EngineChoice::Auto, &text, &given, matching, &lens), expected);
    }
}

fn plan(expression: &str) -> Plan {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    Plan::new(&Patterns::new([expression], matching).unwrap(), EngineChoice::Auto).unwrap()
}

/// Expressions may be different and mean the same literals.
#[test]
fn literals_that_expressions_share_count_for_each() {
    let given = ["ab", "(ab)", "a(?:b)", "ab|cd", "cd|ab", "ab?", "(?i)ab", "(?i)AB|cd", "c?d|ab"];
    let patterns = given.map(|expression| expression.as_bytes().to_vec());
    let text = b"ab cd Ab\r\nCDab\nabd".repeat(9000);
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let expected: Vec<_> =
        given.iter().map(|expression| reference(&text, expression, matching)).collect();
    for len in [usize::MAX, 777] {
        assert_eq!(counts(EngineChoice::Auto, &text, &patterns, matching, &[len]), expected);
    }
}

/// Those that stand in much of the text are counted together for a while, and looked for
/// again later.
#[test]
fn expressions_that_are_everywhere_count_alone() {
    let given =
        ["e[a-z]+he", r"\w+ing\b", "(?i)the[a-z ]*z?", r"ing\W*", r"\w{4}\d", "[ab]{30}", "z*the"];
    let patterns = given.map(|expression| expression.as_bytes().to_vec());
    let dense = "the singing ing, bring The\r\nthe é ing else\nabcd5 rather weather\n".repeat(9000);
    let sparse = format!("{}\r\nelse\n", "- ".repeat(4000)).repeat(2200);
    let text = [&dense, &sparse, &dense].map(String::as_bytes).concat();
    for unit in [Unit::Occurrences, Unit::Lines] {
        let matching = Matching { syntax: Syntax::Regex, unit, ..Matching::default() };
        let expected: Vec<_> =
            given.iter().map(|expression| reference(&text, expression, matching)).collect();
        assert_eq!(counts(EngineChoice::Auto, &text, &patterns, matching, &[1 << 17]), expected);
    }
}

#[test]
fn lines_before_one_that_is_too_long_count() {
    let mut scanner: Scanner = Scanner::with_line_limit(plan("a"), 5);
    let too_long = LineTooLong { limit_bytes: 5 };
    for len in 1..20 {
        let text = b"aa\naaaaa\naaaaaa\naa\n";
        let fed = text.chunks(len).map(|piece| scanner.feed(piece)).fold(Ok(()), Result::and);
        assert_eq!(fed, Err(too_long), "by {len}");
        scanner.end_text();
        assert_eq!(scanner.take_counts().to_vec(1), [7], "by {len}");
    }
    assert_eq!(scanner.count(b"a\naaaaaa"), Err(too_long));
    let counts = scanner.count(b"a\naaaaa").unwrap();
    assert_eq!(counts.to_vec(1), [6], "another text begins anew");
}

#[test]
fn a_line_of_the_default_limit_is_held() {
    let mut scanner: Scanner = Scanner::new(plan("a$"));
    let text = [&b" ".repeat((16 << 20) - 1)[..], b"a\n"].concat();
    assert_eq!(scanner.count(&text).unwrap().to_vec(1), [1]);
    assert!(scanner.count(&[b" ", &text[..]].concat()).is_err());
}
