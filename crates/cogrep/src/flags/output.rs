//! Flags that say how results are written.

use clap::Arg;
use clap::builder::PossibleValuesParser;
use cogrep_report::Format;

use super::{id, number, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Output";
    vec![
        option(
            id::FORMAT,
            "FORMAT",
            HEADING,
            "Text, table, markdown, csv, tsv, json, jsonl or parquet",
        )
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(Format::names())),
        number(id::SHOW, "N", HEADING, "Show the first N places of each pattern, with their lines"),
        switch(id::BARE, HEADING, "Print only numbers"),
        switch(id::QUIET, HEADING, "Print no results, only set the exit status").short('q'),
        switch(id::FILES_WITH, HEADING, "Print only the names of files with a count").short('l'),
        switch(id::FILES_WITHOUT, HEADING, "Print only the names of files without a count")
            .short('L'),
        switch(id::NULL, HEADING, "End records of text with NUL instead of a line feed").short('0'),
        option(id::COLOR, "WHEN", HEADING, "When to use colour")
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
            .alias("colour"),
    ]
}
