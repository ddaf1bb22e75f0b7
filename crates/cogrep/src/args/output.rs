//! How results are shown.

use std::ffi::OsString;

use clap::ArgMatches;
use cogrep_report::plots::Along;
use cogrep_report::{By, Format, Layout, Separator, Sort, TextStyle, View};

use crate::args::DistinctArgs;
use crate::args::values::named;
use crate::args::{names, suggest};
use crate::error::Error;
use crate::flags::{self, id};
use crate::ui::terminal::{Colour, Terminal};

/// How results are shown.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are independent of each other")]
pub(crate) struct OutputArgs {
    pub(crate) format: Format,
    pub(crate) view: View,
    /// Whether the order was asked for.
    pub(crate) sort_is_given: bool,
    bare: bool,
    separator: Separator,
    colour: Colour,
    /// How many equal slices of each text are counted apart, or none.
    pub(crate) slices: usize,
    pub(crate) expanded: bool,
    pub(crate) quiet: bool,
    pub(crate) plot: Option<OsString>,
    pub(crate) plot_kind: PlotKind,
    /// What the axis of a dispersion plot is in, if it was said.
    pub(crate) along: Option<Along>,
    pub(crate) report: Option<OsString>,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlotKind {
    #[default]
    Bars,
    Dispersion,
    Series,
}

impl OutputArgs {
    pub(super) fn new(
        matches: &ArgMatches,
        distinct: Option<&DistinctArgs>,
    ) -> Result<Self, Error> {
        let plot: Option<OsString> = matches.get_one(id::PLOT).cloned();
        if let Some(path) = &plot {
            suggest::refuse_plot(path)?;
        }
        let report: Option<OsString> = matches.get_one(id::REPORT).cloned();
        if let Some(path) = &report {
            suggest::refuse_suffix(id::REPORT, path, &["html", "htm"])?;
        }
        if plot.is_none() && matches.contains_id(id::PLOT_KIND) {
            return Err(Error::usage("--plot-kind: where to?").hint("add --plot FILE.svg"));
        }
        let by = matches.get_one::<flags::By>(id::BY);
        let plot_kind = match matches.get_one::<String>(id::PLOT_KIND).map(String::as_str) {
            Some("dispersion") => PlotKind::Dispersion,
            Some("series") => PlotKind::Series,
            _ => PlotKind::Bars,
        };
        let along = along(matches)?;
        let has_steps = by.is_some_and(|by| by.parts.is_some() || by.time.is_some());
        // The counts that are merged know by themselves what they are broken down by.
        if plot_kind == PlotKind::Series && !has_steps && !matches.contains_id(id::MERGE) {
            let message = "--plot-kind series: a line over what?";
            return Err(Error::usage(message).hint("add --by time=1h or --by part=20"));
        }
        Ok(Self {
            format: named(matches, id::FORMAT)?,
            view: view(matches, by, distinct)?,
            sort_is_given: matches.contains_id(id::SORT),
            bare: matches.contains_id(id::BARE),
            separator: if matches.contains_id(id::NULL) { Separator::Nul } else { Separator::Line },
            colour: colour(matches),
            slices: by.and_then(|by| by.parts).unwrap_or(0),
            expanded: matches.contains_id(id::EXPAND),
            quiet: matches.contains_id(id::QUIET),
            plot,
            plot_kind,
            along,
            report,
        })
    }

    /// The same for what standard output is.
    pub(crate) fn layout(&self, terminal: Terminal) -> Result<Layout, Error> {
        if self.format.is_binary() && terminal.is_terminal && !self.quiet {
            let message = format!("--format {}: not for a terminal", self.format.name());
            return Err(Error::usage(message).hint("redirect it into a file"));
        }
        Ok(Layout {
            format: self.format,
            style: TextStyle {
                colour: terminal.colours(self.colour),
                escape: terminal.is_terminal,
                bare: self.bare,
                separator: self.separator,
            },
            view: self.view,
            width: terminal.width(),
        })
    }

    /// Whether counts over time are shown in a line of columns too.
    pub(crate) fn has_sparklines(&self, terminal: Terminal) -> bool {
        let is_plain = !self.bare && self.separator == Separator::Line;
        terminal.is_terminal && self.format == Format::default() && is_plain
    }

    /// Whether the dispersion of the patterns is drawn.
    pub(crate) fn needs_dispersion(&self) -> bool {
        self.report.is_some() || self.plot_kind == PlotKind::Dispersion
    }

    /// Whether anything is drawn.
    pub(crate) fn has_plots(&self) -> bool {
        self.report.is_some() || self.plot.is_some()
    }
}

/// What the axis of a dispersion plot is in.
fn along(matches: &ArgMatches) -> Result<Option<Along>, Error> {
    let Some(given) = matches.get_one::<String>(id::PLOT_AXIS) else { return Ok(None) };
    let is_dispersion = |kind: &String| kind == "dispersion";
    let draws_places = matches.get_one(id::PLOT_KIND).is_some_and(is_dispersion);
    if !draws_places && !matches.contains_id(id::REPORT) {
        let message = format!("--plot-axis {given}: no places are drawn");
        return Err(Error::usage(message).hint("add --plot-kind dispersion, or --report FILE.html"));
    }
    Ok(Along::NAMES.into_iter().find(|(name, _)| name == given).map(|(_, along)| along))
}

/// How many places of each pattern to show, if the format has room for them.
pub(super) fn show(matches: &ArgMatches, format: Format) -> Result<usize, Error> {
    let show = matches.get_one(id::SHOW).copied().unwrap_or(0);
    if show > 0 && !format.has_places() {
        let message = format!("--show: {} has no column for places", format.name());
        return Err(Error::usage(message).hint("use text, json or jsonl"));
    }
    Ok(show)
}

fn view(
    matches: &ArgMatches,
    by: Option<&flags::By>,
    distinct: Option<&DistinctArgs>,
) -> Result<View, Error> {
    let top = matches.get_one(id::TOP).copied();
    let sort = if matches.contains_id(id::SORT) {
        named(matches, id::SORT)?
    } else if top.is_some() || distinct.is_some_and(DistinctArgs::sorts_by_count) {
        Sort::Count
    } else {
        Sort::Input
    };
    let names = names::names(matches)?;
    let least = u64::from(matches.contains_id(id::ONLY_FOUND));
    Ok(View {
        by: match by {
            Some(by) if by.parts.is_some() => By::Part,
            Some(by) if by.file => By::File,
            _ if names.is_some() => By::File,
            _ => By::Total,
        },
        sort,
        top,
        min_count: matches.get_one(id::MIN_COUNT).copied().unwrap_or(0).max(least),
        names,
    })
}

fn colour(matches: &ArgMatches) -> Colour {
    match matches.get_one::<String>(id::COLOR).map(String::as_str) {
        Some("always") => Colour::Always,
        Some("never") => Colour::Never,
        _ => Colour::Auto,
    }
}
