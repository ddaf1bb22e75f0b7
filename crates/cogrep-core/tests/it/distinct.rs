//! Tables of distinct texts are those of a slow and plain count, however a job is cut.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_core::measure::{
    AnyMeasure, Distinct, DistinctByLine, DistinctText, DistinctTexts, Layout, LineFields,
    LineKind, LineText, Lines, Ngrams, Times, UnicodeWords, Words,
};
use cogrep_core::table::{MemoryLimit, Order, Table};
use cogrep_core::time::StampFinder;
use cogrep_core::{Input, Job, Matching, Patterns, Plan, Report, Syntax, Unit};
use cogrep_match::{EngineChoice, LineKey, fold_all};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// What is counted by: the source and the needle; and the text.
type Counts = BTreeMap<(u64, usize, Vec<u8>), u64>;

fn plan(patterns: &[&str], matching: Matching) -> Arc<Plan> {
    let patterns = Patterns::new(patterns.iter().copied(), matching).unwrap();
    Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap())
}

/// The texts of a folder, for a job in ranges of this many bytes on three workers, or in order.
fn tabulated(
    texts: &[Vec<u8>],
    plan: &Arc<Plan>,
    layout: Layout,
    range_bytes: Option<u64>,
    measure: impl FnOnce(&Arc<Table>) -> AnyMeasure,
) -> (Counts, Vec<Vec<u8>>, Report) {
    let folder = tempfile::tempdir().unwrap();
    for (nth, text) in texts.iter().enumerate() {
        fs::write(folder.path().join(nth.to_string()), text).unwrap();
    }
    let inputs = [Input::Path(folder.path().into())];
    // On several workers, there is never room for all of it.
    let limit = range_bytes.map(|_| MemoryLimit { bytes: 600_000, folder: std::env::temp_dir() });
    let table = Arc::new(Table::with_limit(true, limit));
    let job = Job {
        workers: NonZeroUsize::new(if range_bytes.is_some() { 3 } else { 1 }),
        range_bytes: range_bytes.and_then(NonZeroU64::new),
        measures: vec![measure(&table)],
        ..Job::new(plan, &inputs)
    };
    let report = job.run(|_| {});
    assert!(report.is_complete());
    let rows = DistinctTexts::new(&table, layout, Order::First, NonZeroUsize::MIN).unwrap();
    let (mut counts, mut order) = (Counts::new(), Vec::new());
    rows.for_each(|row| {
        counts.insert((row.source.ordinal, row.row, row.text.to_vec()), row.count);
        order.push(row.text.to_vec());
        io::Result::Ok(())
    })
    .unwrap();
    assert_eq!((counts.len(), order.len()), (rows.len(), rows.len()));
    (counts, order, report)
}

/// What a list of texts of each source is counted as.
fn slow(found: impl IntoIterator<Item = (u64, usize, Vec<u8>)>) -> Counts {
    let mut counts = Counts::new();
    for key in found {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// What texts are made of.
const PIECES: [&[u8]; 26] = [
    b"to",
    b"be",
    b"Be",
    b"or not",
    b" ",
    b" ",
    b" ",
    b"\n",
    b"\n",
    b"\r\n",
    b"\r",
    b"_",
    b"'",
    "é".as_bytes(),
    "É".as_bytes(),
    b"K",
    "\u{212A}".as_bytes(),
    "水滸傳".as_bytes(),
    "。".as_bytes(),
    b"12.5",
    b"a-long-word-with-more-than-16-bytes ",
    b"anotherwordwithmorethansixteenbytes",
    b"\xff",
    b"\xc3",
    b"\xa9",
    b"\0",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(&PIECES[..]);
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

/// The lines of a text without their endings.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for line in &mut lines {
        if let Some(rest) = line.strip_suffix(b"\n") {
            *line = rest.strip_suffix(b"\r").unwrap_or(rest);
        }
    }
    lines
}

/// What an expression matches in the lines of texts.
fn matches(texts: &[Vec<u8>], expressions: &[&str], folds: bool) -> Vec<(u64, usize, Vec<u8>)> {
    let mut found = Vec::new();
    for (source, text) in (0..).zip(texts) {
        for (needle, expression) in expressions.iter().enumerate() {
            let regex = regex::bytes::RegexBuilder::new(expression);
            let regex = { regex }.case_insensitive(folds).build().unwrap();
            for line in lines(text) {
                let in_line = regex.find_iter(line).map(|found| found.as_bytes());
                let in_line = in_line.filter(|text| !text.is_empty());
                let texts = in_line.map(|text| if folds { fold_all(text) } else { text.to_vec() });
                found.extend(texts.map(|text| (source, needle, text)));
            }
        }
    }
    found
}

/// Texts with stamps in some lines.
fn log() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(
        &[
            "2026-11-29T10:00:00Z ",
            "2026-11-29 10:20:00 ",
            "29/Nov/2026:12:00:00 +0000 ",
            "aa",
            "aaa",
            "k=v1 ",
            "k=v2 ",
            "k= ",
            "\n",
            "\n",
            "\r\n",
            "a line of some length without any of these, ",
        ][..],
    );
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(cogrep_testing::cases(200))]

    #[test]
    fn lines_give_occurrences_a_time_and_a_key(
        text in log(),
        range_bytes in prop::option::of(1..300_u64),
        syntax in prop::sample::select(&[Syntax::Literal, Syntax::Regex][..]),
        has_text: bool,
    ) {
        let step = "1h".parse().unwrap();
        let finder = || StampFinder::new(1_795_948_614);
        let matching = Matching { syntax, ..Matching::default() };
        let plan = plan(&["aa", "a", "k="], matching);
        let layout = Layout { by_time: true, by_key: true, by_row: true, ..Layout::default() };
        let fields = Arc::new(LineFields {
            key: Some(LineKey::new(r"k=(\w+)").unwrap()),
            times: Some(Times::new(finder(), step)),
        });
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("log"), &text).unwrap();
        let inputs = [Input::Path(folder.path().into())];
        let table = Arc::new(Table::new());
        let rows = (0..3).map(|row| vec![row]).collect();
        let measure = DistinctByLine::new(&table, layout, &fields, rows, if has_text { LineText::AsFound } else { LineText::None });
        let job = Job {
            workers: NonZeroUsize::new(if range_bytes.is_some() { 3 } else { 1 }),
            range_bytes: range_bytes.and_then(NonZeroU64::new),
            measures: vec![measure.into()],
            ..Job::new(&plan, &inputs)
        };
        let report = job.run(|_| {});
        let texts = DistinctTexts::new(&table, layout, Order::Count, NonZeroUsize::MIN).unwrap();
        let mut counted = BTreeMap::new();
        let mut count = |text: DistinctText<'_>| {
            counted.insert((text.time, text.key, text.row, text.text.to_vec()), text.count);
            io::Result::Ok(())
        };
        texts.for_each(&mut count).unwrap();

        let regex = |expression| regex::bytes::Regex::new(expression).unwrap();
        let (expression, patterns) = (regex(r"k=(\w+)"), ["aa", "a", "k="].map(regex));
        let mut expected = BTreeMap::new();
        let mut time = None;
        for line in lines(&text) {
            if let Some(stamp) = finder().find(line) {
                time = Some(step.start(stamp.seconds));
            }
            let key = expression.captures(line).map(|groups| groups[1].to_vec()).unwrap_or_default();
            for (row, pattern) in patterns.iter().enumerate() {
                for found in pattern.find_iter(line) {
                    let found = if has_text { found.as_bytes().to_vec() } else { Vec::new() };
                    *expected.entry((time, key.clone(), row, found)).or_insert(0) += 1;
                }
            }
        }
        prop_assert_eq!(&counted, &expected);
        for (row, pattern) in report.patterns.iter().enumerate() {
            let of_row = expected.iter().filter(|((_, _, other, _), _)| *other == row);
            prop_assert_eq!(of_row.map(|(_, count)| count).sum::<u64>(), pattern.count);
        }
    }

    #[test]
    fn distinct_matches_are_those_of_the_regex_crate(
        texts in prop::collection::vec(text(), 1..4),
        range_bytes in prop::option::of(1..300_u64),
        folds: bool,
        by_source: bool,
        expressions in prop::sample::subsequence(
            &["[a-z]+", "b.?", "(?:to|be) ", r"\w+", "[^a]*", r"\d", "é|k", ".+", "(?s-u:.)+$"][..], 1..4,
        ),
    ) {
        let matching =
            Matching { syntax: Syntax::Regex, ignore_case: folds, ..Matching::default() };
        let plan = plan(&expressions, matching);
        let layout = Layout { by_source, by_row: expressions.len() > 1, ..Layout::default() };
        let (counts, _, report) = tabulated(&texts, &plan, layout, range_bytes, |table| {
            Distinct::new(table, layout, folds, (0..expressions.len()).map(|row| vec![row]).collect()).into()
        });
        let mut expected = matches(&texts, &expressions, folds);
        if !by_source {
            for (source, ..) in &mut expected {
                *source = 0;
            }
        }
        prop_assert_eq!(&counts, &slow(expected));
        for (needle, pattern) in report.patterns.iter().enumerate() {
            let table = counts.iter().filter(|((_, other, _), _)| *other == needle);
            prop_assert_eq!(table.map(|(_, count)| count).sum::<u64>(), pattern.count);
        }
    }

    #[test]
    fn words_and_lines_are_what_their_expressions_match(
        texts in prop::collection::vec(text(), 1..4),
        range_bytes in prop::option::of(1..300_u64),
        folds: bool,
    ) {
        let none = plan(&[], Matching::default());
        let layout = Layout::default();
        let (words, ..) = tabulated(&texts, &none, layout, range_bytes, |table| {
            Words::new(table, folds).into()
        });
        let all = |found: Vec<(u64, usize, Vec<u8>)>| found.into_iter().map(|(.., text)| (0, 0, text));
        prop_assert_eq!(&words, &slow(all(matches(&texts, &[r"\w+"], folds))));

        for kind in [LineKind::Parts, LineKind::Filled, LineKind::Whole] {
            let (counted, order, _) = tabulated(&texts, &none, layout, range_bytes, |table| {
                Lines::new(table, layout, kind).into()
            });
            let found = match kind {
                LineKind::Parts => matches(&texts, &[".+"], false),
                LineKind::Filled => matches(&texts, &["^(?:.+)$"], false),
                LineKind::Whole => {
                    let valid = |line: &&[u8]| str::from_utf8(line).is_ok();
                    let valid = texts.iter().flat_map(|text| lines(text)).filter(valid);
                    valid.map(|line| (0, 0, line.to_vec())).collect()
                }
            };
            let mut seen = Vec::new();
            for (.., text) in &found {
                if !seen.contains(text) {
                    seen.push(text.clone());
                }
            }
            prop_assert_eq!(&counted, &slow(all(found)));
            prop_assert_eq!(order, seen);
        }
    }

    #[test]
    fn words_of_unicode_are_those_of_another_implementation(
        texts in prop::collection::vec("[aZé1 .,'’:_\n\r-]{0,60}|[日本語ไทยa \n]{0,30}", 1..4),
        range_bytes in prop::option::of(1..300_u64),
        folds: bool,
    ) {
        let none = plan(&[], Matching::default());
        let bytes: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
        let (counted, order, _) = tabulated(&bytes, &none, Layout::default(), range_bytes, |table| {
            UnicodeWords::new(table, Layout::default(), folds).into()
        });
        let mut found = Vec::new();
        for text in texts.iter().filter(|text| text.chars().all(|char| char < '\u{3000}')) {
            // Those of one need a dictionary.
            if text.chars().any(|char| ('\u{e00}'..'\u{e80}').contains(&char)) {
                return Ok(());
            }
            let word = |word: &str| if folds { fold_all(word.as_bytes()) } else { word.into() };
            found.extend(text.unicode_words().map(|text| (0, 0, word(text))));
        }
        if texts.iter().any(|text| text.chars().any(|char| char >= '\u{3000}')) {
            // All that is no white space is in some word.
            let letters = |text: &str| text.chars().filter(|char| !char.is_whitespace()).count();
            let counted = counted.iter().map(|((.., text), count)| {
                str::from_utf8(text).unwrap().chars().count() as u64 * count
            });
            if texts.iter().all(|text| text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace())) {
                let all: usize = texts.iter().map(|text| letters(text)).sum();
                prop_assert_eq!(counted.sum::<u64>(), all as u64);
            }
            return Ok(());
        }
        let mut seen = Vec::new();
        for (.., text) in &found {
            if !seen.contains(text) {
                seen.push(text.clone());
            }
        }
        prop_assert_eq!(&counted, &slow(found));
        prop_assert_eq!(order, seen);
    }

    #[test]
    fn sequences_of_words_are_those_of_a_list_of_words(
        texts in prop::collection::vec(text(), 1..4),
        range_bytes in prop::option::of(1..300_u64),
        folds: bool,
        by_source: bool,
        length in 1..5_usize,
    ) {
        let none = plan(&[], Matching::default());
        let layout = Layout { by_source, ..Layout::default() };
        let (counted, order, _) = tabulated(&texts, &none, layout, range_bytes, |table| {
            Ngrams::new(table, layout, folds, NonZeroUsize::new(length).unwrap()).into()
        });
        let mut found = Vec::new();
        for (source, text) in (0..).zip(&texts) {
            let words = matches(std::slice::from_ref(text), &[r"\w+"], folds);
            let words: Vec<Vec<u8>> = words.into_iter().map(|(.., word)| word).collect();
            let source = if by_source { source } else { 0 };
            found.extend(words.windows(length).map(|words| (source, 0, words.join(&b' '))));
        }
        let mut seen = Vec::new();
        for (source, _, text) in &found {
            if !seen.contains(&(*source, text.clone())) {
                seen.push((*source, text.clone()));
            }
        }
        prop_assert_eq!(&counted, &slow(found));
        prop_assert_eq!(order, seen.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
    }

    #[test]
    fn a_word_is_counted_as_if_it_were_looked_for(text in text(), folds: bool) {
        let none = plan(&[], Matching::default());
        let texts = [text];
        let (words, ..) = tabulated(&texts, &none, Layout::default(), None, |table| {
            Words::new(table, folds).into()
        });
        let matching =
            Matching { whole_words: true, ignore_case: folds, unit: Unit::Occurrences, ..Matching::default() };
        for ((.., word), count) in &words {
            let plan = plan(&[str::from_utf8(word).unwrap()], matching);
            let counts = cogrep_match::Scanner::new(plan).count(&texts[0]).unwrap();
            prop_assert_eq!(counts.get(0), *count);
        }
    }
}
