//! Every flag, defined once: help, manual page, completions and reference are generated from
//! this. Each subject has a file of its own.

mod breakdown;
mod diagnostics;
mod distinct;
mod document;
mod grep_compat;
mod inputs;
mod matching;
mod output;
mod parts;
mod patterns;
mod plots;
mod remote;

use clap::{Arg, ArgAction, Command, value_parser};

pub(crate) use breakdown::By;
pub(crate) use document::Document;

/// The ids of the flags, which are their long names too.
pub(crate) mod id {
    pub(crate) const WORDS: &str = "pattern-or-input";
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
    pub(crate) const LOOSE_SPACE: &str = "loose-space";
    pub(crate) const REGEX: &str = "extended-regexp";
    pub(crate) const FIXED: &str = "fixed-strings";
    pub(crate) const ONLY_MATCHING: &str = "only-matching";
    pub(crate) const REPLACE: &str = "replace";
    pub(crate) const EVERY_WORD: &str = "words";
    pub(crate) const NGRAMS: &str = "ngrams";
    pub(crate) const MAX_MEMORY: &str = "max-memory";
    pub(crate) const MAX_LINE: &str = "max-line";
    pub(crate) const REGEX_SIZE_LIMIT: &str = "regex-size-limit";
    pub(crate) const ENCODING: &str = "encoding";
    pub(crate) const HIDDEN: &str = "hidden";
    pub(crate) const NO_IGNORE: &str = "no-ignore";
    pub(crate) const UNRESTRICTED: &str = "unrestricted";
    pub(crate) const NEST: &str = "nest";
    pub(crate) const NO_DECOMPRESS: &str = "no-decompress";
    pub(crate) const GLOB: &str = "glob";
    pub(crate) const IGLOB: &str = "iglob";
    pub(crate) const GLOB_ANY_CASE: &str = "glob-case-insensitive";
    pub(crate) const IGNORE_FILE: &str = "ignore-file";
    pub(crate) const NO_IGNORE_VCS: &str = "no-ignore-vcs";
    pub(crate) const TYPE: &str = "type";
    pub(crate) const TYPE_NOT: &str = "type-not";
    pub(crate) const TYPE_ADD: &str = "type-add";
    pub(crate) const TYPE_LIST: &str = "type-list";
    pub(crate) const FILES: &str = "files";
    pub(crate) const MAX_DEPTH: &str = "max-depth";
    pub(crate) const MAX_FILESIZE: &str = "max-filesize";
    pub(crate) const FOLLOW: &str = "follow";
    pub(crate) const ONE_FILE_SYSTEM: &str = "one-file-system";
    pub(crate) const LABEL: &str = "label";
    pub(crate) const HEADER: &str = "header";
    pub(crate) const CA_CERT: &str = "ca-cert";
    pub(crate) const NO_SIGN_REQUEST: &str = "no-sign-request";
    pub(crate) const ENDPOINT_URL: &str = "endpoint-url";
    pub(crate) const REGION: &str = "region";
    pub(crate) const REQUEST_PAYER: &str = "request-payer";
    pub(crate) const FILES_FROM: &str = "files-from";
    pub(crate) const FILES0_FROM: &str = "files0-from";
    pub(crate) const PRE: &str = "pre";
    pub(crate) const PRE_GLOB: &str = "pre-glob";
    pub(crate) const THREADS: &str = "threads";
    pub(crate) const BY: &str = "by";
    pub(crate) const TIME_FORMAT: &str = "time-format";
    pub(crate) const FAIL_OVER: &str = "fail-over";
    pub(crate) const FAIL_UNDER: &str = "fail-under";
    pub(crate) const FORMAT: &str = "format";
    pub(crate) const BARE: &str = "bare";
    pub(crate) const QUIET: &str = "quiet";
    pub(crate) const NULL: &str = "null";
    pub(crate) const FILES_WITH: &str = "files-with-matches";
    pub(crate) const FILES_WITHOUT: &str = "files-without-match";
    pub(crate) const COLOR: &str = "color";
    pub(crate) const EXPLAIN: &str = "explain";
    pub(crate) const ENGINE: &str = "engine";
    pub(crate) const SHOW: &str = "show";
    pub(crate) const SORT: &str = "sort";
    pub(crate) const TOP: &str = "top";
    pub(crate) const ONLY_FOUND: &str = "only-found";
    pub(crate) const MIN_COUNT: &str = "min-count";
    pub(crate) const EXPAND: &str = "expand";
    pub(crate) const DEF: &str = "def";
    pub(crate) const DEF_FILE: &str = "def-file";
    pub(crate) const PLOT: &str = "plot";
    pub(crate) const PLOT_AXIS: &str = "plot-axis";
    pub(crate) const PLOT_KIND: &str = "plot-kind";
    pub(crate) const REPORT: &str = "report";
    pub(crate) const PART: &str = "part";
    pub(crate) const SAVE: &str = "save";
    pub(crate) const RESUME: &str = "resume";
    pub(crate) const MERGE: &str = "merge";
    pub(crate) const TIMELINE: &str = "timeline";
    pub(crate) const LIVE: &str = "live";
    pub(crate) const STATS: &str = "stats";
    pub(crate) const GENERATE: &str = "generate";
}

/// The flags that give patterns: with any of them, all other words are inputs.
pub(crate) const LISTING: [&str; 4] = [id::PATTERN, id::FILE, id::DEF, id::DEF_FILE];

const USAGE: &str = "cogrep [FLAGS] PATTERN [INPUT]...
       cogrep [FLAGS] PATTERN... --in INPUT...
       cogrep [FLAGS] -e PATTERN... -f FILE... [INPUT]...
       cogrep --files [FLAGS] [INPUT]...
       cogrep --merge [FLAGS] SAVED...";

/// What the short help shows.
const EVERYDAY: [&str; 13] = [
    id::WORDS,
    id::IN,
    id::PATTERN,
    id::FILE,
    id::IGNORE_CASE,
    id::WORD,
    id::REGEX,
    id::ONLY_MATCHING,
    id::EVERY_WORD,
    id::BY,
    id::TOP,
    id::FORMAT,
    id::PLOT,
];

pub(crate) const EXAMPLES: &str = "\
  cogrep -i love book.txt                      one pattern, as grep takes it
  cogrep -i love hate hope --in book.txt       several
  cogrep -i -f words.txt --top 10 book.txt     a list, and the ten most frequent
  cogrep ERROR --by file --format csv logs/    a spreadsheet
  cogrep love hate --plot plot.svg --plot-kind dispersion --in book.txt";

pub(crate) const EXIT_STATUS: &str = "\
0 if everything was read and something was found, 1 if nothing was
found, 2 on an error or if something could not be read, 3 if a count is
beyond the limit of --fail-over or --fail-under, 130 after Ctrl-C.";

/// The whole command line.
pub(crate) fn command() -> Command {
    Command::new("cogrep")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Count how often each of many patterns occurs, in one pass over the text")
        .override_usage(USAGE)
        .after_help(format!("Examples:\n{EXAMPLES}\n\n--help shows all flags."))
        .after_long_help(format!("Exit status: {EXIT_STATUS}"))
        .disable_help_subcommand(true)
        .args(patterns::args())
        .args(matching::args())
        .args(distinct::args())
        .args(inputs::args())
        .args(inputs::selection())
        .args(remote::args())
        .args(breakdown::args())
        .args(output::args())
        .args(plots::args())
        .args(parts::args())
        .args(diagnostics::args())
        .args(grep_compat::args())
        .mut_args(|arg| {
            let is_rare = !EVERYDAY.contains(&arg.get_id().as_str());
            arg.hide_short_help(is_rare)
        })
}

/// A flag without a value, which is there or not. It may be given twice, as when an alias of
/// the shell has it.
fn switch(id: &'static str, heading: &'static str, help: &'static str) -> Arg {
    bare(id).long(id).help_heading(heading).help(help)
}

/// An argument without a value. The actions of clap for such give it a default, and to fill in
/// the defaults of fifty flags takes a tenth of what it takes to start.
fn bare(id: &'static str) -> Arg {
    Arg::new(id).action(ArgAction::Append).num_args(0).default_missing_value("")
}

fn option(id: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).value_name(value).help_heading(heading).help(help)
}

/// An option whose value is a number. A negative one is a wrong value and not a flag.
fn number(id: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    option(id, value, heading, help).allow_negative_numbers(true).value_parser(value_parser!(usize))
}

/// A number of bytes; a suffix multiplies it by a power of 1024.
fn bytes(value: &str) -> Result<u64, String> {
    let (number, unit) = match value.as_bytes().last() {
        Some(b'K') => (&value[..value.len() - 1], 1 << 10),
        Some(b'M') => (&value[..value.len() - 1], 1 << 20),
        Some(b'G') => (&value[..value.len() - 1], 1 << 30),
        _ => (value, 1),
    };
    let number = number.parse::<u64>().map_err(|error| error.to_string())?;
    number.checked_mul(unit).ok_or_else(|| "too large".to_owned())
}
