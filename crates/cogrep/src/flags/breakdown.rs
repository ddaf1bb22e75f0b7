//! Flags that say which counts are shown, and how they are broken down.

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, value_parser};
use cogrep_report::Sort;

use super::{id, number, option, switch};

/// How counts are broken down, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    File,
    /// Into so many equal parts of each text.
    Part(usize),
}

/// More parts than this are hardly meant.
const MOST_PARTS: usize = 1_000_000;

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Breakdown";
    vec![
        option(id::BY, "WHAT", HEADING, "Break the counts down: file, or part=N (equal parts)")
            .value_parser(ValueParser::new(by)),
        option(id::SORT, "ORDER", HEADING, "The order of the patterns; default: as given")
            .value_parser(PossibleValuesParser::new(Sort::NAMES)),
        number(id::TOP, "N", HEADING, "Show the N patterns with the largest counts, largest first"),
        switch(id::ONLY_FOUND, HEADING, "Leave out counts of zero"),
        option(id::MIN_COUNT, "N", HEADING, "Leave out counts below N")
            .allow_negative_numbers(true)
            .value_parser(value_parser!(u64)),
        switch(id::EXPAND, HEADING, "Show the patterns under one name apart"),
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
