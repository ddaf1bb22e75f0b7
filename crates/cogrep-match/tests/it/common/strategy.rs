//! Random texts, patterns and options.

use cogrep_match::{Matching, Syntax, Unit};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What texts and patterns are made of: few enough letters for borders and nesting,
/// and all that the rules treat in a way of its own.
pub(crate) const ATOMS: &[&str] = &[
    "a", "b", "A", "_", " ", "\n", "\r", "\r\n", "é", "É", "Ⱥ", "ⱥ", "\u{212A}", "k", "ſ", "s",
    "\u{301}", "\u{200D}", "漢", "𐐀",
];

/// Bytes that may not be UTF-8.
pub(crate) const STRAYS: &[u8] = &[0x00, 0x80, 0xBA, 0xA5, 0xC3, 0xC8, 0xE2, 0x84, 0xF0, 0xFF];

pub(crate) fn bytes(atoms: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    let atom = prop_oneof![
        6 => select(&["a", "b"][..]).prop_map(|atom| atom.as_bytes().to_vec()),
        4 => select(ATOMS).prop_map(|atom| atom.as_bytes().to_vec()),
        1 => select(STRAYS).prop_map(|byte| vec![byte]),
    ];
    vec(atom, atoms).prop_map(|atoms| atoms.concat())
}

pub(crate) const UNITS: [Unit; 4] =
    [Unit::Occurrences, Unit::Overlapping, Unit::Lines, Unit::WholeLines];

pub(crate) fn matching() -> impl Strategy<Value = Matching> {
    (any::<bool>(), any::<bool>(), select(&UNITS[..])).prop_map(
        |(ignore_case, whole_words, unit)| Matching {
            syntax: Syntax::Literal,
            ignore_case,
            whole_words,
            unit,
        },
    )
}
