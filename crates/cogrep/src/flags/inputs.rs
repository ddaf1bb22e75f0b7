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
        option(
            id::FILES_FROM,
            "FILE",
            HEADING,
            "Inputs from a file, one per line; - is standard input",
        )
        .value_parser(value_parser!(OsString)),
        option(id::FILES0_FROM, "FILE", HEADING, "Inputs from a file, separated by NUL")
            .value_parser(value_parser!(OsString)),
        option(id::LABEL, "NAME", HEADING, "Name of standard input in results, in place of -")
            .long_help(
                "Name of standard input in results, in place of -; with --save, results\n\
                 of inputs of one name are told apart by it in --merge",
            ),
        option(
            id::ENCODING,
            "NAME",
            HEADING,
            "Encoding of all inputs; by default UTF-8, or as a byte order mark says",
        ),
        option(id::PRE, "COMMAND", HEADING, "Count in what COMMAND FILE prints, for each file")
            .value_parser(value_parser!(OsString)),
        option(id::PRE_GLOB, "GLOB", HEADING, "Run --pre only for files that match")
            .action(ArgAction::Append),
        switch(
            id::NO_DECOMPRESS,
            HEADING,
            "Count in compressed data and archives without unpacking",
        ),
        option(
            id::NEST,
            "NUM",
            HEADING,
            "Open archives inside archives this deep (default 1, 0 for none)",
        )
        .allow_negative_numbers(true)
        .value_parser(value_parser!(u32)),
        number(id::THREADS, "NUM", HEADING, "Number of threads; 0, the default, means all cores")
            .short('j'),
    ]
}

/// Which files of a folder are read.
pub(super) fn selection() -> Vec<Arg> {
    const HEADING: &str = "Selection";
    let many = |arg: Arg| arg.action(ArgAction::Append);
    vec![
        switch(id::HIDDEN, HEADING, "Read hidden files and folders too").short('.'),
        switch(id::NO_IGNORE, HEADING, "Read files that .gitignore and similar files exclude"),
        switch(id::NO_IGNORE_VCS, HEADING, "Read files that version control excludes"),
        many(option(id::IGNORE_FILE, "FILE", HEADING, "Rules as in .gitignore, for every input"))
            .value_parser(value_parser!(OsString)),
        switch(id::UNRESTRICTED, HEADING, "Same as --no-ignore; given twice, --hidden too")
            .short('u'),
        many(option(
            id::GLOB,
            "GLOB",
            HEADING,
            "Read only files that match; with a leading !, only those that do not",
        ))
        .short('g'),
        many(option(id::IGLOB, "GLOB", HEADING, "Same as --glob, in any case")),
        switch(id::GLOB_ANY_CASE, HEADING, "Match all globs in any case"),
        many(option(id::TYPE, "TYPE", HEADING, "Read only files of this type")).short('t'),
        many(option(id::TYPE_NOT, "TYPE", HEADING, "Read no files of this type")).short('T'),
        many(option(id::TYPE_ADD, "NAME:GLOB", HEADING, "Define a file type for this run"))
            .long_help(
                "Define a file type for this run; NAME:include:TYPE,TYPE has\nthe globs of others",
            ),
        switch(id::TYPE_LIST, HEADING, "Print the known file types and exit"),
        switch(id::FILES, HEADING, "Print the names of the files that would be read and exit"),
        number(id::MAX_DEPTH, "NUM", HEADING, "Maximum depth of folders; 1 is the input itself")
            .short('d'),
        option(id::MAX_FILESIZE, "NUM", HEADING, "Skip larger files: bytes, or 10K, 10M, 1G")
            .allow_negative_numbers(true)
            .value_parser(bytes),
        switch(id::FOLLOW, HEADING, "Follow symbolic links").short('R'),
        switch(id::ONE_FILE_SYSTEM, HEADING, "Stay on the file system of each input"),
    ]
}
