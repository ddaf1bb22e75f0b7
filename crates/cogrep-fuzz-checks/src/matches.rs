//! The texts that regular expressions match against the `regex` crate, line by line.

use std::num::NonZeroU64;
use std::sync::Arc;

use cogrep_core::measure::{Distinct, Layout};
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Syntax, Unit, fold_all};

use crate::expression;
use crate::tables::{Reading, plainly, tabulate};

/// What expressions are made of, so that few of them are none: what is found by masks, by
/// literals and by automata, next to each other.
const FRAGMENTS: [&str; 48] = [
    "[a-z]",
    "[a-z]+",
    "[A-Z]",
    "[A-Za-z]+",
    "[0-9]{4}",
    r"\d",
    r"\d+",
    r"\d{2,3}",
    "[0-9]{1,2}",
    r"\w",
    r"\w+",
    r"\w{3,}",
    r"\s",
    r"\s+",
    "[^a]",
    "[^ ]+",
    ".",
    ".*",
    ".{2,5}",
    "-",
    ":",
    "@",
    "/",
    r"\.",
    " ",
    "a",
    "ab",
    "the",
    "é",
    "[а-я]+",
    "K",
    "s",
    "ß",
    "水",
    "a?",
    "[0-9]?",
    "b*",
    r"\w*?",
    r"(?:[a-z]\d)+",
    "(?:ab|cd)",
    "(?:a|ab)",
    "(?:the|[0-9]+)",
    r"(?:-\d+)?",
    r"\b",
    r"\B",
    "^",
    "$",
    "|",
];

/// Words in the text that fragments match.
const WORDS: [&str; 24] = [
    "a",
    "ab",
    "abc",
    "the",
    "The",
    "cd",
    "x1",
    "12",
    "2026",
    "-11-30",
    "2026-11-30",
    "10:00:59",
    "k@x.org",
    " ",
    " ",
    "  ",
    "\n",
    "\r\n",
    "é",
    "где",
    "K",
    "ſ",
    "水",
    "a-long-word-of-letters",
];

/// What is looked for, and in what.
struct Case {
    expressions: Vec<String>,
    text: Vec<u8>,
    matching: Matching,
}

impl Case {
    fn new(options: u8, repeat: u8, rest: &[u8]) -> Option<Self> {
        let unit = if options & 7 == 7 { Unit::WholeLines } else { Unit::Occurrences };
        let matching = Matching {
            syntax: Syntax::Regex,
            ignore_case: options & 8 != 0,
            whole_words: options & 16 != 0,
            unit,
        };
        // A byte that is in no UTF-8 separates the expressions, and the text comes last.
        let count = [1, 1, 2, 3][usize::from(options & 3)];
        let mut parts: Vec<&[u8]> = rest.splitn(count + 1, |byte| *byte == 0xfe).collect();
        let text = parts.pop()?;
        let is_raw = options & 32 != 0;
        let fragment = |byte: &u8| FRAGMENTS[usize::from(*byte) % FRAGMENTS.len()];
        let expression = |bytes: &&[u8]| {
            let written = || String::from_utf8(bytes.to_vec()).ok();
            if is_raw { written() } else { Some(bytes.iter().map(fragment).collect()) }
        };
        let expressions = parts.iter().map(expression).collect::<Option<Vec<_>>>()?;
        let text = match options & 64 {
            0 => text.to_vec(),
            _ => text.iter().flat_map(|byte| word(*byte).bytes()).collect(),
        };
        let times = [1, 1, 2, 7, 60][usize::from(repeat % 5)];
        let length = (text.len() * times).min(5000);
        let text = text.iter().copied().cycle().take(length).collect();
        let is_usable = !expressions.is_empty() && expressions.iter().all(|it| it.len() < 200);
        is_usable.then_some(Self { expressions, text, matching })
    }
}

fn word(byte: u8) -> &'static str {
    WORDS[usize::from(byte) % WORDS.len()]
}

/// Counts the texts that expressions match.
///
/// # Panics
///
/// When they are not those that the `regex` crate matches, or depend on how the text is cut.
pub fn matches(data: &[u8]) {
    let Some((&[options, repeat, a, b, c], rest)) = data.split_first_chunk() else { return };
    let Some(Case { expressions, text, matching }) = Case::new(options, repeat, rest) else {
        return;
    };
    let compiled = expressions.iter().map(|pattern| expression::compile(pattern, matching));
    let Some(compiled) = compiled.collect::<Option<Vec<_>>>() else { return };
    let Ok(patterns) = Patterns::new(expressions.clone(), matching) else { return };
    let Ok(plan) = Plan::new(&patterns, EngineChoice::Auto).map(Arc::new) else { return };
    // Equal patterns share a needle, which is then in several rows.
    let mut rows = vec![Vec::new(); plan.needle_count()];
    plan.needles().iter().enumerate().for_each(|(row, needle)| rows[*needle].push(row));
    let folds = matching.ignore_case;
    let found = compiled.iter().enumerate().flat_map(|(row, regex)| {
        let texts = expression::matches(regex, &text, matching.unit);
        texts.map(move |(start, text)| {
            (row, start, if folds { fold_all(text) } else { text.to_vec() })
        })
    });
    let expected = plainly(found);
    let layout = Layout { by_row: expressions.len() > 1, ..Layout::default() };
    let range_bytes = NonZeroU64::new(u64::from(c) * 3 + 1).unwrap_or(NonZeroU64::MIN);
    for reading in [Reading::Pieces(&[]), Reading::Pieces(&[a, b, c]), Reading::Ranges(range_bytes)]
    {
        if matches!(reading, Reading::Ranges(_)) && options & 128 == 0 {
            continue;
        }
        let (counts, report) = tabulate(&text, &plan, (layout, true), reading, |table| {
            Distinct::new(table, layout, folds, rows.clone()).into()
        });
        assert_eq!(counts, expected, "{expressions:?} in {reading:?}");
        for (row, pattern) in report.patterns.iter().enumerate() {
            let of_row = expected.iter().filter(|((other, _), _)| *other == row);
            let sum: u64 = of_row.map(|(_, (count, _))| count).sum();
            assert_eq!(sum, pattern.count, "{expressions:?} in {reading:?}");
        }
    }
}
