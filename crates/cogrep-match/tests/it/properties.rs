//! Any text, any patterns, any options, cut anywhere: every engine gives what the
//! reference gives.

use crate::common::{choices, counts, reference, strategy};
use cogrep_testing::cases;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn every_engine_counts_as_the_reference(
        text in strategy::bytes(0..80),
        patterns in vec(strategy::bytes(1..6), 1..14),
        matching in strategy::matching(),
        lens in vec(1..12_usize, 1..6),
    ) {
        let expected = reference(&text, &patterns, matching);
        for choice in choices() {
            for lens in [&lens[..], &[1], &[usize::MAX]] {
                let found = counts(choice, &text, &patterns, matching, lens);
                prop_assert_eq!(&found, &expected, "{:?} {:?}", choice, lens);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Long enough for whole blocks of vectors, and for what is measured meanwhile.
    #[test]
    fn every_engine_counts_long_texts_as_the_reference(
        text in strategy::bytes(200..2000),
        patterns in vec(strategy::bytes(1..12), 1..30),
        matching in strategy::matching(),
        lens in vec(1..900_usize, 1..6),
    ) {
        let expected = reference(&text, &patterns, matching);
        for choice in choices() {
            for lens in [&lens[..], &[usize::MAX]] {
                let found = counts(choice, &text, &patterns, matching, lens);
                prop_assert_eq!(&found, &expected, "{:?} {:?}", choice, lens);
            }
        }
    }
}
