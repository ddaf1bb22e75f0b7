//! Flags that say what is read.

use std::ffi::OsString;

use clap::{Arg, ArgAction, value_parser};

use super::{id, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Inputs";
    vec![
        option(id::IN, "INPUT", HEADING, "Files and folders to read, up to the next flag")
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(value_parser!(OsString)),
        option(id::ENCODING, "NAME", HEADING, "The encoding of every input (UTF-8, or by mark)"),
        switch(id::HIDDEN, HEADING, "Read hidden files in folders too").short('.'),
        switch(
            id::NO_IGNORE,
            HEADING,
            "Read files in folders that .gitignore and the like exclude",
        ),
        option(id::THREADS, "NUM", HEADING, "Count on so many cores; 0, the default, is all")
            .short('j')
            .value_parser(value_parser!(usize)),
    ]
}
