//! What is looked for in a text, and when something else is: counts do not depend on
//! it, the time does.

use proptest::prelude::*;

use super::*;
use crate::{Matching, Tally};

fn sieve(needles: &[&str], level: SimdLevel) -> Arc<Sieve> {
    let needles = needles.iter().map(|needle| needle.as_bytes().into()).enumerate();
    let group = Group::new(needles, Matching::default());
    Arc::new(Sieve::with_level(group, level).unwrap())
}

fn search(engine: &Arc<Sieve>) -> (Search, Judge) {
    let search = Search::new(Arc::clone(engine));
    (search, Judge::new(Arc::clone(&engine.group)))
}

/// A window of these stretches of a text that is long enough.
fn stretches(text: &[u8], stretches: Range<usize>) -> Window<'_> {
    let ends = stretches.start * STRETCH_BYTES..stretches.end * STRETCH_BYTES;
    Window { text, ends, offset: 0 }
}

#[test]
fn needles_too_short_for_an_anchor_are_refused() {
    for (needle, is_taken) in [("ab", false), ("abc", true)] {
        let group = Group::new([(0, needle.as_bytes().into())], Matching::default());
        assert_eq!(Sieve::new(group).is_ok(), is_taken);
    }
}

#[test]
fn much_is_what_costs_as_much_as_an_automaton() {
    let is_much = |places, entries| Work { bytes: 400, places, entries }.is_much(8);
    assert!(!is_much(400, 0) && is_much(401, 0));
    assert!(!is_much(0, 3200) && is_much(0, 3201));
    assert!(!is_much(200, 1600) && is_much(200, 1601));
}

#[test]
fn more_than_expected_is_twice_as_much_and_one_in_128_bytes() {
    let is_more = |places| Work { bytes: 3200, places, entries: 0 }.is_more_than((10, 320));
    assert!(!is_more(225) && is_more(226));
}

#[test]
fn where_needles_are_everywhere_an_automaton_counts_for_a_while() {
    // Wherever the anchors are, each place has those of many needles.
    let text = b"a".repeat(40 * STRETCH_BYTES);
    let needles: Vec<_> = (8..60).map(|length| "a".repeat(length)).collect();
    let needles: Vec<_> = needles.iter().map(String::as_str).collect();
    for level in SimdLevel::available() {
        let engine = sieve(&needles, level);
        let (mut search, mut judge) = search(&engine);
        search.find(&Window { text: &text, ends: 0..STRETCH_BYTES - 1, offset: 0 }, &mut judge);
        assert_eq!(search.dense_bytes, 0, "a short stretch says little");
        let ends = STRETCH_BYTES - 1..STRETCH_BYTES;
        search.find(&Window { text: &text, ends, offset: 0 }, &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES, "two together say enough");
        assert_eq!((search.sifted_bytes, search.recent.bytes), (STRETCH_BYTES, 0));
        search.find(&stretches(&text, 1..3), &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES - 2 * STRETCH_BYTES);
        search.find(&stretches(&text, 3..17), &mut judge);
        assert_eq!(search.dense_bytes, 0);
        assert_eq!(search.sifted_bytes, STRETCH_BYTES, "the sieve has not been used");
        search.find(&stretches(&text, 18..19), &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES);
    }
}

#[test]
fn where_needles_are_rare_the_sieve_goes_on() {
    let text = b"abcdefghij".repeat(STRETCH_BYTES);
    for level in SimdLevel::available() {
        let engine = sieve(&["abba", "hijklmno"], level);
        let (mut search, mut judge) = search(&engine);
        search.find(&stretches(&text, 0..3), &mut judge);
        assert_eq!((search.dense_bytes, search.sifted_bytes), (0, 3 * STRETCH_BYTES));
    }
}

#[test]
fn other_anchors_are_chosen_when_those_of_before_let_too_much_pass() {
    let (one, other) = (b"cdef".repeat(3 * STRETCH_BYTES), b"abcd".repeat(3 * STRETCH_BYTES));
    for level in SimdLevel::available() {
        let engine = sieve(&["abcdefabcd"], level);
        let (mut search, mut judge) = search(&engine);
        search.find(&stretches(&one, 0..1), &mut judge);
        let first = search.sieves.clone().unwrap();
        assert!(Arc::ptr_eq(&first, &engine.sieves(&other)), "all scans share them");
        let much = Work { bytes: STRETCH_BYTES, places: STRETCH_BYTES, entries: 1 };
        let more = Work { places: STRETCH_BYTES / 8, ..much };
        search.sifted_bytes = RECONSIDER_BYTES;
        search.reconsider(Work { places: STRETCH_BYTES / 256, ..much }, &first, &other);
        assert!(Arc::ptr_eq(&first, search.sieves.as_ref().unwrap()), "that is not much");
        search.reconsider(more, &first, &other);
        let second = search.sieves.clone().unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
        assert_eq!(search.patience_bytes, 4 * RECONSIDER_BYTES);
        assert_eq!((search.sifted_bytes, search.dense_bytes), (0, 0));
        // Another scan that is disappointed takes those.
        assert!(Arc::ptr_eq(&second, &engine.other_sieves(&first, &one)));
        // Not before more text has been seen than the last time.
        search.sifted_bytes = RECONSIDER_BYTES;
        search.reconsider(more, &second, &other);
        assert!(Arc::ptr_eq(&second, search.sieves.as_ref().unwrap()));
        assert_eq!(search.dense_bytes, 0, "an automaton has more to do");
        search.reconsider(much, &second, &other);
        assert!(Arc::ptr_eq(&second, search.sieves.as_ref().unwrap()));
        assert_eq!(search.dense_bytes, DENSE_BYTES);
        let mut counted = Tally::new();
        judge.take(&mut counted);
        assert_eq!(counted.count(0), 0);
    }
}

#[test]
fn anchors_are_rare_in_the_text_and_among_the_needles() {
    let anchors = |needles: &[&str], level, sample: &str| {
        let needles = needles.iter().map(|needle| needle.as_bytes().into()).enumerate();
        let group = Group::new(needles, Matching::default());
        anchors::choose(&group, level, sample.as_bytes()).anchors
    };
    for level in SimdLevel::available() {
        // All of the needle but its end, and all but its beginning.
        let frequent = anchors(&["abcdefghijklmnopq"], level, &"abcdefgh".repeat(1000));
        assert!(frequent[0] >= 1, "{level:?} {frequent:?}");
        let frequent = anchors(&["ijklmnopabcdefgh"], level, &"abcdefgh".repeat(1000));
        assert!(frequent[0] <= 7, "{level:?} {frequent:?}");
        // Where the text has none of them: what all others have as well is no anchor of many.
        let needles: Vec<_> =
            ('a'..='z').map(|letter| format!("ijklmnopqrs{letter}12345678")).collect();
        let needles: Vec<_> = needles.iter().map(String::as_str).collect();
        let shared = anchors(&needles, level, &"-".repeat(8000));
        let of_all = shared.iter().filter(|anchor| !(4..=11).contains(*anchor)).count();
        assert!(
            (0..=11).all(|at| shared.iter().filter(|anchor| **anchor == at).count() <= 13),
            "{of_all} {shared:?}"
        );
    }
}

#[test]
fn a_sample_of_two_texts_has_both_in_turn() {
    let (before, now) = (vec![b'a'; SAMPLE_BYTES + 1], vec![b'b'; 2 * PART_BYTES + 1]);
    let sample = both(&before, &now);
    assert_eq!(sample.len(), SAMPLE_BYTES + now.len());
    assert_eq!(memchr::memchr_iter(b'b', &sample).count(), now.len());
    assert_eq!(&sample[PART_BYTES - 1..=PART_BYTES], b"ab");
    assert_eq!(&sample[2 * PART_BYTES - 1..=2 * PART_BYTES], b"ba");
    assert_eq!(both(b"", b"xy"), b"xy");
    assert_eq!(both(b"xy", b""), b"xy");
}

/// How often a needle occurs, places that overlap the last one left out.
fn occurrences(needle: &[u8], text: &[u8]) -> u64 {
    let (mut count, mut rest) = (0, text);
    while let Some(at) = memchr::memmem::find(rest, needle) {
        count += 1;
        rest = &rest[at + needle.len()..];
    }
    count
}

proptest! {
    /// Whatever is chosen: which one is depends on the text, and on what looking costs.
    #[test]
    fn every_prefilter_finds_every_occurrence(
        needles in prop::collection::btree_set(
            prop::collection::vec(prop::sample::select(&b"abcz-\0\xC3\xA9"[..]), 3..12),
            1..12,
        ),
        pieces in prop::collection::vec(
            (
                any::<prop::sample::Index>(),
                any::<bool>(),
                prop::collection::vec(prop::sample::select(&b"abcABCz-\0\xC3\xA9"[..]), 0..60),
            ),
            0..40,
        ),
        ignore_case in any::<bool>(),
    ) {
        let needles: Vec<_> = needles.into_iter().collect();
        let mut text = Vec::new();
        for (needle, is_capital, others) in &pieces {
            let needle = needle.get(&needles);
            text.extend(if *is_capital { needle.to_ascii_uppercase() } else { needle.clone() });
            text.extend(others);
        }
        let matching = Matching { ignore_case, ..Matching::default() };
        let cased = if ignore_case { text.to_ascii_lowercase() } else { text.clone() };
        let expected: Vec<_> = needles.iter().map(|needle| occurrences(needle, &cased)).collect();
        for level in SimdLevel::available() {
            let numbered = needles.iter().map(|needle| needle.as_slice().into()).enumerate();
            let engine = Sieve::with_level(Group::new(numbered, matching), level).unwrap();
            let engine = Arc::new(engine);
            for (_, choice) in anchors::choices(&engine.group, level, &text) {
                let drawn = format!("{level:?} {:?}", choice.prefilter);
                *engine.sieves.lock().unwrap() = Some(Arc::new(engine.sieves_of(choice, Vec::new())));
                let (mut search, mut judge) = search(&engine);
                search.find(&Window { text: &text, ends: 0..text.len(), offset: 0 }, &mut judge);
                let mut counted = Tally::new();
                judge.take(&mut counted);
                let counts: Vec<_> = (0..needles.len()).map(|slot| counted.count(slot)).collect();
                prop_assert_eq!(&counts, &expected, "{}", drawn);
            }
        }
    }
}
