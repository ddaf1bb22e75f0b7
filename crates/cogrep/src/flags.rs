//! Every flag, defined once: the help, the manual page, the completions and the
//! reference are made from this.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use cogrep_match::EngineChoice;
use cogrep_report::Format;

/// The ids of the flags, which are their long names too.
pub(crate) mod id {
    pub(crate) const WORDS: &str = "words";
    pub(crate) const PATTERN: &str = "regexp";
    pub(crate) const FILE: &str = "file";
    pub(crate) const IN: &str = "in";
    pub(crate) const IGNORE_CASE: &str = "ignore-case";
    pub(crate) const CASE_SENSITIVE: &str = "case-sensitive";
    pub(crate) const SMART_CASE: &str = "smart-case";
    pub(crate) const WORD: &str = "word-regexp";
    pub(crate) const LINE: &str = "line-regexp";
    pub(crate) const LINES: &str = "lines";
    pub(crate) const OVERLAPPING: &str = "overlapping";
    pub(crate) const REGEX: &str = "extended-regexp";
    pub(crate) const FIXED: &str = "fixed-strings";
    pub(crate) const MAX_LINE: &str = "max-line";
    pub(crate) const ENCODING: &str = "encoding";
    pub(crate) const HIDDEN: &str = "hidden";
    pub(crate) const NO_IGNORE: &str = "no-ignore";
    pub(crate) const BY: &str = "by";
    pub(crate) const FORMAT: &str = "format";
    pub(crate) const BARE: &str = "bare";
    pub(crate) const QUIET: &str = "quiet";
    pub(crate) const NULL: &str = "null";
    pub(crate) const COLOR: &str = "color";
    pub(crate) const EXPLAIN: &str = "explain";
    pub(crate) const ENGINE: &str = "engine";
}

const USAGE: &str = "cogrep [FLAGS] PATTERN [INPUT]...
       cogrep [FLAGS] PATTERN... --in INPUT...
       cogrep [FLAGS] -e PATTERN... -f FILE... [INPUT]...";

const AFTER_HELP: &str = "\
Exit status: 0 if everything was read and something was found, 1 if nothing was
found, 2 on an error or if something could not be read, 130 after Ctrl-C.";

/// The whole command line.
pub(crate) fn command() -> Command {
    Command::new("cogrep")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Count how often each of many patterns occurs, in one pass over the text")
        .override_usage(USAGE)
        .after_help(AFTER_HELP)
        .disable_help_subcommand(true)
        .args(patterns())
        .args(matching())
        .args(inputs())
        .args(output())
        .args(habits())
}

fn switch(id: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).action(ArgAction::SetTrue).help_heading(heading).help(help)
}

fn option(id: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).value_name(value).help_heading(heading).help(help)
}

fn patterns() -> Vec<Arg> {
    const HEADING: &str = "Patterns";
    vec![
        Arg::new(id::WORDS)
            .num_args(0..)
            .value_name("PATTERN | INPUT")
            .value_parser(value_parser!(OsString))
            .help_heading(HEADING)
            .help("A pattern and then inputs; all patterns with --in; all inputs with -e or -f"),
        option(id::PATTERN, "PATTERN", HEADING, "A pattern; may be given many times")
            .short('e')
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
        option(id::FILE, "FILE", HEADING, "Patterns from a file, one a line; - is standard input")
            .short('f')
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(OsString)),
    ]
}

fn matching() -> Vec<Arg> {
    const HEADING: &str = "What counts";
    vec![
        switch(id::IGNORE_CASE, HEADING, "Take capital and small letters as equal (Unicode)")
            .short('i')
            .overrides_with_all([id::CASE_SENSITIVE, id::SMART_CASE]),
        switch(id::CASE_SENSITIVE, HEADING, "Tell capital and small letters apart; the default")
            .short('s')
            .overrides_with_all([id::IGNORE_CASE, id::SMART_CASE]),
        switch(id::SMART_CASE, HEADING, "As -i, unless a pattern has a capital letter")
            .short('S')
            .overrides_with_all([id::IGNORE_CASE, id::CASE_SENSITIVE]),
        switch(id::WORD, HEADING, "Count only whole words").short('w'),
        switch(id::LINE, HEADING, "Count the lines that equal the pattern").short('x'),
        switch(id::LINES, HEADING, "Count lines that contain the pattern, not occurrences")
            .short('c')
            .alias("count"),
        switch(id::OVERLAPPING, HEADING, "Count occurrences that overlap each other too"),
        switch(id::REGEX, HEADING, "Patterns are regular expressions, matched line by line")
            .short('E')
            .overrides_with(id::FIXED),
        switch(id::FIXED, HEADING, "Patterns are literal text; the default")
            .short('F')
            .overrides_with(id::REGEX),
        option(id::MAX_LINE, "BYTES", HEADING, "The longest line that -E may hold (16777216)")
            .value_parser(value_parser!(usize)),
    ]
}

fn inputs() -> Vec<Arg> {
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
    ]
}

fn output() -> Vec<Arg> {
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

/// Flags of grep that people type out of habit. Some change nothing here; others
/// get a hint, see [`crate::arguments`].
fn habits() -> Vec<Arg> {
    let hidden = |name: &'static str, short: char| {
        Arg::new(name).short(short).long(name).action(ArgAction::Count).hide(true)
    };
    vec![
        hidden("recursive", 'r'),
        hidden("text", 'a'),
        hidden("only-matching", 'o'),
        hidden("line-number", 'n'),
        hidden("invert-match", 'v'),
    ]
}
