//! The places that are shown are those that are counted, and stand where it is said.

use crate::common::{cases, counts, strategy};
use cogrep_match::{
    EngineChoice, Locator, Matching, Patterns, Place, PlaceFinder, Plan, Syntax, Unit, fold_all,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn places(
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
    limit: usize,
    len: usize,
) -> Vec<Vec<Place>> {
    let patterns = Patterns::new(patterns.iter().cloned(), matching).unwrap();
    let mut finder = PlaceFinder::new(&patterns, limit).unwrap();
    for piece in text.chunks(len) {
        finder.feed(piece).unwrap();
    }
    finder.finish()
}

/// The bytes of all places of each pattern.
fn located(
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
    len: usize,
) -> Vec<Vec<std::ops::Range<u64>>> {
    let patterns = Patterns::new(patterns.iter().cloned(), matching).unwrap();
    let mut locator = Locator::new(&patterns).unwrap();
    let needles = locator.needles().to_vec();
    let mut all = vec![Vec::new(); needles.len()];
    for piece in text.chunks(len) {
        locator.feed(piece, |needle, bytes| all[needle].push(bytes)).unwrap();
    }
    locator.end_text(|needle, bytes| all[needle].push(bytes));
    needles.iter().map(|needle| all[*needle].clone()).collect()
}

/// Checks a place against the text, and its excerpt against its line.
fn check(text: &[u8], place: &Place) {
    let start = usize::try_from(place.bytes.start).unwrap();
    let end = usize::try_from(place.bytes.end).unwrap();
    let before = &text[..start];
    let line = before.split(|byte| *byte == b'\n').count() - 1;
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    assert_eq!(place.line, line as u64 + 1);
    assert_eq!(place.column, (start - line_start) as u64 + 1);

    let rest = &text[line_start..];
    let rest = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = match rest.strip_suffix(b"\n") {
        // A match can begin within the ending.
        Some(line) if start - line_start == line.len() => line,
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => rest,
    };
    let excerpt = &place.excerpt;
    let shown_from = start - excerpt.matched.start - line_start;
    let shown = &line[shown_from.min(line.len())..];
    assert!(shown.starts_with(&excerpt.text));
    assert!(excerpt.text.len() <= 164);
    assert_eq!(excerpt.cut_before, shown_from > 0);
    assert_eq!(excerpt.cut_after, excerpt.text.len() < shown.len());
    let in_line = &text[start..end.min(line_start + line.len()).max(start)];
    assert!(in_line.starts_with(&excerpt.text[excerpt.matched.clone()]));
    assert!(excerpt.matched.len() == in_line.len() || excerpt.cut_after);
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn every_place_that_counts_is_found(
        text in strategy::bytes(0..60),
        copies in prop_oneof![9 => Just(1_usize), 1 => 500..2000_usize],
        patterns in vec(strategy::bytes(1..5), 1..6),
        matching in strategy::matching(),
        len in 1..9000_usize,
    ) {
        let text = text.repeat(copies);
        let all = places(&text, &patterns, matching, usize::MAX, len);
        let expected = counts(EngineChoice::Chapter, &text, &patterns, matching, &[usize::MAX]);
        let first = places(&text, &patterns, matching, 2, len);
        let located = located(&text, &patterns, matching, len);
        for (index, places) in all.iter().enumerate() {
            prop_assert_eq!(places.len() as u64, expected[index]);
            let bytes: Vec<_> = places.iter().map(|place| place.bytes.clone()).collect();
            prop_assert_eq!(&located[index], &bytes);
            prop_assert_eq!(&first[index][..], &places[..places.len().min(2)]);
            let step = 1 + places.len() / 50;
            for place in places.iter().step_by(step) {
                check(&text, place);
                let start = usize::try_from(place.bytes.start).unwrap();
                let end = usize::try_from(place.bytes.end).unwrap();
                let found = &text[start..end];
                if !matching.ignore_case {
                    prop_assert_eq!(found, &patterns[index][..]);
                } else if str::from_utf8(&patterns[index]).is_ok() {
                    prop_assert_eq!(fold_all(found), fold_all(&patterns[index]));
                }
            }
        }
    }
}

#[test]
fn regular_expressions_have_places_too() {
    let regex = |unit| Matching { syntax: Syntax::Regex, unit, ..Matching::default() };
    let text = b"ab\r\n\r\nxabbb\na\xC3\xA9\xFFab";
    for len in 1..=text.len() {
        let found =
            places(text, &[b"ab*".to_vec(), b"^$".to_vec()], regex(Unit::Occurrences), 3, len);
        let at: Vec<_> =
            found[0].iter().map(|place| (place.bytes.clone(), place.line, place.column)).collect();
        assert_eq!(at, [(0..2, 1, 1), (7..11, 3, 2), (12..13, 4, 1)]);
        assert!(found[1].is_empty());
        let found = places(text, &[b"ab*".to_vec(), b"^$".to_vec()], regex(Unit::Lines), 9, len);
        assert_eq!(found[0].len(), 3);
        assert_eq!(found[1].len(), 1);
        assert_eq!((found[1][0].bytes.clone(), found[1][0].line), (4..4, 2));
        found.iter().flatten().for_each(|place| check(text, place));
    }
}

#[test]
fn regular_expressions_have_as_many_places_as_they_count() {
    let text = "Anna\nanna anna\r\n\nb an\u{301}na _anna".repeat(3);
    for unit in [Unit::Occurrences, Unit::Lines, Unit::WholeLines] {
        for (ignore_case, whole_words) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            let matching = Matching { syntax: Syntax::Regex, ignore_case, whole_words, unit };
            let given = ["an*a", "", "a|an", "^.*$", "x*", "[[:upper:]]+"];
            let given = given.iter().filter(|pattern| !pattern.is_empty());
            let given: Vec<_> = given.map(|pattern| pattern.as_bytes().to_vec()).collect();
            let expected =
                counts(EngineChoice::Auto, text.as_bytes(), &given, matching, &[usize::MAX]);
            let found = places(text.as_bytes(), &given, matching, usize::MAX, 5);
            let found: Vec<_> = found.iter().map(|places| places.len() as u64).collect();
            assert_eq!(found, expected, "{matching:?}");
        }
    }
}

#[test]
fn a_full_finder_says_so() {
    let given = [b"a".to_vec(), b"A".to_vec(), b"b".to_vec()];
    let matching = Matching { ignore_case: true, ..Matching::default() };
    let patterns = Patterns::new(given, matching).unwrap();
    for limit in [0, 1, 2, 17] {
        assert_eq!(PlaceFinder::new(&patterns, limit).unwrap().limit(), limit);
    }
    let mut finder = PlaceFinder::new(&patterns, 1).unwrap();
    assert!(!finder.is_full());
    // A batch is searched only when it is large.
    finder.feed("A and B\n".repeat(20_000).as_bytes()).unwrap();
    assert!(finder.is_full());
    let found = finder.finish();
    assert_eq!(found[0], found[1]);
    assert_eq!(found[2][0].bytes, 6..7);
    assert!(PlaceFinder::new(&patterns, 0).unwrap().is_full());
}

#[test]
fn a_place_of_a_folded_character_is_the_whole_character() {
    let matching = Matching { ignore_case: true, ..Matching::default() };
    // Ⱥ (2 bytes) folds to ⱥ (3 bytes), K (3 bytes) to k (1 byte).
    let text = "xȺ\u{212A}y".as_bytes();
    let given = ["ⱥk".as_bytes(), &"ⱥ".as_bytes()[2..], b"y"].map(<[u8]>::to_vec);
    let found = places(text, &given, matching, 9, 2);
    let at: Vec<_> = found.iter().map(|places| places[0].bytes.clone()).collect();
    assert_eq!(at, [1..6, 1..3, 6..7]);
}

#[test]
fn long_lines_are_cut_between_characters() {
    let text = ["é".repeat(100_000), "Fund".into(), "漢".repeat(100_000)].concat();
    let found = places(text.as_bytes(), &[b"Fund".to_vec()], Matching::default(), 1, 1000);
    let place = &found[0][0];
    check(text.as_bytes(), place);
    assert!(place.excerpt.cut_before && place.excerpt.cut_after);
    let shown = str::from_utf8(&place.excerpt.text).unwrap();
    assert_eq!(shown, ["é".repeat(30), "Fund".into(), "漢".repeat(32)].concat());
    assert_eq!((place.line, place.column), (1, 200_001));
}

#[test]
fn lines_and_columns_are_those_of_the_text_and_not_of_what_is_kept() {
    let long = "x".repeat(200_000);
    let text =
        ["a\n\n", &long, " Fund ", &long, "\nb\n", &long, "\nFund\n", &long, "Fund"].concat();
    for len in [1000, 65_536, text.len()] {
        let found = places(text.as_bytes(), &[b"Fund".to_vec()], Matching::default(), 9, len);
        let at: Vec<_> = found[0].iter().map(|place| (place.line, place.column)).collect();
        assert_eq!(at, [(3, 200_002), (6, 1), (7, 200_001)]);
        found[0].iter().for_each(|place| check(text.as_bytes(), place));
    }
}

/// Text is searched in batches of 64 KiB: here is one that ends within a character or
/// near a place.
#[test]
fn places_are_shown_alike_wherever_a_batch_ends() {
    const BATCH: usize = (1 << 16) + 1;
    let matching = Matching { ignore_case: true, ..Matching::default() };
    let find = |text: &str, pattern: &str| {
        let given = [pattern.as_bytes().to_vec()];
        places(text.as_bytes(), &given, matching, 9, BATCH)[0].clone()
    };
    let cut = find(&["x".repeat(BATCH - 1), "Éy".into()].concat(), "éy");
    assert_eq!(cut[0].bytes, 65_536..65_539);
    // Ⱥ has two bytes, and three when it is folded.
    for behind in ["Ⱥ", "y"] {
        for before in (4..330).step_by(3) {
            let shown = ["x".repeat(BATCH - before), "Fund".into(), behind.repeat(200)].concat();
            let found = find(&shown, "fund");
            check(shown.as_bytes(), &found[0]);
            let excerpt = &found[0].excerpt;
            assert_eq!((excerpt.matched.start, excerpt.text.len()), (60, 160), "{before}");
            assert!(excerpt.cut_before && excerpt.cut_after);
        }
    }
}

#[test]
fn no_excerpt_cuts_a_character_wherever_it_is_cut() {
    for letters in ["é", "漢", "𝄞"] {
        for shift in 0..4 {
            let shift = "a".repeat(shift);
            let sides = [letters.repeat(100), shift.clone(), shift, letters.repeat(100)];
            let text = [&sides[0], &sides[1], "Fund", &sides[2], &sides[3]].concat();
            for text in [text.clone(), ["a\n", &text, "\r\n"].concat()] {
                let found =
                    places(text.as_bytes(), &[b"Fund".to_vec()], Matching::default(), 1, 1000);
                check(text.as_bytes(), &found[0][0]);
                let shown = str::from_utf8(&found[0][0].excerpt.text).unwrap();
                let before = shown.find("Fund").unwrap();
                assert!((57..=60).contains(&before), "{shown}");
                assert!((97..=100).contains(&(shown.len() - before)), "{shown}");
            }
        }
    }
}

#[test]
fn a_bad_expression_is_refused_as_by_a_plan() {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let patterns = Patterns::new(["a", r"\w{1000}{100}", r"\w{1000}{100}"], matching).unwrap();
    let error = PlaceFinder::new(&patterns, 1).unwrap_err();
    assert_eq!(error, Plan::new(&patterns, EngineChoice::Auto).unwrap_err());
    assert!(
        error.to_string().starts_with("pattern 2 is too large a regular expression"),
        "{error}"
    );
}
