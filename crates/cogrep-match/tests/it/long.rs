//! Texts longer than what the engines decide at once, and texts that turn out
//! otherwise than they began.

use crate::common::counts;
use crate::common::random::Random;
use cogrep_match::{EngineChoice, Matching, Unit};

const STRETCH: usize = 150 << 10;

/// Random words, the same few over and over.
fn prose(random: &mut Random) -> Vec<u8> {
    let words: Vec<String> = (0..300)
        .map(|_| {
            let letters = 1 + random.below(9);
            (0..letters).map(|_| random.pick(&["a", "b", "e", "n", "t", "é", "S"])).collect()
        })
        .collect();
    let mut text = Vec::new();
    while text.len() < STRETCH {
        text.extend_from_slice(words[random.below(words.len())].as_bytes());
        text.push(if random.chance(8) { b'\n' } else { b' ' });
    }
    text
}

/// Parts of the text, which therefore occur in it, and some that do not.
fn patterns(random: &mut Random, text: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut patterns: Vec<Vec<u8>> = (0..count)
        .map(|_| {
            let start = random.below(text.len() - 40);
            text[start..start + 4 + random.below(12)].to_vec()
        })
        .collect();
    patterns.extend((0..count / 4).map(|at| format!("zq{at}tan").into_bytes()));
    patterns.extend([b"aaaa".to_vec(), b"aaaaaaaa".to_vec(), b"\0\0\0\0\0".to_vec()]);
    patterns
}

fn check(random: &mut Random, text: &[u8], count: usize) {
    let patterns = patterns(random, text, count);
    for unit in [Unit::Occurrences, Unit::Overlapping, Unit::Lines] {
        for whole_words in [false, true] {
            let matching = Matching { unit, whole_words, ..Matching::default() };
            let expected = counts(EngineChoice::Memmem, text, &patterns, matching, &[usize::MAX]);
            for choice in [EngineChoice::Compare, EngineChoice::Sieve, EngineChoice::Automaton] {
                for lens in [&[usize::MAX][..], &[100_003, 5, 70_000, 1]] {
                    let found = counts(choice, text, &patterns, matching, lens);
                    assert!(found == expected, "{choice:?} {matching:?} {lens:?} {count} patterns");
                }
            }
        }
    }
}

#[test]
fn engines_agree_on_long_prose() {
    let mut random = Random::seeded();
    let text = prose(&mut random);
    for count in [3, 12, 200] {
        check(&mut random, &text, count);
    }
}

#[test]
fn engines_agree_on_texts_that_change() {
    let mut random = Random::seeded();
    let mut text = prose(&mut random);
    text.extend(vec![b'a'; STRETCH]);
    text.extend(prose(&mut random));
    text.extend(vec![0; STRETCH]);
    text.extend(prose(&mut random));
    check(&mut random, &text, 40);
}
