//! Replays the corpus of every fuzz target, and what comes of it by a few random changes: with
//! any compiler, and in a bounded number of steps.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use cogrep_fuzz_checks::ALL;
use cogrep_testing::share;

/// Numbers that look random, and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        let Self(state) = self;
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap() % most.max(1)
    }

    /// Changes a few bytes: flips, cuts, repeats, or puts in some of another input.
    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(16)).min(bytes.len());
            match self.below(5) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                2 if at < bytes.len() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                3 => {
                    let piece = bytes[at..end].repeat(self.below(5));
                    bytes.splice(at..at, piece);
                }
                _ => {
                    let from = self.below(other.len());
                    let to = (from + self.below(32)).min(other.len());
                    bytes.splice(at..end, other[from..to].iter().copied());
                }
            }
        }
    }
}

#[test]
fn the_corpus_and_what_is_near_it_passes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    // Another seed tries other changes: many seeds are a fuzzer that any compiler builds.
    let seed = std::env::var("COGREP_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    for (name, check) in ALL {
        let folder = fs::read_dir(corpus.join(name)).expect("a target has a corpus");
        let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let inputs: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(!inputs.is_empty(), "{name}");
        let run = |bytes: &[u8], from: &str| {
            let checked = catch_unwind(AssertUnwindSafe(|| check(bytes)));
            assert!(checked.is_ok(), "{name}: {from}: {}", bytes.escape_ascii());
        };
        for (bytes, path) in inputs.iter().zip(&paths) {
            run(bytes, &path.display().to_string());
        }
        let mut random = Random(seed);
        for number in 0..share(1000) {
            let mut bytes = inputs[random.below(inputs.len())].clone();
            let other = &inputs[random.below(inputs.len())];
            random.change(&mut bytes, other);
            run(&bytes, &number.to_string());
        }
    }
}
