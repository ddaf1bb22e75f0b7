//! Hits are the occurrences that are counted, and are where it is said.

#![allow(clippy::single_range_in_vec_init, reason = "a pattern may have one hit")]

use crate::common::{choices, counts, feed, hits, plan, reference_hits, strategy};
use cogrep_match::{EngineChoice, Hits, Matching, Scanner, Syntax, Unit, fold_all};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn every_engine_finds_the_hits_of_the_reference(
        text in strategy::bytes(0..60),
        copies in prop_oneof![9 => Just(1_usize), 1 => 100..300_usize],
        patterns in vec(strategy::bytes(1..5), 1..14),
        matching in strategy::matching(),
        lens in vec(1..9000_usize, 1..4),
    ) {
        let text = text.repeat(copies);
        let expected = reference_hits(&text, &patterns, matching);
        for choice in choices() {
            let found = hits(&plan(&patterns, matching, choice), &text, &lens);
            prop_assert_eq!(&found, &expected, "{:?} by {:?}", choice, lens);
        }
        for (pattern, hits) in patterns.iter().zip(&expected) {
            for hit in hits {
                let found = &text[hit.clone()];
                if !matching.ignore_case {
                    prop_assert_eq!(found, &pattern[..]);
                } else if str::from_utf8(pattern).is_ok() {
                    prop_assert_eq!(fold_all(found), fold_all(pattern));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Many needles, so that there is a sieve, and texts of several windows.
    #[test]
    fn hits_in_long_texts_are_those_of_the_reference(
        text in strategy::bytes(200..2000),
        patterns in vec(strategy::bytes(1..12), 1..30),
        matching in strategy::matching(),
        lens in vec(1..900_usize, 1..6),
    ) {
        let expected = reference_hits(&text, &patterns, matching);
        for choice in choices() {
            let found = hits(&plan(&patterns, matching, choice), &text, &lens);
            prop_assert_eq!(&found, &expected, "{:?} by {:?}", choice, lens);
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    /// What is asked for no more is counted, and nothing is lost in between.
    #[test]
    fn muted_hits_are_counted(
        text in strategy::bytes(0..300),
        patterns in vec(strategy::bytes(1..5), 1..14),
        matching in strategy::matching(),
        lens in vec(1..40_usize, 1..4),
        wanted in 0..3_usize,
    ) {
        let expected = reference_hits(&text, &patterns, matching);
        for choice in choices() {
            let plan = plan(&patterns, matching, choice);
            let mut scanner = Scanner::<Hits>::new(plan.clone());
            let mut found = vec![Vec::new(); plan.needle_count()];
            let mut muted = scanner.take_muted();
            let (mut rest, mut lens) = (&text[..], lens.iter().cycle());
            loop {
                let is_end = rest.is_empty();
                if is_end {
                    scanner.end_text();
                } else {
                    let len = (*lens.next().unwrap()).min(rest.len());
                    scanner.feed(rest.split_off(..len).unwrap()).unwrap();
                }
                scanner.take_hits().for_each(|hit| found[hit.needle].push(hit.start));
                muted.merge(&scanner.take_muted());
                for needle in (0..found.len()).filter(|needle| found[*needle].len() >= wanted) {
                    scanner.mute(needle);
                }
                if is_end {
                    break;
                }
            }
            for (needle, expected) in plan.needles().iter().zip(&expected) {
                let starts: Vec<u64> = expected.iter().map(|hit| hit.start as u64).collect();
                prop_assert!(starts.starts_with(&found[*needle]), "{:?}", choice);
                let all = found[*needle].len() as u64 + muted.count(*needle);
                prop_assert_eq!(all, expected.len() as u64, "{:?}", choice);
            }
        }
    }
}

fn regex(unit: Unit) -> Matching {
    Matching { syntax: Syntax::Regex, unit, ..Matching::default() }
}

#[test]
fn regular_expressions_have_hits_too() {
    let text = b"ab\r\n\r\nxabbb\na\xC3\xA9\xFFab";
    let patterns = [b"ab*".to_vec(), b"^$".to_vec()];
    for len in 1..=text.len() {
        let plan_for = |unit| plan(&patterns, regex(unit), EngineChoice::Auto);
        let found = hits(&plan_for(Unit::Occurrences), text, &[len]);
        assert_eq!(found, [vec![0..2, 7..11, 12..13, 16..18], vec![]]);
        let found = hits(&plan_for(Unit::Lines), text, &[len]);
        assert_eq!(found, [vec![0..2, 7..11, 12..13], vec![4..4]]);
    }
}

#[test]
fn regular_expressions_have_as_many_hits_as_they_count() {
    let text = "Anna\nanna anna\r\n\nb an\u{301}na _anna".repeat(3);
    let given = ["an*a", "a|an", "^.*$", "x*", "[[:upper:]]+", "anna"];
    let given = given.map(|pattern| pattern.as_bytes().to_vec());
    for unit in [Unit::Occurrences, Unit::Lines, Unit::WholeLines] {
        for (ignore_case, whole_words) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            let matching = Matching { ignore_case, whole_words, ..regex(unit) };
            let expected =
                counts(EngineChoice::Auto, text.as_bytes(), &given, matching, &[usize::MAX]);
            let found = hits(&plan(&given, matching, EngineChoice::Auto), text.as_bytes(), &[5]);
            let found: Vec<_> = found.iter().map(|hits| hits.len() as u64).collect();
            assert_eq!(found, expected, "{matching:?}");
        }
    }
}

#[test]
fn a_hit_in_a_folded_character_is_the_whole_character() {
    let matching = Matching { ignore_case: true, ..Matching::default() };
    // \u{23A} (2 bytes) folds to \u{2C65} (3 bytes), \u{212A} (3 bytes) to k (1 byte).
    let text = "x\u{23A}\u{212A}y".as_bytes();
    let given = ["\u{2C65}k".as_bytes(), &"\u{2C65}".as_bytes()[2..], b"y"].map(<[u8]>::to_vec);
    for patterns in [&given[..], &given[..1], &given[2..]] {
        let found = hits(&plan(patterns, matching, EngineChoice::Auto), text, &[2]);
        assert_eq!(found, reference_hits(text, patterns, matching));
    }
    let found = hits(&plan(&given, matching, EngineChoice::Auto), text, &[2]);
    assert_eq!(found, [vec![1..6], vec![1..3], vec![6..7]]);
}

#[test]
fn hits_of_one_text_after_the_other_begin_at_zero() {
    let plan = plan(&[b"ab".to_vec()], Matching::default(), EngineChoice::Auto);
    let mut scanner = Scanner::<Hits>::new(plan);
    for text in [&b"xxab"[..], b"", b"ab", b"xab"] {
        feed(&mut scanner, text, &[1]);
        scanner.end_text();
        let starts: Vec<_> = scanner.take_hits().map(|hit| hit.start).collect();
        let expected = text.windows(2).position(|bytes| bytes == b"ab").map(|at| at as u64);
        assert_eq!(starts, Vec::from_iter(expected));
    }
}
