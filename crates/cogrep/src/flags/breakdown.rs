//! Flags that say which counts are shown, and how they are broken down.

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, value_parser};
use cogrep_report::Sort;

use super::{id, number, option, switch};

/// How counts are broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    File,
    /// Into this many equal parts of each text.
    Part(usize),
}

/// The most parts that are accepted.
const MOST_PARTS: usize = 1_000_000;

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Breakdown";
    vec![
        option(id::BY, "WHAT", HEADING, "Break counts down: file, or part=N for N equal parts")
            .value_parser(ValueParser::new(by)),
        option(id::SORT, "ORDER", HEADING, "Sort the patterns; the default is the order given")
            .value_parser(PossibleValuesParser::new(Sort::NAMES)),
        number(id::TOP, "N", HEADING, "Show the N patterns with the largest counts, largest first"),
        switch(id::ONLY_FOUND, HEADING, "Hide counts of zero"),
        option(id::MIN_COUNT, "N", HEADING, "Hide counts below N")
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64)),
        switch(id::EXPAND, HEADING, "Show each pattern of a name separately"),
    ]
}

fn by(text: &str) -> Result<By, String> {
    let parts = || {
        let parts: usize = text.strip_prefix("part=")?.parse().ok()?;
        (1..=MOST_PARTS).contains(&parts).then_some(By::Part(parts))
    };
    if text == "file" {
        return Ok(By::File);
    }
    parts().ok_or_else(|| format!("it is file, or part=N with N from 1 to {MOST_PARTS}"))
}
