//! Flags about the run itself.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, value_parser};
use cogrep_match::EngineChoice;

use super::{id, option, switch};
use crate::generate::Kind;

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "The run";
    vec![
        switch(id::LIVE, HEADING, "Show the counts so far with the progress, on a terminal"),
        switch(id::STATS, HEADING, "Say at the end what it took, on standard error"),
        option(
            id::TIMELINE,
            "FILE",
            HEADING,
            "Say when each core and each source did what: FILE.svg, to look at, or FILE.json",
        )
        .action(ArgAction::Append)
        .value_parser(value_parser!(OsString)),
        switch(id::EXPLAIN, HEADING, "Print the network that would count, and why; count nothing"),
        option(
            id::ENGINE,
            "ENGINE",
            HEADING,
            "Count with this engine, not with the one that is chosen",
        )
        .value_parser(PossibleValuesParser::new(engines())),
        option(
            id::GENERATE,
            "KIND",
            HEADING,
            "Print the manual page, the reference, or completions for a shell",
        )
        .value_parser(PossibleValuesParser::new(Kind::names())),
    ]
}

/// The engines, by each of their names.
fn engines() -> impl Iterator<Item = PossibleValue> {
    EngineChoice::names().map(|name| {
        let alias = name.parse().ok().and_then(EngineChoice::alias);
        PossibleValue::new(name).aliases(alias)
    })
}
