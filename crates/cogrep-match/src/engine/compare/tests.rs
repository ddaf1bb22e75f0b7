//! What is looked for in a text, and when something else is: counts do not depend on
//! it, the time does.

use super::*;
use crate::Matching;
use crate::scan::interface::Totals;

fn compare(needles: &[&str]) -> Compare {
    let needles = needles.iter().map(|needle| needle.as_bytes().into()).enumerate();
    Compare::with_level(Group::new(needles, Matching::default()), SimdLevel::PORTABLE)
}

fn chosen(engine: &Compare, text: &str) -> Pass {
    let mut pass = Pass::new(engine.passes[0].clone());
    pass.choose(engine, text.as_bytes());
    pass
}

#[test]
fn needles_share_a_pass_by_the_length_of_their_grams() {
    assert_eq!(
        compare(&["aaaaaa", "aaaa", "aa", "aaaaa", "a", "aaaaaaa", "aaaaaaaa", "bb"]).passes,
        [vec![4], vec![2, 7], vec![0, 1, 3, 5], vec![6]]
    );
}

#[test]
fn grams_are_the_shortest_that_are_rare() {
    let engine = compare(&["eeez", "qeee"]);
    let rare = chosen(&engine, &"e".repeat(10_000));
    assert_eq!((rare.kind, &rare.offsets[..]), (Some(FilterKind::Compare(1)), &[3, 0][..]));
    assert_eq!((rare.expected.opened, rare.expected.pairs), (0, FIRST_SAMPLE_BYTES / PAIR + 1));
    // Each letter is frequent, and none comes before the other.
    let letters = ["z".repeat(1500), "q".repeat(1500), "e".repeat(1000)].concat();
    let pair = chosen(&engine, &letters.replace("qe", "q e"));
    assert_eq!((pair.kind, &pair.offsets[..]), (Some(FilterKind::Compare(2)), &[2, 0][..]));
}

/// A second byte costs 42 in each of 66 blocks, and a pair of them that is opened 1,000.
#[test]
fn a_byte_more_is_worth_it_when_it_spares_blocks() {
    let engine = compare(&["ez"]);
    let bytes = |pieces_with_z: usize| {
        // Not in the first, which begins in what is left over by aligned blocks.
        let with_z = 1..=pieces_with_z;
        let piece = |at| [if with_z.contains(&at) { "z" } else { "e" }, &"-e".repeat(100)].concat();
        let text = (0..21).map(piece).collect::<String>().replace("ez", "-z");
        chosen(&engine, &text).kind.unwrap().gram_bytes()
    };
    assert_eq!([0, 2, 3, 19].map(bytes), [1, 1, 2, 2]);
}

#[test]
fn where_nothing_is_rare_what_is_there_is_expected() {
    let engine = compare(&["ee"]);
    let pass = chosen(&engine, &"e".repeat(PAIR * 10 + 5));
    // Where all pairs are opened, what needs no comparison is cheaper.
    assert_eq!((pass.kind, pass.expected.pairs), (Some(FilterKind::Compare(2)), 11));
    assert!((9..=10).contains(&pass.expected.opened), "{}", pass.expected.opened);
}

#[test]
fn grams_of_a_long_needle_are_tried_to_its_end() {
    let engine = compare(&["a"]);
    let rarest = |gram_bytes, needle: &str, sample: &str| {
        let kind = FilterKind::Compare(gram_bytes);
        let rarest = Rarest::of(needle.as_bytes(), kind, &engine, sample.as_bytes());
        (rarest.opened, rarest.offset)
    };
    let sample = "ab".repeat(400);
    assert_eq!(rarest(1, "abz", &sample), (0, 2));
    assert_eq!(rarest(2, "abz", &sample), (0, 1));
    assert_eq!(rarest(3, "abz", &sample), (0, 0));
    // Every second is tried of 48, and every third of 49.
    let needle = |at: usize, len: usize| {
        (0..len).map(|other| if other == at { 'z' } else { 'a' }).collect::<String>()
    };
    assert_eq!(rarest(1, &needle(46, 48), &sample), (0, 46));
    assert_eq!(rarest(1, &needle(48, 49), &sample), (0, 48));
    assert_ne!(rarest(1, &needle(46, 49), &sample).0, 0);
}

#[test]
fn other_grams_are_chosen_when_there_are_far_more_than_expected() {
    let engine = compare(&["eeez"]);
    let mut pass = Pass::new(vec![0]);
    assert!(pass.disappoints(), "none were chosen yet");
    pass.choose(&engine, b"e");
    assert!(!pass.disappoints());
    assert_eq!(pass.patience, 1024);

    let disappoints = |pass: &mut Pass, expected: (usize, usize), seen: (usize, usize)| {
        let rate = |(opened, pairs)| Rate { opened, pairs };
        (pass.expected, pass.seen) = (rate(expected), rate(seen));
        pass.disappoints()
    };
    // Twice as many, and one in thirty-two.
    assert!(!disappoints(&mut pass, (0, 64), (32, 1025)));
    assert!(disappoints(&mut pass, (0, 64), (33, 1025)));
    assert!(!disappoints(&mut pass, (0, 64), (33, 1056)), "not more than that");
    assert!(!disappoints(&mut pass, (8, 64), (256 + 32, 1025)));
    assert!(disappoints(&mut pass, (8, 64), (256 + 33, 1025)));
    assert!(!disappoints(&mut pass, (8, 64), (1024, 1024)), "too soon");

    pass.choose(&engine, b"e");
    assert_eq!((pass.patience, pass.seen.opened, pass.seen.pairs), (2048, 0, 0));
    for _ in 0..9 {
        pass.choose(&engine, b"e");
    }
    assert_eq!(pass.patience, 1 << 15);
}

#[test]
fn what_stands_around_a_seam_is_no_sample() {
    let engine = Arc::new(compare(&["eeez"]));
    let mut judge = Judge::<Totals>::new(Arc::clone(&engine.group));
    let sample = "e".repeat(SAMPLE_BYTES);
    let mut passes = vec![chosen(&engine, &sample)];
    let disappointed = Rate { opened: 1025, pairs: 1025 };
    passes[0].seen = disappointed;
    let mut search = Search { engine, passes };
    let text = sample.as_bytes();
    let window = |len: usize| Window { text: &text[..len], ends: 0..len, offset: 0 };
    search.find(&window(SAMPLE_BYTES - 1), &mut judge);
    assert!(search.passes[0].seen.pairs >= 1025, "that is too little to choose on");
    search.find(&window(SAMPLE_BYTES), &mut judge);
    assert!(search.passes[0].seen.pairs < 1025);
    assert_eq!(search.passes[0].patience, 2048);
    // Unless nothing else comes.
    let pairs = 4 * 2048;
    search.passes[0].seen = Rate { opened: pairs, pairs };
    search.find(&window(100), &mut judge);
    assert_eq!(search.passes[0].patience, 4096);
}

#[test]
fn what_is_seen_is_taken_down() {
    let engine = Arc::new(compare(&["z"]));
    let mut judge = Judge::<Totals>::new(Arc::clone(&engine.group));
    let mut pass = chosen(&engine, "e");
    let text = ["e".repeat(10 * PAIR), "z".repeat(2 * PAIR)].concat();
    let window = Window { text: text.as_bytes(), ends: 0..text.len(), offset: 0 };
    let (case, all) = (Case::Matters, 0..text.len());
    let haystack = Haystack { text: window.text, case, ends: all.clone(), grams: all };
    pass.count(&engine, &haystack, &window, &mut judge);
    // The pairs are aligned, and the text need not be: there may be edges, which are not.
    let opened = pass.seen.opened;
    assert!((1..=2).contains(&opened), "{opened}");
    pass.count(&engine, &haystack, &window, &mut judge);
    assert_eq!((pass.seen.opened, pass.seen.pairs), (2 * opened, 24));
}
