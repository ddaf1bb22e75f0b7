//! Ranges of a text, counted apart and joined in any order: counts and hits are those of the
//! text in one piece, wherever it was cut, for every engine and every way of counting.

use crate::common::{
    choices, counts_in_ranges, hits_in_ranges, plan, reference, reference_hits, strategy,
};
use cogrep_match::{EngineChoice, Matching, Scanner, Syntax, Undecided, Unit};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Whether every engine counts as expected in ranges cut near these indices, and finds the
/// hits where they are.
fn check(
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
    (cuts, lens, order): (&[usize], &[usize], &[usize]),
) -> Result<(), TestCaseError> {
    let expected = reference(text, patterns, matching);
    let expected_hits = reference_hits(text, patterns, matching);
    for choice in choices() {
        let plan = plan(patterns, matching, choice);
        let mut order = order.iter().cycle();
        let found =
            counts_in_ranges(&plan, text, cuts, lens, |pairs| order.next().unwrap() % pairs);
        prop_assert_eq!(&found, &expected, "{:?}, cut at {:?}, by {:?}", choice, cuts, lens);
        let found = hits_in_ranges(&plan, text, cuts, lens);
        prop_assert_eq!(
            found,
            Ok(expected_hits.clone()),
            "{:?}, cut at {:?}, by {:?}",
            choice,
            cuts,
            lens
        );
    }
    Ok(())
}

/// Texts that repeat something short, with few other letters in between: chains of places
/// that overlap go over many cuts.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    let unit = select(&["a", "ab", "aab", "aba", "abaab", "é", "aA", "a a ", "\u{212A}k"][..]);
    let stretch = (unit, 1..20_usize, select(&["", "b", "\n", "\u{BA}", "a"][..]));
    vec(stretch, 1..5).prop_map(|stretches| {
        let stretches = stretches.iter().map(|(unit, times, end)| unit.repeat(*times) + end);
        stretches.collect::<String>().into_bytes()
    })
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_text_may_be_cut_anywhere(
        text in strategy::bytes(0..80),
        patterns in vec(strategy::bytes(1..6), 1..14),
        matching in strategy::matching(),
        cuts in vec(any::<usize>(), 0..12),
        lens in vec(1..12_usize, 1..4),
        order in vec(any::<usize>(), 1..4),
    ) {
        check(&text, &patterns, matching, (&cuts, &lens, &order))?;
    }

    #[test]
    fn chains_of_places_may_be_cut_anywhere(
        text in repetitive(),
        patterns in vec(repetitive().prop_map(|mut text| { text.truncate(9); text }), 1..8),
        matching in strategy::matching(),
        cuts in vec(any::<usize>(), 1..20),
        lens in vec(1..40_usize, 1..4),
        order in vec(any::<usize>(), 1..4),
    ) {
        check(&text, &patterns, matching, (&cuts, &lens, &order))?;
    }

    #[test]
    fn expressions_count_in_whole_lines(
        text in strategy::bytes(0..80),
        ignore_case: bool,
        whole_words: bool,
        unit in select(&[Unit::Occurrences, Unit::Lines, Unit::WholeLines][..]),
        cuts in vec(any::<usize>(), 0..12),
        lens in vec(1..12_usize, 1..4),
        order in vec(any::<usize>(), 1..4),
    ) {
        let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
        let patterns = ["a+b?", "^", "[é\u{212A}]|a$", r"\bb", "(aa)*"];
        let patterns = patterns.map(|pattern| pattern.as_bytes().to_vec());
        let plan = plan(&patterns, matching, EngineChoice::Auto);
        let expected = Scanner::new(plan.clone()).count(&text).unwrap().to_vec(patterns.len());
        let mut order = order.iter().cycle();
        let found = counts_in_ranges(&plan, &text, &cuts, &lens, |pairs| order.next().unwrap() % pairs);
        prop_assert_eq!(&found, &expected);
        let hits = hits_in_ranges(&plan, &text, &cuts, &lens).unwrap();
        prop_assert_eq!(hits.iter().map(|hits| hits.len() as u64).collect::<Vec<_>>(), expected);
    }
}

/// Every byte a range of its own, and every two, three and so on.
#[test]
fn ranges_may_be_shorter_than_everything() {
    let text = "aabaaabab aaaaaa\naaaa\r\nab ſs\u{212A}k Ⱥⱥ\n\nababab\u{301}ab".as_bytes();
    let text = [text, b"\xE2\x84aa\xF0\x90a\x80\x80\x80\x80\x80ab", text].concat();
    let patterns =
        ["a", "aa", "aaaa", "ab", "abab", "aba", "s", "k", "Ⱥ", "kk", "b\u{301}", "ab\n"];
    let mut patterns: Vec<_> = patterns.iter().map(|pattern| pattern.as_bytes().to_vec()).collect();
    patterns.extend([b"\x80".to_vec(), b"\x80\x80".to_vec(), b"\x84a".to_vec()]);
    for unit in strategy::UNITS {
        for flags in 0..4 {
            let (ignore_case, whole_words) = (flags & 1 == 1, flags & 2 == 2);
            let matching = Matching { unit, ignore_case, whole_words, ..Matching::default() };
            for len in (1..12).chain([17, 29]) {
                let cuts: Vec<_> = (0..text.len()).step_by(len).collect();
                let orders = [&[0][..], &[usize::MAX], &[3, 1, 4, 1, 5, 9, 2, 6]];
                check(&text, &patterns, matching, (&cuts, &[7], orders[len % 3])).unwrap();
            }
        }
    }
}

/// A chain without end, and needles as long as many ranges.
#[test]
fn a_letter_may_repeat_without_end() {
    let patterns: Vec<_> = [2, 3, 7, 64, 65, 199].map(|len| b"a".repeat(len)).into();
    let mut text = b"a".repeat(1000);
    for gap in [None, Some(1), Some(500), Some(998)] {
        if let Some(gap) = gap {
            text[gap] = b'b';
        }
        for len in [1, 10, 63, 150, 399] {
            let cuts: Vec<_> = (0..text.len()).step_by(len).collect();
            check(&text, &patterns, Matching::default(), (&cuts, &[64], &[0, 5, 2])).unwrap();
        }
    }
}

/// Each letter of the text takes three bytes, and one when it is folded.
#[test]
fn places_may_be_longer_in_the_text_than_folded() {
    let text = "\u{212A}".repeat(100);
    let patterns = [1, 2, 20, 33].map(|len| b"k".repeat(len));
    for len in [1, 10, 59, 90] {
        let cuts: Vec<_> = (0..text.len()).step_by(len).collect();
        for unit in strategy::UNITS {
            let matching = Matching { unit, ignore_case: true, ..Matching::default() };
            check(text.as_bytes(), &patterns, matching, (&cuts, &[64], &[0, 5, 2])).unwrap();
        }
    }
}

/// A chain of occurrences that overlap, longer than what is looked back at: which of them
/// count cannot be known from a range alone, and the scanner says so.
#[test]
fn a_chain_from_further_back_than_is_shown_is_not_guessed_at() {
    let plan = plan(&[b"aa".to_vec()], Matching::default(), EngineChoice::Auto);
    let text = b"a".repeat(20_001);
    assert_eq!(hits_in_ranges(&plan, &text, &[10_000], &[512]), Err(Undecided));
    let gap = [&text[..9_000], b"-", &text[..2_000]].concat();
    let hits = hits_in_ranges(&plan, &gap, &[10_000], &[512]).unwrap();
    assert_eq!(hits, reference_hits(&gap, &[b"aa".to_vec()], Matching::default()));
}
