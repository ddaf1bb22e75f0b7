//! Flags about the run itself.

use clap::Arg;
use clap::builder::PossibleValuesParser;
use cogrep_match::EngineChoice;

use super::{id, option, switch};
use crate::generate::Kind;

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "The run";
    vec![
        switch(id::LIVE, HEADING, "Show the counts so far with the progress, on a terminal"),
        switch(id::STATS, HEADING, "Say at the end what it took, on standard error"),
        switch(id::EXPLAIN, HEADING, "Print the network that would count, and why; count nothing"),
        option(
            id::ENGINE,
            "ENGINE",
            HEADING,
            "Count with this engine, not with the one that is chosen",
        )
        .value_parser(PossibleValuesParser::new(EngineChoice::names())),
        option(
            id::GENERATE,
            "KIND",
            HEADING,
            "Print the manual page, the reference, or completions for a shell",
        )
        .value_parser(PossibleValuesParser::new(Kind::names())),
    ]
}
