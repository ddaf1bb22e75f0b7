//! Engines with kernels count alike whatever instructions the CPU has: each level of
//! this CPU is held against the naive engine.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::engine::tests::reference::{counted, expected};
use crate::engine::{Compare, Sieve};
use crate::scan::group::Group;
use crate::scan::interface::Engine;
use crate::simd::SimdLevel;
use crate::{Matching, Unit};

fn check(text: &[u8], needles: &[Vec<u8>], matching: Matching, len: usize) {
    let needles: Vec<(usize, Box<[u8]>)> =
        needles.iter().map(|needle| needle[..].into()).enumerate().collect();
    let group = || Group::new(needles.iter().cloned(), matching);
    let expected = expected(&needles, matching, &[text]);
    for level in SimdLevel::available() {
        let engines: [Arc<dyn Engine>; 2] = [
            Arc::new(Compare::with_level(group(), level)),
            Arc::new(Sieve::with_level(group(), level).unwrap()),
        ];
        for engine in engines {
            let name = engine.name();
            let found = counted(engine, &[text], len);
            assert!(found == expected, "{name} {level:?} {matching:?} by {len}: {text:?}");
        }
    }
}

fn atoms() -> impl Strategy<Value = &'static str> {
    select(&["a", "b", "ab", "aBa", "c", "@", "\n", "é", "abcdefgh", "AbCdEfGh"][..])
}

fn bytes(
    atom: impl Strategy<Value = &'static str>,
    atoms: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<u8>> {
    vec(atom, atoms).prop_map(|atoms| atoms.concat().into_bytes())
}

fn matching() -> impl Strategy<Value = Matching> {
    let unit = select(&[Unit::Occurrences, Unit::Overlapping, Unit::Lines][..]);
    (unit, any::<bool>(), any::<bool>()).prop_map(|(unit, whole_words, ignore_case)| Matching {
        ignore_case,
        whole_words,
        unit,
        ..Matching::default()
    })
}

proptest! {
    #[test]
    fn every_level_counts_alike(
        text in bytes(atoms(), 0..400),
        needles in vec(bytes(select(&["a", "b", "ab", "c", "é", "abcdefgh"][..]), 4..9), 1..12),
        matching in matching(),
        len in 1..700_usize,
    ) {
        check(&text, &needles, matching, len);
    }
}
