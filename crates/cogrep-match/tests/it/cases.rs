//! One table of cases, run on every engine and with every way to cut the text.
//!
//! The files in `tests/cases` are the table. In a case with `bytes = true`, `\xNN`,
//! `\n` and `\r` in the text, and in literals, are bytes.

use crate::common::random::Random;
use crate::common::{choices, counts, reference};
use cogrep_match::{EngineChoice, Matching, Syntax, Unit};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    /// Whether escapes mean bytes.
    #[serde(default)]
    bytes: bool,
    #[serde(default)]
    options: Vec<String>,
    /// Each pattern and its count.
    counts: Vec<(String, u64)>,
}

impl Case {
    fn matching(&self) -> Matching {
        let mut matching = Matching::default();
        for option in &self.options {
            match option.as_str() {
                "regex" => matching.syntax = Syntax::Regex,
                "ignore-case" => matching.ignore_case = true,
                "words" => matching.whole_words = true,
                "overlapping" => matching.unit = Unit::Overlapping,
                "lines" => matching.unit = Unit::Lines,
                "whole-lines" => matching.unit = Unit::WholeLines,
                other => panic!("{}: no option {other}", self.name),
            }
        }
        matching
    }

    fn text(&self) -> Vec<u8> {
        if self.bytes { unescape(&self.text) } else { self.text.as_bytes().to_vec() }
    }

    fn patterns(&self) -> Vec<Vec<u8>> {
        let escaped = self.bytes && self.matching().syntax == Syntax::Literal;
        let pattern = |(pattern, _): &(String, u64)| {
            if escaped { unescape(pattern) } else { pattern.as_bytes().to_vec() }
        };
        self.counts.iter().map(pattern).collect()
    }

    fn expected(&self) -> Vec<u64> {
        self.counts.iter().map(|(_, count)| *count).collect()
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split('\\');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (byte, rest) = match part.as_bytes()[0] {
            b'x' => (u8::from_str_radix(&part[1..3], 16).unwrap(), &part[3..]),
            b'n' => (b'\n', &part[1..]),
            b'r' => (b'\r', &part[1..]),
            _ => panic!("no such escape: \\{part}"),
        };
        bytes.push(byte);
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// Ways to cut a text: the lengths of the pieces, in turn.
fn cuts(random: &mut Random) -> Vec<Vec<usize>> {
    let mut cuts: Vec<_> = [1, 2, 3, 7, usize::MAX].map(|len| vec![len]).into();
    for _ in 0..4 {
        cuts.push((0..5).map(|_| 1 + random.below(12)).collect());
    }
    cuts
}

fn run(table: &str) {
    let table: Table = toml::from_str(table).unwrap();
    let mut random = Random::seeded();
    let mut wrong = Vec::new();
    for case in &table.case {
        let (matching, text, patterns) = (case.matching(), case.text(), case.patterns());
        let choices: Vec<_> = match matching.syntax {
            Syntax::Literal => choices().collect(),
            Syntax::Regex => {
                vec![EngineChoice::Auto, EngineChoice::Naive, EngineChoice::Regex]
            }
        };
        for choice in choices {
            for lens in cuts(&mut random) {
                let found = counts(choice, &text, &patterns, matching, &lens);
                if found != case.expected() {
                    wrong.push(format!("{}: {choice:?} by {lens:?}: {found:?}", case.name));
                }
            }
            // The patterns do not depend on each other.
            for (pattern, expected) in patterns.iter().zip(case.expected()) {
                let found = counts(choice, &text, std::slice::from_ref(pattern), matching, &[5]);
                if found != [expected] {
                    let pattern = String::from_utf8_lossy(pattern);
                    wrong.push(format!("{}: {choice:?}, {pattern} alone: {found:?}", case.name));
                }
            }
        }
        if matching.syntax == Syntax::Literal {
            let found = reference(&text, &patterns, matching);
            assert_eq!(found, case.expected(), "{}: the reference", case.name);
        }
    }
    assert!(wrong.is_empty(), "{} runs are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn occurrences_count_as_in_the_table() {
    run(include_str!("../cases/occurrences.toml"));
}

#[test]
fn folded_text_counts_as_in_the_table() {
    run(include_str!("../cases/folding.toml"));
}

#[test]
fn whole_words_count_as_in_the_table() {
    run(include_str!("../cases/words.toml"));
}

#[test]
fn lines_count_as_in_the_table() {
    run(include_str!("../cases/lines.toml"));
}

#[test]
fn regular_expressions_count_as_in_the_table() {
    run(include_str!("../cases/regex.toml"));
}
