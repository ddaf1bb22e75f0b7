//! Flags that say which counts are shown, and how they are broken down.

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, value_parser};
use cogrep_core::time::{BadStep, Step};
use cogrep_report::Sort;

use super::{id, number, option, switch};

/// How counts are broken down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct By {
    pub(crate) file: bool,
    /// Into this many equal parts of each text.
    pub(crate) parts: Option<usize>,
    /// By the time of the line, in such steps.
    pub(crate) time: Option<Step>,
    /// By what this expression matches in the line.
    pub(crate) key: Option<String>,
}

const TOP_HELP: &str = "\
Show the N rows with the largest counts, largest first: patterns or
distinct texts; with --by file, time or key it is N of these";

/// The most parts that are accepted.
const MOST_PARTS: usize = 1_000_000;

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Breakdown";
    vec![
        option(id::BY, "WHAT", HEADING, "Break counts down: file, part=N, time=STEP, key=REGEX")
            .long_help(
                "Break counts down: file, part=N for N equal parts of each text,\n\
                 time=STEP (15m, 1h, 1d, 1w, 1mo, 1y) for the time stamp of the line,\n\
                 key=REGEX for what the line has; or two of these",
            )
            .value_parser(ValueParser::new(by)),
        option(id::TIME_FORMAT, "FORMAT", HEADING, "Form of time stamps, as strptime has it"),
        option(
            id::SORT,
            "ORDER",
            HEADING,
            "Sort patterns, and files; the default is the order given",
        )
        .value_parser(PossibleValuesParser::new(Sort::NAMES)),
        number(id::TOP, "N", HEADING, "Show the N rows with the largest counts, largest first")
            .long_help(TOP_HELP),
        switch(id::ONLY_FOUND, HEADING, "Hide counts of zero"),
        option(id::MIN_COUNT, "N", HEADING, "Hide counts below N")
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64)),
        option(id::FAIL_OVER, "N", HEADING, "Exit with status 3 if a count is over N")
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64)),
        option(id::FAIL_UNDER, "N", HEADING, "Exit with status 3 if a count is under N")
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64)),
        switch(id::EXPAND, HEADING, "Show each pattern of a name separately"),
    ]
}

fn by(text: &str) -> Result<By, String> {
    let mut by = By::default();
    let (mut rest, mut items) = (text, 0);
    while !rest.is_empty() || items == 0 {
        items += 1;
        // An expression can have commas, so it is the last.
        let (item, after) = match rest.split_once(',') {
            Some(split) if !rest.starts_with("key=") => split,
            _ => (rest, ""),
        };
        rest = after;
        match item.split_once('=') {
            None if item == "file" => by.file = true,
            Some(("part", number)) => by.parts = Some(parts(number).ok_or_else(wrong)?),
            Some(("time", step)) => {
                by.time = Some(step.parse().map_err(|error: BadStep| error.to_string())?);
            }
            Some(("key", expression)) if !expression.is_empty() => {
                by.key = Some(expression.to_owned());
            }
            _ => return Err(wrong()),
        }
    }
    let is_by_line = by.time.is_some() || by.key.is_some();
    if items > 2 || by.parts.is_some() && is_by_line {
        return Err("two of file, time=STEP and key=REGEX at most".to_owned());
    }
    Ok(by)
}

fn parts(number: &str) -> Option<usize> {
    number.parse().ok().filter(|parts| (1..=MOST_PARTS).contains(parts))
}

fn wrong() -> String {
    format!("it is file, time=STEP, key=REGEX, or part=N with N from 1 to {MOST_PARTS}")
}
