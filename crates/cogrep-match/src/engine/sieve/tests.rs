//! What is looked for in a text, and when something else is: counts do not depend on
//! it, the time does.

use super::*;
use crate::{Matching, Tally};

fn sieve(needles: &[&str], level: Level) -> Arc<Sieve> {
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
fn needles_shorter_than_a_gram_are_refused() {
    for (needle, is_taken) in [("abc", false), ("abcd", true)] {
        let group = Group::new([(0, needle.as_bytes().into())], Matching::default());
        assert_eq!(Sieve::new(group).is_ok(), is_taken);
    }
}

#[test]
fn much_is_when_a_quarter_of_the_bytes_is_looked_at() {
    let is_much = |places, entries| Work { bytes: 400, places, entries }.is_much();
    assert!(!is_much(400, 0) && is_much(404, 0));
    assert!(!is_much(0, 100) && is_much(0, 101));
    assert!(!is_much(200, 50) && is_much(200, 51));

    let mut work = Work { bytes: 1, places: 10, entries: 100 };
    work.add(Work { bytes: 2, places: 20, entries: 200 });
    assert_eq!((work.bytes, work.places, work.entries), (3, 30, 300));
}

#[test]
fn where_needles_are_everywhere_an_automaton_counts_for_a_while() {
    let text = b"ab".repeat(20 * STRETCH_BYTES);
    for level in Level::available() {
        let engine = sieve(&["abab", "bababab"], level);
        let (mut search, mut judge) = search(&engine);
        search.find(&Window { text: &text, ends: 0..STRETCH_BYTES - 1, offset: 0 }, &mut judge);
        assert_eq!(search.dense_bytes, 0, "a short stretch says little");
        search.find(&stretches(&text, 1..2), &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES);
        assert_eq!(search.work.bytes, 2 * STRETCH_BYTES - 1);
        search.find(&stretches(&text, 2..4), &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES - 2 * STRETCH_BYTES);
        search.find(&stretches(&text, 4..18), &mut judge);
        assert_eq!(search.dense_bytes, 0);
        assert_eq!(search.work.bytes, 2 * STRETCH_BYTES - 1, "the sieve has not been used");
        search.find(&stretches(&text, 18..19), &mut judge);
        assert_eq!(search.dense_bytes, DENSE_BYTES);
    }
}

#[test]
fn where_needles_are_rare_the_sieve_goes_on() {
    let text = b"abcdefghij".repeat(STRETCH_BYTES);
    for level in Level::available() {
        let engine = sieve(&["abba", "hijklmno"], level);
        let (mut search, mut judge) = search(&engine);
        search.find(&stretches(&text, 0..3), &mut judge);
        assert_eq!((search.dense_bytes, search.work.bytes), (0, 3 * STRETCH_BYTES));
    }
}

#[test]
fn other_anchors_are_chosen_when_those_of_before_let_too_much_pass() {
    let (one, other) = (b"cdef".repeat(3 * STRETCH_BYTES), b"abcd".repeat(3 * STRETCH_BYTES));
    for level in Level::available() {
        let engine = sieve(&["abcdefabcd"], level);
        let (mut search, mut judge) = search(&engine);
        search.find(&stretches(&one, 0..1), &mut judge);
        let first = search.sieves.clone().unwrap();
        assert!(Arc::ptr_eq(&first, &engine.sieves(&other)), "all scans share them");
        search.work = Work { bytes: RECONSIDER_BYTES, places: 0, entries: RECONSIDER_BYTES };
        search.reconsider(&first, &other);
        let second = search.sieves.clone().unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
        assert_eq!(search.patience_bytes, 4 * RECONSIDER_BYTES);
        assert_eq!((search.work.bytes, search.dense_bytes), (0, 0));
        // Another scan that is disappointed takes those.
        assert!(Arc::ptr_eq(&second, &engine.other_sieves(&first, &one)));
        // Not before more text has been seen than the last time.
        search.work = Work { bytes: RECONSIDER_BYTES, places: 0, entries: RECONSIDER_BYTES };
        search.reconsider(&second, &other);
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
        let needles: Vec<Box<[u8]>> =
            needles.iter().map(|needle| needle.as_bytes().into()).collect();
        anchors::choose(&needles, level, sample.as_bytes()).1
    };
    for level in Level::available() {
        // All of the needle but its end, and all but its beginning.
        let frequent = anchors(&["abcdefghijklmnopq"], level, &"abcdefgh".repeat(1000));
        assert!(frequent[0] >= 4, "{level:?} {frequent:?}");
        let frequent = anchors(&["ijklmnopabcdefgh"], level, &"abcdefgh".repeat(1000));
        assert!(frequent[0] <= 7, "{level:?} {frequent:?}");
        // Where the text has none of them: what the others have as well is no anchor.
        let needles: Vec<_> =
            ('a'..='z').map(|letter| format!("ijklmnopqrs{letter}12345678")).collect();
        let needles: Vec<_> = needles.iter().map(String::as_str).collect();
        let shared = anchors(&needles, level, &"-".repeat(8000));
        assert!(shared.iter().all(|anchor| (4..=11).contains(anchor)), "{level:?} {shared:?}");
    }
}
