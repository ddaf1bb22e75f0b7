//! Random expressions in random texts: counts and places are those of the `regex` crate,
//! line by line, however the text is cut.

use std::ops::Range;
use std::sync::Arc;

use crate::common::{counts, counts_in_ranges, hits, hits_in_ranges, lines, plan, strategy};
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax, Unit};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::{Regex, RegexBuilder};

const ATOMS: &[&str] = &[
    "a",
    "b",
    "ab",
    "aba",
    "bab",
    "abb a",
    "é",
    "É",
    "k",
    "ſ",
    "s",
    "漢",
    r"\r",
    r"\n",
    r"\r\n",
    " ",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    ".",
    "[ab]",
    "[^a]",
    r"[\w ]",
    r"\d",
    r"\pL",
    r"\pM",
    "(?-u:\\xFF)",
    "(?s:.)",
    r"[[:^alpha:]]",
    "(?i:ab)",
    "(?i:aba)",
    "(?i:k)",
];

const LOOKS: &[&str] = &[
    "^",
    "$",
    r"\A",
    r"\z",
    r"\b",
    r"\B",
    "(?m:^)",
    "(?m:$)",
    "(?mR:^)",
    "(?mR:$)",
    r"\b{start}",
    r"\b{end}",
    r"\b{start-half}",
    r"\b{end-half}",
    "",
];

const REPETITIONS: &[&str] =
    &["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", "??", "{0,5}?", "{1,2}?"];

fn expression() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => select(ATOMS).prop_map(String::from),
        1 => select(LOOKS).prop_map(String::from),
    ];
    let inner = atom.prop_recursive(3, 14, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 2..4).prop_map(|parts| parts.concat()),
            2 => vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            3 => (inner.clone(), select(REPETITIONS)).prop_map(|(part, repetition)| format!("(?:{part}){repetition}")),
            1 => inner.prop_map(|part| format!("({part})")),
        ]
    });
    // Some begin with what need not be looked at, and some are for words.
    (inner, any::<u8>()).prop_map(|(inner, kind)| match kind % 8 {
        0 => format!(r"[\w.-]{{0,3}}?(?:{inner})"),
        1 => format!(r"[a ]*?\w??(?:{inner})"),
        2 => format!(r"\b(?:{inner})\b"),
        3 => format!(r"\b{{start}}(?:{inner})\b"),
        _ => inner,
    })
}

/// The expression as it is meant, if it is one.
fn compile(expression: &str, matching: Matching) -> Option<Regex> {
    let wrapped = match (matching.unit, matching.whole_words) {
        (Unit::WholeLines, _) => format!("^(?:{expression})$"),
        (_, true) => format!(r"\b{{start-half}}(?:{expression})\b{{end-half}}"),
        (_, false) => expression.into(),
    };
    RegexBuilder::new(&wrapped).case_insensitive(matching.ignore_case).build().ok()
}

/// What an expression finds by the rules, one line after the other.
fn reference(text: &[u8], regex: &Regex, unit: Unit) -> Vec<Range<usize>> {
    let (mut start, mut found) = (0, Vec::new());
    for (whole, ended) in lines(text) {
        let line = if ended { whole.strip_suffix(b"\r").unwrap_or(whole) } else { whole };
        let at = start;
        let places = regex.find_iter(line).map(|place| at + place.start()..at + place.end());
        match unit {
            Unit::Occurrences => found.extend(places.filter(|place| !place.is_empty())),
            _ => found.extend(places.take(1)),
        }
        start += whole.len() + 1;
    }
    found
}

/// The expressions that are such, and what each finds in the text.
fn given_and_expected(
    expressions: &[String],
    matching: Matching,
    text: &[u8],
) -> (Vec<Vec<u8>>, Vec<Vec<Range<usize>>>) {
    let given = expressions.iter().filter(|expression| !expression.is_empty());
    let found = |expression: &String| {
        let regex = compile(expression, matching)?;
        Some((expression.as_bytes().to_vec(), reference(text, &regex, matching.unit)))
    };
    given.filter_map(found).unzip()
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn random_expressions_find_what_the_regex_crate_finds(
        text in strategy::bytes(0..90),
        expressions in vec(expression(), 1..4),
        ignore_case: bool,
        whole_words: bool,
        unit in select(&[Unit::Occurrences, Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        lens in vec(1..30_usize, 1..6),
        cuts in vec(any::<usize>(), 0..6),
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        let (given, expected) = given_and_expected(&expressions, matching, &text);
        let plan = plan(&given, matching, EngineChoice::Auto);
        prop_assert_eq!(&hits(&plan, &text, &lens), &expected);
        prop_assert_eq!(&hits_in_ranges(&plan, &text, &cuts, &lens), &Ok(expected.clone()));
        let expected: Vec<_> = expected.iter().map(|places| places.len() as u64).collect();
        prop_assert_eq!(&counts_in_ranges(&plan, &text, &cuts, &lens, |_| 0), &expected);
        for lens in [&lens[..], &[usize::MAX]] {
            prop_assert_eq!(&counts(EngineChoice::Auto, &text, &given, matching, lens), &expected);
        }
        prop_assert_eq!(counts(EngineChoice::Regex, &text, &given, matching, &lens), expected);
    }
}

/// Atoms of which nothing is known that is rare.
const FREQUENT: &[&str] = &[
    "e",
    "t",
    "[a-m]",
    "[aeiou]",
    "[^e]",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    ".",
    r"\b",
    "^",
    "$",
    "é",
    r"\pL",
    "the",
    "(?:he|e)",
    "(?:e|he)",
    "(?:in|ing)?",
];

fn frequent() -> impl Strategy<Value = String> {
    let part = (select(FREQUENT), select(REPETITIONS), any::<bool>()).prop_map(
        |(atom, repetition, is_once)| {
            if is_once { atom.to_string() } else { format!("(?:{atom}){repetition}") }
        },
    );
    vec(part, 1..4).prop_map(|parts| parts.concat())
}

/// Lines with many letters and line endings, so that they are read side by side.
fn many_lines() -> impl Strategy<Value = Vec<u8>> {
    let line = vec(select(&["the", "he", "in", "ing", " ", "e", "x", "\r", "\t"][..]), 0..12);
    let ending = select(&["\n", "\n", "\r\n", "é\n", "\u{2029} e\n"][..]);
    let lines = vec((line, ending), 0..120);
    (lines, any::<bool>()).prop_map(|(lines, has_end)| {
        let mut text: Vec<u8> = lines
            .into_iter()
            .flat_map(|(line, ending)| [line.concat(), ending.into()])
            .collect::<String>()
            .into();
        if !has_end {
            text.pop();
        }
        text
    })
}

proptest! {
    #![proptest_config(cases(300))]

    /// However many read the text together, each counts as if it were alone.
    #[test]
    fn expressions_that_read_together_count_alone(
        text in many_lines(),
        expressions in vec(frequent(), 1..40),
        ignore_case: bool,
        whole_words: bool,
        unit in select(&[Unit::Occurrences, Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        len in select(&[40, 700, usize::MAX][..]),
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        let given: Vec<_> = expressions.iter().map(|expression| expression.as_bytes().to_vec()).collect();
        let expected: Vec<_> = expressions
            .iter()
            .map(|expression| reference(&text, &compile(expression, matching).unwrap(), unit))
            .collect();
        prop_assert_eq!(&hits(&plan(&given, matching, EngineChoice::Auto), &text, &[len]), &expected);
        let expected: Vec<_> = expected.iter().map(|places| places.len() as u64).collect();
        prop_assert_eq!(counts(EngineChoice::Auto, &text, &given, matching, &[len]), expected);
    }
}

/// In how many bytes each expression is asked, where a text comes in parts, each for a scanner
/// of its own and in pieces of this length.
fn asked_bytes(parts: &[&[u8]], given: &[Vec<u8>], matching: Matching, len: usize) -> Vec<u64> {
    let patterns = Patterns::new(given.iter().cloned(), matching).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap().watched());
    for part in parts {
        let mut scanner: Scanner = Scanner::new(Arc::clone(&plan));
        part.chunks(len).for_each(|piece| scanner.feed(piece).unwrap());
        scanner.end_text();
        scanner.take();
    }
    plan.costs().unwrap().needles.iter().map(|cost| cost.asked_bytes).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    /// What expressions cost does not depend on how the text is cut, nor on who counts it, as
    /// long as there is too little of it to choose anew how to count.
    #[test]
    fn expressions_are_asked_in_the_same_lines_however_the_text_is_cut(
        text in many_lines(),
        expressions in vec(prop_oneof![frequent(), expression()], 1..30),
        unit in select(&[Unit::Occurrences, Unit::Lines][..]),
        len in 1..400_usize,
        cut: usize,
    ) {
        let matching = Matching { syntax: Syntax::Regex, unit, ..Matching::default() };
        let given: Vec<_> = expressions
            .iter()
            .filter(|expression| !expression.is_empty() && compile(expression, matching).is_some())
            .map(|expression| expression.as_bytes().to_vec())
            .collect();
        let expected = asked_bytes(&[&text], &given, matching, usize::MAX);
        prop_assert!(expected.iter().all(|bytes| *bytes <= text.len() as u64));
        prop_assert_eq!(&asked_bytes(&[&text], &given, matching, len), &expected);
        let before = &text[..cut % (text.len() + 1)];
        let cut = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let parts = [&text[..cut], &text[cut..]];
        prop_assert_eq!(asked_bytes(&parts, &given, matching, len), expected);
    }
}

/// An anchor of CRLF mode makes an expression one for single lines; what is looked for before
/// it is asked holds no line feed all the same.
#[test]
fn an_expression_for_single_lines_is_not_asked_beyond_its_line() {
    let given = [br"\x{e9}(?mR:^)\s".to_vec()];
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let text = "the é\nthe\nan é is asked\n".as_bytes();
    for len in [1, 7, usize::MAX] {
        assert_eq!(asked_bytes(&[text], &given, matching, len), [15], "pieces of {len}");
    }
}

/// Parts of which nothing is known that is rare, but which are rare together.
const SHAPED: &[&str] = &[
    r"\d",
    r"[A-Z]",
    r"[A-Z\d]",
    r"[.:]",
    r"[#@]",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"[^.]",
    r"\pL",
    r"\b",
    r"\B",
    r"\b{start}",
    r"\b{end}",
    r"\b{start-half}",
    r"\b{end-half}",
    "^",
    "$",
    "",
    "é",
    r"\pM",
    r"(?-u:[\x80-\xFF])",
];

fn shaped() -> impl Strategy<Value = String> {
    let one =
        (select(SHAPED), select(REPETITIONS), 0..4_u8).prop_map(|(atom, repetition, kind)| {
            if kind > 0 { atom.to_string() } else { format!("(?:{atom}){repetition}") }
        });
    let inner = vec(one, 1..4).prop_map(|parts| parts.concat());
    let some = prop_oneof![
        2 => inner.clone(),
        1 => vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
        1 => (inner, select(REPETITIONS)).prop_map(|(part, repetition)| format!("(?:{part}){repetition}")),
    ];
    vec(some, 1..4).prop_map(|parts| parts.concat())
}

/// Lines that many such expressions match here and there, most of them of ASCII.
fn shaped_lines() -> impl Strategy<Value = Vec<u8>> {
    let part = select(
        &[
            "1", "22", "333", "A", "BC", "DEF", ".", ":", "#", "a", "bc", "_", " ", "\t", "\r",
            "\n", "\n",
        ][..],
    );
    let ascii = vec(part, 0..400).prop_map(|parts| parts.concat().into_bytes());
    (ascii, prop_oneof![3 => Just(None), 1 => any::<usize>().prop_map(Some)]).prop_map(
        |(mut text, other)| {
            if let Some(at) = other {
                let at = at % (text.len() + 1);
                text.splice(at..at, "é".bytes());
            }
            text
        },
    )
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Matches that are found from where they may start are those of the `regex` crate.
    #[test]
    fn expressions_of_rare_shapes_find_what_the_regex_crate_finds(
        text in shaped_lines(),
        expressions in vec(shaped(), 1..3),
        ignore_case: bool,
        whole_words: bool,
        unit in select(&[Unit::Occurrences, Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        lens in vec(1..700_usize, 1..4),
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        let (given, expected) = given_and_expected(&expressions, matching, &text);
        let plan = plan(&given, matching, EngineChoice::Auto);
        for lens in [&lens[..], &[usize::MAX]] {
            prop_assert_eq!(&hits(&plan, &text, lens), &expected);
        }
    }
}

/// An expression may be such that each place of a line has to be read from to its end: the
/// places are found all the same, and in time.
#[test]
fn expressions_that_start_everywhere_in_vain_are_found() {
    let given = [br"[A-Z]{3}[0-9A-Z]*[#@]".to_vec()];
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let plan = plan(&given, matching, EngineChoice::Auto);
    let text = [&b"ABC1#"[..], &b"A".repeat(2_000_000), b"\nXYZ@ "].concat();
    let end = text.len();
    assert_eq!(hits(&plan, &text, &[usize::MAX]), [[0..5, end - 5..end - 1]]);
}
