//! Flags that split a job into parts.

use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::{Arg, value_parser};
use cogrep_core::Shard;

use super::{id, option};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Parts";
    let part = |text: &str| text.parse::<Shard>();
    vec![
        option(id::PART, "I/N", HEADING, "Count only the I-th of N disjoint parts of the inputs")
            .value_parser(ValueParser::new(part)),
        option(id::SAVE, "FILE", HEADING, "Keep the result in a file, for cogrep merge")
            .value_parser(value_parser!(OsString)),
    ]
}
