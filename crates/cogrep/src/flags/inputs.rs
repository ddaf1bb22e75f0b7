//! Flags that say what is read.

use std::ffi::OsString;

use clap::{Arg, ArgAction, value_parser};

use super::{bytes, id, number, option, switch};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Inputs";
    vec![
        option(id::IN, "INPUT", HEADING, "Files and folders to read, up to the next flag")
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(value_parser!(OsString)),
        option(id::FILES_FROM, "FILE", HEADING, "Inputs from a file, one a line; - is stdin")
            .value_parser(value_parser!(OsString)),
        option(id::FILES0_FROM, "FILE", HEADING, "Inputs from a file, each ended by NUL")
            .value_parser(value_parser!(OsString)),
        option(id::ENCODING, "NAME", HEADING, "The encoding of every input (UTF-8, or by mark)"),
        switch(id::NO_DECOMPRESS, HEADING, "Count in compressed data as it is, not unpacked"),
        number(id::THREADS, "NUM", HEADING, "Count on so many cores; 0, the default, is all")
            .short('j'),
    ]
}

/// Which files of a folder are read.
pub(super) fn selection() -> Vec<Arg> {
    const HEADING: &str = "In folders";
    let many = |arg: Arg| arg.action(ArgAction::Append);
    vec![
        switch(id::HIDDEN, HEADING, "Read hidden files and folders too").short('.'),
        switch(id::NO_IGNORE, HEADING, "Read what .gitignore and the like exclude"),
        switch(id::UNRESTRICTED, HEADING, "--no-ignore; given twice, --hidden too")
            .short('u')
            .action(ArgAction::Count),
        many(option(id::GLOB, "GLOB", HEADING, "Read what matches; with ! before, all else"))
            .short('g'),
        many(option(id::TYPE, "TYPE", HEADING, "Read only files of this type")).short('t'),
        many(option(id::TYPE_NOT, "TYPE", HEADING, "Read no files of this type")).short('T'),
        switch(id::TYPE_LIST, HEADING, "Print the types of files, and end"),
        number(id::MAX_DEPTH, "NUM", HEADING, "Go so deep and no deeper; 1 is the folder itself")
            .short('d'),
        option(id::MAX_FILESIZE, "NUM", HEADING, "Leave out larger files: bytes, or 10K, 10M, 1G")
            .allow_negative_numbers(true)
            .value_parser(bytes),
        switch(id::FOLLOW, HEADING, "Follow symbolic links").short('L'),
        switch(id::ONE_FILE_SYSTEM, HEADING, "Stay on the file system of each folder named"),
    ]
}
