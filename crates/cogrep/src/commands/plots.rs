//! Plots, the report page and timelines, written to the files that were asked for.

use std::ffi::OsString;

use cogrep_core::Report;
use cogrep_core::trace::Recording;
use cogrep_report::{Collection, Rows, page, plots, timeline};

use super::files::{self, Content, write_file};
use crate::args::{OutputArgs, PlotKind, TimelineKind};
use crate::error::Error;
use crate::flags::id;

/// Refuses to write over files that hold something else.
pub(super) fn refuse_loss(output: &OutputArgs) -> Result<(), Error> {
    if let Some(path) = &output.plot {
        files::refuse_loss(id::PLOT, path, Content::Plot)?;
    }
    if let Some(path) = &output.report {
        files::refuse_loss(id::REPORT, path, Content::Page)?;
    }
    Ok(())
}

/// Writes the plot and the page.
pub(super) fn write(
    output: &OutputArgs,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
    facts: &[(&str, String)],
) -> Result<(), Error> {
    let view = output.view;
    if let Some(path) = &output.plot {
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        let totals = rows.counts(&counts);
        let drawn = plots::drawn(rows, &view, &totals).map_err(|error| {
            Error::usage(format!("--plot: {error}")).hint("choose fewer with --top")
        })?;
        let svg = match output.plot_kind {
            PlotKind::Bars => plots::bars(rows, &drawn, &totals),
            PlotKind::Dispersion => plots::dispersion(rows, &drawn, &totals, collection),
        };
        write_file(path, |file| file.write_all(svg.as_bytes()))?;
    }
    if let Some(path) = &output.report {
        write_file(path, |mut file| page(&mut file, rows, &view, report, collection, facts))?;
    }
    Ok(())
}

/// Writes what a run spent its time on.
pub(super) fn write_timelines(
    timelines: &[(OsString, TimelineKind)],
    recording: &Recording,
) -> Result<(), Error> {
    for (path, kind) in timelines {
        write_file(path, |mut file| match kind {
            TimelineKind::Plot => file.write_all(timeline::draw(recording).as_bytes()),
            TimelineKind::Trace => timeline::trace(&mut file, recording),
        })?;
    }
    Ok(())
}
