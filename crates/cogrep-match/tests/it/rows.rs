//! A row is a text of its own, however many are looked through at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use cogrep_match::{
    EngineChoice, Hits, LineTooLong, Matching, Patterns, Plan, RowScanner, Scanner, Syntax, Totals,
    Unit,
};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::strategy;

fn plan(patterns: &[Vec<u8>], matching: Matching) -> Arc<Plan> {
    let patterns = Patterns::new(patterns.iter().cloned(), matching).unwrap();
    Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap())
}

/// The counts of each row by itself, by row and needle, without zeros.
fn one_by_one(plan: &Arc<Plan>, rows: &[Vec<u8>]) -> BTreeMap<(u64, usize), u64> {
    let mut scanner: Scanner = Scanner::new(Arc::clone(plan));
    let mut counts = BTreeMap::new();
    for (row, text) in (0..).zip(rows) {
        scanner.feed(text).unwrap();
        scanner.end_text();
        let tally = scanner.take();
        for needle in 0..plan.needle_count() {
            if tally.count(needle) > 0 {
                counts.insert((row, needle), tally.count(needle));
            }
        }
    }
    counts
}

fn check(plan: &Arc<Plan>, rows: &[Vec<u8>], pieces: usize) -> Result<(), TestCaseError> {
    let expected = one_by_one(plan, rows);
    let mut by_row = RowScanner::<Hits>::new(Arc::clone(plan));
    let mut totals = RowScanner::<Totals>::new(Arc::clone(plan));
    for (nth, row) in rows.iter().enumerate() {
        if nth % 5 == 3 {
            by_row.push_pieces(row.chunks(pieces)).unwrap();
            totals.push_pieces(row.chunks(pieces)).unwrap();
        } else {
            by_row.push(row).unwrap();
            totals.push(row).unwrap();
        }
    }
    let found = by_row.take();
    prop_assert!(found.is_sorted_by_key(|it| (it.row, it.needle)));
    let found: BTreeMap<_, _> = found.iter().map(|it| ((it.row, it.needle), it.count)).collect();
    prop_assert_eq!(&found, &expected);
    let tally = totals.take();
    for needle in 0..plan.needle_count() {
        let of_needle = expected.iter().filter(|((_, other), _)| *other == needle);
        prop_assert_eq!(tally.count(needle), of_needle.map(|(_, count)| count).sum::<u64>());
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn rows_of_literals_count_as_each_by_itself(
        rows in vec(strategy::bytes(0..20), 0..30),
        patterns in vec(strategy::bytes(1..6), 1..14),
        matching in strategy::matching(),
        pieces in 1..9_usize,
    ) {
        check(&plan(&patterns, matching), &rows, pieces)?;
    }

    #[test]
    fn rows_of_expressions_count_as_each_by_itself(
        rows in vec("[ab\r\n é]{0,9}".prop_map(String::into_bytes), 0..30),
        patterns in vec(
            prop::sample::select(&["^$", "a*", "^a", "b$", "[^a]", "a|b", r"\bé", "a\r", "$"][..])
                .prop_map(|pattern| pattern.as_bytes().to_vec()),
            1..5,
        ),
        ignore_case: bool,
        whole_words: bool,
        unit in prop::sample::select(&[Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        pieces in 1..9_usize,
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        check(&plan(&patterns, matching), &rows, pieces)?;
    }
}

#[test]
fn rows_of_many_lengths_count_as_each_by_itself() {
    let patterns = [b"ab".to_vec(), b"aba".to_vec(), b"b\n".to_vec(), b"ba".to_vec()];
    let rows: Vec<Vec<u8>> = [0, 1, 70, 5000, 20_000, 3, 300_000, 9, 16_384, 16_383, 65_536]
        .into_iter()
        .cycle()
        .take(60)
        .map(|len| b"ab".iter().copied().cycle().take(len).collect())
        .collect();
    for matching in [Matching::default(), Matching { whole_words: true, ..Matching::default() }] {
        check(&plan(&patterns, matching), &rows, 4096).unwrap();
    }
}

#[test]
fn patterns_may_have_every_byte() {
    let patterns: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let rows: Vec<_> = (0..=255).map(|byte: u8| vec![byte, byte.wrapping_add(1)]).collect();
    check(&plan(&patterns, Matching::default()), &rows, 1).unwrap();
}

#[test]
fn a_line_that_is_too_long_is_an_error_of_its_row_only() {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let plan = plan(&[b"a+".to_vec()], matching);
    let mut rows = RowScanner::<Hits>::with_line_limit(plan, 4);
    rows.push(b"a a").unwrap();
    assert_eq!(rows.push(b"a\naaaaa\na"), Err(LineTooLong { limit_bytes: 4 }));
    rows.push(b"aaaa").unwrap();
    let found: Vec<_> = rows.take().iter().map(|it| (it.row, it.count)).collect();
    assert_eq!(found, [(0, 2), (1, 1), (2, 1)]);
}
