//! Flags that split a job into parts.

use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::{Arg, value_parser};
use cogrep_core::Shard;

use super::{id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Parts";
    let shard = |text: &str| text.parse::<Shard>();
    vec![
        option(id::PART, "I/N", HEADING, "Count only the I-th of N disjoint parts of the inputs")
            .value_parser(ValueParser::new(shard)),
        option(id::SAVE, "FILE", HEADING, "Save the result in a file, for --merge and --resume")
            .value_parser(value_parser!(OsString)),
        option(
            id::RESUME,
            "SAVED",
            HEADING,
            "Go on from a saved result; of a file that has grown, read the rest",
        )
        .value_parser(value_parser!(OsString)),
        switch(
            id::MERGE,
            HEADING,
            "Add up saved results, which are named in place of patterns and inputs",
        ),
    ]
}
