//! Plots, the report page and timelines, written to the files that were asked for.

use std::ffi::OsString;

use cogrep_core::Report;
use cogrep_core::trace::Recording;
use cogrep_report::{Collection, Rows, Sort, View, page, plots, timeline};

use super::files::{Content, Planned, write_file};
use crate::args::{OutputArgs, PlotKind, TimelineKind};
use crate::error::Error;
use crate::flags::id;
use crate::ui::messages;

/// The files that will be written.
pub(super) fn planned(output: &OutputArgs) -> impl Iterator<Item = Planned<'_>> {
    let plot = output.plot.as_deref();
    let plot = plot.map(|path| Planned { flag: id::PLOT, path, content: Content::Plot });
    let page = output.report.as_deref();
    let page = page.map(|path| Planned { flag: id::REPORT, path, content: Content::Page });
    plot.into_iter().chain(page)
}

/// Writes the plot.
pub(super) fn write_plot(
    output: &OutputArgs,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
) -> Result<(), Error> {
    let view = output.view;
    if let Some(path) = &output.plot {
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
        let svg = match output.plot_kind {
            PlotKind::Bars => plots::bars(rows, &drawn, &totals),
            PlotKind::Dispersion => plots::dispersion(rows, &drawn, &totals, collection),
        };
        write_file(path, |file| file.write_all(svg.as_bytes()))?;
    }
    Ok(())
}

/// Writes the page.
pub(super) fn write_page(
    output: &OutputArgs,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
    facts: &[(&str, String)],
) -> Result<(), Error> {
    let Some(path) = &output.report else { return Ok(()) };
    write_file(path, |mut file| page(&mut file, rows, &output.view, report, collection, facts))
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
