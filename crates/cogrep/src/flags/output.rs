//! Flags that say how results are written.

use clap::Arg;
use clap::builder::PossibleValuesParser;
use cogrep_match::EngineChoice;
use cogrep_report::Format;

use super::{id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Output";
    vec![
        option(id::BY, "WHAT", HEADING, "Break the counts down: file")
            .value_parser(PossibleValuesParser::new(["file"])),
        option(id::FORMAT, "FORMAT", HEADING, "How results are written")
            .value_parser(PossibleValuesParser::new(Format::NAMES)),
        switch(id::BARE, HEADING, "Print numbers alone"),
        switch(id::QUIET, HEADING, "Print no results; the exit status tells").short('q'),
        switch(id::NULL, HEADING, "End records of text with NUL, not with a line feed").short('0'),
        option(id::COLOR, "WHEN", HEADING, "Colour: auto, always or never")
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
            .alias("colour"),
        switch(id::EXPLAIN, HEADING, "Print the network that would count, and why; count nothing"),
        option(
            id::ENGINE,
            "ENGINE",
            HEADING,
            "Count with this engine, not with the one that is chosen",
        )
        .value_parser(PossibleValuesParser::new(EngineChoice::names())),
    ]
}
