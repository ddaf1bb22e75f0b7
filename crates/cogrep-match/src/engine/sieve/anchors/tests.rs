//! What the choice weighs. Counts do not depend on it, the time does.

use super::*;

fn boxed(needles: &[&str]) -> Vec<Box<[u8]>> {
    needles.iter().map(|needle| needle.as_bytes().into()).collect()
}

fn numbered(count: usize, bytes: usize) -> Vec<Box<[u8]>> {
    (0..count).map(|number| format!("{number:0bytes$}").into_bytes().into()).collect()
}

/// The table of each candidate: hashes, stride, cost.
fn tables(needles: &[Box<[u8]>], level: Level) -> Vec<(usize, usize, usize)> {
    let candidates = candidates(needles, level).into_iter();
    candidates.map(|(first, cost)| (first.cells(), first.stride(), cost)).collect()
}

#[test]
fn tables_grow_with_the_anchors_up_to_a_limit() {
    let portable = |count, bytes| tables(&numbered(count, bytes), Level::Portable);
    let cost = TABLE_COST;
    assert_eq!(portable(10, 4), [(1 << 12, 1, cost)], "a needle of four bytes has one anchor");
    assert_eq!(portable(10, 5), [(1 << 12, 1, cost), (1 << 12, 2, cost)]);
    assert_eq!(portable(1000, 8), [(1 << 13, 1, cost), (1 << 14, 2, cost)]);
    assert_eq!(portable(20_000, 8), [(1 << 18, 1, cost), (1 << 18, 2, cost)]);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn few_needles_are_sieved_in_registers_where_there_are_some() {
    for level in Level::available() {
        let Level::Avx512(_) = level else { continue };
        let ways = |count| {
            let candidates = candidates(&numbered(count, 8), level).into_iter();
            candidates.map(|(first, cost)| (first.ways(), first.stride(), cost)).collect::<Vec<_>>()
        };
        let registers = [(1, 1, FILTER_COST), (2, 1, 2 * FILTER_COST)];
        assert_eq!(ways(MOST_IN_REGISTERS), registers);
        assert_eq!(ways(MOST_IN_REGISTERS + 1), [(1, 1, TABLE_COST), (1, 2, TABLE_COST)]);
    }
}

#[test]
fn every_second_place_is_looked_at_where_both_grams_are_rare() {
    let stride = |sample: &str| {
        let (first, _) = choose(&boxed(&["abcde"]), Level::Portable, sample.as_bytes());
        first.stride()
    };
    assert_eq!(stride(&"-".repeat(8000)), 2);
    assert_eq!(stride(&"-bcde".repeat(1600)), 1);
    assert_eq!(stride(&"abcd-".repeat(1600)), 1);
    // A place that passes costs as much as twenty that do not.
    let one_in = |bytes: usize| format!("bcde{}", "-".repeat(bytes - 4)).repeat(20_000 / bytes);
    assert_eq!(stride(&one_in(15)), 1);
    assert_eq!(stride(&one_in(47)), 2);
}

#[test]
fn how_often_a_gram_was_seen() {
    for level in Level::available() {
        let sample = "abcdefgh".repeat(1000);
        for (first, _) in candidates(&numbered(10, 8), level) {
            let seen = Seen::new(&first, sample.as_bytes());
            // Independent ways: the share of both, in sixty-fourths of a place.
            let often = |count: usize| match first.ways() {
                1 => count,
                _ => (count + 1) * (count + 1) * 64 / sample.len(),
            };
            assert_eq!(seen.often(&first, *b"abcd"), often(1000));
            assert_eq!(seen.often(&first, *b"habc"), often(999));
            assert_eq!(seen.often(&first, *b"----"), often(0));
        }
    }
}

#[test]
fn what_a_needle_costs_that_is_looked_up() {
    let shared = Shared::new(&boxed(&["abcdefghij", "abcdefgh-"]));
    let cost = |offset| shared.cost(b"abcdefghij", offset);
    assert_eq!((cost(0), cost(1), cost(2)), ((5, 2), (5, 1), (5, 1)));
    assert_eq!((cost(3), cost(4), cost(5), cost(6)), ((20, 10), (20, 10), (40, 20), (80, 40)));
    // Only the windows that may be anchors are counted, and no more than a byte can say.
    let long = ["a".repeat(MOST_WINDOWS + 7), "a".repeat(400)];
    let long = |times: usize| boxed(&[&*long[0], &*long[1]].repeat(times));
    assert_eq!(Shared::new(&long(1)).cost(b"aaaaaaaa", 0), (5, 2 * MOST_WINDOWS));
    assert_eq!(Shared::new(&long(5)).cost(b"aaaaaaaa", 0), (5, 255));
}
