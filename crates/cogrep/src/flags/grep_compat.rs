//! Flags of grep that people type out of habit. Some change nothing here; others are refused
//! with a hint.

use clap::Arg;

use super::bare;

pub(super) fn args() -> Vec<Arg> {
    let hidden = |name: &'static str, short: char| bare(name).short(short).long(name).hide(true);
    vec![
        hidden("recursive", 'r'),
        hidden("text", 'a'),
        hidden("line-number", 'n'),
        hidden("invert-match", 'v'),
    ]
}
