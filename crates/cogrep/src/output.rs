//! How results are shown, from the command line.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::Path;

use clap::ArgMatches;
use cogrep_report::{By, Format, Layout, Separator, Sort, TextStyle, View};

use crate::arguments::named;
use crate::error::{Error, shown};
use crate::files::{Kind, refuse_loss};
use crate::flags::{self, id};
use crate::slips;
use crate::terminal::{self, Colour};

/// How results are shown.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are independent of each other")]
pub(crate) struct Output {
    pub(crate) layout: Layout,
    /// Into how many equal parts each text is divided, if it is.
    pub(crate) parts: usize,
    pub(crate) expanded: bool,
    pub(crate) quiet: bool,
    pub(crate) live: bool,
    pub(crate) stats: bool,
    pub(crate) plot: Option<OsString>,
    pub(crate) plot_kind: PlotKind,
    pub(crate) report: Option<OsString>,
    pub(crate) timelines: Vec<(OsString, TimelineKind)>,
}

/// How a timeline is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimelineKind {
    Picture,
    Trace,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlotKind {
    #[default]
    Bars,
    Dispersion,
}

impl Output {
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        let format: Format = named(matches, id::FORMAT)?;
        let quiet = matches.get_flag(id::QUIET);
        let is_terminal = io::stdout().is_terminal();
        if format.is_binary() && is_terminal && !quiet {
            return Err(Error::Usage(
                "--format parquet: not for a terminal; redirect it into a file".to_owned(),
            ));
        }
        let style = TextStyle {
            colour: colour(matches).of_stdout(),
            escape: is_terminal,
            bare: matches.get_flag(id::BARE),
            separator: if matches.get_flag(id::NULL) { Separator::Nul } else { Separator::Line },
        };
        let by = matches.get_one::<flags::By>(id::BY).copied();
        let plot: Option<OsString> = matches.get_one(id::PLOT).cloned();
        if let Some(path) = &plot {
            slips::refuse_picture(path)?;
            refuse_loss(id::PLOT, path, Kind::Picture)?;
        }
        let report: Option<OsString> = matches.get_one(id::REPORT).cloned();
        if let Some(path) = &report {
            refuse_loss(id::REPORT, path, Kind::Page)?;
        }
        if plot.is_none() && matches.contains_id(id::PLOT_KIND) {
            return Err(Error::Usage("--plot-kind: where to? add --plot FILE.svg".to_owned()));
        }
        let dispersion = matches.get_one::<String>(id::PLOT_KIND).is_some_and(|k| k != "bars");
        Ok(Self {
            layout: Layout {
                format,
                style,
                view: view(matches, by)?,
                width: if format == Format::Table { terminal::width() } else { None },
            },
            parts: if let Some(flags::By::Part(parts)) = by { parts } else { 0 },
            expanded: matches.get_flag(id::EXPAND),
            quiet,
            live: matches.get_flag(id::LIVE),
            stats: matches.get_flag(id::STATS),
            plot,
            plot_kind: if dispersion { PlotKind::Dispersion } else { PlotKind::Bars },
            report,
            timelines: timelines(matches)?,
        })
    }

    /// Whether it is wanted where in the texts the patterns stand.
    pub(crate) fn disperses(&self) -> bool {
        self.report.is_some() || self.plot_kind == PlotKind::Dispersion
    }

    /// Whether results come while it counts: then they are the progress.
    pub(crate) fn streams_to_terminal(&self) -> bool {
        self.layout.style.escape && !self.quiet && self.layout.streams()
    }

    /// Whether it is wanted what the run took.
    pub(crate) fn has_facts(&self) -> bool {
        self.stats || self.report.is_some()
    }

    /// Whether a picture is wanted.
    pub(crate) fn has_pictures(&self) -> bool {
        self.report.is_some() || self.plot.is_some()
    }
}

/// The files that timelines are written to; what is in them, their names tell.
fn timelines(matches: &ArgMatches) -> Result<Vec<(OsString, TimelineKind)>, Error> {
    let paths = matches.get_many::<OsString>(id::TIMELINE).unwrap_or_default();
    let of_path = |path: &OsString| {
        let extension = Path::new(path).extension().map(|extension| extension.to_string_lossy());
        let (kind, held) = match extension.as_deref() {
            Some("svg") => (TimelineKind::Picture, Kind::Picture),
            Some("json") => (TimelineKind::Trace, Kind::Trace),
            _ => {
                return Err(Error::Usage(format!(
                    "--timeline {}: its name must end in .svg or .json",
                    shown(path)
                )));
            }
        };
        refuse_loss(id::TIMELINE, path, held)?;
        Ok((path.clone(), kind))
    };
    paths.map(of_path).collect()
}

fn view(matches: &ArgMatches, by: Option<flags::By>) -> Result<View, Error> {
    let top = matches.get_one(id::TOP).copied();
    let sort = if matches.contains_id(id::SORT) {
        named(matches, id::SORT)?
    } else if top.is_some() {
        Sort::Count
    } else {
        Sort::Input
    };
    let least = u64::from(matches.get_flag(id::ONLY_FOUND));
    Ok(View {
        by: match by {
            None => By::Total,
            Some(flags::By::File) => By::File,
            Some(flags::By::Part(_)) => By::Part,
        },
        sort,
        top,
        min_count: matches.get_one(id::MIN_COUNT).copied().unwrap_or(0).max(least),
    })
}

fn colour(matches: &ArgMatches) -> Colour {
    match matches.get_one::<String>(id::COLOR).map(String::as_str) {
        Some("always") => Colour::Always,
        Some("never") => Colour::Never,
        _ => Colour::Auto,
    }
}
