//! What measures find in ranges, on many cores, is what they find in a text as a whole.

use std::fs;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_core::measure::{
    Disperse, Dispersion, Divide, Division, Divisions, FirstPlaces, Place, Places, Slice, Slices,
};
use cogrep_core::{Counts, Input, Job, Matching, Patterns, Plan, Report, Unit};
use cogrep_match::EngineChoice;
use longest_gap::{Gap, LongestGap};
use proptest::prelude::*;

#[path = "../../examples/measure.rs"]
#[allow(dead_code, reason = "of the example only its measure is wanted")]
mod longest_gap;

/// What measures find in a text.
#[derive(Debug, PartialEq)]
struct Measured {
    counts: Counts,
    places: Vec<Vec<Place>>,
    slices: Vec<Counts>,
    dispersion: Dispersion,
}

/// All that measures of all kinds find in a text.
fn measured(
    text: &[u8],
    patterns: &[&str],
    matching: Matching,
    range_bytes: Option<u64>,
) -> (Measured, Report) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text"), text).unwrap();
    let inputs = [Input::Path(folder.path().into())];
    let patterns = Patterns::new(patterns.iter().copied(), matching).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let workers = if range_bytes.is_some() { 3 } else { 1 };
    let job = Job {
        workers: NonZeroUsize::new(workers),
        range_bytes: range_bytes.and_then(NonZeroU64::new),
        by_source: true,
        measures: vec![
            FirstPlaces::new(3).into(),
            Slice::new(4).into(),
            Disperse.into(),
            LongestGap.into(),
        ],
        ..Job::new(&plan, &inputs)
    };
    let mut seen = Vec::new();
    let report = job.run(|source| {
        let findings = &source.findings;
        let places = findings.get::<Places>().unwrap();
        let all = 0..plan.patterns().len();
        seen.push(Measured {
            counts: source.counts.clone().unwrap(),
            places: all.map(|pattern| places.places(pattern).collect()).collect(),
            slices: findings.get::<Slices>().unwrap().counts().to_vec(),
            dispersion: findings.get::<Dispersion>().unwrap().clone(),
        });
        let gaps = source.findings.get::<Vec<Gap>>().unwrap();
        assert_eq!(gaps.len(), plan.needle_count());
    });
    (seen.pop().unwrap(), report)
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(
        &[
            "ab",
            "abab",
            "a",
            "b\n",
            "\r\n",
            "\n",
            "aaa ",
            "é",
            "Ⱥ",
            "\u{212A}",
            "the line goes on ",
        ][..],
    );
    prop::collection::vec(piece, 1..200).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(cogrep_testing::cases(100))]

    #[test]
    fn ranges_are_measured_as_the_whole(
        text in text(),
        range_bytes in 1..300_u64,
        ignore_case: bool,
        whole_words: bool,
        unit in prop::sample::select(&[Unit::Occurrences, Unit::Overlapping, Unit::Lines][..]),
    ) {
        let matching = Matching { ignore_case, whole_words, unit, ..Matching::default() };
        let patterns = ["ab", "aba", "aa", "a", "k", "b\na", "line", "é"];
        let (whole, _) = measured(&text, &patterns, matching, None);
        let (ranges, _) = measured(&text, &patterns, matching, Some(range_bytes));
        prop_assert_eq!(&ranges, &whole);
        let counts = whole.counts;
        for (index, places) in whole.places.iter().enumerate() {
            prop_assert_eq!(places.len() as u64, counts.get(index).min(3));
            let slices: u64 = whole.slices.iter().map(|slice| slice.get(index)).sum();
            prop_assert_eq!(slices, counts.get(index));
        }
    }
}

/// The lines or the words of a text, on three cores or on one.
fn divided(text: &[u8], division: Division, range_bytes: Option<u64>) -> Vec<(u32, u64)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text"), text).unwrap();
    let inputs = [Input::Path(folder.path().into())];
    let patterns = Patterns::new(["ab"], Matching::default()).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let job = Job {
        workers: NonZeroUsize::new(if range_bytes.is_some() { 3 } else { 1 }),
        range_bytes: range_bytes.and_then(NonZeroU64::new),
        measures: vec![Divide(division).into()],
        ..Job::new(&plan, &inputs)
    };
    let mut found = Vec::new();
    job.run(|source| found = source.findings.get::<Divisions>().unwrap().bins().collect());
    found
}

proptest! {
    #![proptest_config(cogrep_testing::cases(50))]

    #[test]
    fn ranges_have_the_lines_and_the_words_of_the_whole(text in text(), range_bytes in 1..300_u64) {
        let lines = text.split_inclusive(|byte| *byte == b'\n').count();
        let words = std::str::from_utf8(&text).unwrap();
        let words = words.split(|char| !cogrep_match::word::is_word(char));
        let words = words.filter(|word| !word.is_empty()).count();
        for (division, all) in [(Division::Lines, lines), (Division::Words, words)] {
            let whole = divided(&text, division, None);
            prop_assert_eq!(&divided(&text, division, Some(range_bytes)), &whole);
            prop_assert_eq!(whole.iter().map(|(_, count)| count).sum::<u64>(), all as u64);
        }
    }
}

#[test]
fn a_text_that_repeats_without_end_is_counted_in_order() {
    let text = b"a".repeat(50_001);
    let (whole, _) = measured(&text, &["aa"], Matching::default(), None);
    let (ranges, report) = measured(&text, &["aa"], Matching::default(), Some(9_000));
    assert_eq!(report.patterns[0].count, 25_000);
    assert_eq!((ranges.places, ranges.slices), (whole.places, whole.slices));
}

#[test]
fn gaps_are_found_across_ranges() {
    let text = [&b"love"[..], &b" ".repeat(700), b"love love"].concat();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text"), text).unwrap();
    let inputs = [Input::Path(folder.path().into())];
    let patterns = Patterns::new(["love"], Matching::default()).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    for range_bytes in [1, 10, 100, 1_000] {
        let job = Job {
            workers: NonZeroUsize::new(2),
            range_bytes: NonZeroU64::new(range_bytes),
            measures: vec![LongestGap.into()],
            ..Job::new(&plan, &inputs)
        };
        let mut longest = Vec::new();
        job.run(|source| {
            let gaps = source.findings.get::<Vec<Gap>>().unwrap();
            longest.push(gaps[0].longest);
        });
        assert_eq!(longest, [700], "in ranges of {range_bytes} bytes");
    }
}
