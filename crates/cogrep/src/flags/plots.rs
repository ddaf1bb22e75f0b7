//! Flags that ask for plots.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, value_parser};

use super::{id, option};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Plots";
    vec![
        option(
            id::PLOT,
            "FILE.svg",
            HEADING,
            "Draw the counts as bars, or as --plot-kind says, in SVG",
        )
        .value_parser(value_parser!(OsString)),
        option(
            id::PLOT_KIND,
            "KIND",
            HEADING,
            "What to draw: the counts, or where the patterns occur",
        )
        .value_parser(PossibleValuesParser::new(["bars", "dispersion"])),
        option(id::REPORT, "FILE.html", HEADING, "Write a page with a table, plots and facts")
            .value_parser(value_parser!(OsString)),
    ]
}
