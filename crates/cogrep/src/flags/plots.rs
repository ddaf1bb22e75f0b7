//! Flags that ask for plots.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, value_parser};
use cogrep_report::plots::Along;

use super::{id, option};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Plots";
    vec![
        option(
            id::PLOT,
            "FILE",
            HEADING,
            "Draw counts, or what --plot-kind says: FILE.svg, FILE.html",
        )
        .value_parser(value_parser!(OsString)),
        option(
            id::PLOT_KIND,
            "KIND",
            HEADING,
            "What to draw: counts, where the patterns occur, or counts as lines",
        )
        .value_parser(PossibleValuesParser::new(["bars", "dispersion", "series"])),
        option(
            id::PLOT_AXIS,
            "UNIT",
            HEADING,
            "Draw places in texts in this unit, not in bytes or percent",
        )
        .value_parser(PossibleValuesParser::new(Along::NAMES.map(|(name, _)| name))),
        option(id::REPORT, "FILE.html", HEADING, "Write a page with tables, plots and facts")
            .value_parser(value_parser!(OsString)),
    ]
}
