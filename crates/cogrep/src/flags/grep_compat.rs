//! Flags of grep that people type out of habit. Some change nothing here; others are refused
//! with a hint.

use clap::{Arg, ArgAction};

pub(super) fn args() -> Vec<Arg> {
    let hidden = |name: &'static str, short: char| {
        Arg::new(name).short(short).long(name).action(ArgAction::Count).hide(true)
    };
    vec![
        hidden("recursive", 'r'),
        hidden("text", 'a'),
        hidden("line-number", 'n'),
        hidden("invert-match", 'v'),
    ]
}
