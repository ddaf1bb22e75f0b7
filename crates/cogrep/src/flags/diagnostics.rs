//! Flags that show what the program does.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, value_parser};
use cogrep_match::EngineChoice;

use super::document::Document;
use super::{id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Diagnostics";
    vec![
        switch(id::LIVE, HEADING, "Show current counts with the progress bar, on a terminal"),
        switch(id::STATS, HEADING, "Print statistics at the end, on standard error"),
        option(
            id::TIMELINE,
            "FILE",
            HEADING,
            "Record what each core and source did when, in FILE.svg or FILE.json",
        )
        .action(ArgAction::Append)
        .value_parser(value_parser!(OsString)),
        switch(
            id::EXPLAIN,
            HEADING,
            "Print the network that would count, and why; count nothing",
        ),
        option(id::ENGINE, "ENGINE", HEADING, "Use this engine instead of choosing one")
            .long_help("Use this engine instead of choosing one: auto, naive, memmem, compare,\nsieve, automaton, histogram or regex")
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(engines())),
        option(
            id::GENERATE,
            "KIND",
            HEADING,
            "Print the manual page, the reference, or shell completions",
        )
        .value_parser(PossibleValuesParser::new(Document::names())),
    ]
}

/// The engines, by each of their names.
fn engines() -> impl Iterator<Item = PossibleValue> {
    EngineChoice::names().map(|name| {
        let alias = name.parse().ok().and_then(EngineChoice::alias);
        PossibleValue::new(name).aliases(alias)
    })
}
