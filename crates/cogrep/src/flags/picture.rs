//! Flags that ask for pictures.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, value_parser};

use super::{id, option};

pub(super) fn args() -> Vec<Arg> {
    const HEADING: &str = "Pictures";
    vec![
        option(
            id::PLOT,
            "FILE.svg",
            HEADING,
            "Draw the counts as bars, or what --plot-kind says, as SVG",
        )
        .value_parser(value_parser!(OsString)),
        option(
            id::PLOT_KIND,
            "KIND",
            HEADING,
            "What is drawn: the counts, or where patterns stand",
        )
        .value_parser(PossibleValuesParser::new(["bars", "dispersion"])),
        option(id::REPORT, "FILE.html", HEADING, "Write a page with table, pictures and facts")
            .value_parser(value_parser!(OsString)),
    ]
}
