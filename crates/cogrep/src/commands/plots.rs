//! Plots, the report page and timelines, written to the files that were asked for.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use cogrep_core::Report;
use cogrep_core::time::{BadStep, Step};
use cogrep_core::trace::Recording;
use cogrep_match::Unit;
use cogrep_report::plots::{Canvas, Chart, Picture};
use cogrep_report::{About, By, Collection, Rows, Sort, View, escape, page, plots, timeline};

use super::files::{Content, Planned, write_file};
use crate::args::{OutputArgs, PlotKind, TimelineKind};
use crate::context::Context;
use crate::error::Error;
use crate::flags::id;
use crate::ui::messages;

/// The files that will be written.
pub(super) fn planned(output: &OutputArgs) -> impl Iterator<Item = Planned<'_>> {
    let plot = output.plot.as_deref();
    let plot =
        plot.map(|path| Planned { flag: id::PLOT, path, content: Content::Plot(picture(path)) });
    let page = output.report.as_deref();
    let page = page.map(|path| Planned { flag: id::REPORT, path, content: Content::Page });
    plot.into_iter().chain(page)
}

/// What is drawn into this file; into one that is none, SVG.
fn picture(path: &OsStr) -> Picture {
    let suffix = Path::new(path).extension().unwrap_or_default().to_string_lossy();
    Picture::of_suffix(&suffix).unwrap_or_default()
}

/// Writes the plot.
pub(super) fn write_plot(
    output: &OutputArgs,
    unit: &'static str,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
) -> Result<(), Error> {
    let view = output.view;
    let Some(path) = &output.plot else { return Ok(()) };
    let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
    let totals = rows.counts(&counts);
    let drawn = match plots::drawn(rows, &view, &totals) {
        Ok(drawn) => drawn,
        Err(error) => {
            // Part of a plot is more than none.
            let most = plots::MOST_ROWS;
            messages::warning(&format!(
                "--plot: {error}; the {most} largest are drawn, or choose with --top"
            ));
            View { top: Some(most), sort: Sort::Count, ..view }.shown(rows, &totals)
        }
    };
    match output.plot_kind {
        PlotKind::Bars if view.by == By::Total => {
            write_bars(path, Chart::of_totals(rows, &drawn, &totals, unit))
        }
        PlotKind::Bars => {
            write_bars(path, Chart::of_sources(rows, &drawn, collection, view.by, unit))
        }
        PlotKind::Series => {
            write_series(path, Chart::of_sources(rows, &drawn, collection, view.by, unit), 0)
        }
        PlotKind::Dispersion => write_picture(path, plots::DISPERSION, &|canvas| {
            plots::dispersion(rows, &drawn, &totals, collection, output.along, canvas)
        }),
    }
}

/// Writes these counts as bars, the largest where there are too many.
pub(super) fn write_bars(path: &OsStr, mut chart: Chart) -> Result<(), Error> {
    let left_out = chart.cut_to_fit();
    if left_out > 0 {
        messages::warning(&format!(
            "--plot: {} groups of bars do not fit into a plot; the {} with the largest counts are \
             drawn",
            left_out + chart.groups.len(),
            chart.groups.len(),
        ));
    }
    write_picture(path, &chart.title, &|canvas| plots::bars(&chart, canvas))
}

/// Writes these counts as lines, those with the largest where there are too many: this many
/// were left out before.
pub(super) fn write_series(path: &OsStr, mut chart: Chart, left_out: usize) -> Result<(), Error> {
    let left_out = left_out + plots::cut_series(&mut chart);
    if left_out > 0 {
        messages::warning(&format!(
            "--plot: {} lines cannot be told apart; the {} with the largest counts are drawn",
            left_out + chart.series.len(),
            chart.series.len(),
        ));
    }
    write_picture(path, &chart.title, &|canvas| plots::series(&chart, canvas))
}

fn write_picture(path: &OsStr, title: &str, draw: &dyn Fn(Canvas) -> String) -> Result<(), Error> {
    let mut lacking = String::new();
    write_file(path, |mut file| {
        lacking = picture(path).write(&mut file, title, draw)?;
        Ok(())
    })?;
    if !lacking.is_empty() {
        let lacking = escape(lacking.as_bytes());
        messages::warning(&format!(
            "--plot: no font of this machine has {lacking}, drawn as boxes"
        ));
    }
    Ok(())
}

/// What is counted with this matching, in the plural.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Occurrences | Unit::Overlapping => "occurrences",
        Unit::Lines | Unit::WholeLines => "lines",
    }
}

/// What a page says of a run besides its counts.
pub(super) struct Origin<'a> {
    pub(super) context: &'a Context,
    pub(super) unit: &'static str,
    /// What the counts depend on, by name.
    pub(super) options: BTreeMap<String, String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// Writes the page.
pub(super) fn write_page(
    output: &OutputArgs,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
    origin: &Origin<'_>,
) -> Result<(), Error> {
    let Some(path) = &output.report else { return Ok(()) };
    let Origin { context, unit, options, facts } = origin;
    let minute: Step = "1m".parse().map_err(|error: BadStep| Error::usage(error.to_string()))?;
    let options: Vec<(String, String)> = options.clone().into_iter().collect();
    let about = About {
        program: concat!("cogrep ", env!("CARGO_PKG_VERSION")),
        command: &context.command,
        date: &format!("{} UTC", minute.name(minute.start(context.begun)).replace('T', " ")),
        unit,
        along: output.along,
        options: &options,
        facts,
    };
    write_file(path, |mut file| page(&mut file, rows, &output.view, report, collection, &about))
}

/// Writes what a run spent its time on.
pub(super) fn write_timeline(
    (path, kind): &(OsString, TimelineKind),
    recording: &Recording,
) -> Result<(), Error> {
    write_file(path, |mut file| match kind {
        TimelineKind::Plot => file.write_all(timeline::draw(recording).as_bytes()),
        TimelineKind::Trace => timeline::trace(&mut file, recording),
    })
}
