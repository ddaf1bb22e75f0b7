//! Flags that say what the patterns are.

use std::ffi::OsString;

use clap::{Arg, ArgAction, value_parser};

use super::{id, option};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Patterns";
    vec![
        Arg::new(id::WORDS)
            .num_args(0..)
            .value_name("PATTERN | INPUT")
            .value_parser(value_parser!(OsString))
            .help_heading(HEADING)
            .help("A pattern, then inputs; see --in, -e and -f"),
        option(id::PATTERN, "PATTERN", HEADING, "A pattern; can be repeated")
            .short('e')
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
        option(id::FILE, "FILE", HEADING, "Patterns from a file, one a line; - is standard input")
            .short('f')
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
        option(id::DEF, "NAME", HEADING, "A named pattern; counts under the same name add up")
            .value_names(["NAME", "PATTERN"])
            .num_args(2)
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
        option(id::DEF_FILE, "FILE", HEADING, "Named patterns from a file: NAME, tab, PATTERN")
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
    ]
}
